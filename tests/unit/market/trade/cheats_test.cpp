// What a partner, or a stranger, can do to a node by letters of its own making:
// nothing that stops it.
#include <doctest/doctest.h>

#include "base/limits/trades.hpp"
#include "cheat.hpp"
#include "item/mailbox.hpp"
#include "market/identity/backup.hpp"
#include "market/records.hpp"

namespace hearsay::market {
namespace {

namespace limits = base::limits;
using trade::Machine;
using trade::MoveKind;
using trade::Phase;
using trade::Role;

base::Result<void> restore(Person& to, Person& from, base::WallTime made) {
    base::Bytes file;
    base::Rng rng = seeded(77);
    const base::Bytes secret = base::to_bytes("battery staple");
    const auto rows = write_backup(secret, cheap, rng, made, from.market->vault().content(),
                                   from.store, [&](base::ByteView bytes) -> base::Result<void> {
                                       base::append(file, bytes);
                                       return {};
                                   });
    REQUIRE(rows);
    std::size_t at = 0;
    auto backup = read_backup(secret, [&](std::size_t size) -> base::Result<base::Bytes> {
        const std::size_t end = std::min(file.size(), at + size);
        base::Bytes out(file.begin() + static_cast<std::ptrdiff_t>(at),
                        file.begin() + static_cast<std::ptrdiff_t>(end));
        at = end;
        return out;
    });
    REQUIRE(backup);
    return to.turn([&](const Turn& turn) { return to.market->restore(*std::move(backup), turn); });
}

}  // namespace

TEST_CASE_FIXTURE(Cheat, "a partner that floods a trade stops neither our node nor our moves") {
    const std::string id = people.agree();
    const base::Secret seed = maker_seed(id);
    Machine machine = view(people.maker, id).machine;
    const base::MailboxId to = mailbox_of(people.taker, id);
    for (int i = 0; i < 180; ++i) {  // four megabytes
        trade::Message flood = next(machine, Role::maker, MoveKind::text, "");
        flood.number += static_cast<std::uint32_t>(i);
        flood.previous = base::Digest{};
        if (i == 0) flood.previous = machine.next(Role::maker).previous;
        flood.move.payload =
            trade::Payload{"application/psbt", base::Bytes(limits::trade_payload_bytes_max, 1)};
        post(people.taker, to, seed, {sign(flood, seed)});
    }
    people.move(people.taker, id, MoveKind::shipped);
    CHECK(view(people.taker, id).machine.state().side(Role::taker).shipped);
    people.move(people.taker, id, MoveKind::dispute);
    CHECK(people.phase(people.taker, id) == Phase::disputed);
}

TEST_CASE_FIXTURE(Cheat, "a partner that claims to have seen what was never sent stops nothing") {
    const std::string id = people.agree();
    const base::Secret seed = maker_seed(id);
    trade::Message lie =
        next(view(people.maker, id).machine, Role::maker, MoveKind::text, "I saw it all");
    lie.seen = {{*view(people.maker, id).machine.taker(), 290, base::Digest{}}};
    post(people.taker, mailbox_of(people.taker, id), seed, {sign(lie, seed)});
    CHECK(view(people.taker, id).machine.is_claimed_more(Role::taker));
    people.move(people.taker, id, MoveKind::dispute);
    CHECK(people.phase(people.taker, id) == Phase::disputed);
}

TEST_CASE_FIXTURE(Cheat, "a restored node believes that claim, refuses, and may remove the trade") {
    const std::string id = people.agree();
    Person again(9);
    again.now = people.taker.now;
    REQUIRE(restore(again, people.taker, people.taker.now));
    again.start();
    people.move(people.taker, id, MoveKind::text, "after the backup");
    MoveDraft text;
    text.text = "again";
    CHECK(!again.market->remove_trade(id, again.aside()));
    people.move(people.maker, id, MoveKind::text, "I saw it");
    again.hear(people.maker.flood.get([&] {
        base::ItemId newest{};
        people.maker.flood.of_kind(item::kind_mail, UINT64_MAX,
                                   [&](core::Position, const item::ReadPtr& mail) {
                                       newest = mail->id;
                                       return false;
                                   });
        return newest;
    }()));
    again.do_tries();
    const auto refused = people.try_move(again, id, text);
    REQUIRE(!refused);
    CHECK(refused.error().text.find("old backup") != std::string::npos);
    CHECK(again.market->remove_trade(id, again.aside()));
}

TEST_CASE_FIXTURE(Cheat, "a mailbox that nobody can write to, named in a letter, changes nothing") {
    const std::string id = disputed();
    const base::Secret seed = maker_seed(id);
    const trade::Signed text =
        sign(next(view(people.maker, id).machine, Role::maker, MoveKind::text, "hello"), seed);
    post(people.taker, mailbox_of(people.taker, id), seed, {text},
         {.reply_to = base::MailboxKey{}});
    people.move(people.taker, id, MoveKind::text, "we can still talk");
    CHECK(messages(people.maker, id).back().message.move.text == "we can still talk");
    const TradeView shown = view(people.arbiter, id);
    post(people.arbiter, item::mailbox_id(people.terms().arbiter->mailbox), seed, {text},
         {.reply_to = base::MailboxKey{}, .arbiter = people.terms().arbiter->persona});
    MoveDraft ruling;
    ruling.kind = MoveKind::ruling;
    ruling.right = trade::Finding::taker;
    ruling.text = "so be it";
    REQUIRE(people.try_move(people.arbiter, id, ruling));
    people.settle_all();
    for (Person* person : people.all()) CHECK(people.phase(*person, id) == Phase::ruled);
}

TEST_CASE_FIXTURE(Cheat, "a trade takes letters only at mailboxes of the persona that trades") {
    const std::string id = people.take();
    const base::Secret seed = taker_seed(id);
    const auto other = people.maker.publish("tent", base::Seconds(15LL * 24 * 3600));
    REQUIRE(other);
    people.settle_all();
    const auto say = [&](const std::string& text) {
        return sign(next(view(people.taker, id).machine, Role::taker, MoveKind::text, text), seed);
    };
    const std::size_t before = messages(people.maker, id).size();
    for (const auto& mailbox : {*other->mailbox, main_of(people.maker)}) {
        post(people.maker, mailbox, seed, {say("are you the same?")});
        CHECK(messages(people.maker, id).size() == before);
    }
    post(people.maker, offer_mailbox(view(people.maker, id)), seed, {say("it is me")});
    CHECK(messages(people.maker, id).size() == before + 1);
}

TEST_CASE_FIXTURE(
    Cheat,
    "a case is shown to the main mailbox or to one of the arbiter's persona, not to an offer's") {
    const std::string id = disputed();
    const base::Secret seed = maker_seed(id);
    const auto arbiter = *people.terms().arbiter;
    REQUIRE(people.arbiter.market->remove_trade(id, people.arbiter.aside()).has_value() == false);
    const auto offer = people.arbiter.publish("tent", base::Seconds(15LL * 24 * 3600));
    REQUIRE(offer);
    people.settle_all();
    const std::size_t before = messages(people.arbiter, id).size();
    const trade::Signed text =
        sign(next(view(people.maker, id).machine, Role::maker, MoveKind::text, "look"), seed);
    post(people.arbiter, *offer->mailbox, seed, {text}, {.arbiter = arbiter.persona});
    CHECK(messages(people.arbiter, id).size() == before);
    post(people.arbiter, item::mailbox_id(arbiter.mailbox), seed, {text},
         {.arbiter = arbiter.persona});
    CHECK(messages(people.arbiter, id).size() == before + 1);
}

TEST_CASE_FIXTURE(
    Cheat,
    "cases that strangers make up fill a small part of the trades and make room for each other") {
    const std::string id = disputed();
    MoveDraft text;
    text.text = "I look into it";
    REQUIRE(people.try_move(people.arbiter, id, text));  // a case that was answered stays
    people.settle_all();
    const item::ReadPtr offer = view(people.maker, id).take()->offer;
    const auto arbiter = *people.terms().arbiter;
    for (std::size_t i = 0; i < limits::unanswered_cases_max + 20; ++i) {
        const base::Secret seed = rng.secret();
        people.arbiter.now += base::Seconds(1);
        post(people.arbiter, item::mailbox_id(arbiter.mailbox), seed, {stray_take(offer, seed)},
             {.arbiter = arbiter.persona});
    }
    CHECK(people.arbiter.market->trades().size() == limits::unanswered_cases_max + 1);
    CHECK(people.phase(people.arbiter, id) == Phase::disputed);
}

TEST_CASE_FIXTURE(
    Cheat, "evidence is shown even when the trade's mailbox has lapsed, and not when all is over") {
    const std::string id = disputed();
    const auto show = [&](Person& who) {
        MoveDraft all;
        all.show_all = true;
        return who.turn(
            [&](const Turn& turn) { return who.market->show_to_arbiter(id, all, turn); });
    };
    for (int weeks = 0; weeks < 70; weeks += 2) people.pass(14 * day);
    const auto old = view(people.maker, id);
    bool lapsed = true;
    for (const MailboxView& each : people.maker.market->mailboxes())
        lapsed = lapsed && each.purpose != "trade " + id;
    CHECK(lapsed);
    CHECK(show(people.maker));
    CHECK(mailbox_of(people.maker, id) != base::MailboxId{});
    const std::string other = disputed();
    MoveDraft ruling;
    ruling.kind = MoveKind::ruling;
    ruling.text = "so be it";
    REQUIRE(people.try_move(people.arbiter, other, ruling));
    people.settle_all();
    MoveDraft none;
    const auto late = people.maker.turn(
        [&](const Turn& turn) { return people.maker.market->show_to_arbiter(other, none, turn); });
    REQUIRE(!late);
    CHECK(late.error().text.find("over") != std::string::npos);
}

TEST_CASE_FIXTURE(Cheat, "who is accused after the end can show the arbiter how it ended") {
    const std::string id = people.agree();
    for (const MoveKind kind : {MoveKind::shipped, MoveKind::received})
        for (Person* side : {&people.maker, &people.taker}) people.move(*side, id, kind);
    REQUIRE(people.phase(people.maker, id) == trade::Phase::complete);
    // The taker shows the arbiter the agreement and a dispute, to nobody else, and no more.
    const base::Secret seed = taker_seed(id);
    std::vector<trade::Signed> shown;
    for (const trade::Signed& each : messages(people.taker, id)) {
        const MoveKind kind = each.message.move.kind;
        if (kind == MoveKind::take || kind == MoveKind::accept || kind == MoveKind::confirm)
            shown.push_back(each);
    }
    shown.push_back(
        sign(next(view(people.taker, id).machine, Role::taker, MoveKind::dispute, "nothing came"),
             seed));
    const trade::Arbiter arbiter = *people.terms().arbiter;
    post(people.arbiter, item::mailbox_id(arbiter.mailbox), seed, shown,
         {.arbiter = arbiter.persona});
    REQUIRE_FALSE(view(people.arbiter, id).case_problem);
    MoveDraft all;
    all.show_all = true;
    REQUIRE(people.maker.turn(
        [&](const Turn& turn) { return people.maker.market->show_to_arbiter(id, all, turn); }));
    people.settle_all();
    std::size_t received = 0;
    for (const trade::Signed& each : messages(people.arbiter, id))
        received += each.message.move.kind == MoveKind::received ? 1 : 0;
    CHECK(received == 2);
}

TEST_CASE_FIXTURE(Cheat, "a trade that was removed does not begin again, after a restart either") {
    const std::string id = people.take();
    const std::vector<trade::Signed> said = messages(people.maker, id);
    const base::MailboxId to = offer_mailbox(view(people.maker, id));
    const base::Secret seed = taker_seed(id);
    people.move(people.maker, id, MoveKind::decline);
    REQUIRE(people.maker.turn(
        [&](const Turn& turn) { return people.maker.market->remove_trade(id, turn); }));
    post(people.maker, to, seed, said);
    CHECK(people.maker.market->trades().empty());
    people.maker.start();
    post(people.maker, to, seed, said);
    CHECK(people.maker.market->trades().empty());
    // Remembered for as long as the mailbox is there, and not for ever.
    CHECK(people.maker.store.count(Table::removed_trades) == 1);
    for (int months = 0; months < 16; ++months) people.pass(30 * day);
    CHECK(people.maker.store.count(Table::removed_trades) == 0);
    CHECK(people.maker.store.count(Table::seen_mail) == 0);
}

TEST_CASE_FIXTURE(Cheat, "an arbiter that removed a case it ruled on does not rule again") {
    const std::string id = disputed();
    MoveDraft ruling;
    ruling.kind = MoveKind::ruling;
    ruling.text = "so be it";
    const std::vector<trade::Signed> said = messages(people.maker, id);
    REQUIRE(people.try_move(people.arbiter, id, ruling));
    people.settle_all();
    REQUIRE(people.arbiter.turn(
        [&](const Turn& turn) { return people.arbiter.market->remove_trade(id, turn); }));
    const auto arbiter = *people.terms().arbiter;
    post(people.arbiter, item::mailbox_id(arbiter.mailbox), maker_seed(id), said,
         {.arbiter = arbiter.persona});
    CHECK(people.arbiter.market->trades().empty());
}

TEST_CASE_FIXTURE(Cheat,
                  "a dispute shows the messages that had the chosen numbers, though others wait") {
    const std::string id = people.agree();
    const base::Secret seed = maker_seed(id);
    trade::Message ahead =
        next(view(people.maker, id).machine, Role::maker, MoveKind::text, "it waits");
    ahead.number += 1;
    ahead.previous = base::Digest{};
    post(people.taker, mailbox_of(people.taker, id), seed, {sign(ahead, seed)});
    MoveDraft dispute;
    dispute.kind = MoveKind::dispute;
    dispute.text = "nothing came";
    dispute.show = {{Role::maker, ahead.number}};
    REQUIRE(people.try_move(people.taker, id, dispute));
    people.settle_all();
    bool shown = false;
    for (const trade::Signed& each : messages(people.arbiter, id))
        shown = shown || each.message.move.text == "it waits";
    CHECK(shown);
}

TEST_CASE_FIXTURE(Cheat, "a dispute whose evidence goes nowhere is not signed") {
    const std::string id = people.agree();
    // The arbiter's persona said so itself: to what it named last the evidence goes.
    Person& arbiter = people.arbiter;
    MoveDraft dispute;
    dispute.kind = MoveKind::dispute;
    dispute.text = "nothing came";
    dispute.arbiter_mailbox = base::MailboxId{};  // of which nobody has told the key
    CHECK(!people.try_move(people.taker, id, dispute));
    CHECK(people.phase(people.taker, id) == Phase::agreed);
    CHECK(arbiter.market->trades().empty());
    dispute.arbiter_mailbox.reset();
    CHECK(people.try_move(people.taker, id, dispute));
}

}  // namespace hearsay::market
