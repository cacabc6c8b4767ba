// sim/node.hpp - one node of a run: who it is, its process, its disk, its user, its wires.
//
// A process ends, a disk stays, and a user has what is on paper. Numbers are places in Nodes; they
// never change in a run.
#pragma once

#include <algorithm>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "sim/byzantine.hpp"
#include "sim/events.hpp"
#include "sim/memory_own_store.hpp"
#include "sim/memory_store.hpp"
#include "sim/person.hpp"
#include "turn/engine.hpp"

namespace hearsay::sim {

// Where in a turn: no commit from here on is kept, and nothing is said.
enum class Crash : std::uint8_t { no, before_vault, after_vault, between_commits, after_commit };
inline constexpr std::uint64_t crash_kinds = 4;
inline constexpr std::uint64_t broken_kinds = 3;  // of these, where a process can live on

struct SimNode {
    // Who it is (population.hpp).
    base::PeerId id;
    bool honest = true;
    bool late = false;
    bool slow = false;
    bool takes_pictures = true;
    bool lays_aside = false;                // what lists hide
    bool side = false;                      // of the partition
    bool seed = false;                      // an address that all know
    bool newcomer = false;                  // comes during the faults
    bool sybil = false;                     // likewise, and is none of ours
    std::vector<std::uint32_t> peers;       // that its user named
    bool lost = false;                      // gone for ever
    bool connected = false;                 // in the largest honest part
    std::optional<base::PeerId> sponsor{};  // whom a newcomer knows

    // Its process.
    bool online = false;
    std::uint32_t life = 0;
    base::MonoTime since;                  // when it came up
    std::unique_ptr<turn::Engine> engine;  // of an honest one that is up
    std::unique_ptr<Byzantine> byzantine;  // of another one, always
    base::Seconds skew{0};
    Crash crash = Crash::no;
    base::MonoTime timer_at = base::never;
    base::MonoTime tick_at = base::never;  // of its market
    bool goes_on = false;                  // another turn is due at once

    // Its disk.
    MemoryOwnStore own_store;
    MemoryStore store;
    std::unique_ptr<Person> person;  // none: a user who never did anything
    Crash broken = Crash::no;        // keeps nothing from there on, and the process lives on
    std::uint32_t disks = 0;         // that were lost

    // Its user.
    std::string words;  // on paper
    base::Bytes backup;
    base::MonoTime backed_up;
    ComesBack comes_back = ComesBack::no;  // the disk was lost, and this is to be done
    base::MonoTime came_back;
    std::vector<ItemNumber> own;  // made without a market

    // Its wires.
    std::vector<std::uint64_t> wires;
    bool throttled = false;
    std::deque<FrameArrived> held;  // while throttled

    SimNode();
    SimNode(SimNode&&) noexcept;
    SimNode& operator=(SimNode&&) noexcept;
    ~SimNode();

    bool counts() const { return honest && !lost; }
    bool has_market() const { return engine && engine->has_market(); }
    // Its user does things with it.
    bool is_in_use() const {
        return online && has_market() && !engine->is_paused() && comes_back == ComesBack::no;
    }
    bool holds(const base::ItemId& item) const {
        return store.presence(item) == core::Presence::alive;
    }
    bool lives(const Life& life_then) const { return online && life == life_then.number; }
};

class Nodes {
public:
    void resize(std::size_t count);
    void set_id(std::uint32_t at, const base::PeerId& id) {
        all_[at].id = id;
        by_id_[id] = at;
    }

    std::uint32_t size() const { return static_cast<std::uint32_t>(all_.size()); }
    SimNode& operator[](std::uint32_t at) { return all_[at]; }
    const SimNode& operator[](std::uint32_t at) const { return all_[at]; }
    auto begin() { return all_.begin(); }
    auto end() { return all_.end(); }
    auto begin() const { return all_.begin(); }
    auto end() const { return all_.end(); }

    std::optional<std::uint32_t> find(const base::PeerId& id) const {
        const auto found = by_id_.find(id);
        return found == by_id_.end() ? std::nullopt : std::optional(found->second);
    }
    std::uint32_t at(const base::PeerId& id) const { return by_id_.at(id); }
    bool live(const Life& life) const { return all_[life.node].lives(life); }
    double honest_count() const {
        return static_cast<double>(std::count_if(all_.begin(), all_.end(),
                                                 [](const SimNode& node) { return node.honest; }));
    }

private:
    std::vector<SimNode> all_;
    std::unordered_map<base::PeerId, std::uint32_t, FirstBytes> by_id_;  // never walked
};

}  // namespace hearsay::sim
