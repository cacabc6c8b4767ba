// sim/spies.hpp - nodes that follow the protocol, note from whom each item first comes,
// and pool their notes.
//
// First guess: the maker is the listed peer, no spy itself, that was the first to bring or name the
// item to any of them. Second guess, for makers of several items that one persona ties together:
// the peer that was first with most of them. An anonymous link tells nothing about who speaks.
// Biryukov and others, "Deanonymisation of clients in Bitcoin P2P network" (CCS 2014), guess so;
// Bitcoin's diffusion lost to it.
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "core/inputs.hpp"
#include "sim/oracle.hpp"

namespace hearsay::sim {

class Spies {
public:
    void enlist(std::uint32_t node) { members_.insert({node, {}}); }
    bool has(std::uint32_t node) const { return members_.contains(node); }
    std::size_t size() const { return members_.size(); }

    // `peer` is the node at the other end if it proved who it is.
    void on_link(std::uint32_t spy, base::LinkId link, std::optional<std::uint32_t> peer);
    void on_frame(std::uint32_t spy, const core::FrameReceived& received, const Oracle& oracle);

    // Guessed are offers made by others than spies.
    struct Score {
        std::size_t items = 0;
        double hit_share = 0;           // of the first guess
        double counting_hit_share = 0;  // of the second
    };
    Score score(const Oracle& oracle) const;

private:
    void note(std::uint32_t from, const base::ItemId& id, const Oracle& oracle);

    // listed links: to whom
    std::map<std::uint32_t, std::map<base::LinkId, std::uint32_t>> members_;
    std::map<ItemNumber, std::uint32_t> first_;
};

}  // namespace hearsay::sim
