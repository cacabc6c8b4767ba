#include "turn/engine.hpp"

#include <algorithm>
#include <utility>

#include "base/ensure.hpp"
#include "base/limits/quarantine.hpp"
#include "base/overloaded.hpp"

namespace hearsay::turn {
namespace {

namespace limits = base::limits;

enum class Fate : std::uint8_t { kept_in_flood, kept_in_own, heard, spoken };

Fate fate_of(const core::Effect& effect) {
    const base::Overloaded fate{
        [](const core::Store&) { return Fate::kept_in_flood; },
        [](const core::Forget&) { return Fate::kept_in_flood; },
        [](const core::Sweep&) { return Fate::kept_in_flood; },
        [](const core::Improve&) { return Fate::kept_in_flood; },
        [](const core::KeepPeer&) { return Fate::kept_in_own; },
        [](const core::DropPeer&) { return Fate::kept_in_own; },
        [](const core::KeepCandidate&) { return Fate::kept_in_own; },
        [](const core::DropCandidate&) { return Fate::kept_in_own; },
        [](const core::Notify&) { return Fate::heard; },
        [](const auto&) { return Fate::spoken; },
    };
    return std::visit(fate, effect);
}

bool is_save(const market::Effect& wish) {
    return std::holds_alternative<market::SaveVault>(wish);
}

}  // namespace

struct Engine::Turn {
    const Moment& moment;
    const Stores& stores;
    Driver& driver;
    market::Turn market;  // what the market works with
    std::size_t wishes_read = 0;
    std::vector<Finish> finishes{};
    std::optional<base::Error> start_failed{};
    bool own_kept = false;
    bool flood_damaged = false;
};

// ---- lives --------------------------------------------------------------------------------------

Engine::Engine() = default;
Engine::~Engine() = default;

void Engine::begin_core(core::NodeOptions options) {
    verdicts_.clear();
    core_ = std::make_unique<core::Node>(std::move(options));
    core_due_ = false;
}

void Engine::begin_market(market::Market market) {
    ENSURE(!market_, "a node has one market");
    market_.emplace(std::move(market));
    start_market(Knows::nothing_wrong);
}

void Engine::start_market(Knows knows) {
    start_ = std::max(start_.value_or(knows), knows);
}

void Engine::resume(core::NodeOptions options) {
    paused_ = false;
    begin_core(std::move(options));
    start_market(Knows::nothing_wrong);
}

// ---- what comes in ------------------------------------------------------------------------------

void Engine::post(core::Input input) {
    if (auto* verdict = std::get_if<core::Verified>(&input))
        verdicts_.push_back(std::move(*verdict));
    else
        inputs_.push_back(std::move(input));
}

void Engine::post(Answer answer) {
    answers_.push_back(std::move(answer));
}

void Engine::ask(Command command) {
    commands_.push_back(std::move(command));
}

bool Engine::on_deadline(base::MonoTime now) {
    const bool core = on_core_deadline(now);
    return on_market_deadline(now) || core;
}

bool Engine::on_core_deadline(base::MonoTime now) {
    core_due_ = core_due_ || core_deadline() <= now;
    return core_due_;
}

bool Engine::on_market_deadline(base::MonoTime now) {
    if (tick_at_ <= now) {
        tick_due_ = true;
        tick_at_ = now + tick_interval;
    }
    return tick_due_;
}

// ---- a turn -------------------------------------------------------------------------------------

Outcome Engine::run(const Moment& moment, const Stores& stores, Driver& driver) {
    spoken_.clear();
    wishes_.clear();
    Turn turn{.moment = moment,
              .stores = stores,
              .driver = driver,
              .market = {moment.market, stores.shown, stores.flood.catalogue(), wishes_}};
    take(turn);
    start(turn);
    think(turn);
    take_answers(turn);
    tick(turn);
    run_commands(turn);
    do_chores(turn);
    think(turn);
    driver.on_read();
    driver.on_decided(wishes_);
    Outcome out;
    out.failed = commit(turn);
    out.own_kept = turn.own_kept;
    out.flood_damaged = turn.flood_damaged;
    if (market_ && !turn.own_kept) start_market(Knows::what_is_unkept);
    if (!out.failed) speak(turn);
    const auto told = turn.own_kept ? std::nullopt : out.failed;
    for (const Finish& finish : turn.finishes) finish(told);
    driver.on_ended();
    plan(turn, out);
    return out;
}

void Engine::take(Turn&) {
    if (market_ && core_ && core_->lays_aside() && lists_seen_ != market_->lists_version()) {
        lists_seen_ = market_->lists_version();
        pending_inputs_.emplace_back(core::ListsChanged{});
    }
    for (core::Input& input : inputs_) pending_inputs_.push_back(std::move(input));
    inputs_.clear();
    if (std::exchange(core_due_, false)) pending_inputs_.emplace_back(core::TimerFired{});
    for (std::size_t i = 0; i < verdicts_a_turn_max && !verdicts_.empty(); ++i) {
        pending_inputs_.emplace_back(std::move(verdicts_.front()));
        verdicts_.pop_front();
    }
}

// Also while paused: what is read then is what was kept, and what can be kept is in keeping with
// it.
void Engine::start(Turn& turn) {
    if (!market_ || !start_) return;
    turn.driver.on_starting(*start_);
    if (auto started = market_->start(turn.market); !started) {
        turn.start_failed = started.error();
        return;
    }
    start_.reset();
    if (core_) market_->on_price(core_->price(), turn.market);
    tick_at_ = std::min(tick_at_, turn.moment.instant.mono + tick_interval);
    turn.driver.on_tended(turn.stores.shown);
}

void Engine::think(Turn& turn) {
    while (true) {
        while (!pending_inputs_.empty()) {
            core::Input input = std::move(pending_inputs_.front());
            pending_inputs_.pop_front();
            judge(input);
            step(input, turn);
        }
        if (turn.wishes_read == wishes_.size()) return;
        submit_wishes(turn);
    }
}

void Engine::submit_wishes(Turn& turn) {
    for (; turn.wishes_read < wishes_.size(); ++turn.wishes_read) {
        const market::Effect& wish = wishes_[turn.wishes_read];
        working_.on_wish(wish, turn.moment.instant.mono);
        if (const auto* submit = std::get_if<market::Submit>(&wish))
            pending_inputs_.emplace_back(
                core::Submit{submit->item, submit->injected, working_.took(submit->item->id)});
        else if (const auto* recall = std::get_if<market::Recall>(&wish))
            pending_inputs_.emplace_back(core::Recall{recall->id});
    }
}

// The core does not know what lists are.
void Engine::judge(core::Input& input) const {
    auto* const verdict = std::get_if<core::Verified>(&input);
    if (!market_ || !verdict || verdict->fault || !verdict->item) return;
    verdict->is_hidden = market_->lays_aside(verdict->item);
}

void Engine::step(const core::Input& input, Turn& turn) {
    if (!core_ || paused_) return;
    const Stores& stores = turn.stores;
    effects_.clear();
    core_->step(input, {turn.moment.instant.mono, turn.moment.core}, stores.flood.view(), effects_);
    turn.driver.on_step(input, effects_);
    for (const core::Effect& effect : effects_) {
        const Fate fate = fate_of(effect);
        if (fate == Fate::kept_in_flood) stores.flood.apply(effect);
        if (fate == Fate::kept_in_own) stores.own.apply(effect);
    }
    turn.driver.on_applied(input, effects_);
    for (core::Effect& effect : effects_) {
        const Fate fate = fate_of(effect);
        if (fate == Fate::heard) take_notice(std::get<core::Notify>(effect).notice, turn);
        if (fate == Fate::spoken) spoken_.push_back(std::move(effect));
    }
}

void Engine::take_notice(const core::Notice& notice, Turn& turn) {
    turn.driver.on_notice(notice);
    if (!market_) return;
    const base::Overloaded handle{
        [&](const core::ItemStored& stored) {
            market_->on_item_stored(stored.item, turn.market, stored.lane);
        },
        [&](const core::OwnItemInjected& own) {
            market_->on_own_item_injected(own.id, own.times, turn.market);
        },
        [&](const core::OwnItemHeard& own) {
            market_->on_own_item_heard(own.id, own.peers, turn.market);
        },
        [&](const core::ItemForgotten& gone) {
            if (gone.reason == core::ForgetReason::evicted)
                market_->on_own_item_lost(gone.id, turn.market);
        },
        [&](const core::PriceChanged& price) { market_->on_price(price.levels, turn.market); },
        [](const auto&) {},
    };
    std::visit(handle, notice);
}

void Engine::take_answers(Turn& turn) {
    if (!market_) return answers_.clear();
    for (std::size_t letters = 0; letters < limits::letters_a_turn_max && !answers_.empty();) {
        const Answer answer = std::move(answers_.front());
        answers_.pop_front();
        const auto* mail = std::get_if<MailTried>(&answer);
        if (mail && mail->letter) ++letters;
        take_answer(answer, turn);
    }
}

void Engine::take_answer(const Answer& answer, Turn& turn) {
    const base::Overloaded handle{
        [&](const WorkFound& found) {
            working_.on_found(found.id, turn.moment.instant.mono);
            market_->on_work_found(found.id, found.nonce, turn.market);
        },
        [&](const PersonasListed& listed) {
            market_->on_personas_listed(listed.from, listed.marks, turn.market);
        },
        [&](const MailTried& tried) {
            turn.driver.on_mail(tried);
            if (tried.letter)
                market_->on_opened(tried.mail, tried.mailbox, *tried.letter, turn.market);
            else
                market_->on_not_opened(tried.mail->id);
            turn.driver.on_mail_taken(tried);
        },
    };
    std::visit(handle, answer);
}

void Engine::tick(Turn& turn) {
    if (!std::exchange(tick_due_, false) || !market_) return;
    market_->on_tick(turn.market);
    turn.driver.on_tended(turn.stores.shown);
}

void Engine::run_commands(Turn& turn) {
    if (commands_.empty()) return;
    ENSURE(market_, "a command without a market");
    Context context{turn.market, turn.moment.instant, *market_, turn.stores.flood,
                    turn.stores.own.rows()};
    for (const Command& command : std::exchange(commands_, {})) {
        turn.finishes.push_back(command(context));
        turn.driver.on_read();
    }
}

void Engine::do_chores(Turn& turn) {
    if (!market_) return;
    if (market_->wants_mail_walk()) market_->walk_mail(turn.market);
    if (!start_ && market_->wants_to_watch()) market_->watch_on(turn.market);
    turn.driver.on_read();
    // Not before the market started: after a commit that failed it does not know how far the walks
    // are.
    if (paused_ || start_) return;
    if (market_->wants_key_erasure()) {
        // All rows, with what is set aside: it reads which key sealed them, not what is in them.
        const market::Turn all{turn.moment.market, turn.stores.own.rows(), turn.market.flood,
                               wishes_};
        market_->erase_keys(all);
    }
    if (market_->wants_recovery()) market_->find_own(turn.market);
}

std::optional<base::Error> Engine::commit(Turn& turn) {
    const Stores& stores = turn.stores;
    // What was decided by a store that could not be read is not kept.
    if (auto unread = stores.flood.error(); unread && unread->code == base::ErrorCode::corrupt) {
        turn.flood_damaged = true;
        return unread;
    }
    if (turn.start_failed) return turn.start_failed;
    if (market_ && (market_->vault().unsaved_keys() || std::ranges::any_of(wishes_, is_save))) {
        if (auto saved = stores.vault.save(market_->vault()); !saved) return saved.error();
        market_->vault().note_saved();
    }
    if (auto kept = stores.own.commit(); !kept) return kept.error();
    turn.own_kept = true;
    turn.driver.on_own_kept(wishes_);
    if (auto kept = stores.flood.commit(); !kept) {
        turn.flood_damaged = kept.error().code == base::ErrorCode::corrupt;
        return kept.error();
    }
    return std::nullopt;
}

void Engine::speak(Turn& turn) {
    turn.driver.on_committed();
    for (const core::Effect& effect : spoken_) turn.driver.perform(effect);
    turn.driver.on_spoken();
    for (const market::Effect& wish : wishes_) turn.driver.perform(wish);
}

void Engine::plan(const Turn& turn, Outcome& out) {
    out.again = !answers_.empty() || !verdicts_.empty();
    if (out.failed || !market_) return;
    const bool walks = !paused_ && (market_->wants_key_erasure() || market_->wants_recovery());
    out.again = out.again || walks || market_->wants_mail_walk() || market_->wants_to_watch() ||
                start_.has_value();
    if (const auto due = market_->next_due()) {
        const auto wait = std::max(base::Millis(0), base::Millis(*due - turn.moment.market));
        tick_at_ = std::min(tick_at_, turn.moment.instant.mono + wait);
    }
}

}  // namespace hearsay::turn
