// Trades before an arbiter: what the sides show it, and what it says.
#include <algorithm>
#include <set>

#include "base/limits/items.hpp"
#include "base/limits/person.hpp"
#include "base/limits/trades.hpp"
#include "item/mailbox.hpp"
#include "market.pb.h"
#include "market/trade/letters.hpp"
#include "market/trade/trades.hpp"

namespace hearsay::market {
namespace {

namespace limits = base::limits;
using base::ErrorCode;
using trade::Machine;
using trade::MoveKind;
using trade::Role;

}  // namespace

base::Result<Trades::Choice> Trades::choose(const TradeView& view, const MoveDraft& draft) {
    const std::vector<trade::Signed> all = view.messages();
    Choice out{draft.show_all, {}};
    for (const MessageName& name : draft.show) {
        const auto named = [&](const trade::Signed& each) {
            return each.message.number == name.number &&
                   view.machine.role_of(each.message.sender) == name.by;
        };
        const auto at = std::ranges::find_if(all, named);
        if (at == all.end())
            return base::fail(ErrorCode::not_found, "this trade has no message " +
                                                        std::string(trade::name(name.by)) + "-" +
                                                        std::to_string(name.number));
        out.messages.insert(at->hash);
    }
    return out;
}

Trades::Evidence Trades::evidence_of(const TradeView& view, const Choice& choice) {
    const std::vector<trade::Signed> all = view.messages();
    std::set<std::size_t> chosen;
    for (std::size_t place : trade::needed_for_a_case(view.machine)) chosen.insert(place);
    for (std::size_t i = 0; i < all.size(); ++i)
        if (choice.all || choice.messages.contains(all[i].hash)) chosen.insert(i);
    Evidence out;
    std::vector<base::Bytes> shown;
    for (std::size_t place : chosen) {
        shown.push_back(trade::write(all[place]));
        out.messages.push_back(all[place].hash);
    }
    // Proofs that the partner contradicted itself.
    if (choice.all)
        for (const trade::Signed& fork : view.machine.forks()) shown.push_back(trade::write(fork));

    const auto arbiter = view.machine.persona_of(Role::arbiter);
    std::vector<trade::TradeLetter>& letters = out.letters;
    letters.push_back({{}, arbiter});
    std::size_t size = 0;
    for (base::Bytes& bytes : shown) {
        const bool full = letters.back().messages.size() >= limits::trade_letter_messages_max;
        if (!letters.back().messages.empty() &&
            (full || size + bytes.size() + 8 > trade_letter_room)) {
            letters.push_back({{}, arbiter});
            size = 0;
        }
        size += bytes.size() + 8;
        letters.back().messages.push_back(std::move(bytes));
    }
    return out;
}

// refused: the terms name no arbiter.
base::Result<base::MailboxKey> Trades::arbiter_mailbox(const records::Trade& record,
                                                       const Machine& machine,
                                                       const MoveDraft& draft,
                                                       const Turn& turn) const {
    const auto of_terms = machine.mailbox_of(Role::arbiter);
    if (!of_terms)
        return base::fail(ErrorCode::refused,
                          "the terms name no arbiter, so there is nobody to turn to");
    if (draft.arbiter_mailbox) return key_of(*draft.arbiter_mailbox, of_terms, turn);
    return named_mailbox(record, machine, Role::arbiter).value_or(*of_terms);
}

// With its evidence or not at all: what could refuse either is asked before anything is signed.
base::Result<TradeView> Trades::dispute(records::Trade& record, const TradeView& view,
                                        const trade::Move& move, const MoveDraft& draft,
                                        const Turn& turn) {
    const auto choice = choose(view, draft);
    if (!choice) return std::unexpected(choice.error());
    const auto to = arbiter_mailbox(record, view.machine, draft, turn);
    if (!to) return std::unexpected(to.error());
    // One more to the partner, and the dispute itself may not fit the last one.
    const std::size_t letters = evidence_of(view, *choice).letters.size() + 2;
    if (auto problem = own_mailbox_problem(record))
        return base::fail(ErrorCode::exhausted, *problem);
    if (auto problem = mail_.outbox.postage_problem(*to, letters, turn))
        return std::unexpected(*std::move(problem));
    Machine machine = view.machine;
    if (auto said = say(record, machine, move, turn); !said) return std::unexpected(said.error());
    const TradeView after = view_of(record);
    if (auto shown = post_evidence(record, *to, evidence_of(after, *choice), turn); !shown)
        return std::unexpected(shown.error());
    save(record, after.machine, turn);
    return view_of(record);
}

base::Result<TradeView> Trades::show_to_arbiter(std::string_view id_or_beginning,
                                                const MoveDraft& draft, const Turn& turn) {
    auto view = trade(id_or_beginning, turn.store);
    if (!view) return view;
    ChangeRecords records = change(turn);
    auto record = records.load<records::Trade>(Table::trades, view->id.view());
    if (!record) return base::fail(ErrorCode::corrupt, "the trade does not open");
    const trade::State& state = view->machine.state();
    if (view->role == Role::arbiter) return base::fail(ErrorCode::refused, "you are the arbiter");
    // A dispute may be shown to the arbiter alone, with what of the trade looks well: who is
    // accused so after the end cannot know of it, and has the rest to show.
    const bool disputed = state.sides[0].dispute || state.sides[1].dispute;
    if (!disputed && !(trade::is_over(view->phase) && state.accept))
        return base::fail(ErrorCode::refused, "nothing is disputed: there is no case to show");
    if (state.ruling)
        return base::fail(ErrorCode::refused, "the trade is over: it is " +
                                                  std::string(trade::name(view->phase)) +
                                                  ", and the arbiter has nothing more to decide");
    // Nothing more than a case needs was shown with the dispute, and it would be sent again.
    if (!draft.show_all && draft.show.empty())
        return base::fail(ErrorCode::invalid,
                          "say what to show: all messages, or some by name, such as maker-2");
    const auto choice = choose(*view, draft);
    if (!choice) return std::unexpected(choice.error());
    identity_.advance_vault(turn.now);
    const Evidence evidence = evidence_of(*view, *choice);
    const auto to = arbiter_mailbox(*record, view->machine, draft, turn);
    if (!to) return std::unexpected(to.error());
    if (auto problem = own_mailbox_problem(*record))
        return base::fail(ErrorCode::exhausted, *problem);
    if (auto problem = mail_.outbox.postage_problem(*to, evidence.letters.size(), turn))
        return std::unexpected(*std::move(problem));
    own_mailbox(*record, item::mailbox_id(*to), turn);
    save(*record, view->machine, turn);
    if (auto shown = post_evidence(*record, *to, evidence, turn); !shown)
        return std::unexpected(shown.error());
    save(*record, view->machine, turn);
    return view_of(*record);
}

base::Result<void> Trades::post_evidence(records::Trade& record, const base::MailboxKey& to,
                                         const Evidence& evidence, const Turn& turn) {
    const std::optional<trade::Arbiter> named = view_of(record).machine.state().terms.arbiter;
    const auto arbiter = named ? std::optional(named->persona) : std::nullopt;
    for (const trade::TradeLetter& letter : evidence.letters)
        if (auto posted =
                post(record, addressee(to, arbiter), nullptr, letter, "trade: evidence", turn);
            !posted)
            return posted;
    std::set<std::string> shown(record.shown().begin(), record.shown().end());
    for (const trade::Hash& hash : evidence.messages) shown.insert(base::to_text(hash.view()));
    record.mutable_shown()->Assign(shown.begin(), shown.end());
    return {};
}

base::Result<void> Trades::say_as_arbiter(records::Trade& record, Machine& machine,
                                          trade::Move move, const Turn& turn) {
    const base::Secret seed = vault_.persona_seed(record.persona());
    const base::PublisherKey self = publisher_of(seed);
    const TradeView view = view_of(record);
    const trade::Case shown = view.shown.value_or(trade::Case{});
    if (view.case_problem) return std::unexpected(refusal(move.kind, *view.case_problem));
    if (auto problem = shown.move_problem(move.kind))
        return std::unexpected(refusal(move.kind, *problem));
    if (move.kind == MoveKind::ruling && !shown.disputes.empty())
        move.answers = shown.disputes.front().hash;
    // One side's mailbox does not keep the other from hearing it, who passes it on.
    std::vector<Addressee> to;
    for (const auto& [name, side] :
         {std::pair("maker", shown.maker()), std::pair("taker", shown.taker())}) {
        auto mailbox = shown.mailbox_of(side);
        if (const auto at = record.mailboxes().find(name); at != record.mailboxes().end())
            if (const auto newer = get_id<base::MailboxKey>(at->second); newer && is_usable(*newer))
                mailbox = newer;
        if (mailbox) to.push_back(addressee(*mailbox, side));
    }
    if (to.empty())
        return base::fail(ErrorCode::refused,
                          "neither side named a mailbox that can be written to");
    if (auto problem = own_mailbox_problem(record))
        return base::fail(ErrorCode::exhausted, *problem);
    if (auto problem = mail_.outbox.postage_problem(*to.front().key, to.size(), turn))
        return std::unexpected(*std::move(problem));
    trade::Message message = shown.next(self);
    message.at = turn.now;
    message.move = move;
    const auto made = trade::sign(message, network_, seed);
    if (!made) return std::unexpected(made.error());
    const trade::Outcome kept = machine.add(*made);  // a copy of what is kept, until save()
    if (kept != trade::Outcome::processed && kept != trade::Outcome::waiting)
        return std::unexpected(refusal(move.kind, "the case as it is kept here does not take it"));
    own_mailbox(record, to.front().mailbox, turn);
    for (const Addressee& side : to)
        if (auto posted = post(record, side, nullptr, {{trade::write(*made)}, std::nullopt},
                               subject_of(move.kind), turn);
            !posted)
            return posted;
    save(record, machine, turn);
    return {};
}

}  // namespace hearsay::market
