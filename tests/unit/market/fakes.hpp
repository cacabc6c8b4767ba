// unit/market/fakes.hpp - persons: a market with a disk in memory, a shell that keeps the order of
// a turn, workers that answer when asked to, and a network between them.
#pragma once

#include <atomic>
#include <map>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "crypto/work.hpp"
#include "market/mail/postage.hpp"
#include "market/market.hpp"
#include "memory.hpp"

namespace hearsay::market {

inline constexpr base::WallTime noon = base::from_unix_seconds(1793880000);  // 2026-11-05 12:00 UTC
// Few personas can have been given until then, so a scan for them is quick.
// 2026-01-03 12:00 UTC
inline constexpr base::WallTime early = base::from_unix_seconds(1767441600);
inline constexpr base::Seconds hour{3600};
inline constexpr base::Seconds day{24 * 3600};
inline constexpr crypto::ScryptCost cheap{16, 8, 1};

inline base::Rng seeded(std::uint8_t number) {
    base::Secret seed;
    seed.data.fill(number);
    return base::Rng(seed);
}

enum class Crash { never, before_vault, before_commit, before_speaking };

// One user with one node. A crash loses everything but the vault file, the committed own store and
// the flood store.
class Person {
public:
    explicit Person(std::uint8_t number, item::Network on = item::Network::sim,
                    MarketSettings wished = {}, base::WallTime begin = noon)
        : network(on), settings(wished), now(begin), rng_(seeded(number)) {
        Vault::Created created = Vault::create(rng_, begin);
        words = created.words;
        REQUIRE(created.vault.protect(base::as_bytes(passphrase), cheap, rng_));
        vault_file = created.vault.seal(rng_);
        start();
    }
    Person(std::uint8_t number, base::WallTime begin)
        : Person(number, item::Network::sim, {}, begin) {}
    void start() {
        auto vault = Vault::open(vault_file, base::as_bytes(passphrase));
        REQUIRE(vault);
        store.roll_back();
        down = false;
        work.clear();
        tries.clear();
        lists.clear();
        submitted.clear();
        market.emplace(network, *std::move(vault), rng_.fork(), settings);
        const auto started = turn([&](const Turn& turn) { return market->start(turn); });
        REQUIRE(started);
    }
    // The shell's order: vault, commit, then all others.
    template <class Do>
    std::invoke_result_t<Do, const Turn&> turn(Do act) {
        Effects effects;
        auto result = act(Turn{now, store, flood, effects});
        const Crash crash = std::exchange(next_crash, Crash::never);
        crashed = crash != Crash::never;
        if (down) return result;  // nobody heard it
        down = crashed;
        if (crash == Crash::before_vault) return result;
        bool save = market->vault().unsaved_keys();
        for (const Effect& effect : effects)
            save = save || std::holds_alternative<SaveVault>(effect);
        if (save) {
            vault_file = market->vault().seal(rng_);
            market->vault().note_saved();
        }
        if (crash == Crash::before_commit) return result;
        store.commit();
        if (crash == Crash::before_speaking) return result;
        for (const Effect& effect : effects) perform(effect);
        return result;
    }
    template <class Do>
    void event(Do act) {
        turn([&](const Turn& turn) {
            act(turn);
            return 0;
        });
    }
    // For a look outside a turn: nothing of its effects is performed.
    Turn aside() { return {now, store, flood, unheard_}; }
    // A stamp is followed by the work of its mail. Nobody checks an item's work here.
    void do_work() {
        const std::atomic<bool> never{false};
        for (int round = 0; round < 2; ++round)
            for (const FindWork& found : std::exchange(work, {})) {
                const std::uint64_t nonce =
                    stamp_bits == 0
                        ? 7
                        : *crypto::find_work(found.id, stamp_trials(stamp_bits), 0, never);
                event([&](const Turn& turn) { market->on_work_found(found.id, nonce, turn); });
            }
    }
    void do_tries() {
        for (const TryOpen& attempt : std::exchange(tries, {})) answer(attempt);
        for (int round = 0; round < 1000 && market->wants_search(); ++round) {
            event([&](const Turn& turn) { market->search(turn); });
            for (const TryOpen& attempt : std::exchange(tries, {})) answer(attempt);
        }
    }
    void answer(const TryOpen& attempt) {
        for (const auto& [mailbox, secret] : *attempt.keys)
            if (const auto letter = open_letter(*attempt.mail, secret, mailbox))
                return event([&](const Turn& turn) {
                    market->on_opened(attempt.mail, mailbox, *letter, turn);
                });
        market->on_not_opened(attempt.mail->id);
    }
    void hear(const item::ReadPtr& item) {
        flood.store(item);
        event([&](const Turn& turn) { market->on_item_stored(item, turn); });
    }
    void injected(const base::ItemId& id, std::uint32_t times) {
        event([&](const Turn& turn) { market->on_own_item_injected(id, times, turn); });
    }
    void heard(const base::ItemId& id, std::size_t peers) {
        event([&](const Turn& turn) { market->on_own_item_heard(id, peers, turn); });
    }
    void tick() {
        event([&](const Turn& turn) { market->on_tick(turn); });
    }
    void do_key_erasure() {
        for (int round = 0; round < 1000 && market->wants_key_erasure(); ++round)
            event([&](const Turn& turn) { market->erase_keys(turn); });
    }
    // What was condemned until now is gone afterwards.
    void forget() {
        for (int i = 0; i < 2; ++i) {
            tick();
            do_key_erasure();
            now += base::Seconds(60);
        }
        tick();
    }
    void do_recovery() {
        for (int round = 0; round < 1000 && !lists.empty(); ++round)
            for (const ListPersonas& list : std::exchange(lists, {}))
                event([&](const Turn& turn) {
                    market->on_personas_listed(
                        list.from, list_personas(list.root, list.from, list.count), turn);
                });
        for (int round = 0; round < 1000 && market->wants_recovery(); ++round)
            event([&](const Turn& turn) { market->find_own(turn); });
    }
    base::Result<OfferView> publish(const std::string& title,
                                    base::Seconds lifetime = base::Seconds(0)) {
        item::OfferText text;
        text.title = title;
        return turn([&](const Turn& turn) { return market->publish_offer(text, lifetime, turn); });
    }
    base::Result<MailView> send(const std::string& to, const std::string& text) {
        return turn([&](const Turn& turn) {
            return market->send_mail({to, "about it", text, base::Seconds(0)}, turn);
        });
    }
    std::vector<MailView> inbox() const {
        std::vector<MailView> out = market->list_mail(store);
        std::erase_if(out, [](const MailView& mail) { return !mail.incoming; });
        return out;
    }

