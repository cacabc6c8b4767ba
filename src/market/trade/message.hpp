// market/trade/message.hpp - one message of a trade: its fields, its wire form, its signature.
// docs/protocol.md, "Trades".
//
// A message is signed by its sender's persona over tag("hearsay trade v1") || its exact bytes, so
// whoever holds it can prove it to a third (an arbiter); it is hashed and passed on as it came,
// never serialized again. Each sender's messages are a chain of its own (number, previous), and
// each names the last of the others that its sender had processed (seen): so anybody can tell what
// the sender knew (market/trade/machine.hpp). What is wrong with the shape of a message - a size, a
// text, a signature, an offer that its maker never signed - makes it no message at all; whether a
// move was allowed is the machine's business. The Take with number 1 is the first message of all,
// so it has seen nothing. One that says otherwise is no message.
// Pure: no clock, no randomness, no store.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "base/limits/trades.hpp"
#include "crypto/ed25519.hpp"
#include "item/item.hpp"
#include "item/kinds/rating.hpp"

namespace hearsay::market::trade {

struct TradeTag;
using TradeId = base::FixedBytes<32, TradeTag>;
struct NonceTag;
using Nonce = base::FixedBytes<16, NonceTag>;
using Hash = base::Digest;  // of a message: SHA-256 of tag("hearsay trade message v1") || its bytes

enum class MoveKind {
    take,
    counter,
    accept,
    decline,
    confirm,
    pay_info,
    shipped,
    received,
    dispute,
    ruling,
    text,
    close
};
inline constexpr MoveKind every_move[] = {MoveKind::take,    MoveKind::counter,  MoveKind::accept,
                                          MoveKind::decline, MoveKind::confirm,  MoveKind::pay_info,
                                          MoveKind::shipped, MoveKind::received, MoveKind::dispute,
                                          MoveKind::ruling,  MoveKind::text,     MoveKind::close};
std::string_view name(MoveKind kind);  // "take", "pay-info" and so on
std::optional<MoveKind> move_kind(std::string_view name);

enum class Ships { both = 0, maker = 1, taker = 2 };
enum class Finding { neither = 0, maker = 1, taker = 2 };

struct Arbiter {
    base::PublisherKey persona{};
    base::MailboxKey mailbox{};
    bool operator==(const Arbiter&) const = default;
};
struct Terms {
    std::string give{};  // empty: as the offer says; likewise the next
    std::string want{};
    std::string text{};
    Ships ships = Ships::both;
    std::optional<Arbiter> arbiter{};
    bool operator==(const Terms&) const = default;
};
struct Payload {
    std::string media_type{};
    base::Bytes content{};
    bool operator==(const Payload&) const = default;
};

// Of the two rating tokens of a trade, by one side.
struct TokenSignatures {
    crypto::Signature partner{};
    crypto::Signature thing{};
    bool operator==(const TokenSignatures&) const = default;
};

// Which fields a kind uses is told by its message in trade.proto.
struct Move {
    MoveKind kind = MoveKind::text;
    std::string text{};
    std::optional<Payload> payload{};           // accept, pay_info, shipped, text
    std::optional<Terms> terms{};               // take, counter
    std::optional<base::MailboxKey> mailbox{};  // take, counter, accept: the sender's
    // counter, accept, decline: the proposal; confirm: the accept; ruling: the dispute
    std::optional<Hash> answers{};
    std::optional<TokenSignatures> token{};  // accept, confirm
    Nonce nonce{};                           // take
    item::ReadPtr offer{};                   // take
    Finding right = Finding::neither;        // ruling
};

struct Seen {
    base::PublisherKey who{};
    std::uint32_t number = 0;
    Hash hash{};
    bool operator==(const Seen&) const = default;
};

struct Message {
    TradeId trade{};
    base::PublisherKey sender{};
    std::uint32_t number = 0;
    std::optional<Hash> previous{};
    std::vector<Seen> seen{};
    base::WallTime at{};
    Move move{};
};

// As it travels, and what was read from it.
struct Signed {
    base::Bytes bytes{};
    crypto::Signature signature{};
    Message message{};
    Hash hash{};
};

// What keeps it from being a message, texts, signatures and the trade's id aside: its number and
// chain, what it says to have seen, a field that its kind needs and lacks. Of a message without it:
// a Take and a Counter have terms and a mailbox, a Take has an offer and its maker, an Accept and a
// Confirm have a token, each answer names what it answers.
std::optional<std::string> structure_problem(const Message& message);
// What keeps a move from being written down, as a sentence for the user: a text, a size.
// Normalises nothing.
std::optional<std::string> shape_problem(const Move& move);
// Signed with the sender's seed. The move has no shape_problem(); invalid:
// all of it is over trade_message_bytes_max.
base::Result<Signed> sign(const Message& message, item::Network network, const base::Secret& seed);

enum class Proof { check, known };  // known: it was checked when it came
// Nothing is wrong, or what. `wire` is a SignedTradeMessage.
std::expected<Signed, std::string> read(base::ByteView wire, item::Network network,
                                        Proof proof = Proof::check);
base::Bytes write(const Signed& message);

// Who published the offer of a Take; nothing of any other move.
std::optional<base::PublisherKey> maker_in(const Move& move);
// Of a Take: H(tag || thing || item id of the offer || taker || nonce).
TradeId trade_id(const item::Read& offer, const base::PublisherKey& taker, const Nonce& nonce);
// What both sides sign for their ratings; neither trade nor offer can be told from it.
item::Token rating_token(const TradeId& trade, const base::PublisherKey& maker,
                         const base::PublisherKey& taker);
// Likewise for the rating of the thing that is offered, which it names by the offer's slot; neither
// the trade nor the other token can be told from it.
item::Token thing_token(const TradeId& trade, const base::PublisherKey& maker,
                        const base::PublisherKey& taker, const base::Slot& slot);

struct TradeLetter {
    std::vector<base::Bytes> messages{};  // each a SignedTradeMessage
    std::optional<base::PublisherKey> arbiter{};
};
base::Bytes write_letter(const TradeLetter& letter);
std::optional<TradeLetter> read_letter(base::ByteView bytes);

}  // namespace hearsay::market::trade
