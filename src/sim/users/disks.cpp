#include "sim/users/disks.hpp"

#include <algorithm>

#include "market/identity/backup.hpp"
#include "sim/population.hpp"
#include "sim/users/choice.hpp"

namespace hearsay::sim {
namespace {

using base::Millis;

constexpr Millis again(10'000);

const base::Bytes backup_secret = base::to_bytes(std::string_view("battery staple"));

}  // namespace

Disks::Disks(Cluster& cluster, Oracle& oracle, Post& post, LostItems& lost, Failures& failures,
             base::Rng& fault_rng, base::Rng& person_rng)
    : cluster_(cluster),
      nodes_(cluster.nodes()),
      events_(cluster.events()),
      oracle_(oracle),
      post_(post),
      lost_(lost),
      failures_(failures),
      fault_rng_(fault_rng),
      person_rng_(person_rng) {}

// ---- lost ---------------------------------------------------------------------------------------

void Disks::back_up(std::uint32_t at) {
    SimNode& node = nodes_[at];
    if (!has_settled_in(node, cluster_.now())) return;
    node.backup.clear();
    const auto rows =
        market::write_backup(backup_secret, cheapest_scrypt, person_rng_, cluster_.time_of(at).wall,
                             node.engine->market().vault().content(), node.own_store,
                             [&node](base::ByteView bytes) -> base::Result<void> {
                                 base::append(node.backup, bytes);
                                 return {};
                             });
    if (!rows) return failures_.add(at, "its backup cannot be written: " + rows.error().text);
    node.backed_up = cluster_.now();
    events_.push(cluster_.now() + fault_rng_.between(Millis(120'000), Millis(600'000)),
                 DiskLost{at, ComesBack::by_backup});
}

void Disks::on(const DiskLost& event) {
    const auto& [at, by] = event;
    SimNode& node = nodes_[at];
    if (cluster_.clock().is_calm() || !has_settled_in(node, cluster_.now())) return;
    post_.on_disk_lost(at, by == ComesBack::by_backup ? node.backed_up : base::MonoTime{});
    cluster_.stop(at);
    node.person.reset();
    node.own_store = MemoryOwnStore();
    node.store.begin_anew();
    ++node.disks;
    node.comes_back = by;
    for (const std::uint32_t peer : node.peers)
        node.own_store.apply(known_peer(nodes_[peer].id, true, cluster_.clock().begin()));
    std::ignore = node.own_store.commit();
    cluster_.observers().tell<&Observer::on_disk_lost>(at);
    for (ItemNumber number = 0; number < oracle_.size(); ++number)
        if (oracle_[number].maker == at && !lost_.contains(number)) lost_.judge(number);
    ++disks_lost_;
    events_.push(cluster_.now() + fault_rng_.between(Millis(60'000), Millis(300'000)),
                 NodeStarts{at});
}

void Disks::come_back(std::uint32_t at) {
    SimNode& node = nodes_[at];
    if (node.comes_back == ComesBack::no || !node.online || !node.has_market()) return;
    base::Result<void> done;
    const bool kept = cluster_.ask(at, [&](market::Market& market, const market::Turn& turn) {
        done = node.comes_back == ComesBack::by_words ? market.recover(node.words, turn)
                                                      : restore(node, market, turn);
    });
    if (!done) failures_.add(at, "it does not come back: " + done.error().text);
    if (!kept) return events_.push(cluster_.now() + again, ReturnDue{at});
    node.comes_back = ComesBack::no;
    node.came_back = cluster_.now();
    ++came_back_;
}

base::Result<void> Disks::restore(const SimNode& node, market::Market& market,
                                  const market::Turn& turn) const {
    std::size_t from = 0;
    auto backup =
        market::read_backup(backup_secret, [&](std::size_t size) -> base::Result<base::Bytes> {
            const base::ByteView rest = base::ByteView(node.backup).subspan(from);
            const base::ByteView next = rest.first(std::min(size, rest.size()));
            from += next.size();
            return base::to_bytes(next);
        });
    if (!backup) return std::unexpected(backup.error());
    return market.restore(*std::move(backup), turn);
}

// ---- full ---------------------------------------------------------------------------------------

void Disks::on_full(std::uint32_t at) {
    cluster_.pause(at);
    ++disks_full_;
    events_.push(cluster_.now() + fault_rng_.between(Millis(10'000), Millis(60'000)),
                 DiskMended{{at, nodes_[at].life}});
}

void Disks::on(const DiskMended& event) {
    if (nodes_.live(event.of)) cluster_.resume(event.of.node);
}

void Disks::finish(Outcome& out) {
    if (disks_full_ > 0) out.add("disks_full", static_cast<double>(disks_full_));
    if (disks_lost_ == 0) return;
    out.add("disks_lost", static_cast<double>(disks_lost_));
    out.add("came_back", static_cast<double>(came_back_));
}

}  // namespace hearsay::sim
