// sim/villain.hpp - byzantine peers, behind the same step as a node: inputs in, effects out.
//
// All of them greet, answer pings, claim to want and to have nothing when pages are exchanged, and relay
// nothing. Beyond that, every act_interval:
//   forger     sends copies of real items with a spoiled payload, signature or nonce, and now and then
//              a frame that is none
//   flooder    sends frames full of copies that everybody has, and a burst of pings
//   sink       nothing: it takes and never gives
//   announcer  lists ids, real and invented, page after page, and never delivers one
//   replayer   sends what it remembers, oldest first: by then expired, superseded or removed
// They know no more than they were told over links, and remember at most items_max of it.
#pragma once

#include <deque>
#include <map>
#include <vector>

#include "base/rng.hpp"
#include "core/effects.hpp"
#include "core/inputs.hpp"
#include "core/messages.hpp"

namespace hearsay::sim {

enum class Vice : std::uint8_t { forger, flooder, sink, announcer, replayer };
inline constexpr std::uint32_t vice_count = 5;

class Villain {
public:
    static constexpr std::size_t items_max = 2000;
    static constexpr base::Millis act_interval{20'000};

    Villain(Vice vice, std::vector<base::PeerId> peers, base::Rng rng);

    void step(const core::Input& input, base::Now now, core::Effects& out);
    base::MonoTime next_deadline() const { return next_act_; }

private:
    struct Link {
        base::PeerId peer;
        bool greeted = false;
        std::uint32_t page = 0;
    };
    void on_frame(const core::FrameReceived& received, core::Effects& out);
    void act(core::Effects& out);
    void act_on(base::LinkId link, Link& state, core::Effects& out);
    void list_ids(base::LinkId link, Link& state, core::Effects& out);
    item::Item spoiled(const item::Item& item);
    void remember(const item::Item& item);

    const Vice vice_;
    const std::vector<base::PeerId> peers_;
    base::Rng rng_;
    std::map<base::LinkId, Link> links_;
    std::map<base::PeerId, bool> dialling_;
    std::deque<item::Item> items_;  // oldest first
    std::map<base::ItemId, bool> known_;
    std::size_t replayed_ = 0;
    base::MonoTime next_act_;
};

}  // namespace hearsay::sim
