#include "market/trade/message.hpp"

#include <algorithm>

#include "base/ensure.hpp"
#include "base/limits/trades.hpp"
#include "crypto/sha256.hpp"
#include "item/kinds.hpp"
#include "item/text.hpp"
#include "market/trade/message_wire.hpp"
#include "trade.pb.h"

namespace hearsay::market::trade {
namespace {

namespace limits = base::limits;

constexpr std::string_view names[] = {"take",    "counter",  "accept",  "decline",
                                      "confirm", "pay-info", "shipped", "received",
                                      "dispute", "ruling",   "text",    "close"};
constexpr std::size_t media_type_bytes_max = 100;
constexpr std::size_t seen_max = 2;  // the participants but the sender

base::Bytes signed_bytes(base::ByteView message) {
    base::Bytes out = base::to_bytes("hearsay trade v1");
    out.push_back(0);
    base::append(out, message);
    return out;
}

Hash hash_of(base::ByteView message) {
    return crypto::tagged_sha256("hearsay trade message v1", {message});
}

std::optional<std::string> text_problem(std::string_view what, const std::string& text,
                                        std::size_t most, bool lines) {
    if (text.size() > most)
        return "the " + std::string(what) + " is " + std::to_string(text.size()) +
               " bytes long; at most " + std::to_string(most) + " fit";
    if (!item::is_clean_text(text, lines))
        return "the " + std::string(what) +
               " must be UTF-8 text in normalization form C without control characters" +
               (lines ? "" : ", on one line");
    return std::nullopt;
}

std::optional<std::string> terms_problem(const Terms& terms) {
    if (auto problem = text_problem("give", terms.give, item::offer_side_bytes_max, false))
        return problem;
    if (auto problem = text_problem("want", terms.want, item::offer_side_bytes_max, false))
        return problem;
    return text_problem("terms' text", terms.text, limits::trade_text_bytes_max, true);
}

std::optional<std::string> payload_problem(const Payload& payload) {
    const bool printable = std::all_of(payload.media_type.begin(), payload.media_type.end(),
                                       [](char c) { return c > ' ' && c < '\x7f'; });
    if (payload.media_type.empty() || payload.media_type.size() > media_type_bytes_max ||
        !printable)
        return "a payload's media type is 1 to 100 printable ASCII characters without spaces";
    if (payload.content.size() <= limits::trade_payload_bytes_max) return std::nullopt;
    return "the payload is " + std::to_string(payload.content.size()) + " bytes; at most " +
           std::to_string(limits::trade_payload_bytes_max) + " fit a letter";
}

// An offer that its maker signed, whenever that was: a trade outlives it.
std::optional<std::string> offer_problem(const item::Read& offer) {
    const item::Publication* claim = offer.header.publication();
    if (offer.header.kind != item::kind_offer || !claim || claim->removed)
        return "it takes something that is no offer";
    if (item::check_all_but_work(offer)) return "it takes an offer that its maker did not sign so";
    return std::nullopt;
}

std::optional<std::string> seen_problem(const Message& message) {
    if (message.seen.size() > seen_max) return "it names more participants than there are";
    for (auto at = message.seen.begin(); at != message.seen.end(); ++at) {
        if (at->number == 0 || at->number > limits::trade_sender_messages_max ||
            at->who == message.sender)
            return "it says what cannot be of what it has seen";
        if (std::any_of(message.seen.begin(), at,
                        [&](const Seen& before) { return before.who == at->who; }))
            return "it names one sender twice";
    }
    if (message.move.kind == MoveKind::take && message.number == 1 && !message.seen.empty())
        return "it is the first of its trade and says it has seen another";
    return std::nullopt;
}

bool has_what_its_kind_needs(const Move& move) {
    switch (move.kind) {
        case MoveKind::take:
            return move.terms && move.mailbox && maker_in(move);
        case MoveKind::counter:
            return move.terms && move.mailbox && move.answers;
        case MoveKind::accept:
            return move.answers && move.mailbox && move.token;
        case MoveKind::confirm:
            return move.answers && move.token;
        case MoveKind::decline:
        case MoveKind::ruling:
            return move.answers.has_value();
        default:
            return true;
    }
}

std::optional<std::string> message_problem(const Message& message) {
    if (auto problem = structure_problem(message)) return problem;
    const Move& move = message.move;
    if (auto problem = shape_problem(move)) return problem;
    if (move.kind != MoveKind::take) return std::nullopt;
    if (message.trade != trade_id(*move.offer, message.sender, move.nonce))
        return "it takes another trade's id";
    if (maker_in(move) == message.sender) return "its sender takes an offer of its own";
    return std::nullopt;
}

}  // namespace

std::string_view name(MoveKind kind) {
    return names[static_cast<std::size_t>(kind)];  // total: a name for each of the enumeration
}

std::optional<MoveKind> move_kind(std::string_view text) {
    for (MoveKind kind : every_move)
        if (name(kind) == text) return kind;
    return std::nullopt;
}

std::optional<std::string> structure_problem(const Message& message) {
    if (message.number == 0) return "it has no number";
    if (message.number > limits::trade_sender_messages_max)
        return "its number is beyond what there may be";
    if ((message.number == 1) == message.previous.has_value()) return "its chain is broken";
    if (auto problem = seen_problem(message)) return problem;
    if (!has_what_its_kind_needs(message.move)) return "it lacks what its kind needs";
    return std::nullopt;
}

std::optional<std::string> shape_problem(const Move& move) {
    if (auto problem = text_problem("text", move.text, limits::trade_text_bytes_max, true))
        return problem;
    if (move.terms)
        if (auto problem = terms_problem(*move.terms)) return problem;
    if (move.payload) return payload_problem(*move.payload);
    return std::nullopt;
}

base::Result<Signed> sign(const Message& message, item::Network network, const base::Secret& seed) {
    ENSURE(crypto::ed25519_public_key(seed).data == message.sender.data,
           "a trade message signed by another persona");
    wire::TradeMessage out = to_wire(message);
    out.set_network(static_cast<std::uint32_t>(network));
    Signed made;
    made.bytes = base::to_bytes(out.SerializeAsString());
    if (made.bytes.size() > limits::trade_message_bytes_max)
        return base::fail(base::ErrorCode::invalid,
                          "the message is " + std::to_string(made.bytes.size()) +
                              " bytes; at most " + std::to_string(limits::trade_message_bytes_max) +
                              " fit a letter");
    made.signature = crypto::ed25519_sign(seed, signed_bytes(made.bytes));
    made.message = message;
    made.hash = hash_of(made.bytes);
    return made;
}

std::expected<Signed, std::string> read(base::ByteView bytes, item::Network network, Proof proof) {
    using Wrong = std::unexpected<std::string>;
    wire::SignedTradeMessage outer;
    wire::TradeMessage in;
    if (!outer.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())))
        return Wrong("it does not parse");
    const auto signature = crypto::Signature::from(base::as_bytes(outer.signature()));
    if (outer.message().size() > limits::trade_message_bytes_max) return Wrong("it is too large");
    if (!signature || !in.ParseFromString(outer.message())) return Wrong("it does not parse");
    if (in.network() != static_cast<std::uint32_t>(network))
        return Wrong("it belongs to another network");
    auto message = from_wire(in, network);
    if (!message) return Wrong("a field is missing or has a wrong size");
    Signed out{base::to_bytes(outer.message()), *signature, *std::move(message), {}};
    out.hash = hash_of(out.bytes);
    if (auto problem = message_problem(out.message)) return Wrong(*problem);
    if (proof == Proof::known) return out;
    if (out.message.move.offer)
        if (auto problem = offer_problem(*out.message.move.offer)) return Wrong(*problem);
    if (!crypto::ed25519_verify(out.message.sender.view(), signed_bytes(out.bytes),
                                signature->view()))
        return Wrong("its signature is wrong");
    return out;
}

