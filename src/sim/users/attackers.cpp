#include "sim/users/attackers.hpp"

#include "item/standing.hpp"

namespace hearsay::sim {
namespace {

using base::Millis;

constexpr Millis attack_step(2'000);
// What is around a payload: a header, a signature, a nonce.
constexpr std::size_t envelope_bytes = 200;

}  // namespace

Attackers::Attackers(const RunOptions& options, Cluster& cluster, Oracle& oracle,
                     Publishing& publishing, base::Rng& rng)
    : options_(options), cluster_(cluster), oracle_(oracle), publishing_(publishing), rng_(rng) {}

void Attackers::plan() {
    const Scenario& scenario = options_.scenario;
    if (scenario.attack_mhs == 0) return;
    const Nodes& nodes = cluster_.nodes();
    for (std::uint32_t at = 0; at < nodes.size(); ++at)
        if (!nodes[at].honest && nodes[at].byzantine->vice() == Vice::spammer)
            spammers_.push_back(at);
    if (spammers_.empty()) return;
    const Millis wait(scenario.attack_from_s * 1000);
    cluster_.events().push(cluster_.clock().faults_at() + wait, AttackDue{});
}

void Attackers::on(const AttackDue&) {
    if (cluster_.clock().is_calm()) return;
    const Scenario& scenario = options_.scenario;
    constexpr std::uint64_t hashes_of_mhs = 1'000'000;
    hashes_ += static_cast<std::uint64_t>(scenario.attack_mhs) * hashes_of_mhs *
               static_cast<std::uint64_t>(attack_step.count()) / 1000 *
               static_cast<std::uint64_t>(scenario.budget_kib) / budget_in_truth_kib;
    while (make_one()) continue;
    cluster_.events().push(cluster_.now() + attack_step, AttackDue{});
}

// Of offers in turn, every second one that is out.
std::optional<base::ItemId> Attackers::next_aim() {
    const std::size_t count = (publishing_.offers().size() + 1) / 2;
    if (options_.scenario.aim == 0 || count == 0) return std::nullopt;
    const auto& offer = publishing_.offers()[2 * rng_.below(count)];
    const auto number = publishing_.newest(offer.thing);
    return number ? std::optional(oracle_[*number].item->id) : std::nullopt;
}

// False: there are not hashes enough.
bool Attackers::make_one() {
    const Scenario& scenario = options_.scenario;
    const std::uint32_t at = spammers_[turn_ % spammers_.size()];
    const auto kind = static_cast<item::Kind>(scenario.attack_kind);
    const auto of = static_cast<std::size_t>(item::store_class(kind));
    const item::Level level = cluster_.nodes()[at].byzantine->floors()[of];
    const auto bytes = static_cast<std::size_t>(scenario.attack_bytes);
    const base::Seconds lifetime(scenario.attack_life_s);
    // Looked at before: making an item costs a signature, and most looks find too little.
    const std::uint64_t least = item::required_work(bytes + envelope_bytes, lifetime, level);
    if (hashes_ < least) return false;
    const SpamOrder order{kind, bytes, lifetime, level, next_aim()};
    const ItemNumber number = oracle_.make_spam(order, cluster_.time_of(at).wall, cluster_.now());
    const item::ReadPtr item = oracle_[number].item;
    publishing_.make_own(at, number);
    const std::uint64_t work = item::required_work(*item, level);
    hashes_ -= std::min(hashes_, work);
    ++turn_;
    ++made_;
    bytes_ += item->item.size();
    highest_ = std::max(highest_, level);
    core::Effects flood;
    cluster_.nodes()[at].byzantine->flood(item, flood);
    cluster_.speak(at, flood);
    return true;
}

void Attackers::finish(Outcome& out) {
    if (options_.scenario.attack_mhs == 0) return;
    out.add("attack_items", static_cast<double>(made_));
    out.add("attack_bytes_by_budget",
            static_cast<double>(bytes_) / static_cast<double>(options_.budget_bytes()));
    out.add("attack_level_most", highest_);
}

}  // namespace hearsay::sim
