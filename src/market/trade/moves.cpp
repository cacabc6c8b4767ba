// What the user does in a trade.

#include "base/encoding.hpp"
#include "base/limits/items.hpp"
#include "base/limits/person.hpp"
#include "base/limits/trades.hpp"
#include "item/mailbox.hpp"
#include "item/text.hpp"
#include "market.pb.h"
#include "market/trade/letters.hpp"
#include "market/trade/trades.hpp"

namespace hearsay::market {
namespace {

namespace limits = base::limits;
using base::ErrorCode;
using trade::Machine;
using trade::MoveKind;
using trade::Phase;
using trade::Role;

base::Result<std::string> normal(const std::string& text) {
    auto out = item::to_nfc(text);
    if (!out) return base::fail(ErrorCode::invalid, "texts must be UTF-8");
    return *std::move(out);
}

base::Result<trade::Terms> normal(const trade::Terms& terms) {
    trade::Terms out = terms;
    for (std::string* field : {&out.give, &out.want, &out.text}) {
        auto text = normal(*field);
        if (!text) return std::unexpected(text.error());
        *field = *std::move(text);
    }
    if (out.arbiter && !is_usable(out.arbiter->mailbox))
        return base::fail(ErrorCode::refused, "the arbiter's mailbox key is unusable");
    return out;
}

// Of a trade that somebody proposed.
trade::TokenSignatures token_signatures(const Machine& machine, item::Network network,
                                        const base::Secret& seed) {
    const auto by = [&](const item::Token& token) {
        return crypto::ed25519_sign(seed, item::token_message(token, network));
    };
    const base::PublisherKey& maker = *machine.maker();  // total: the callers' trade has a Take
    const base::PublisherKey& taker = *machine.taker();  // total: likewise
    return {by(trade::rating_token(machine.trade(), maker, taker)),
            by(trade::thing_token(machine.trade(), maker, taker, *machine.slot()))};
}

}  // namespace

// A side's move: signed, on its way to the partner, and kept.
base::Result<void> Trades::say(records::Trade& record, Machine& machine, const trade::Move& move,
                               const Turn& turn) {
    const auto role = static_cast<Role>(record.role());
    const Role partner = trade::other(role);
    const base::Secret seed = vault_.persona_seed(record.persona());
    // A letter may bring us here between two ticks: whether the trade's mailbox has lapsed is asked
    // now, not when it is named in a letter that is signed already.
    identity_.advance_vault(turn.now);
    const auto to = named_mailbox(record, machine, partner);
    // A dispute is for the arbiter.
    if (!to && move.kind != MoveKind::dispute)
        return base::fail(ErrorCode::refused,
                          "the other side named no mailbox that can be written to");
    if (auto problem = own_mailbox_problem(record))
        return base::fail(ErrorCode::exhausted, *problem);
    if (auto problem = to ? mail_.outbox.postage_problem(*to, 1, turn) : std::nullopt)
        return std::unexpected(*std::move(problem));

    trade::Message message = machine.next(role);
    message.sender = publisher_of(seed);
    message.at = turn.now;
    message.move = move;
    own_mailbox(record, to.transform(item::mailbox_id), turn);
    if (message.move.kind == MoveKind::accept || message.move.kind == MoveKind::counter)
        message.move.mailbox = own_key(record);
    const auto made = trade::sign(message, network_, seed);
    if (!made) return std::unexpected(made.error());
    // Before it is posted: what the other side gets must be what counts here.
    Machine after = machine;
    if (after.add(*made) != trade::Outcome::processed)
        return std::unexpected(refusal(move.kind, "the trade as it is kept here does not take it"));
    trade::TradeLetter letter{{trade::write(*made)}, std::nullopt};
    // What the arbiter said travels along until the partner has seen it:
    // it may have been said to us alone.
    std::size_t size = letter.messages.front().size();
    for (const trade::Step& step : machine.steps()) {
        if (step.by != Role::arbiter ||
            step.message.message.number <= machine.seen_by(partner, Role::arbiter))
            continue;
        base::Bytes bytes = trade::write(step.message);
        size += bytes.size() + 8;
        if (size > trade_letter_room || letter.messages.size() >= limits::trade_letter_messages_max)
            break;
        letter.messages.push_back(std::move(bytes));
    }
    const item::ReadPtr offer =
        machine.steps().empty() ? move.offer : machine.steps().front().message.message.move.offer;
    if (to) {
        std::optional<base::PublisherKey> persona =
            partner == Role::maker ? after.maker() : after.taker();
        if (auto posted =
                post(record, addressee(*to, persona), offer, letter, subject_of(move.kind), turn);
            !posted)
            return posted;
    }
    machine = std::move(after);
    save(record, machine, turn);
    turn.out.push_back(Tell{Happening::trade, base::to_hex(machine.trade()),
                            std::string(trade::name(machine.state().phase()))});
    return {};
}

void Trades::confirm_if_accepted(records::Trade& record, Machine& machine, const Turn& turn) {
    const auto role = static_cast<Role>(record.role());
    const trade::State& state = machine.state();
    if (role == Role::arbiter || state.phase() != Phase::accepted || state.proposer != role) return;
    trade::Move move;
    move.kind = MoveKind::confirm;
    move.answers = state.accept;
    if (machine.problem(role, move)) return;
    move.token = token_signatures(machine, network_, vault_.persona_seed(record.persona()));
    // If the outbox is full now, the user can say confirm later.
    (void)say(record, machine, move, turn);
}

base::Result<TradeView> Trades::take_offer(const TakeDraft& draft, const Turn& turn) {
    const auto found = offers_.by_id(draft.offer, turn.store, turn.flood);
    if (!found) return std::unexpected(found.error());
    if (found->mine)
        return base::fail(ErrorCode::refused, "this offer is yours; somebody else takes it");
    const auto& maker = found->text.mailbox;
    if (!maker)
        return base::fail(ErrorCode::refused,
                          "this offer names no mailbox: its maker takes no mail");
    const auto text = normal(draft.text);
    if (!text) return std::unexpected(text.error());
    const auto terms = terms_of(draft.terms, draft.arbiter, std::nullopt, turn);
    if (!terms) return std::unexpected(terms.error());
    identity_.advance_vault(turn.now);
    if (auto problem = identity_.mailbox_problem())
        return base::fail(ErrorCode::exhausted, *problem);
    if (auto problem = mail_.outbox.postage_problem(*maker, 1, turn))
        return std::unexpected(*std::move(problem));
    if (!make_room(Role::taker, turn))
        return base::fail(ErrorCode::exhausted,
                          "there are " + std::to_string(limits::open_trades_max) +
                              " open trades, or " + std::to_string(limits::trades_max) +
                              " in all; close and remove some");
    // The trade's id names the purpose of its persona, so the persona's index is looked at before
    // it is taken.
    vault_.reserve_personas(Vault::persona_floor(turn.now));
    trade::Move move;
    move.kind = MoveKind::take;
    move.text = *text;
    move.terms = *terms;
    move.offer = turn.flood.get(found->item);
    if (!move.offer) return base::fail(ErrorCode::not_found, "the offer has just expired");
    rng_.fill(move.nonce);
    const base::PublisherKey taker = publisher_of(vault_.persona_seed(vault_.next_persona()));
    const trade::TradeId id = trade::trade_id(*move.offer, taker, move.nonce);
    if (auto problem = trade::shape_problem(move)) return base::fail(ErrorCode::invalid, *problem);
    if (auto problem = trade::move_problem(trade::State{}, Role::taker, move))
        return base::fail(ErrorCode::invalid, *problem);
    if (move.terms->arbiter && move.terms->arbiter->persona == found->publisher)
        return base::fail(ErrorCode::invalid, "the arbiter is a third, neither maker nor taker");

    records::Trade record;
    set_id(record.mutable_id(), id);
    record.set_role(static_cast<std::uint32_t>(Role::taker));
    record.set_created(seconds_of(turn.now));
    record.set_persona(identity_.fresh_persona("trade " + base::to_hex(id), turn));
    own_mailbox(record, item::mailbox_id(*maker), turn);
    (*record.mutable_mailboxes())["maker"] = base::to_text(maker->view());
    move.mailbox = own_key(record);
    Machine machine(id, network_);
    if (auto said = say(record, machine, move, turn); !said) return std::unexpected(said.error());
    return view_of(record);
}

// With the arbiter that the user named by its address.
base::Result<trade::Terms> Trades::terms_of(const trade::Terms& said,
                                            const std::optional<NamedArbiter>& arbiter,
                                            const std::optional<trade::Arbiter>& before,
                                            const Turn& turn) const {
    trade::Terms out = said;
    if (arbiter) {
        const auto known = before ? std::optional(before->mailbox) : std::nullopt;
        const auto key = key_of(arbiter->mailbox, known, turn);
        if (!key) return std::unexpected(key.error());
        out.arbiter = trade::Arbiter{arbiter->persona, *key};
    }
    return normal(out);
}

std::optional<base::MailboxKey> Trades::own_key(const records::Trade& record) const {
    const auto mailbox = get_id<base::MailboxId>(record.mailbox());
    return mailbox ? identity_.public_key(*mailbox) : std::nullopt;
}

base::Result<trade::Move> Trades::move_from(const MoveDraft& draft, const TradeView& view,
                                            const Turn& turn) const {
    trade::Move move;
    move.kind = draft.kind;
    const auto text = normal(draft.text);
    if (!text) return std::unexpected(text.error());
    move.text = *text;
    move.right = draft.right;
    const bool carries = draft.kind == MoveKind::accept || draft.kind == MoveKind::pay_info ||
                         draft.kind == MoveKind::shipped || draft.kind == MoveKind::text;
    if (draft.payload && !carries)
        return base::fail(ErrorCode::invalid,
                          "only accept, pay-info, shipped and text carry a payload, not " +
                              std::string(trade::name(draft.kind)));
    move.payload = draft.payload;
    const trade::State& state = view.machine.state();
    if (draft.kind == MoveKind::counter) {
        // What is not said anew stays as it was proposed, the arbiter too.
        const auto terms =
            terms_of(draft.terms.value_or(state.terms), draft.arbiter, state.terms.arbiter, turn);
        if (!terms) return std::unexpected(terms.error());
        move.terms = *terms;
    } else if (draft.terms) {
        return base::fail(ErrorCode::invalid, "only take and counter have terms");
    }
    move.answers = draft.kind == MoveKind::confirm ? state.accept : state.proposal;
    if (auto problem = trade::shape_problem(move)) return base::fail(ErrorCode::invalid, *problem);
    const bool empty = move.text.empty() && !move.payload;
    if (empty && (move.kind == MoveKind::text || move.kind == MoveKind::dispute ||
                  move.kind == MoveKind::pay_info))
        return base::fail(ErrorCode::invalid,
                          std::string(trade::name(move.kind)) + " needs a text or a payload");
    return move;
}

base::Result<TradeView> Trades::move(std::string_view id_or_beginning, const MoveDraft& draft,
                                     const Turn& turn) {
    const auto view = trade(id_or_beginning, turn.store);
    if (!view) return std::unexpected(view.error());
    auto record = look(turn.store).load<records::Trade>(Table::trades, view->id.view());
    if (!record) return base::fail(ErrorCode::corrupt, "the trade does not open");
    auto move = move_from(draft, *view, turn);
    if (!move) return std::unexpected(move.error());
    identity_.advance_vault(turn.now);
    Machine machine = view->machine;
    if (view->role == Role::arbiter) {
        if (auto said = say_as_arbiter(*record, machine, *move, turn); !said)
            return std::unexpected(said.error());
        return view_of(*record);
    }
    if (move->kind == MoveKind::take)
        return std::unexpected(refusal(move->kind, "a trade is taken once"));
    if (auto problem = machine.problem(view->role, *move))
        return std::unexpected(refusal(move->kind, *problem));
    if (move->terms && move->terms->arbiter &&
        (move->terms->arbiter->persona == machine.maker() ||
         move->terms->arbiter->persona == machine.taker()))
        return base::fail(ErrorCode::invalid, "the arbiter is a third, neither maker nor taker");
    if (move->kind == MoveKind::accept || move->kind == MoveKind::confirm)
        move->token = token_signatures(machine, network_, vault_.persona_seed(record->persona()));
    if (move->kind == MoveKind::dispute) return dispute(*record, *view, *move, draft, turn);
    if (auto said = say(*record, machine, *move, turn); !said) return std::unexpected(said.error());
    return view_of(*record);
}

}  // namespace hearsay::market