base::Bytes write(const Signed& message) {
    wire::SignedTradeMessage out;
    out.set_message(base::to_text(message.bytes));
    out.set_signature(base::to_text(message.signature.view()));
    return base::to_bytes(out.SerializeAsString());
}

std::optional<base::PublisherKey> maker_in(const Move& move) {
    const item::Publication* claim = move.offer ? move.offer->header.publication() : nullptr;
    return claim ? std::optional(claim->publisher) : std::nullopt;
}

TradeId trade_id(const item::Read& offer, const base::PublisherKey& taker, const Nonce& nonce) {
    const item::Publication* claim = offer.header.publication();
    const item::ThingId thing = claim ? item::thing_of(*claim) : item::ThingId{};
    return TradeId{crypto::tagged_sha256("hearsay trade id v1", {thing.view(), offer.id.view(),
                                                                 taker.view(), nonce.view()})
                       .data};
}

item::Token rating_token(const TradeId& trade, const base::PublisherKey& maker,
                         const base::PublisherKey& taker) {
    const base::Digest hash = crypto::tagged_sha256("hearsay rating token id v1", {trade.view()});
    item::Token out{{}, maker, taker};
    std::copy_n(hash.data.begin(), out.id.data.size(), out.id.data.begin());
    return out;
}

item::Token thing_token(const TradeId& trade, const base::PublisherKey& maker,
                        const base::PublisherKey& taker, const base::Slot& slot) {
    const base::Digest hash =
        crypto::tagged_sha256("hearsay thing rating token id v1", {trade.view()});
    item::Token out{{}, maker, taker, slot};
    std::copy_n(hash.data.begin(), out.id.data.size(), out.id.data.begin());
    return out;
}

base::Bytes write_letter(const TradeLetter& letter) {
    wire::TradeLetter out;
    for (const base::Bytes& message : letter.messages)
        ENSURE(out.add_messages()->ParseFromArray(message.data(), static_cast<int>(message.size())),
               "a trade message that does not parse");
    if (letter.arbiter) out.set_arbiter(base::to_text(letter.arbiter->view()));
    return base::to_bytes(out.SerializeAsString());
}

std::optional<TradeLetter> read_letter(base::ByteView bytes) {
    wire::TradeLetter in;
    if (!in.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return std::nullopt;
    const auto count = static_cast<std::size_t>(in.messages_size());
    if (count == 0 || count > limits::trade_letter_messages_max) return std::nullopt;
    TradeLetter out;
    for (const wire::SignedTradeMessage& message : in.messages())
        out.messages.push_back(base::to_bytes(message.SerializeAsString()));
    if (!in.arbiter().empty()) {
        out.arbiter = base::PublisherKey::from(base::as_bytes(in.arbiter()));
        if (!out.arbiter) return std::nullopt;
    }
    return out;
}

}  // namespace hearsay::market::trade
