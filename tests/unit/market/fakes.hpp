// unit/market/fakes.hpp - persons: a node's turns over a disk in memory, workers that answer when
// asked to, and a network between them.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "crypto/work.hpp"
#include "market/mail/postage.hpp"
#include "market/market.hpp"
#include "ports.hpp"
#include "turn/engine.hpp"

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

// Where the process ends in the next turn; before_vault: before anything of it is kept.
enum class Crash { never, before_vault, before_commit, before_speaking };

// One user with one node: its turns are the program's (turn/engine.hpp). A crash loses everything
// but the vault file, the committed own store and the flood store.
//
// What the workers are asked waits until do_work() and the like answer it, an answer a turn. What
// the core has to tell, the test says (hear(), injected(), heard()): all else that the core decides
// is dropped. Time stands still until the test moves it, and a tick comes when the test says so.
class Person final : private turn::Driver, private turn::VaultFile {
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
        engine_ = std::make_unique<turn::Engine>();
        core::NodeOptions core;
        core.network = network;
        engine_->begin_core(std::move(core));
        engine_->begin_market({network, *std::move(vault), rng_.fork(), settings});
        market = &engine_->market();
        REQUIRE_FALSE(run().failed);
    }
    // A turn in which the user asks for this.
    template <class Do>
    std::invoke_result_t<Do, const Turn&> turn(Do act) {
        std::optional<std::invoke_result_t<Do, const Turn&>> result;
        engine_->ask([&](turn::Context& context) -> turn::Engine::Finish {
            result.emplace(act(context));
            return [](const auto&) {};
        });
        run();
        return *std::move(result);
    }
    template <class Do>
    void event(Do act) {
        turn([&](const Turn& turn) {
            act(turn);
            return 0;
        });
    }
    // One that nothing but what is under way has a part in.
    turn::Outcome run() {
        crash_ = std::exchange(next_crash, Crash::never);
        crashed = crash_ != Crash::never;
        const bool before_commit = crash_ == Crash::before_vault || crash_ == Crash::before_commit;
        MemoryOwnTxn own(store, !down && !before_commit && !disk_full);
        MemoryFloodTxn kept(flood);
        turn::Outcome done =
            engine_->run({{mono_, now}, now, now}, {*this, own, store, kept}, *this);
        if (done.failed) store.roll_back();
        if (market)
            for (const auto& [mailbox, secret] : market->vault().mailboxes())
                told_keys().try_emplace(mailbox, secret.key->public_key());
        down = down || crashed;
        return done;
    }
    // For a look outside a turn: nothing of its effects is performed.
    Turn aside() { return {now, store, flood, unheard_}; }
    // A stamp is followed by the work of its mail. Nobody checks an item's work here; a level above
    // what is asked is said by the nonce (item/standing.hpp).
    void do_work() {
        const std::atomic<bool> never{false};
        for (int round = 0; round < 2; ++round)
            for (const FindWork& found : std::exchange(work, {})) {
                const std::uint64_t nonce =
                    stamp_bits == 0
                        ? std::uint64_t{found.level} << 56 | 7
                        : *crypto::find_work(found.id, stamp_trials(stamp_bits), 0, never);
                engine_->post(turn::WorkFound{found.id, nonce});
                run();
            }
    }
    void do_tries() {
        for (int round = 0; round < 1000; ++round) {
            for (const TryOpen& attempt : std::exchange(tries, {})) answer(attempt);
            if (tries.empty() && !market->wants_search()) return;
            if (tries.empty()) run();
        }
    }
    void answer(const TryOpen& attempt) {
        turn::MailTried tried{attempt.mail};
        for (const OwnKey& own : *attempt.keys) {
            auto letter = open_letter(*attempt.mail, *own.key);
            if (!letter) continue;
            tried.mailbox = own.mailbox;
            tried.letter = std::make_shared<const Letter>(*std::move(letter));
            break;
        }
        engine_->post(std::move(tried));
        run();
    }
    void hear(const item::ReadPtr& item) {
        flood.store(item);
        notice(core::ItemStored{item});
    }
    void injected(const base::ItemId& id, std::uint32_t times) {
        notice(core::OwnItemInjected{id, times});
    }
    // What it takes of each class to be kept; and an item that the node let go for want of room.
    void priced(const item::Floors& levels) { notice(core::PriceChanged{levels}); }
    void lost(const base::ItemId& id) {
        notice(core::ItemForgotten{id, core::ForgetReason::evicted});
    }
    void heard(const base::ItemId& id, std::size_t peers) { notice(core::OwnItemHeard{id, peers}); }
    void tick() {
        mono_ += turn::tick_interval;
        engine_->on_market_deadline(mono_);
        run();
    }
    void do_key_erasure() {
        for (int round = 0; round < 1000 && market->wants_key_erasure(); ++round) run();
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
            for (const ListPersonas& list : std::exchange(lists, {})) {
                engine_->post(turn::PersonasListed{
                    list.from, list_personas(list.root, list.from, list.count)});
                run();
            }
        for (int round = 0; round < 1000 && market->wants_recovery(); ++round) run();
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
    Market* market = nullptr;  // of the engine, since the last start()
    Crash next_crash = Crash::never;
    bool crashed = false;    // in the last turn
    bool down = false;       // since a crash, until start(): nothing is kept or done any more
    bool disk_full = false;  // the own store keeps nothing
    std::vector<FindWork> work;
    std::vector<base::ItemId> cancelled;
    std::vector<TryOpen> tries;
    std::vector<ListPersonas> lists;
    std::vector<base::ItemId> recalled;
    std::vector<item::ReadPtr> submitted;
    std::uint32_t injected_before = 0;  // as the last Submit said
    std::vector<Tell> told;

private:
    void notice(core::Notice what) {
        notices_.push_back(std::move(what));
        engine_->post(core::TimerFired{});
        run();
    }
    base::Result<void> save(const Vault& vault) override {
        if (down || crash_ == Crash::before_vault)
            return base::fail(base::ErrorCode::exhausted, "the disk keeps nothing");
        vault_file = vault.seal(rng_);
        return {};
    }
    void on_step(const core::Input&, core::Effects& effects) override {
        effects.clear();
        for (core::Notice& what : std::exchange(notices_, {}))
            effects.emplace_back(core::Notify{std::move(what)});
    }
    void on_committed() override { down = down || crashed; }
    void perform(const core::Effect&) override {}
    void perform(const Effect& effect) override {
        if (down) return;
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
    std::unique_ptr<turn::Engine> engine_;
    std::vector<core::Notice> notices_;
    base::MonoTime mono_{};
    Crash crash_ = Crash::never;  // of the turn under way
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
