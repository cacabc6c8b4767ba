// Ingest with a store in memory beside a naive model: the input's bytes choose who brings which copy of
// which version, when workers answer, and when time passes. The model knows only the outcome:
// of each thing the best honest version that was accepted and has not ended is alive, nothing else.
#include <map>

#include "base/ensure.hpp"
#include "base/limits/relay.hpp"
#include "core/relay/ingest.hpp"
#include "core/retention/retention.hpp"
#include "memory_store.hpp"
#include "unit/item/samples.hpp"

namespace hearsay::core {
namespace {

constexpr std::uint32_t slots = 3;
constexpr std::uint64_t sequences = 4;

// Every version there is, made once; the last sequence is a removal. Odd ones live shorter.
const std::vector<item::Item>& versions() {
    static const std::vector<item::Item> made = [] {
        std::vector<item::Item> out;
        for (std::uint32_t slot = 0; slot < slots; ++slot)
            for (std::uint64_t sequence = 1; sequence <= sequences; ++sequence)
                for (const char* payload : {"one", "two"})
                    out.push_back(
                        samples::publication({.slot = slot,
                                              .sequence = sequence,
                                              .removed = sequence == sequences,
                                              .payload = payload,
                                              .lifetime = base::Seconds(sequence % 2 ? 3600 : 7200)}));
        return out;
    }();
    return made;
}

bool is_honest(const item::Item& item) {
    return item.nonce == 0;
}

// What the world should look like, as simply as it can be said.
struct Model {
    struct Best {
        item::ReadPtr item;
        bool alive = false;
    };
    std::map<item::ThingId, Best> things;

    static bool beats(const item::Read& a, const item::Read& b) {
        const auto rank = [](const item::Read& item) { return item.header.publication()->sequence; };
        return rank(a) != rank(b) ? rank(a) > rank(b) : a.id < b.id;
    }
    void accept(const item::ReadPtr& item, base::WallTime now) {
        if (item::check_time(item->header, now)) return;
        Best& best = things[item::thing_of(*item->header.publication())];
        if (best.item && !beats(*item, *best.item) && item->id != best.item->id) return;
        best = {item, true};
    }
    void sweep(base::WallTime now) {
        for (auto& [thing, best] : things)
            if (best.item->header.expires <= now) best.alive = false;
    }
};

class Run {
public:
    void play(base::ByteView script) {
        for (std::size_t at = 0; at + 1 < script.size(); at += 2) {
            turn(script[at], script[at + 1]);
            compare();
        }
        while (!asked_.empty()) answer(0);
        compare();
        ENSURE(ingest_.in_flight() == 0, "something is still in flight though all was answered");
    }

private:
    void turn(std::uint8_t action, std::uint8_t argument) {
        switch (action % 4) {
            case 0:
            case 1:
                bring(argument, action / 4 % 8U);
                break;
            case 2:
                answer(argument);
                break;
            default:
                pass(argument);
        }
    }
    void bring(std::uint8_t which, std::uint8_t link) {
        item::Item item = versions()[which % versions().size()];
        if (which >= 128) item.nonce = 1U + link % 3U;  // a spoiled copy with the same id
        const std::size_t before = ingest_.in_flight();
        const auto admission = ingest_.on_item(base::LinkId{link}, item, now_, store_, out_);
        ENSURE(admission.has_value(), "an honest shape ended a link");
        ENSURE(admission->novelty == Novelty::refused || !admission->fault, "taken and refused at once");
        ENSURE(ingest_.in_flight() <= before + 1, "one copy became several");
        apply();
    }
    void answer(std::uint8_t which) {
        if (asked_.empty()) return;
        const auto at = asked_.begin() + static_cast<std::ptrdiff_t>(which % asked_.size());
        const Verify job = *at;
        asked_.erase(at);
        const bool good = is_honest(job.item->item);
        const auto fault = good ? std::nullopt : std::optional(base::Fault::item_little_work);
        const auto outcome = ingest_.on_verified(job.job, fault, now_, store_, out_);
        ENSURE(good || !outcome.accepted, "a forgery was accepted");
        ENSURE(good || !outcome.faults.empty(), "nobody paid for a forgery");
        ENSURE(!good || outcome.faults.empty(), "somebody paid for an honest copy");
        apply();
        if (good) model_.accept(job.item, now_.wall);
    }
    void pass(std::uint8_t minutes) {
        now_.wall += base::Seconds(60 * (minutes % 60));
        now_.mono += base::limits::sweep_interval;
        retention_.on_timer(now_, store_, out_);
        apply();
        model_.sweep(now_.wall);
    }
    void apply() {
        for (const Effect& effect : out_) {
            if (store_.apply(effect)) continue;
            if (const auto* verify = std::get_if<Verify>(&effect)) asked_.push_back(*verify);
        }
        out_.clear();
    }
    void compare() const {
        std::uint64_t alive = 0;
        for (const auto& [thing, best] : model_.things) {
            const bool held = store_.presence(best.item->id) == Presence::alive;
            ENSURE(held == best.alive, "the store and the model disagree about a thing");
            alive += best.alive ? 1 : 0;
        }
        ENSURE(store_.alive_count() == alive, "the store holds what the model does not know");
    }

    base::Now now_{base::MonoTime(base::Millis(0)), samples::noon};
    MemoryStore store_;
    Ingest ingest_{samples::network};
    Retention retention_;
    Model model_;
    Effects out_;
    std::vector<Verify> asked_;
};

}  // namespace
}  // namespace hearsay::core

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    hearsay::core::Run().play({data, std::min<std::size_t>(size, 2000)});
    return 0;
}
