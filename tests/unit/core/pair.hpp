// unit/core/pair.hpp - two nodes and a wire between them, all in memory. Frames arrive in order;
// workers say yes unless told otherwise; bounded, so that a loop of messages is a failure.
#pragma once

#include <deque>

#include "base/limits/items.hpp"
#include "core/node.hpp"
#include "memory_store.hpp"
#include "unit/item/samples.hpp"

namespace hearsay::core {

class Pair {
public:
    struct Side {
        MemoryStore store;
        std::unique_ptr<Node> node;
        std::deque<Input> inputs;
        std::vector<Effects> log;  // one a step
        std::size_t unread_bytes_most = 0;
        std::size_t unread_bytes = 0;  // sent and not yet taken by the other side
        std::size_t items_sent = 0;
    };
    Side sides[2];
    base::Now now{base::MonoTime(base::Millis(5000)), samples::noon + base::Seconds(100)};
    static constexpr base::LinkId link{1};
    std::function<std::optional<base::Fault>(const item::Read&)> verify = [](const item::Read&) {
        return std::nullopt;
    };

    // What the lists of a side's user hide.
    std::function<bool(int, const item::Read&)> hides = [](int, const item::Read&) {
        return false;
    };

    // They know each other and nobody else, and do not look for others.
    static NodeOptions options(int side, std::uint8_t seed) {
        NodeOptions out;
        out.self = samples::filled<base::PeerId>(static_cast<std::uint8_t>(10 + side));
        out.network = samples::network;
        out.seed = samples::filled<base::Secret>(seed);
        out.discovery.discover = false;
        return out;
    }

    explicit Pair(std::uint8_t seed = 1) {
        for (std::uint8_t at = 0; at < 2; ++at)
            sides[at].node =
                std::make_unique<Node>(options(at, static_cast<std::uint8_t>(seed + at)));
    }

    // Puts an item straight into a store, as an earlier run would have left it.
    void give(int side, const item::Item& item) {
        sides[side].store.apply(
            Store{samples::accepted(item), now.wall + base::limits::lifetime_max});
    }
    void connect() {
        for (int at = 0; at < 2; ++at) {
            const base::PeerId other =
                samples::filled<base::PeerId>(static_cast<std::uint8_t>(11 - at));
            if (at == 0) {
                sides[at].inputs.push_back(NetworkReady{true});
                sides[at].inputs.push_back(AddPeer{other, true});
            }
            sides[at].inputs.push_back(LinkUp{link, other, at == 0});
        }
    }
    // Until nothing is left to do.
    void run(std::size_t steps_max = 1'000'000) {
        for (std::size_t steps = 0; !sides[0].inputs.empty() || !sides[1].inputs.empty(); ++steps) {
            ENSURE(steps < steps_max, "two nodes talk without end");
            turn(steps % 2 == 0 ? 0 : 1);
        }
    }
    void run_some(std::size_t steps) {
        for (std::size_t at = 0; at < steps; ++at) turn(static_cast<int>(at % 2));
    }
    // The process of one side is gone, with all that was on its way; its store is what was
    // committed.
    void crash(int side) {
        for (Side& both : sides) both.unread_bytes = 0;
        sides[side].inputs.clear();
        std::erase_if(sides[1 - side].inputs,
                      [](const Input& input) { return !std::holds_alternative<Verified>(input); });
        sides[1 - side].inputs.push_back(LinkDown{link, std::nullopt});
        sides[side].node =
            std::make_unique<Node>(options(side, static_cast<std::uint8_t>(99 + ++crashes_)));
        run();
    }
    bool in_sync() const { return sides[0].node->in_sync(link) && sides[1].node->in_sync(link); }

private:
    std::uint8_t crashes_ = 0;

    void turn(int at) {
        Side& side = sides[at];
        if (side.inputs.empty()) return;
        const Input input = std::move(side.inputs.front());
        side.inputs.pop_front();
        if (const auto* frame = std::get_if<FrameReceived>(&input))
            taken(sides[1 - at], frame->frame.size());
        Effects out;
        side.node->step(input, now, side.store, out);
        for (const Effect& effect : out)
            if (!side.store.apply(effect)) speak(at, effect);
        side.log.push_back(std::move(out));
    }
    void taken(Side& sender, std::size_t bytes) {
        sender.unread_bytes -= bytes;
        if (sender.unread_bytes == 0) sender.inputs.push_back(LinkDrained{link});
    }
    void speak(int at, const Effect& effect) {
        Side& side = sides[at];
        if (const auto* send = std::get_if<Send>(&effect)) {
            side.unread_bytes += send->frame->size();
            side.unread_bytes_most = std::max(side.unread_bytes_most, side.unread_bytes);
            const auto message = parse(*send->frame);
            if (const auto* items = std::get_if<Items>(&*message))
                side.items_sent += items->items.size();
            sides[1 - at].inputs.push_back(FrameReceived{link, *send->frame});
        } else if (const auto* job = std::get_if<Verify>(&effect)) {
            side.inputs.push_back(
                Verified{job->job, verify(*job->item), nullptr, nullptr, hides(at, *job->item)});
        } else if (std::holds_alternative<Disconnect>(effect)) {
            for (Side& both : sides) both.inputs.push_back(LinkDown{link, std::nullopt});
        }
    }
};

}  // namespace hearsay::core
