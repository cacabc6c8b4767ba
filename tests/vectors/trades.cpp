#include "item/kinds/rating.hpp"
#include "market/trade/message.hpp"
#include "trade_entries.hpp"
#include "unit/item/samples.hpp"
#include "vectors.hpp"

namespace hearsay::vectors {
namespace {

using namespace samples;
namespace trade = market::trade;

constexpr std::uint8_t maker = 11;
constexpr std::uint8_t taker = 22;

const item::ReadPtr& offered() {
    static const item::ReadPtr made =
        accepted(offer({"Bicycle", "Blue.", "bicycle", "coffee", {}}, {.persona = maker}));
    return made;
}
trade::TradeId id() {
    return trade::trade_id(*offered(), persona(taker), filled<trade::Nonce>(5));
}

Entry signed_message(const std::string& about, const trade::Message& message, std::uint8_t seed,
                     trade::Signed& made) {
    made = trade::sign(message, samples::network, filled<base::Secret>(seed)).value();
    const bool valid = trade::read(trade::write(made), samples::network).has_value();
    return Entry(about)
        .text("what", "message")
        .hex("message", made.bytes)
        .hex("signature", made.signature.view())
        .hex("sender", message.sender.view())
        .hex("hash", made.hash.view())
        .flag("valid", valid);
}

}  // namespace

File trades() {
    File out{"trades", "Trades and ratings: docs/protocol.md, sections 13 and 14.", {}};
    out.entries.push_back(Entry("the id of a trade")
                              .text("what", "trade")
                              .hex("thing", offered()->version.thing.view())
                              .hex("item", offered()->id.view())
                              .hex("taker", persona(taker).view())
                              .hex("nonce", filled<trade::Nonce>(5).view())
                              .hex("trade", id().view()));
    const item::Token token = trade::rating_token(id(), persona(maker), persona(taker));
    const auto signature = crypto::ed25519_sign(filled<base::Secret>(maker),
                                                item::token_message(token, samples::network));
    out.entries.push_back(Entry("its rating token, signed by the maker")
                              .text("what", "token")
                              .hex("trade", id().view())
                              .hex("token", token.id.view())
                              .number("network", 3)
                              .hex("maker", token.maker.view())
                              .hex("taker", token.taker.view())
                              .hex("signature", signature.view()));
    const base::Slot slot = offered()->header.publication()->slot;
    const item::Token thing = trade::thing_token(id(), persona(maker), persona(taker), slot);
    const auto thing_signature = crypto::ed25519_sign(filled<base::Secret>(maker),
                                                      item::token_message(thing, samples::network));
    out.entries.push_back(Entry("its rating token of the thing, signed by the maker")
                              .text("what", "thing token")
                              .hex("trade", id().view())
                              .hex("token", thing.id.view())
                              .number("network", 3)
                              .hex("maker", thing.maker.view())
                              .hex("taker", thing.taker.view())
                              .hex("slot", slot.view())
                              .hex("signature", thing_signature.view()));
    trade::Message take;
    take.trade = id();
    take.sender = persona(taker);
    take.number = 1;
    take.at = noon;
    take.move.kind = trade::MoveKind::take;
    take.move.text = "Please.";
    take.move.nonce = filled<trade::Nonce>(5);
    take.move.offer = offered();
    take.move.terms = trade::Terms{};
    take.move.mailbox = filled<base::MailboxKey>(40);
    trade::Signed taken;
    out.entries.push_back(signed_message("a Take", take, taker, taken));
    trade::Message accept;
    accept.trade = id();
    accept.sender = persona(maker);
    accept.number = 1;
    accept.seen = {{persona(taker), 1, taken.hash}};
    accept.at = noon + base::Seconds(60);
    accept.move.kind = trade::MoveKind::accept;
    accept.move.answers = taken.hash;
    accept.move.mailbox = filled<base::MailboxKey>(41);
    accept.move.token = trade::TokenSignatures{signature, thing_signature};
    trade::Signed accepted_it;
    out.entries.push_back(signed_message("an Accept of it", accept, maker, accepted_it));
    add_trade_messages(out.entries);
    return out;
}

}  // namespace hearsay::vectors
