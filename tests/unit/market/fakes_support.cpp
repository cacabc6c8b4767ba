#include <atomic>

#include <doctest/doctest.h>

#include "crypto/work.hpp"
#include "fakes.hpp"
#include "market/mail/postage.hpp"
#include "ports.hpp"

namespace hearsay::market {

Person::Person(std::uint8_t number, item::Network on, MarketSettings wished, base::WallTime begin)
    : network(on), settings(wished), now(begin), rng_(seeded(number)) {
    Vault::Created created = Vault::create(rng_, begin);
    words = created.words;
    REQUIRE(created.vault.protect(base::as_bytes(passphrase), cheap, rng_));
    vault_file = created.vault.seal(rng_);
    start();
}

Person::Person(std::uint8_t number, base::WallTime begin)
    : Person(number, item::Network::sim, {}, begin) {}

Person::~Person() = default;

void Person::start() {
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

void Person::event(const std::function<void(const Turn&)>& act) {
    engine_->ask([&](turn::Context& context) -> turn::Engine::Finish {
        act(context);
        return [](const auto&) {};
    });
    run();
}

turn::Outcome Person::run() {
    crash_ = std::exchange(next_crash, Crash::never);
    crashed = crash_ != Crash::never;
    const bool before_commit = crash_ == Crash::before_vault || crash_ == Crash::before_commit;
    MemoryOwnTxn own(store, !down && !before_commit && !disk_full);
    MemoryFloodTxn kept(flood);
    turn::Outcome done = engine_->run({{mono_, now}, now, now}, {*this, own, store, kept}, *this);
    if (done.failed) store.roll_back();
    if (market)
        for (const auto& [mailbox, secret] : market->vault().mailboxes())
            told_keys().try_emplace(mailbox, secret.key->public_key());
    down = down || crashed;
    return done;
}

void Person::do_work() {
    const std::atomic<bool> never{false};
    for (int round = 0; round < 2; ++round)
        for (const FindWork& found : std::exchange(work, {})) {
            const std::uint64_t nonce =
                stamp_bits == 0 ? std::uint64_t{found.level} << 56 | 7
                                : *crypto::find_work(found.id, stamp_trials(stamp_bits), 0, never);
            engine_->post(turn::WorkFound{found.id, nonce});
            run();
        }
}

void Person::do_tries() {
    for (int round = 0; round < 1000; ++round) {
        for (const TryOpen& attempt : std::exchange(tries, {})) answer(attempt);
        if (tries.empty() && !market->wants_mail_walk()) return;
        if (tries.empty()) run();
    }
}

void Person::answer(const TryOpen& attempt) {
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

void Person::hear(const item::ReadPtr& item) {
    flood.store(item);
    notice(core::ItemStored{item});
}

void Person::injected(const base::ItemId& id, std::uint32_t times) {
    notice(core::OwnItemInjected{id, times});
}

void Person::priced(const item::Floors& levels) {
    notice(core::PriceChanged{levels});
}

void Person::lost(const base::ItemId& id) {
    notice(core::ItemForgotten{id, core::ForgetReason::evicted});
}

void Person::heard(const base::ItemId& id, std::size_t peers) {
    notice(core::OwnItemHeard{id, peers});
}

void Person::tick() {
    mono_ += turn::tick_interval;
    engine_->on_market_deadline(mono_);
    run();
}

void Person::do_key_erasure() {
    for (int round = 0; round < 1000 && market->wants_key_erasure(); ++round) run();
}

void Person::forget() {
    for (int i = 0; i < 2; ++i) {
        tick();
        do_key_erasure();
        now += base::Seconds(60);
    }
    tick();
}

void Person::do_recovery() {
    for (int round = 0; round < 1000 && !lists.empty(); ++round)
        for (const ListPersonas& list : std::exchange(lists, {})) {
            engine_->post(
                turn::PersonasListed{list.from, list_personas(list.root, list.from, list.count)});
            run();
        }
    for (int round = 0; round < 1000 && market->wants_recovery(); ++round) run();
}

base::Result<OfferView> Person::publish(const std::string& title, base::Seconds lifetime) {
    item::OfferText text;
    text.title = title;
    return turn([&](const Turn& turn) { return market->publish_offer(text, lifetime, turn); });
}

base::Result<MailView> Person::send(const std::string& to, const std::string& text) {
    return turn([&](const Turn& turn) {
        return market->send_mail({to, "about it", text, base::Seconds(0)}, turn);
    });
}

std::vector<MailView> Person::inbox() const {
    std::vector<MailView> out = market->list_mail(store);
    std::erase_if(out, [](const MailView& mail) { return !mail.incoming; });
    return out;
}

void Person::notice(core::Notice what) {
    notices_.push_back(std::move(what));
    engine_->post(core::TimerFired{});
    run();
}

base::Result<void> Person::save(const Vault& vault) {
    if (down || crash_ == Crash::before_vault)
        return base::fail(base::ErrorCode::exhausted, "the disk keeps nothing");
    vault_file = vault.seal(rng_);
    return {};
}

void Person::on_step(const core::Input&, core::Effects& effects) {
    effects.clear();
    for (core::Notice& what : std::exchange(notices_, {}))
        effects.emplace_back(core::Notify{std::move(what)});
}

void Person::perform(const Effect& effect) {
    if (down) return;
    if (const auto* find = std::get_if<FindWork>(&effect)) work.push_back(*find);
    if (const auto* cancel = std::get_if<CancelWork>(&effect)) cancelled.push_back(cancel->id);
    if (const auto* submit = std::get_if<Submit>(&effect)) {
        submitted.push_back(submit->item);
        injected_before = submit->injected;
    }
    if (const auto* recall = std::get_if<Recall>(&effect)) {
        recalled.push_back(recall->id);
        std::erase_if(submitted, [&](const item::ReadPtr& item) { return item->id == recall->id; });
    }
    if (const auto* attempt = std::get_if<TryOpen>(&effect)) tries.push_back(*attempt);
    if (const auto* list = std::get_if<ListPersonas>(&effect)) lists.push_back(*list);
    if (const auto* tell = std::get_if<Tell>(&effect)) told.push_back(*tell);
}

void settle(const std::vector<Person*>& persons) {
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