    const item::Network network;
    MarketSettings settings;
    std::uint32_t stamp_bits = 0;  // that this one's workers find, whatever is asked for; 0: none
    MemoryOwnStore store;
    MemoryCatalogue flood;
    base::Bytes vault_file;
    std::string words;
    std::string passphrase = "correct horse";
    base::WallTime now;
    std::optional<Market> market;
    Crash next_crash = Crash::never;
    bool crashed = false;  // in the last turn
    bool down = false;     // since a crash, until start()
    std::vector<FindWork> work;
    std::vector<base::ItemId> cancelled;
    std::vector<TryOpen> tries;
    std::vector<ListPersonas> lists;
    std::vector<base::ItemId> recalled;
    std::vector<item::ReadPtr> submitted;
    std::uint32_t injected_before = 0;  // as the last Submit said
    std::vector<Tell> told;

private:
    void perform(const Effect& effect) {
        if (const auto* find = std::get_if<FindWork>(&effect)) work.push_back(*find);
        if (const auto* cancel = std::get_if<CancelWork>(&effect)) cancelled.push_back(cancel->id);
        if (const auto* submit = std::get_if<Submit>(&effect)) {
            submitted.push_back(submit->item);
            injected_before = submit->injected;
        }
        if (const auto* recall = std::get_if<Recall>(&effect)) {
            recalled.push_back(recall->id);
            std::erase_if(submitted,
                          [&](const item::ReadPtr& item) { return item->id == recall->id; });
        }
        if (const auto* attempt = std::get_if<TryOpen>(&effect)) tries.push_back(*attempt);
        if (const auto* list = std::get_if<ListPersonas>(&effect)) lists.push_back(*list);
        if (const auto* tell = std::get_if<Tell>(&effect)) told.push_back(*tell);
    }
    base::Rng rng_;
    Effects unheard_;
};

// Works, floods and opens until nobody has anything to do.
inline void settle(const std::vector<Person*>& persons) {
    for (int round = 0; round < 100; ++round) {
        bool busy = false;
        for (Person* person : persons) {
            busy = busy || !person->work.empty() || !person->submitted.empty() ||
                   !person->tries.empty();
            person->do_work();
            for (const item::ReadPtr& item : std::exchange(person->submitted, {})) {
                for (Person* other : persons) other->hear(item);
                person->injected(item->id, 1);
                person->heard(item->id, persons.size() - 1);
            }
            person->do_tries();
        }
        if (!busy) return;
    }
    FAIL("the persons never came to rest");
}

}  // namespace hearsay::market
