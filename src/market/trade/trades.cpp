// The trades that there are, as records and as the user sees them.
#include "market/trade/trades.hpp"

#include <algorithm>

#include "base/encoding.hpp"
#include "base/limits/items.hpp"
#include "base/limits/person.hpp"
#include "base/limits/trades.hpp"
#include "market.pb.h"
#include "market/id_beginning.hpp"
#include "market/trade/letters.hpp"

namespace hearsay::market {
namespace {

namespace limits = base::limits;
using base::ErrorCode;
using trade::Machine;
using trade::MoveKind;
using trade::Phase;
using trade::Role;

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

// Whether the other side, or the case, waits for what only this person can say.
bool is_turn(const TradeView& view) {
    const auto can = [&](MoveKind kind) {
        return std::ranges::find(view.possible, kind) != view.possible.end();
    };
    for (MoveKind kind :
         {MoveKind::accept, MoveKind::confirm, MoveKind::received, MoveKind::ruling})
        if (can(kind)) return true;
    if (view.role == Role::arbiter || view.phase != Phase::agreed || !can(MoveKind::shipped))
        return false;
    const trade::State& state = view.machine.state();
    const bool ours = state.terms.ships == trade::Ships::both ||
                      (state.terms.ships == trade::Ships::maker) == (view.role == Role::maker);
    return ours && !state.side(view.role).shipped;
}

Phase phase_of(const TradeView& view) {
    if (view.role != Role::arbiter || view.case_problem) return view.machine.state().phase();
    return view.shown->ruling ? Phase::ruled : Phase::disputed;
}

}  // namespace

// The machine is a function of the messages in their order, so only they are kept.
Machine machine_of(const records::Trade& record, const std::optional<base::PublisherKey>& arbiter,
                   item::Network network) {
    trade::Keeper keeper{.arbiter = arbiter, .from_backup = record.from_backup()};
    if (arbiter) keeper.waiting_max = limits::trade_sender_messages_max;
    Machine out(get_id<trade::TradeId>(record.id()).value_or(trade::TradeId{}), network, keeper);
    for (const auto* kept : {&record.steps(), &record.waiting(), &record.forks()})
        for (const std::string& bytes : *kept)
            if (const auto message =
                    trade::read(base::as_bytes(bytes), network, trade::Proof::known))
                out.add(*message);
    return out;
}

std::vector<trade::Signed> TradeView::messages() const {
    std::vector<trade::Signed> out;
    for (const trade::Step& step : machine.steps()) out.push_back(step.message);
    for (trade::Signed& message : machine.waiting()) out.push_back(std::move(message));
    return out;
}

const trade::Move* TradeView::take() const {
    return machine.steps().empty() ? nullptr : &machine.steps().front().message.message.move;
}

bool Trades::load(const OwnStore& store) {
    const Records records = look(store);
    bool sound = records.each<records::Trade>(Table::trades,
                                              [&](const records::Trade& record) { note(record); });
    sound &= records.each<records::RemovedTrade>(
        Table::removed_trades, [&](const records::RemovedTrade& record) {
            if (const auto id = get_id<trade::TradeId>(record.trade()))
                removed_[*id] = {time_of(record.expires()),
                                 get_id<base::MailboxId>(record.mailbox())};
        });
    return sound;
}

std::set<std::uint32_t> Trades::personas() const {
    std::set<std::uint32_t> out;
    for (const auto& [id, own] : trades_) out.insert(own.persona);
    return out;
}

void Trades::note(const records::Trade& record) {
    const auto id = get_id<trade::TradeId>(record.id());
    if (!id) return;
    const auto role = static_cast<Role>(record.role());
    // Our first message makes the mailbox.
    trades_[*id] = {record.persona(),
                    get_id<base::MailboxId>(record.mailbox()),
                    time_of(record.created()),
                    time_of(record.changed()),
                    record.over(),
                    record.turn() && !record.over(),
                    role != Role::taker && record.mailbox().empty(),
                    role == Role::arbiter || record.steps_size() > 0,
                    role};
}

void Trades::save(records::Trade& record, const Machine& machine, const Turn& turn) {
    ChangeRecords records = change(turn);
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
    const TradeView now = view_of(record);
    record.set_over(trade::is_over(now.phase));
    record.set_turn(now.turn);
    records.save(Table::trades, base::as_bytes(record.id()), record);
    note(record);
}

// Ours, if we are the arbiter.
std::optional<base::PublisherKey> Trades::arbiter_of(const records::Trade& record) const {
    if (static_cast<Role>(record.role()) != Role::arbiter) return std::nullopt;
    return publisher_of(vault_.persona_seed(record.persona()));
}

TradeView Trades::view_of(const records::Trade& record) const {
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
    out.turn = is_turn(out);
    for (const std::string& hash : record.shown())
        if (const auto id = get_id<trade::Hash>(hash)) out.shown_to_arbiter.insert(*id);
    return out;
}

std::optional<TradeView> Trades::view(const trade::TradeId& id, const OwnStore& store) const {
    const auto record = look(store).load<records::Trade>(Table::trades, id.view());
    if (!record) return std::nullopt;
    return view_of(*record);
}

base::Result<trade::TradeId> Trades::find(std::string_view id_or_beginning) const {
    const auto letters = id_beginning(id_or_beginning, trade::TradeId::size, "a trade id");
    if (!letters) return std::unexpected(letters.error());
    std::vector<trade::TradeId> found;
    for (const auto& [id, own] : trades_)
        if (base::to_hex(id).starts_with(*letters)) found.push_back(id);
    if (found.size() > 1) return std::unexpected(ambiguous(*letters, found.size(), "trades"));
    if (found.empty()) return base::fail(ErrorCode::not_found, "no trade begins with " + *letters);
    return found.front();
}

base::Result<TradeView> Trades::trade(std::string_view id_or_beginning,
                                      const OwnStore& store) const {
    const auto id = find(id_or_beginning);
    if (!id) return std::unexpected(id.error());
    auto view = this->view(*id, store);
    if (!view)
        return base::fail(ErrorCode::corrupt, "the trade " + base::to_hex(*id) + " does not open");
    return *std::move(view);
}

base::Result<TradeView> Trades::read(std::string_view id_or_beginning, const Turn& turn) {
    auto view = trade(id_or_beginning, turn.store);
    if (view) mail_.inbox.read_trade(as_digest(view->id), turn);
    return view;
}

std::size_t Trades::turns() const {
    return static_cast<std::size_t>(
        std::ranges::count_if(trades_, [](const auto& entry) { return entry.second.turn; }));
}

std::vector<trade::TradeId> Trades::ids() const {
    std::vector<std::pair<base::WallTime, trade::TradeId>> found;
    for (const auto& [id, own] : trades_)
        if (own.visible) found.emplace_back(own.changed, id);
    std::ranges::stable_sort(found, std::greater(), [](const auto& each) { return each.first; });
    std::vector<trade::TradeId> out;
    for (const auto& [changed, id] : found) out.push_back(id);
    return out;
}

std::optional<std::uint32_t> Trades::persona_of(const trade::TradeId& id,
                                                const OwnStore& store) const {
    const auto record = look(store).load<records::Trade>(Table::trades, id.view());
    return record ? std::optional(record->persona()) : std::nullopt;
}

void Trades::set_rating(const trade::TradeId& id, const item::ThingId& rating, const Turn& turn) {
    ChangeRecords records = change(turn);
    auto record = records.load<records::Trade>(Table::trades, id.view());
    if (!record) return;
    set_id(record->mutable_rating(), rating);
    records.save(Table::trades, id.view(), *record);
}

base::Result<TradeView> Trades::remove(std::string_view id_or_beginning, const Turn& turn) {
    auto view = trade(id_or_beginning, turn.store);
    if (!view) return view;
    const bool side = view->role != Role::arbiter;
    const bool closed =
        side && view->machine.state().side(view->role).closing != trade::Closing::open;
    const bool stuck = side ? view->machine.is_stuck(view->role) : view->shown->lacks_own;
    if (!trade::is_over(view->phase) && !closed && !stuck && !view->case_problem)
        return base::fail(ErrorCode::refused,
                          "the trade is " + std::string(trade::name(view->phase)) +
                              "; only one that is over, or that you closed, can be removed");
    ChangeRecords records = change(turn);
    remember_removed(*view, turn);
    mail_.inbox.read_trade(as_digest(view->id), turn);
    records.erase(Table::trades, view->id.view());
    trades_.erase(view->id);
    return view;
}

// Nothing of it may begin again: what comes would be answered with numbers that we have signed
// before.
void Trades::remember_removed(const TradeView& view, const Turn& turn) {
    ChangeRecords records = change(turn);
    if (removed_.size() >= limits::removed_trades_max) {
        const auto first = std::ranges::min_element(
            removed_, {}, [](const auto& entry) { return entry.second.expires; });
        records.erase(Table::removed_trades, first->first.view());
        removed_.erase(first);
    }
    Removed entry{turn.now + limits::trade_life_max, std::nullopt};
    // A Take comes to the mailbox of the offer, for as long as that is ours.
    if (view.role == Role::maker && view.take())
        entry.mailbox = view.take()->offer->header.publication()->mailbox;
    records::RemovedTrade row;
    set_id(row.mutable_trade(), view.id);
    if (entry.mailbox) set_id(row.mutable_mailbox(), *entry.mailbox);
    row.set_expires(seconds_of(entry.expires));
    records.save(Table::removed_trades, view.id.view(), row);
    removed_[view.id] = entry;
}

void Trades::forget_removed(const Turn& turn) {
    ChangeRecords records = change(turn);
    std::erase_if(removed_, [&](const auto& entry) {
        const auto& mailbox = entry.second.mailbox;
        if (entry.second.expires > turn.now || (mailbox && vault_.mailboxes().contains(*mailbox)))
            return false;
        records.erase(Table::removed_trades, entry.first.view());
        return true;
    });
}

// After a restoration: what was said since the backup is not here.
void Trades::mark_from_backup(const Turn& turn) {
    ChangeRecords records = change(turn);
    for (const auto& [id, own] : trades_)
        if (auto record = records.load<records::Trade>(Table::trades, id.view())) {
            record->set_from_backup(true);
            records.save(Table::trades, id.view(), *record);
        }
}

bool Trades::make_room(Role role, const Turn& turn) {
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
    mail_.inbox.read_trade(as_digest(oldest->first), turn);
    change(turn).erase(Table::trades, oldest->first.view());
    trades_.erase(oldest);
    return true;
}

void Trades::extend_mailboxes(base::WallTime now) {
    for (const auto& [id, own] : trades_) {
        const base::WallTime end = own.created + limits::trade_life_max;
        const auto secret =
            own.mailbox ? vault_.mailboxes().find(*own.mailbox) : vault_.mailboxes().end();
        if (own.over || end <= now || secret == vault_.mailboxes().end()) continue;
        if (secret->second.destroy_after >= now + 2 * limits::lifetime_max) continue;
        vault_.extend_mailbox(*own.mailbox, std::min(end, now + 3 * limits::lifetime_max));
        vault_changed_ = true;
    }
}

}  // namespace hearsay::market
