// One turn of a node: what it works with, what is looked at on the way, and what is kept of it.
#include "base/ensure.hpp"
#include "sim/cluster.hpp"

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

// Of one node.
class Cluster::Turns final : public turn::Driver {
public:
    Turns(Cluster& cluster, std::uint32_t at) : cluster_(cluster), at_(at) {}
    void on_step(const core::Input& input, core::Effects& effects) override {
        cluster_.note_step(at_, input, effects);
    }
    void on_applied(const core::Input& input, const core::Effects& effects) override {
        cluster_.observers_->tell<&Observer::on_applied>(at_, input, effects);
    }
    void on_decided(market::Effects& wishes) override {
        if (cluster_.options_.sabotage_market && cluster_.nodes_[at_].has_market())
            cluster_.options_.sabotage_market(at_, wishes);
        if (!wishes.empty()) cluster_.observers_->tell<&Observer::on_wishes>(at_, wishes);
    }
    // What the market did is certain, and what it tells of is durable.
    void on_own_kept(const market::Effects& wishes) override {
        for (const ItemNumber number : cluster_.handed_) cluster_.oracle_.set_kept(number);
        if (wishes.empty()) return;
        cluster_.observers_->tell<&Observer::on_own_kept>(at_, wishes);
        cluster_.host_->on_own_kept(at_, wishes);
    }
    void on_committed() override {
        if (!cluster_.kept_.empty())
            cluster_.observers_->tell<&Observer::on_kept>(at_, cluster_.kept_);
    }
    void perform(const core::Effect& effect) override {
        if (!crashed()) cluster_.host_->perform(at_, effect);
    }
    void perform(const market::Effect& effect) override {
        if (!crashed()) cluster_.host_->perform(at_, effect);
    }

private:
    bool crashed() const { return cluster_.nodes_[at_].crash != Crash::no; }
    Cluster& cluster_;
    const std::uint32_t at_;
};

void Cluster::turn(std::uint32_t at, core::Input input) {
    SimNode& node = nodes_[at];
    if (!node.honest) return step_byzantine(at, input);
    const auto* up = std::get_if<core::LinkUp>(&input);
    if (up && node.engine->is_paused())
        return host_->perform(at, core::Disconnect{up->link, std::nullopt});
    const bool dull = is_dull(input);
    node.engine->post(std::move(input));
    run_turn(at, dull);
}

void Cluster::answer(std::uint32_t at, turn::Answer answer) {
    nodes_[at].engine->post(std::move(answer));
    run_turn(at);
}

bool Cluster::ask(std::uint32_t at, const Act& act) {
    nodes_[at].engine->ask([&act](turn::Context& context) -> turn::Engine::Finish {
        act(context.market, context);
        return [](const std::optional<base::Error>&) {};
    });
    return run_turn(at);
}

void Cluster::step_byzantine(std::uint32_t at, const core::Input& input) {
    lies_.clear();
    nodes_[at].byzantine->step(input, time_of(at), lies_);
    for (const core::Effect& effect : lies_) host_->perform(at, effect);
    if (!lies_.empty() || !is_dull(input)) arm(at);
}

void Cluster::speak(std::uint32_t at, const core::Effects& lies) {
    for (const core::Effect& effect : lies) host_->perform(at, effect);
}

bool Cluster::run_turn(std::uint32_t at, bool dull) {
    SimNode& node = nodes_[at];
    static NoVaultFile none;
    kept_.clear();
    handed_.clear();
    idle_ = true;
    break_disk(node);
    Turns turns(*this, at);
    turn::VaultFile& vault = node.person ? static_cast<turn::VaultFile&>(*node.person) : none;
    const turn::Outcome done = node.engine->run(
        turn::moment_of(time_of(at)), {vault, node.own_store, node.own_store, node.store}, turns);
    if (done.failed) {
        node.own_store.roll_back();
        node.store.roll_back();
    }
    if (node.crash != Crash::no) {
        stop(at);
        return done.own_kept;
    }
    if (done.failed && node.broken == Crash::no)
        failures_->add(at, "its turn is not kept: " + done.failed->text);
    if (done.failed && !node.engine->is_paused()) host_->on_disk_full(at);
    if (!idle_ || !dull) arm(at);
    arm_tick(at);
    if (done.again && !std::exchange(node.goes_on, true))
        events_.push(now(), TurnGoesOn{{at, node.life}});
    return done.own_kept;
}

// Everything from a node's crash on fails, or nothing.
void Cluster::break_disk(SimNode& node) {
    const Crash from = node.crash != Crash::no ? node.crash : node.broken;
    const bool own = from == Crash::before_vault || from == Crash::after_vault;
    if (node.person) node.person->break_saves(from == Crash::before_vault);
    node.own_store.break_commits(own);
    node.store.break_commits(own || from == Crash::between_commits);
}

void Cluster::note_step(std::uint32_t at, const core::Input& input, core::Effects& effects) {
    const auto* submit = std::get_if<core::Submit>(&input);
    if (submit && nodes_[at].has_market()) handed_.push_back(host_->learn(at, submit->item));
    if (options_.sabotage) options_.sabotage(at, effects);
    if (++steps_ % sane_one_in == 0) nodes_[at].engine->core().sanity_check();
    observers_->tell<&Observer::on_step>(at, input, effects);
    idle_ = idle_ && effects.empty();
    for (core::Effect& effect : effects) {
        auto* store = std::get_if<core::Store>(&effect);
        if (store) store->item = oracle_.shared(store->item);
        if (store || std::holds_alternative<core::Forget>(effect) ||
            std::holds_alternative<core::Notify>(effect))
            kept_.push_back(effect);
    }
}

}  // namespace hearsay::sim
