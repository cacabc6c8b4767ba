// reconcile/serving.hpp and what Reconcile makes of it: a link is handed over so many bytes at
// once, and then at a rate, however often it asks.
#include <doctest/doctest.h>

#include "base/limits/budgets.hpp"
#include "base/limits/items.hpp"
#include "core/messages.hpp"
#include "core/reconcile/reconcile.hpp"
#include "memory_store.hpp"
#include "unit/item/samples.hpp"

namespace hearsay::core {
namespace {

namespace limits = base::limits;
using base::Millis;

constexpr base::LinkId link{7};

struct Filled {
    MemoryStore store;
    std::vector<base::ItemId> ids;
    base::Now now{base::MonoTime(Millis(5000)), samples::noon};

    void fill(std::uint32_t count, std::size_t payload) {
        for (std::uint32_t at = 0; at < count; ++at) {
            samples::Wish wish;
            wish.slot = at;
            wish.payload = std::string(payload, 'x');
            const auto item = samples::accepted(samples::publication(wish));
            ids.push_back(item->id);
            store.apply(Store{item, samples::noon});
        }
    }
    static std::size_t items_in(const Effects& out) {
        std::size_t found = 0;
        for (const Effect& effect : out) {
            const auto* send = std::get_if<Send>(&effect);
            const auto message = send ? parse(*send->frame) : std::unexpected(base::Fault::silent);
            if (!message) continue;
            if (const auto* items = std::get_if<Items>(&*message)) found += items->items.size();
        }
        return found;
    }
};

TEST_CASE_FIXTURE(Filled, "what is beyond the budget waits until there is some again") {
    fill(3, 1000);
    Serving serving;
    for (const base::ItemId& id : ids) serving.add(id);
    base::TokenBucket budget;
    Traffic traffic;
    budget.charge(limits::bulk_rate, limits::bulk_rate.burst - 1, now.mono);
    Effects out;
    CHECK(serving.send_piece(link, now, store, hops_bulk, budget, traffic, out));
    CHECK(items_in(out) == 1);
    CHECK(!serving.waits());
    out.clear();
    CHECK(serving.send_piece(link, now, store, hops_bulk, budget, traffic, out));
    CHECK(out.empty());
    CHECK(serving.waits());
    now.mono = budget.ready_at(limits::bulk_rate);
    CHECK(serving.send_piece(link, now, store, hops_bulk, budget, traffic, out));
    CHECK(items_in(out) == 1);
    now.mono += Millis(1000);
    CHECK(serving.send_piece(link, now, store, hops_bulk, budget, traffic, out));
    CHECK(items_in(out) == 2);
    CHECK(!serving.send_piece(link, now, store, hops_bulk, budget, traffic, out));
}

TEST_CASE_FIXTURE(Filled,
                  "a peer that wants the whole store gets the budget at once, and then the rate") {
    fill(1100, limits::payload_bytes_max);
    const FloorTable floors;
    Traffic traffic;
    Reconcile side{base::Rng(samples::filled<base::Secret>(1)), floors, traffic};
    Effects out;
    side.on_greeted(link, false, now, store, out);
    CHECK(!side.on_compare(link, Compare{}, now, store, out));  // it holds nothing: lists
    std::size_t handed = 0;
    // What is listed it wants, what is sent it reads at once, for so long.
    const auto go_on = [&](Millis how_long) {
        const base::MonoTime end = now.mono + how_long;
        for (int turns = 0; turns < 10'000; ++turns) {
            for (const Effect& effect : std::exchange(out, {})) {
                const auto* send = std::get_if<Send>(&effect);
                if (!send) continue;
                const auto message = parse(*send->frame);
                REQUIRE(message);
                if (const auto* items = std::get_if<Items>(&*message))
                    for (const item::Item& item : items->items) handed += item.size();
                const auto* have = std::get_if<Have>(&*message);
                std::vector<base::ItemId> not_asked;
                if (have)
                    CHECK(!side.on_want(link, Want{have->page, have->ids}, now, store, not_asked,
                                        out));
            }
            side.on_drained(link, now, store, out);
            side.on_timer(now, store, out);
            if (!out.empty()) continue;
            const base::MonoTime next = std::max(side.next_deadline(), now.mono + Millis(1));
            if (next > end) break;
            now.mono = next;
        }
        now.mono = end;
    };
    const auto burst = static_cast<std::size_t>(limits::bulk_rate.burst);
    const auto rate = static_cast<std::size_t>(limits::bulk_rate.units);
    go_on(Millis(0));
    CHECK(handed >= burst);
    CHECK(handed < burst + limits::item_bytes_max);
    go_on(Millis(4000));
    CHECK(handed >= burst + 3 * rate);
    CHECK(handed < burst + 4 * rate + limits::item_bytes_max);
}

}  // namespace
}  // namespace hearsay::core
