#include "market/trade/message_wire.hpp"

#include "base/limits/items.hpp"

namespace hearsay::market::trade {
namespace {

template <class Id>
void set(std::string* field, const std::optional<Id>& id) {
    if (id) field->assign(base::as_text(id->view()));
}
template <class Id>
void set(std::string* field, const Id& id) {
    field->assign(base::as_text(id.view()));
}
template <class Id>
bool get(const std::string& field, std::optional<Id>& out) {
    out = Id::from(base::as_bytes(field));
    return out.has_value();
}

template <class Part>
void write_tokens(Part& out, const std::optional<TokenSignatures>& tokens) {
    if (!tokens) return;
    set(out.mutable_token(), tokens->partner);
    set(out.mutable_thing_token(), tokens->thing);
}
template <class Part>
bool read_tokens(const Part& in, std::optional<TokenSignatures>& out) {
    std::optional<crypto::Signature> partner, thing;
    if (!get(in.token(), partner) || !get(in.thing_token(), thing)) return false;
    out = TokenSignatures{*partner, *thing};
    return true;
}

void write_terms(wire::TradeTerms* out, const Terms& terms) {
    out->set_give(terms.give);
    out->set_want(terms.want);
    out->set_text(terms.text);
    out->set_ships(static_cast<std::uint32_t>(terms.ships));
    if (!terms.arbiter) return;
    set(out->mutable_arbiter(), terms.arbiter->persona);
    set(out->mutable_arbiter_mailbox(), terms.arbiter->mailbox);
}

bool read_terms(const wire::TradeTerms& in, std::optional<Terms>& out) {
    if (in.ships() > static_cast<std::uint32_t>(Ships::taker)) return false;
    out = Terms{in.give(), in.want(), in.text(), static_cast<Ships>(in.ships()), std::nullopt};
    if (in.arbiter().empty() && in.arbiter_mailbox().empty()) return true;
    std::optional<base::PublisherKey> persona;
    std::optional<base::MailboxKey> mailbox;
    if (!get(in.arbiter(), persona) || !get(in.arbiter_mailbox(), mailbox)) return false;
    out->arbiter = Arbiter{*persona, *mailbox};
    return true;
}

void write_payload(wire::TradePayload* out, const Payload& payload) {
    out->set_media_type(payload.media_type);
    out->set_content(base::to_text(payload.content));
}

template <class Part>
void read_payload(const Part& in, Move& out) {
    if (in.has_payload())
        out.payload = Payload{in.payload().media_type(), base::to_bytes(in.payload().content())};
}

void write_note(wire::TradeNote* out, const Move& move) {
    out->set_text(move.text);
    if (move.payload) write_payload(out->mutable_payload(), *move.payload);
}

void write_take(wire::TradeTake* out, const Move& move) {
    set(out->mutable_nonce(), move.nonce);
    set(out->mutable_mailbox(), move.mailbox);
    if (move.offer) {
        out->mutable_offer()->set_header(base::to_text(move.offer->item.header));
        out->mutable_offer()->set_payload(base::to_text(move.offer->item.payload));
        out->mutable_offer()->set_signature(base::to_text(move.offer->item.signature));
    }
    if (move.terms) write_terms(out->mutable_terms(), *move.terms);
    out->set_text(move.text);
}

// The offer's header may be malformed in a thousand ways; item::read() knows them.
bool read_take(const wire::TradeTake& in, item::Network network, Move& out) {
    if (!in.has_terms()) return false;
    const auto nonce = Nonce::from(base::as_bytes(in.nonce()));
    auto offer =
        item::read({base::to_bytes(in.offer().header()), base::to_bytes(in.offer().payload()),
                    base::to_bytes(in.offer().signature()), 0},
                   network);
    if (!nonce || !offer || !(*offer)->header.publication()) return false;
    out.nonce = *nonce;
    out.offer = *std::move(offer);
    out.text = in.text();
    return get(in.mailbox(), out.mailbox) && read_terms(in.terms(), out.terms);
}

bool read_answer(const wire::TradeMessage& in, Move& out) {
    switch (out.kind) {
        case MoveKind::counter:
            out.text = in.counter().text();
            return in.counter().has_terms() && get(in.counter().proposal(), out.answers) &&
                   get(in.counter().mailbox(), out.mailbox) &&
                   read_terms(in.counter().terms(), out.terms);
        case MoveKind::accept:
            out.text = in.accept().text();
            read_payload(in.accept(), out);
            return get(in.accept().proposal(), out.answers) &&
                   get(in.accept().mailbox(), out.mailbox) && read_tokens(in.accept(), out.token);
        case MoveKind::decline:
            out.text = in.decline().text();
            return get(in.decline().proposal(), out.answers);
        case MoveKind::confirm:
            return get(in.confirm().accept(), out.answers) && read_tokens(in.confirm(), out.token);
        default:
            out.text = in.ruling().text();
            if (in.ruling().right() > static_cast<std::uint32_t>(Finding::taker)) return false;
            out.right = static_cast<Finding>(in.ruling().right());
            return get(in.ruling().dispute(), out.answers);
    }
}

struct NoteField {
    MoveKind kind;
    wire::TradeMessage::MoveCase field;
    wire::TradeNote* (wire::TradeMessage::*mutable_note)();
    const wire::TradeNote& (wire::TradeMessage::*note)() const;
    bool payload;
};
constexpr NoteField notes[] = {
    {MoveKind::pay_info, wire::TradeMessage::kPayInfo, &wire::TradeMessage::mutable_pay_info,
     &wire::TradeMessage::pay_info, true},
    {MoveKind::shipped, wire::TradeMessage::kShipped, &wire::TradeMessage::mutable_shipped,
     &wire::TradeMessage::shipped, true},
    {MoveKind::received, wire::TradeMessage::kReceived, &wire::TradeMessage::mutable_received,
     &wire::TradeMessage::received, false},
    {MoveKind::dispute, wire::TradeMessage::kDispute, &wire::TradeMessage::mutable_dispute,
     &wire::TradeMessage::dispute, false},
    {MoveKind::text, wire::TradeMessage::kText, &wire::TradeMessage::mutable_text,
     &wire::TradeMessage::text, true},
    {MoveKind::close, wire::TradeMessage::kClose, &wire::TradeMessage::mutable_close,
     &wire::TradeMessage::close, false},
};

std::optional<MoveKind> answer_kind(wire::TradeMessage::MoveCase field) {
    switch (field) {
        case wire::TradeMessage::kCounter:
            return MoveKind::counter;
        case wire::TradeMessage::kAccept:
            return MoveKind::accept;
        case wire::TradeMessage::kDecline:
            return MoveKind::decline;
        case wire::TradeMessage::kConfirm:
            return MoveKind::confirm;
        case wire::TradeMessage::kRuling:
            return MoveKind::ruling;
        default:
            return std::nullopt;
    }
}

bool read_move(const wire::TradeMessage& in, item::Network network, Move& out) {
    if (in.has_take()) {
        out.kind = MoveKind::take;
        return read_take(in.take(), network, out);
    }
    if (const auto kind = answer_kind(in.move_case())) {
        out.kind = *kind;
        return read_answer(in, out);
    }
    for (const NoteField& each : notes) {
        if (each.field != in.move_case()) continue;
        out.kind = each.kind;
        out.text = (in.*each.note)().text();
        read_payload((in.*each.note)(), out);
        return each.payload || !out.payload;
    }
    return false;
}

void write_answer(wire::TradeMessage& out, const Move& move) {
    switch (move.kind) {
        case MoveKind::counter:
            set(out.mutable_counter()->mutable_proposal(), move.answers);
            set(out.mutable_counter()->mutable_mailbox(), move.mailbox);
            if (move.terms) write_terms(out.mutable_counter()->mutable_terms(), *move.terms);
            out.mutable_counter()->set_text(move.text);
            break;
        case MoveKind::accept:
            set(out.mutable_accept()->mutable_proposal(), move.answers);
            set(out.mutable_accept()->mutable_mailbox(), move.mailbox);
            write_tokens(*out.mutable_accept(), move.token);
            out.mutable_accept()->set_text(move.text);
            if (move.payload) write_payload(out.mutable_accept()->mutable_payload(), *move.payload);
            break;
        case MoveKind::decline:
            set(out.mutable_decline()->mutable_proposal(), move.answers);
            out.mutable_decline()->set_text(move.text);
            break;
        case MoveKind::confirm:
            set(out.mutable_confirm()->mutable_accept(), move.answers);
            write_tokens(*out.mutable_confirm(), move.token);
            break;
        case MoveKind::ruling:
            set(out.mutable_ruling()->mutable_dispute(), move.answers);
            out.mutable_ruling()->set_right(static_cast<std::uint32_t>(move.right));
            out.mutable_ruling()->set_text(move.text);
            break;
        default:
            for (const NoteField& each : notes)
                if (each.kind == move.kind) write_note((out.*each.mutable_note)(), move);
    }
}

}  // namespace

wire::TradeMessage to_wire(const Message& message) {
    wire::TradeMessage out;
    set(out.mutable_trade(), message.trade);
    set(out.mutable_sender(), message.sender);
    out.set_number(message.number);
    set(out.mutable_previous(), message.previous);
    for (const Seen& seen : message.seen) {
        wire::TradeSeen& entry = *out.add_seen();
        set(entry.mutable_who(), seen.who);
        entry.set_number(seen.number);
        set(entry.mutable_hash(), seen.hash);
    }
    out.set_at(static_cast<std::uint64_t>(base::unix_seconds(message.at)));
    if (message.move.kind == MoveKind::take)
        write_take(out.mutable_take(), message.move);
    else
        write_answer(out, message.move);
    return out;
}

std::optional<Message> from_wire(const wire::TradeMessage& in, item::Network network) {
    const auto trade = TradeId::from(base::as_bytes(in.trade()));
    const auto sender = base::PublisherKey::from(base::as_bytes(in.sender()));
    if (!trade || !sender || in.at() > base::limits::unix_seconds_max || in.seen_size() > 2)
        return std::nullopt;
    Message out;
    out.trade = *trade;
    out.sender = *sender;
    out.number = in.number();
    if (!in.previous().empty() && !get(in.previous(), out.previous)) return std::nullopt;
    for (const wire::TradeSeen& entry : in.seen()) {
        const auto who = base::PublisherKey::from(base::as_bytes(entry.who()));
        const auto hash = Hash::from(base::as_bytes(entry.hash()));
        if (!who || !hash) return std::nullopt;
        out.seen.push_back({*who, entry.number(), *hash});
    }
    out.at = base::from_unix_seconds(static_cast<std::int64_t>(in.at()));
    if (!read_move(in, network, out.move)) return std::nullopt;
    return out;
}

}  // namespace hearsay::market::trade
