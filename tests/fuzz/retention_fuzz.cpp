// Retention over a store in memory: the input's bytes choose what comes, from which link, replacing
// what, how time passes, and how the budget changes. Whatever they are, the budget holds,
// incumbents stay, nobody drives out a better one of its class, floors are above what went, and
// come down again.
#include <algorithm>

#include "base/ensure.hpp"
#include "base/limits/relay.hpp"
#include "core/retention/retention.hpp"
#include "reconcile_support.hpp"
#include "unit/core/memory_store.hpp"

namespace hearsay::core {
namespace {

namespace limits = base::limits;
using base::Millis;
using item::StoreClass;

constexpr std::uint64_t budget_first = 60'000;
constexpr std::array<item::Kind, 6> kinds{item::kind_mail, item::kind_offer, 5, 7, 8, 4711};

class Run {
public:
    explicit Run(Script script) : script_(script) {}

    void play() {
        while (!script_.over()) turn();
        // All expires, and what held the floors up with it.
        now_.wall += limits::lifetime_max;
        for (int times = 0; times < 300; ++times) wait(limits::floor_wait);
        ENSURE(store_.alive_count() == 0, "something outlives its time");
        ENSURE(!retention_.has_floors(), "a floor stays although there is room");
    }

private:
    void turn() {
        const std::uint8_t action = script_.byte();
        if (action < 220) return bring(kinds[action % kinds.size()]);
        if (action < 240) return wait(Millis(script_.number() * 16));
        if (action < 244) return change_budget();
        now_.wall += base::Seconds(script_.number());
    }
    void change_budget() {
        budget_ = script_.number() * 2;
        retention_.set_budget(budget_);
        for (int times = 0; times < 50; ++times) wait(Millis(1));
        std::uint64_t stays = 0;
        for (std::size_t at = 0; at < item::store_classes; ++at)
            stays += store_.shelves().incumbent_bytes(static_cast<StoreClass>(at));
        ENSURE(store_.shelves().bytes() <= std::max(budget_, stays),
               "what a smaller budget has no room for stays");
    }
    item::ReadPtr made(item::Kind kind) {
        auto read = std::make_shared<item::Read>();
        read->id = samples::numbered<base::ItemId>(++made_);
        read->id.data[0] = script_.byte();
        read->header.network = item::Network::sim;
        read->header.kind = kind;
        read->header.created = now_.wall;
        read->header.expires = now_.wall + base::Seconds(600 * (1 + script_.byte()));
        read->header.claim = item::Publication{};
        read->version.thing = samples::numbered<item::ThingId>(made_);
        read->item.nonce = std::uint64_t{script_.byte()} << 56;
        read->item.payload.resize(161 + script_.number() % 8000);
        return read;
    }
    Replaced replaced() {
        Replaced out;
        const std::uint8_t how = script_.byte();
        if (how < 200) return out;
        const auto held = store_.newest(UINT64_MAX, 1 + how % 8U);
        if (held.empty()) return out;
        out.ids.push_back(held.back().id);
        out.bytes = stored_bytes(store_.get(held.back().id)->item.size());
        return out;
    }
    void bring(item::Kind kind) {
        const item::ReadPtr item = made(kind);
        const Replaced older = replaced();
        const item::Standing standing = item::standing_of(*item);
        const item::Floors before = retention_.floors();
        const std::uint64_t held = store_.shelves().bytes();
        Effects out;
        const auto place = retention_.admit(*item, script_.byte(), older, store_, now_, out);
        ENSURE(place || out.empty(), "something goes for what is not taken");
        ENSURE(!item::exceeds(before, retention_.floors()), "a floor fell because something came");
        if (!place) return;
        ENSURE(place->level == standing.level, "it is taken at another level than it shows");
        for (const Effect& effect : out)
            if (const auto* forget = std::get_if<Forget>(&effect)) look(*forget, standing, *place);
        for (const base::ItemId& id : older.ids)
            out.push_back(Forget{id, ForgetReason::superseded, now_.wall});
        out.push_back(Store{item, now_.wall, place->level, place->pile});
        for (const Effect& effect : out) store_.apply(effect);
        places_[item->id] = *place;
        ENSURE(store_.shelves().bytes() <= std::max(budget_, held),
               "more is kept than the budget allows");
        store_.shelves().sanity_check();
    }
    void look(const Forget& gone, const item::Standing& by, const Place& place) {
        const auto standing = store_.standing(gone.id);
        ENSURE(standing, "what goes was held");
        ENSURE(places_.at(gone.id).pile != pile_incumbents, "an incumbent makes room");
        ENSURE(
            !item::is_above(*standing, retention_.floors()) || standing->level == item::level_max,
            "what went is still above the floor");
        const bool rival = standing->of == by.of && place.pile != pile_incumbents;
        ENSURE(!rival || standing->level < by.level, "a better one makes room for a worse one");
    }
    void wait(Millis time) {
        now_.mono += time;
        Effects out;
        retention_.on_timer(now_, store_, out);
        for (const Effect& effect : out) {
            const auto* forget = std::get_if<Forget>(&effect);
            ENSURE(!forget || forget->reason != ForgetReason::evicted ||
                       places_.at(forget->id).pile != pile_incumbents,
                   "an incumbent makes room");
            store_.apply(effect);
        }
    }

    Script script_;
    MemoryStore store_;
    std::uint64_t budget_ = budget_first;
    Retention retention_{budget_first};
    std::map<base::ItemId, Place> places_;
    base::Now now_{base::MonoTime(Millis(5000)), samples::noon};
    std::uint32_t made_ = 0;
};

}  // namespace
}  // namespace hearsay::core

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace hearsay;
    if (size > 4096) return 0;
    core::Run(core::Script(base::ByteView(data, size))).play();
    return 0;
}
