// Trades: the letters that carry their messages, the records that keep them, and what the user sees. What the user does
// is in market_trade_moves.cpp.
#include "base/encoding.hpp"
#include "base/limits/items.hpp"
#include "base/limits/trades.hpp"
#include "market/id_beginning.hpp"
#include "market/market.hpp"
#include "market/records.hpp"
#include "market/terms.hpp"

namespace hearsay::market {
namespace {

namespace limits = base::limits;
using base::ErrorCode;
using trade::Machine;
using trade::MoveKind;
using trade::Phase;
using trade::Role;

// The machine is a function of the messages in their order, so only they are kept.
Machine machine_of(const records::Trade& record, const std::optional<base::PublisherKey>& arbiter,
                   item::Network network) {
    trade::Keeper keeper{.arbiter = arbiter, .from_backup = record.from_backup()};
    if (arbiter) keeper.waiting_max = limits::trade_sender_messages_max;
    Machine out(get_id<trade::TradeId>(record.id()).value_or(trade::TradeId{}), network, keeper);
    for (const auto* kept : {&record.steps(), &record.waiting(), &record.forks()})
        for (const std::string& bytes : *kept)
            if (const auto message = trade::read(base::as_bytes(bytes), network, trade::Proof::known))
                out.add(*message);
    return out;
}

std::vector<trade::Signed> agreement_of(const records::Trade& record, item::Network network) {
    std::vector<trade::Signed> out;
    for (const std::string& bytes : record.agreement())
        if (auto message = trade::read(base::as_bytes(bytes), network, trade::Proof::known))
            out.push_back(*std::move(message));
    return out;
}

std::vector<MoveKind> possible_moves(const TradeView& view) {
    std::vector<MoveKind> out;
    if (view.role == Role::arbiter) {
        for (MoveKind kind : {MoveKind::text, MoveKind::ruling})
            if (!view.case_problem && !view.shown->move_problem(kind)) out.push_back(kind);
        return out;
    }
    for (MoveKind kind : trade::every_move) {
        if (kind == MoveKind::take) continue;
        trade::Move move;
        move.kind = kind;
        move.terms = trade::Terms{};
        move.answers =
            kind == MoveKind::confirm ? view.machine.state().accept : view.machine.state().proposal;
        if (!view.machine.problem(view.role, move)) out.push_back(kind);
    }
    return out;
}

Phase phase_of(const TradeView& view) {
    if (view.role != Role::arbiter || view.case_problem) return view.machine.state().phase();
    return view.shown->ruling ? Phase::ruled : Phase::disputed;
}

std::optional<std::string> role_name(const Machine& machine, const base::PublisherKey& who) {
    const auto role = machine.role_of(who);
    return role ? std::optional(std::string(trade::name(*role))) : std::nullopt;
}

}  // namespace

std::vector<trade::Signed> TradeView::messages() const {
    std::vector<trade::Signed> out;
    for (const trade::Step& step : machine.steps()) out.push_back(step.message);
    for (trade::Signed& message : machine.waiting()) out.push_back(std::move(message));
    return out;
}

const trade::Move* TradeView::take() const {
    return machine.steps().empty() ? nullptr : &machine.steps().front().message.message.move;
}

void Market::note_trade(const records::Trade& record) {
    const auto id = get_id<trade::TradeId>(record.id());
    if (!id) return;
    const auto role = static_cast<Role>(record.role());
    // Our first message makes the mailbox.
    trades_[*id] = {
        record.persona(), get_id<base::MailboxKey>(record.mailbox()),      time_of(record.created()),
        record.over(),    role != Role::taker && record.mailbox().empty(), role};
}

void Market::save_trade(records::Trade& record, const Machine& machine, const Turn& turn) {
    ChangeRecords records(vault_, turn.store, rng_);
    record.clear_steps();
    record.clear_waiting();
    record.clear_forks();
    for (const trade::Step& step : machine.steps())
        record.add_steps(base::to_text(trade::write(step.message)));
    for (const trade::Signed& message : machine.waiting())
        record.add_waiting(base::to_text(trade::write(message)));
    for (const trade::Signed& message : machine.forks())
        record.add_forks(base::to_text(trade::write(message)));
    record.set_changed(seconds_of(turn.now));
    record.set_over(trade::is_over(view_of(record).phase));
    records.save(Table::trades, base::as_bytes(record.id()), record);
    note_trade(record);
}

// Ours, if we are the arbiter.
std::optional<base::PublisherKey> Market::arbiter_of(const records::Trade& record) const {
    if (static_cast<Role>(record.role()) != Role::arbiter) return std::nullopt;
    return publisher_of(vault_.persona_seed(record.persona()));
}

TradeView Market::view_of(const records::Trade& record) const {
    const std::optional<base::PublisherKey> arbiter = arbiter_of(record);
    TradeView out{.machine = machine_of(record, arbiter, network_)};
    out.id = out.machine.trade();
    out.role = static_cast<Role>(record.role());
    if (arbiter) {
        out.shown = trade::build_case(out.machine, *arbiter, agreement_of(record, network_));
        out.case_problem = out.shown->problem(*arbiter);
    }
    out.phase = phase_of(out);
    out.created = time_of(record.created());
    out.changed = time_of(record.changed());
    out.possible = possible_moves(out);
    out.rating = get_id<item::ThingId>(record.rating());
    return out;
}

std::optional<TradeView> Market::trade_view(const trade::TradeId& id, const OwnStore& store) const {
    const auto record = Records(vault_, store).load<records::Trade>(Table::trades, id.view());
    if (!record) return std::nullopt;
    return view_of(*record);
}

base::Result<trade::TradeId> Market::find_trade(std::string_view id_or_beginning) const {
    const auto letters = id_beginning(id_or_beginning, trade::TradeId::size, "a trade id");
    if (!letters) return std::unexpected(letters.error());
    std::vector<trade::TradeId> found;
    for (const auto& [id, own] : trades_)
        if (base::to_hex(id).starts_with(*letters)) found.push_back(id);
    if (found.size() > 1) return std::unexpected(ambiguous(*letters, found.size(), "trades"));
    if (found.empty()) return base::fail(ErrorCode::not_found, "no trade begins with " + *letters);
    return found.front();
}

base::Result<TradeView> Market::trade(std::string_view id_or_beginning, const OwnStore& store) const {
    const auto id = find_trade(id_or_beginning);
    if (!id) return std::unexpected(id.error());
    auto view = trade_view(*id, store);
    if (!view) return base::fail(ErrorCode::corrupt, "the trade " + base::to_hex(*id) + " does not open");
    return *std::move(view);
}

std::vector<TradeView> Market::trades(const OwnStore& store) const {
    std::vector<TradeView> out;
    for (const auto& [id, own] : trades_) {
        auto view = trade_view(id, store);
        // Until its Take is here there is nothing to show.
        if (view && (view->take() || view->role == Role::arbiter)) out.push_back(*std::move(view));
    }
    std::stable_sort(out.begin(), out.end(),
                     [](const auto& a, const auto& b) { return a.changed > b.changed; });
    return out;
}

base::Result<TradeView> Market::remove_trade(std::string_view id_or_beginning, const Turn& turn) {
    auto view = trade(id_or_beginning, turn.store);
    if (!view) return view;
    const bool side = view->role != Role::arbiter;
    const bool closed = side && view->machine.state().side(view->role).closing != trade::Closing::open;
    const bool stuck = side ? view->machine.is_stuck(view->role) : view->shown->lacks_own;
    if (!trade::is_over(view->phase) && !closed && !stuck && !view->case_problem)
        return base::fail(ErrorCode::refused,
                          "the trade is " + std::string(trade::name(view->phase)) +
                              "; only one that is over, or that you closed, can be removed");
    ChangeRecords records(vault_, turn.store, rng_);
    remember_removed(*view, turn);
    records.erase(Table::trades, view->id.view());
    trades_.erase(view->id);
    return view;
}

// Nothing of it may begin again: what comes would be answered with numbers that we have signed before.
void Market::remember_removed(const TradeView& view, const Turn& turn) {
    ChangeRecords records(vault_, turn.store, rng_);
    if (removed_trades_.size() >= limits::removed_trades_max) {
        const auto first = std::ranges::min_element(removed_trades_, {},
                                                    [](const auto& entry) { return entry.second.expires; });
        records.erase(Table::seen_mail, first->first.view());
        removed_trades_.erase(first);
    }
    RemovedTrade entry{turn.now + limits::trade_life_max, std::nullopt};
    // A Take comes to the mailbox of the offer, for as long as that is ours.
    if (view.role == Role::maker && view.take())
        entry.mailbox = view.take()->offer->header.publication()->mailbox;
    records::SeenMail row;
    set_id(row.mutable_trade(), view.id);
    if (entry.mailbox) set_id(row.mutable_mailbox(), *entry.mailbox);
    row.set_expires(seconds_of(entry.expires));
    records.save(Table::seen_mail, view.id.view(), row);
    removed_trades_[view.id] = entry;
}

void Market::forget_removed_trades(const Turn& turn) {
    ChangeRecords records(vault_, turn.store, rng_);
    std::erase_if(removed_trades_, [&](const auto& entry) {
        const auto& mailbox = entry.second.mailbox;
        if (entry.second.expires > turn.now || (mailbox && vault_.mailboxes().contains(*mailbox)))
            return false;
        records.erase(Table::seen_mail, entry.first.view());
        return true;
    });
}

// After a restoration: what was said since the backup is not here.
void Market::mark_trades_from_backup(ChangeRecords& records) {
    for (const auto& [id, own] : trades_)
        if (auto record = records.load<records::Trade>(Table::trades, id.view())) {
            record->set_from_backup(true);
            records.save(Table::trades, id.view(), *record);
        }
}

// What strangers began and we never answered makes room, the oldest first: proposals for proposals, cases for cases, either
// for a trade of our own. Their letters stay in the inbox, and we have signed nothing in them.
bool Market::make_room_for_trade(Role role, ChangeRecords& records) {
    std::size_t open = 0;
    std::size_t unanswered = 0;  // of its kind
    auto oldest = trades_.end();
    for (auto at = trades_.begin(); at != trades_.end(); ++at) {
        open += at->second.over ? 0U : 1U;
        if (!at->second.unanswered || (role != Role::taker && at->second.role != role)) continue;
        ++unanswered;
        if (oldest == trades_.end() || at->second.created < oldest->second.created) oldest = at;
    }
    const std::size_t most = role == Role::maker     ? limits::unanswered_trades_max
                             : role == Role::arbiter ? limits::unanswered_cases_max
                                                     : trades_.size();
    const bool crowded = open >= limits::open_trades_max || trades_.size() >= limits::trades_max;
    if (!crowded && (role == Role::taker || unanswered < most)) return true;
    if (oldest == trades_.end()) return false;
    records.erase(Table::trades, oldest->first.view());
    trades_.erase(oldest);
    return true;
}

// A trade that is new here: somebody takes an offer of ours, or shows us a dispute.
std::optional<records::Trade> Market::trade_for(const trade::TradeLetter& letter, const trade::Signed& first,
                                                const base::MailboxKey& mailbox, base::WallTime now) const {
    if (removed_trades_.contains(first.message.trade)) return std::nullopt;
    records::Trade out;
    set_id(out.mutable_id(), first.message.trade);
    out.set_created(seconds_of(now));
    const auto own = mailboxes_.find(mailbox);
    if (letter.arbiter) {
        // Of an imported one that is retired the record may outlive the key, by a crash.
        const auto at = std::find_if(personas_.begin(), personas_.end(), [&](std::uint32_t index) {
            if (Vault::is_imported(index) && !vault_.imported().contains(index)) return false;
            return publisher_of(vault_.persona_seed(index)) == *letter.arbiter;
        });
        if (at == personas_.end()) return std::nullopt;
        out.set_role(static_cast<std::uint32_t>(Role::arbiter));
        out.set_persona(*at);
    } else {
        // Only what came to an offer's mailbox; it may have overtaken its Take.
        if (own == mailboxes_.end() || !own->second.persona || own->second.peer || own->second.main)
            return std::nullopt;
        const auto& offer = first.message.move.offer;
        if (offer &&
            offer->header.publication()->publisher != publisher_of(vault_.persona_seed(*own->second.persona)))
            return std::nullopt;
        out.set_role(static_cast<std::uint32_t>(Role::maker));
        out.set_persona(*own->second.persona);
    }
    return out;
}

// What proves once that we are the arbiter is kept apart: nothing that is shown later drives it out.
bool Market::keep_agreement(records::Trade& record, const base::PublisherKey& arbiter,
                            const trade::Machine& machine, const std::vector<trade::Signed>& shown) const {
    if (record.agreement_size() > 0) return false;
    for (const trade::Signed& message : trade::agreement_among(machine, shown, arbiter))
        record.add_agreement(base::to_text(trade::write(message)));
    return record.agreement_size() > 0;
}

// A letter that comes to another mailbox than one of the persona that trades would tell its sender that both are ours. An
// arbiter gives its address to strangers: it may be the main mailbox, with whatever persona it named.
bool Market::may_carry(const base::MailboxKey& mailbox, const records::Trade& record) const {
    const auto own = mailboxes_.find(mailbox);
    if (own == mailboxes_.end() || !own->second.persona) return true;  // recovered: nobody knows whose it was
    if (own->second.persona == record.persona()) return true;
    return static_cast<Role>(record.role()) == Role::arbiter && own->second.main;
}

void Market::on_trade_letter(const Letter& letter, const base::MailboxKey& mailbox, const Turn& turn) {
    const auto parcel = trade::read_letter(letter.trade);
    if (!parcel) return;
    std::vector<trade::Signed> messages;
    for (const base::Bytes& bytes : parcel->messages) {
        auto message = trade::read(bytes, network_);
        if (message && (messages.empty() || message->message.trade == messages.front().message.trade))
            messages.push_back(*std::move(message));
    }
    if (messages.empty()) return;
    const trade::TradeId id = messages.front().message.trade;
    ChangeRecords records(vault_, turn.store, rng_);
    auto record = records.load<records::Trade>(Table::trades, id.view());
    const bool fresh = !record;
    if (fresh) record = trade_for(*parcel, messages.front(), mailbox, turn.now);
    if (!record || (static_cast<Role>(record->role()) == Role::arbiter) != parcel->arbiter.has_value())
        return;
    const std::optional<base::PublisherKey> arbiter = arbiter_of(*record);
    if (!may_carry(mailbox, *record) || (arbiter && arbiter != parcel->arbiter)) return;

    Machine machine = machine_of(*record, arbiter, network_);
    bool news = arbiter && keep_agreement(*record, *arbiter, machine, messages);
    for (const trade::Signed& message : messages) {
        const trade::Outcome outcome = machine.add(message);
        news |= outcome != trade::Outcome::known && outcome != trade::Outcome::refused;
    }
    if (machine.maker() && static_cast<Role>(record->role()) == Role::maker &&
        *machine.maker() != publisher_of(vault_.persona_seed(record->persona())))
        return;  // an early message and a Take of somebody else's offer under one id: not ours after all
    if (fresh && (!news || !make_room_for_trade(static_cast<Role>(record->role()), records))) return;
    if (const auto who = role_name(machine, letter.sender);
        who && letter.reply_to && is_usable(*letter.reply_to))
        (*record->mutable_mailboxes())[*who] = base::to_text(letter.reply_to->view());
    save_trade(*record, machine, turn);
    if (!news) return;
    turn.out.push_back(
        Tell{Happening::trade, base::to_hex(id), std::string(trade::name(view_of(*record).phase))});
    confirm_if_accepted(*record, machine, turn);
}

// A trade rests for months, and its mailbox with it; when it is over the mailbox lapses as any other.
void Market::keep_trade_mailboxes(base::WallTime now) {
    for (const auto& [id, own] : trades_) {
        const base::WallTime end = own.created + limits::trade_life_max;
        const auto secret = own.mailbox ? vault_.mailboxes().find(*own.mailbox) : vault_.mailboxes().end();
        if (own.over || end <= now || secret == vault_.mailboxes().end()) continue;
        if (secret->second.destroy_after >= now + 2 * limits::lifetime_max) continue;
        vault_.extend_mailbox(*own.mailbox, std::min(end, now + 3 * limits::lifetime_max));
        vault_changed_ = true;
    }
}

}  // namespace hearsay::market
