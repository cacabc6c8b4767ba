// Messages of trades, right and wrong in one point each: docs/protocol.md, section 13, "Messages".
#include "base/ensure.hpp"
#include "market/trade/message.hpp"
#include "market/trade/message_wire.hpp"
#include "trade.pb.h"
#include "trade_entries.hpp"
#include "unit/item/samples.hpp"

namespace hearsay::vectors {
namespace {

using namespace samples;
namespace trade = market::trade;
using Change = std::function<void(wire::TradeMessage&)>;

constexpr std::uint8_t maker = 1;
constexpr std::uint8_t taker = 2;

const std::string key(1216, 'k');
const std::string hash(32, 'h');

item::Item offered() {
    return offer({"Bicycle", "Blue.", "bicycle", "coffee", {}}, {.persona = maker});
}
// As the trade's id asks, whatever the offer is.
void set_take(wire::TradeMessage& out, const item::Item& item) {
    const trade::Nonce nonce = filled<trade::Nonce>(5);
    wire::TradeTake& take = *out.mutable_take();
    take.set_nonce(base::to_text(nonce.view()));
    take.set_mailbox(key);
    take.mutable_offer()->set_header(base::to_text(item.header));
    take.mutable_offer()->set_payload(base::to_text(item.payload));
    take.mutable_offer()->set_signature(base::to_text(item.signature));
    take.mutable_terms();
    const auto read = item::read(item, samples::network);
    if (read && (*read)->header.publication())
        out.set_trade(base::to_text(trade::trade_id(**read, persona(taker), nonce).view()));
}
wire::TradeMessage first(const item::Item& item = offered()) {
    wire::TradeMessage out;
    out.set_network(static_cast<std::uint32_t>(samples::network));
    out.set_sender(base::to_text(persona(taker).view()));
    out.set_number(1);
    out.set_at(1'800'000'000);
    set_take(out, item);
    return out;
}
// The second, with a text.
wire::TradeMessage second() {
    wire::TradeMessage out = first();
    out.clear_take();
    out.set_number(2);
    out.set_previous(hash);
    out.mutable_text()->set_text("When?");
    return out;
}

// Of long ones the letters x at the end are only counted.
Entry message(const std::string& about, const std::string& bytes, std::uint8_t signer = taker) {
    trade::Signed whole;
    whole.bytes = base::to_bytes(bytes);
    base::Bytes signed_bytes = base::to_bytes(std::string_view("hearsay trade v1\0", 17));
    base::append(signed_bytes, whole.bytes);
    whole.signature = crypto::ed25519_sign(filled<base::Secret>(signer), signed_bytes);
    const std::size_t shown = bytes.size() > 5000 ? bytes.find_last_not_of('x') + 1 : bytes.size();
    return Entry(about)
        .text("what", "said")
        .hex("message", base::ByteView(whole.bytes).first(shown))
        .number("more", static_cast<std::int64_t>(bytes.size() - shown))
        .hex("signature", whole.signature.view())
        .flag("valid", trade::read(trade::write(whole), samples::network).has_value());
}

class Messages {
public:
    explicit Messages(std::vector<Entry>& out) : out_(out) {}
    void of(const std::string& about, wire::TradeMessage from, const Change& change) {
        change(from);
        out_.push_back(message(about, from.SerializeAsString()));
    }
    void take(const std::string& about, const Change& change) { of(about, first(), change); }
    void text(const std::string& about, const Change& change) { of(about, second(), change); }
    void raw(const std::string& about, const std::string& bytes, std::uint8_t signer = taker) {
        out_.push_back(message(about, bytes, signer));
    }

private:
    std::vector<Entry>& out_;
};

void add_heads(Messages& add) {
    add.text("a text", [](auto&) {});
    add.raw("a text that somebody else signed", second().SerializeAsString(), maker);
    add.raw("what does not parse", "\xff");
    add.raw("a field of a later text", second().SerializeAsString() + "\xc0\x0c\x07");
    add.text("without a move", [](auto& said) { said.clear_text(); });
    add.text("of another network", [](auto& said) { said.set_network(1); });
    add.text("of a trade of 31 bytes", [](auto& said) { said.set_trade(std::string(31, 't')); });
    add.text("number 0", [](auto& said) {
        said.set_number(0);
        said.clear_previous();
    });
    add.text("number 300", [](auto& said) { said.set_number(300); });
    add.text("number 301", [](auto& said) { said.set_number(301); });
    add.text("number 2 without a previous one", [](auto& said) { said.clear_previous(); });
    add.text("number 1 with a previous one", [](auto& said) { said.set_number(1); });
    add.text("a previous one of 31 bytes",
             [](auto& said) { said.set_previous(std::string(31, 'h')); });
    add.text("in the last second of 9999", [](auto& said) { said.set_at(253402300799); });
    add.text("a second later", [](auto& said) { said.set_at(253402300800); });
    const auto seen = [](wire::TradeMessage& said, char who, std::uint32_t number) {
        wire::TradeSeen& entry = *said.add_seen();
        entry.set_who(std::string(32, who));
        entry.set_number(number);
        entry.set_hash(hash);
    };
    add.text("that saw two others", [&](auto& said) {
        seen(said, 'a', 1);
        seen(said, 'b', 300);
    });
    add.text("that saw three others", [&](auto& said) {
        for (const char who : {'a', 'b', 'c'}) seen(said, who, 1);
    });
    add.text("that saw one twice", [&](auto& said) {
        seen(said, 'a', 1);
        seen(said, 'a', 2);
    });
    add.text("that saw itself", [&](auto& said) {
        seen(said, 'a', 1);
        said.mutable_seen(0)->set_who(said.sender());
    });
    add.text("that saw a number 0", [&](auto& said) { seen(said, 'a', 0); });
    add.text("that saw a number 301", [&](auto& said) { seen(said, 'a', 301); });
    add.text("that saw a hash of 31 bytes", [&](auto& said) {
        seen(said, 'a', 1);
        said.mutable_seen(0)->set_hash(std::string(31, 'h'));
    });
}

void add_takes(Messages& add) {
    add.take("a Take", [](auto&) {});
    add.take("a Take of another id", [](auto& said) { said.set_trade(std::string(32, 't')); });
    add.take("a Take that saw somebody", [](auto& said) {
        wire::TradeSeen& entry = *said.add_seen();
        entry.set_who(std::string(32, 'a'));
        entry.set_number(1);
        entry.set_hash(hash);
    });
    add.take("a Take without terms", [](auto& said) { said.mutable_take()->clear_terms(); });
    add.take("a Take without an offer", [](auto& said) { said.mutable_take()->clear_offer(); });
    add.take("a Take without a mailbox", [](auto& said) { said.mutable_take()->clear_mailbox(); });
    add.take("a Take with a nonce of 15 bytes",
             [](auto& said) { said.mutable_take()->set_nonce(std::string(15, 'n')); });
    add.of("a Take of an offer that expired long ago",
           first(offer({"Tea", "", "", "", {}},
                       {.persona = maker, .created = base::from_unix_seconds(600)})),
           [](auto&) {});
    add.of("a Take of an offer of its own",
           first(offer({"Tea", "", "", "", {}}, {.persona = taker})), [](auto&) {});
    add.of("a Take of an offer that breaks a rule",
           first(offer({"", "", "", "", {}}, {.persona = maker})), [](auto&) {});
    add.of("a Take of an offer that somebody else signed", first(signed_by(offered(), 3)),
           [](auto&) {});
    add.of("a Take of an offer with a field of a later text",
           first(publication(
               {.persona = maker,
                .payload = base::to_text(item::write_offer({"x", "", "", "", {}})) + "\xb0\x01\x07",
                .kind = item::kind_offer})),
           [](auto&) {});
    add.of("a Take of a removal",
           first(publication({.persona = maker, .removed = true, .kind = item::kind_offer})),
           [](auto&) {});
    add.of("a Take of what is no offer", first(publication({.persona = maker})), [](auto&) {});
}

void add_terms(Messages& add) {
    const auto terms = [&](const std::string& about,
                           const std::function<void(wire::TradeTerms&)>& change) {
        add.take("terms " + about,
                 [&](auto& said) { change(*said.mutable_take()->mutable_terms()); });
    };
    terms("with all that there is", [](auto& out) {
        out.set_give("A bicycle");
        out.set_want("Coffee");
        out.set_text("At the station.\n");
        out.set_ships(2);
        out.set_arbiter(std::string(32, 'a'));
        out.set_arbiter_mailbox(key);
    });
    terms("with a give of two lines", [](auto& out) { out.set_give("a\nb"); });
    terms("with a want of 121 bytes", [](auto& out) { out.set_want(std::string(121, 'w')); });
    terms("with a text of 4097 bytes", [](auto& out) { out.set_text(std::string(4097, 't')); });
    terms("in which ships is 3", [](auto& out) { out.set_ships(3); });
    terms("with an arbiter without a mailbox",
          [](auto& out) { out.set_arbiter(std::string(32, 'a')); });
    terms("with an arbiter's mailbox alone", [](auto& out) { out.set_arbiter_mailbox(key); });
    terms("with an arbiter's mailbox of 32 bytes", [](auto& out) {
        out.set_arbiter(std::string(32, 'a'));
        out.set_arbiter_mailbox(std::string(32, 'k'));
    });
}

void add_moves(Messages& add) {
    const auto payload = [](wire::TradePayload& out, const std::string& type, std::size_t size) {
        out.set_media_type(type);
        out.set_content(std::string(size, 'x'));
    };
    add.text("a text of 4097 bytes",
             [](auto& said) { said.mutable_text()->set_text(std::string(4097, 't')); });
    add.text("a text in another form than C",
             [](auto& said) { said.mutable_text()->set_text("u\xcc\x88"); });
    add.text("a text with a payload of 24576 bytes", [&](auto& said) {
        payload(*said.mutable_text()->mutable_payload(), "image/png", 24'576);
    });
    add.text("a text with a payload of 24577 bytes", [&](auto& said) {
        payload(*said.mutable_text()->mutable_payload(), "image/png", 24'577);
    });
    add.text("a payload without a media type",
             [&](auto& said) { payload(*said.mutable_text()->mutable_payload(), "", 1); });
    add.text("a media type with a space",
             [&](auto& said) { payload(*said.mutable_text()->mutable_payload(), "a b", 1); });
    add.text("a media type of 101 bytes", [&](auto& said) {
        payload(*said.mutable_text()->mutable_payload(), std::string(101, 'm'), 1);
    });
    add.text("a Received with a payload",
             [&](auto& said) { payload(*said.mutable_received()->mutable_payload(), "a", 1); });
    add.text("a Shipped with a payload",
             [&](auto& said) { payload(*said.mutable_shipped()->mutable_payload(), "a", 1); });
    add.text("a Dispute", [](auto& said) { said.mutable_dispute(); });
    add.text("a Close", [](auto& said) { said.mutable_close(); });
    const auto accept = [](wire::TradeMessage& said) -> wire::TradeAccept& {
        wire::TradeAccept& out = *said.mutable_accept();
        out.set_proposal(hash);
        out.set_mailbox(key);
        out.set_token(std::string(64, 't'));
        out.set_thing_token(std::string(64, 'u'));
        return out;
    };
    add.text("an Accept", [&](auto& said) { accept(said); });
    add.text("an Accept without a token", [&](auto& said) { accept(said).clear_token(); });
    add.text("an Accept without a token of the thing",
             [&](auto& said) { accept(said).clear_thing_token(); });
    add.text("an Accept without a proposal", [&](auto& said) { accept(said).clear_proposal(); });
    add.text("an Accept with a mailbox of 32 bytes",
             [&](auto& said) { accept(said).set_mailbox(std::string(32, 'k')); });
    add.text("a Counter without terms", [](auto& said) {
        said.mutable_counter()->set_proposal(hash);
        said.mutable_counter()->set_mailbox(key);
    });
    add.text("a Decline of nothing", [](auto& said) { said.mutable_decline(); });
    const auto confirm = [](wire::TradeMessage& said, std::size_t token, std::size_t thing) {
        said.mutable_confirm()->set_accept(hash);
        said.mutable_confirm()->set_token(std::string(token, 't'));
        said.mutable_confirm()->set_thing_token(std::string(thing, 'u'));
    };
    add.text("a Confirm", [&](auto& said) { confirm(said, 64, 64); });
    add.text("a Confirm with a token of 63 bytes", [&](auto& said) { confirm(said, 63, 64); });
    add.text("a Confirm with a token of the thing of 65 bytes",
             [&](auto& said) { confirm(said, 64, 65); });
    add.text("a Ruling for neither side",
             [](auto& said) { said.mutable_ruling()->set_dispute(hash); });
    add.text("a Ruling for a third side", [](auto& said) {
        said.mutable_ruling()->set_dispute(hash);
        said.mutable_ruling()->set_right(3);
    });
}

// Of 30,000 bytes, and one more.
void add_sizes(Messages& add) {
    for (const std::size_t size : {std::size_t{30'000}, std::size_t{30'001}}) {
        std::string bytes = second().SerializeAsString();
        const std::size_t more = size - bytes.size() - 5;  // field 200: a tag of 2, a length of 3
        bytes += "\xc2\x0c";
        bytes.push_back(static_cast<char>(0x80 | (more & 0x7f)));
        bytes.push_back(static_cast<char>(0x80 | (more >> 7 & 0x7f)));
        bytes.push_back(static_cast<char>(more >> 14));
        bytes += std::string(more, 'x');
        ENSURE(bytes.size() == size, "a message of another size");
        add.raw("a message of " + std::to_string(size) + " bytes", bytes);
    }
}

}  // namespace

void add_trade_messages(std::vector<Entry>& out) {
    Messages add(out);
    add_heads(add);
    add_takes(add);
    add_terms(add);
    add_moves(add);
    add_sizes(add);
}

}  // namespace hearsay::vectors
