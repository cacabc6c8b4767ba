// One turn of a node: what it works with, what is looked at on the way, and what is counted of it.
#include "base/ensure.hpp"
#include "sim/world.hpp"

namespace hearsay::sim {
namespace {

// Steps, of all nodes: what a node keeps beside what it counts is recomputed now and then.
constexpr std::uint64_t sane_one_in = 2500;

// If the core does nothing about it, it waits for nothing new either: next_deadline() may only have
// moved away. Most inputs are of this kind: copies of what a node has.
bool is_dull(const core::Input& input) {
    constexpr std::uint8_t items_tag = 4 << 3 | 2;  // field 4 of Frame, length-delimited
    const auto* received = std::get_if<core::FrameReceived>(&input);
    return std::holds_alternative<core::LinkDrained>(input) ||
           (received && !received->frame.empty() && received->frame.front() == items_tag);
}

// Of a node without a market, which has no keys.
class NoVaultFile final : public turn::VaultFile {
public:
    base::Result<void> save(const market::Vault&) override {
        ENSURE(false, "a vault without a market");
        return {};
    }
};

}  // namespace

// Of one node: every step is looked at and digested,
// and what is performed goes to the simulated links and workers.
class World::Turns final : public turn::Driver {
public:
    Turns(World& world, std::uint32_t at) : world_(world), at_(at) {}
    void on_step(const core::Input& input, core::Effects& effects) override {
        world_.on_step(at_, input, effects);
    }
    void on_applied(const core::Input& input, const core::Effects& effects) override {
        world_.check_after(at_, input, effects);
    }
    void on_thought(market::Effects& wishes) override { world_.on_thought(at_, wishes); }
    void on_own_kept(const market::Effects& wishes) override { world_.on_own_kept(at_, wishes); }
    void on_committed() override { world_.note_kept(at_); }
    void perform(const core::Effect& effect) override {
        if (!crashed()) world_.perform(at_, effect);
    }
    void perform(const market::Effect& wish) override {
        if (!crashed()) world_.perform(at_, wish);
    }

private:
    bool crashed() const { return world_.nodes_[at_].crash != Crash::no; }
    World& world_;
    const std::uint32_t at_;
};

void World::turn(std::uint32_t at, const core::Input& input) {
    SimNode& node = nodes_[at];
    if (!node.honest) return step_byzantine(at, input);
    const auto* up = std::get_if<core::LinkUp>(&input);
    if (up && node.engine->is_paused()) return disconnect(at, {up->link, std::nullopt});
    node.engine->post(input);
    run_turn(at, is_dull(input));
}

void World::step_byzantine(std::uint32_t at, const core::Input& input) {
    core::Effects effects;
    nodes_[at].byzantine->step(input, now_of(nodes_[at]), effects);
    for (const core::Effect& effect : effects) perform(at, effect);
    if (!effects.empty() || !is_dull(input)) arm(at);
}

bool World::run_turn(std::uint32_t at, bool dull) {
    SimNode& node = nodes_[at];
    static NoVaultFile none;
    kept_.clear();
    handed_.clear();
    idle_turn_ = true;
    break_disk(node);
    Turns turns(*this, at);
    turn::VaultFile& vault = node.person ? static_cast<turn::VaultFile&>(*node.person) : none;
    const turn::Outcome done = node.engine->run(
        turn::moment_of(now_of(node)), {vault, node.own_store, node.own_store, node.store}, turns);
    if (done.failed) {
        node.own_store.roll_back();
        node.store.roll_back();
    }
    if (node.crash != Crash::no) {
        stop(at);
        return done.own_kept;
    }
    if (done.failed && node.broken == Crash::no)
        fail(at, "its turn is not kept: " + done.failed->text);
    if (done.failed && !node.engine->is_paused()) pause(at);
    if (!idle_turn_ || !dull) arm(at);
    arm_tick(at);
    if (done.again && !std::exchange(node.goes_on, true))
        events_.push(now_, TurnGoesOn{{at, node.life}});
    return done.own_kept;
}

// Everything from a node's crash on fails, or nothing.
void World::break_disk(SimNode& node) {
    const Crash from = node.crash != Crash::no ? node.crash : node.broken;
    const bool own = from == Crash::before_vault || from == Crash::after_vault;
    if (node.person) node.person->break_saves(from == Crash::before_vault);
    node.own_store.break_commits(own);
    node.store.break_commits(own || from == Crash::between_commits);
}

void World::on_step(std::uint32_t at, const core::Input& input, core::Effects& effects) {
    const auto* submit = std::get_if<core::Submit>(&input);
    if (submit && has_market(nodes_[at])) learn(at, submit->item);
    if (options_.sabotage) options_.sabotage(at, effects);
    if (++steps_ % sane_one_in == 0) nodes_[at].engine->core().sanity_check();
    if (spies_.has(at)) watch_spy(at, input);
    trace_.add(now_, at, input, effects);
    digest_step(at, input, effects);
    check_before(at, effects);
    idle_turn_ = idle_turn_ && effects.empty();
    for (core::Effect& effect : effects) {
        auto* store = std::get_if<core::Store>(&effect);
        if (store) store->item = oracle_.shared(store->item);
        if (store || std::holds_alternative<core::Forget>(effect) ||
            std::holds_alternative<core::Notify>(effect))
            kept_.push_back(effect);
    }
}

// The flood store is committed: what is now certain is counted.
void World::note_kept(std::uint32_t at) {
    SimNode& node = nodes_[at];
    const auto mark = [](std::vector<bool>& marks, ItemNumber number) {
        if (marks.size() <= number) marks.resize(number + 1);
        marks[number] = true;
    };
    for (const core::Effect& effect : kept_) {
        if (const auto* forget = std::get_if<core::Forget>(&effect)) {
            const auto number = oracle_.find(forget->id);
            if (number && forget->reason != core::ForgetReason::expired) {
                mark(node.gone, *number);
                if (origin_[*number] != at) note_dropped(*number);
            }
        }
        const auto* notify = std::get_if<core::Notify>(&effect);
        const auto* injected =
            notify ? std::get_if<core::OwnItemInjected>(&notify->notice) : nullptr;
        if (injected) injected_[*oracle_.find(injected->id)] = injected->times;
        if (const auto* found = notify ? std::get_if<core::LookedUp>(&notify->notice) : nullptr)
            note_looked_up(at, *found);
        const auto* store = std::get_if<core::Store>(&effect);
        const auto number = store ? oracle_.find(store->item->id) : std::nullopt;
        if (!number) continue;
        const bool first = node.stored.size() <= *number || !node.stored[*number];
        mark(node.stored, *number);
        if (!first || oracle_[*number].purpose == Purpose::warm_up || !node.connected) continue;
        const base::MonoTime published = oracle_[*number].published;
        TimelyNotes::Way& way = timely_.ways[*number];
        const base::Millis took = now_ - std::max(made(*number), node.since);
        way.slowest_ms = std::max(way.slowest_ms, static_cast<std::uint32_t>(took.count()));
        way.last = now_;
        if (origin_[*number] == at) way.back = now_;
        const base::MonoTime out = out_[*number] == base::MonoTime{} ? published : out_[*number];
        figures_.delays.push_back(
            static_cast<std::uint32_t>((now_ - std::max(out, node.since)).count()));
        if (origin_[*number] == at)
            figures_.returns.push_back(static_cast<std::uint32_t>((now_ - published).count()));
    }
}

void World::digest_step(std::uint32_t at, const core::Input& input, const core::Effects& effects) {
    digest_.mix(static_cast<std::uint64_t>(now_.time_since_epoch().count()));
    digest_.mix(std::uint64_t{at} << 8 | input.index());
    const core::FramePtr* last = nullptr;
    for (const core::Effect& effect : effects) {
        digest_.mix(effect.index());
        if (const auto* store = std::get_if<core::Store>(&effect))
            digest_.mix(store->item->id.view());
        if (const auto* forget = std::get_if<core::Forget>(&effect)) digest_.mix(forget->id.view());
        if (const auto* dialled = std::get_if<core::Dial>(&effect))
            digest_.mix(dialled->peer.view());
        if (const auto* inject = std::get_if<core::Inject>(&effect)) {
            digest_.mix(inject->id.view());
            digest_.mix(inject->peer.view());
        }
        if (const auto* send = std::get_if<core::Send>(&effect)) {
            digest_.mix(static_cast<std::uint64_t>(send->link));
            if (!last || *last != send->frame) digest_.mix(*send->frame);
            last = &send->frame;
        }
    }
}

}  // namespace hearsay::sim
