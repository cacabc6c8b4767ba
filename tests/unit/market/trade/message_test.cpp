// The wire form: what is read is what was signed, and anything else is no message.
#include <doctest/doctest.h>

#include "base/limits/trades.hpp"
#include "players.hpp"
#include "trade.pb.h"

namespace hearsay::market::trade {
namespace {

std::string why(const base::Bytes& bytes) {
    const auto out = read(bytes, samples::network);
    return out ? "" : out.error();
}

// Another message with the right signature under it.
base::Bytes resigned(const Signed& message,
                     const std::function<void(wire::TradeMessage&)>& change) {
    wire::TradeMessage body;
    REQUIRE(body.ParseFromArray(message.bytes.data(), static_cast<int>(message.bytes.size())));
    change(body);
    base::Bytes to_sign = base::to_bytes("hearsay trade v1");
    to_sign.push_back(0);
    base::append(to_sign, base::as_bytes(body.SerializeAsString()));
    wire::SignedTradeMessage out;
    out.set_message(body.SerializeAsString());
    out.set_signature(base::to_text(crypto::ed25519_sign(seed_of(Role::taker), to_sign).view()));
    return base::to_bytes(out.SerializeAsString());
}

// A take is made before the machine knows who its taker is.
Signed first_take() {
    Message message;
    message.trade = sample_trade();
    message.sender = persona_key(Role::taker);
    message.number = 1;
    message.move =
        sample_move(MoveKind::take, Role::taker, Machine(sample_trade(), samples::network));
    return signed_by(Role::taker, message);
}

}  // namespace

TEST_CASE("every kind of message is read as it was written") {
    Table table;
    table.agree();
    Move move;
    move.kind = MoveKind::pay_info;
    move.text = "to this account";
    move.payload = Payload{"application/psbt", base::to_bytes(std::string("psbt\xff\0\x01", 7))};
    const Signed note = table.maker.make(move);
    CHECK(note.message.move.payload == move.payload);
    CHECK(note.message.move.text == move.text);
    CHECK(note.message.seen.size() == 1);
    CHECK(note.message.previous == table.maker.machine.steps()[1].message.hash);
    const Signed take = first_take();
    CHECK(take.message.move.terms == sample_terms());
    CHECK(take.message.move.offer->id == sample_offer()->id);
    for (MoveKind kind : every_move) CHECK(move_kind(name(kind)) == kind);
}

TEST_CASE("a changed byte anywhere makes it no message") {
    const base::Bytes good = write(first_take());
    REQUIRE(why(good).empty());
    for (std::size_t at = 0; at < good.size(); at += 3) {
        base::Bytes bad = good;
        bad[at] ^= 1;
        CAPTURE(at);
        CHECK(!why(bad).empty());
    }
}

TEST_CASE("a well-signed message that breaks a rule of its shape is none") {
    const Signed take = first_take();
    const auto broken = [&](const std::function<void(wire::TradeMessage&)>& change) {
        return why(resigned(take, change));
    };
    CHECK(broken([](auto&) {}).empty());
    CHECK(broken([](auto& m) { m.set_network(1); }) == "it belongs to another network");
    CHECK(broken([](auto& m) { m.set_number(0); }) == "it has no number");
    CHECK(broken([](auto& m) { m.set_number(2); }) == "its chain is broken");
    CHECK(broken([](auto& m) { m.mutable_take()->set_nonce("short"); }).find("wrong size") !=
          std::string::npos);
    CHECK(broken([](auto& m) { m.mutable_take()->set_nonce(std::string(16, 'x')); }) ==
          "it takes another trade's id");
    CHECK(broken([](auto& m) { m.mutable_take()->set_text("bell\x07"); }).find("text") !=
          std::string::npos);
    CHECK(broken([](auto& m) {
              m.mutable_take()->set_text(std::string(4097, 'x'));
          }).find("4096") != std::string::npos);
    CHECK(broken([](auto& m) {
              m.mutable_take()->mutable_terms()->set_ships(3);
          }).find("wrong size") != std::string::npos);
    CHECK(broken([](auto& m) {
              m.mutable_take()->mutable_terms()->clear_arbiter_mailbox();
          }).find("wrong size") != std::string::npos);
    CHECK(broken([](auto& m) { m.clear_take(); }).find("missing") != std::string::npos);
    CHECK(broken([](auto& m) {
              for (int i = 0; i < 3; ++i) m.add_seen();
          }).find("missing") != std::string::npos);
}

TEST_CASE("an offer that its maker did not sign so cannot be taken") {
    const Signed take = first_take();
    const std::string problem = why(resigned(take, [](wire::TradeMessage& message) {
        std::string& payload = *message.mutable_take()->mutable_offer()->mutable_payload();
        payload[payload.size() - 1] ^= 1;
    }));
    CHECK(problem == "it takes an offer that its maker did not sign so");
}

TEST_CASE("a payload at its limit fits a message and one byte more does not") {
    Table table;
    table.agree();
    Move move;
    move.kind = MoveKind::text;
    move.text = std::string(base::limits::trade_text_bytes_max, 'x');
    move.payload = Payload{"x/y", base::Bytes(base::limits::trade_payload_bytes_max, 7)};
    CHECK(!shape_problem(move));
    CHECK(table.maker.make(move).bytes.size() <= base::limits::trade_message_bytes_max);
    move.payload->content.push_back(7);
    CHECK(shape_problem(move).value_or("").find("24576") != std::string::npos);
}

TEST_CASE("a letter is read back, and one with too many messages or none is not") {
    const base::Bytes message = write(first_take());
    TradeLetter letter{{message, message}, persona_key(Role::arbiter)};
    const auto back = read_letter(write_letter(letter));
    REQUIRE(back);
    CHECK(back->messages == letter.messages);
    CHECK(back->arbiter == letter.arbiter);
    CHECK(!read_letter(write_letter({})));
    letter.messages.assign(base::limits::trade_letter_messages_max + 1, base::Bytes{});
    CHECK(!read_letter(write_letter(letter)));
    CHECK(!read_letter(base::as_bytes("\xff\xff")));
}

TEST_CASE(
    "the token of the ratings names neither the trade nor the offer, and is another one each "
    "time") {
    const auto token =
        rating_token(sample_trade(), persona_key(Role::maker), persona_key(Role::taker));
    TradeId another = sample_trade();
    another.data[31] ^= 1;
    CHECK(rating_token(another, token.maker, token.taker).id != token.id);
    CHECK(!base::equal(token.id.view(), sample_trade().view().first(16)));
    const auto thing =
        thing_token(sample_trade(), token.maker, token.taker, samples::filled<base::Slot>(7));
    CHECK(thing.id != token.id);  // nor can the two ratings of one trade be joined by it
    CHECK(thing_token(another, token.maker, token.taker, *thing.slot).id != thing.id);
}

}  // namespace hearsay::market::trade
