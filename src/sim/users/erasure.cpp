#include "sim/users/erasure.hpp"

#include <algorithm>

#include "base/encoding.hpp"
#include "market/records.hpp"

namespace hearsay::sim {
namespace {

using base::Millis;
using market::Table;

constexpr Millis remove_again(60'000);
constexpr Millis look_again(10'000);
constexpr Millis erased_within = 4 * turn::tick_interval;

}  // namespace

void Erasure::on(const MailRemovalDue& event) {
    SimNode& node = cluster_.nodes()[event.node];
    const Sent& letter = post_[event.letter];
    if (cluster_.clock().is_calm() || node.lost || letter.removed) return;
    if (!node.is_in_use()) return cluster_.events().push(cluster_.now() + remove_again, event);
    const market::Vault& vault = node.engine->market().vault();
    Removed gone{event.node, node.disks, cluster_.now(), letter.id, {}, {}};
    gone.key = base::to_bytes(vault.blind(market::place_of(Table::inbox, letter.id.view())).view());
    gone.row = node.own_store.get(Table::inbox, gone.key).value_or(base::Bytes{});
    bool done = false;
    const bool kept =
        cluster_.ask(event.node, [&](market::Market& market, const market::Turn& turn) {
            done = market.remove_mail(base::to_hex(letter.id), turn).has_value();
        });
    if (!kept || !done || gone.row.empty()) return;
    post_.on_removed(event.letter);
    removed_.push_back(std::move(gone));
    cluster_.events().push(cluster_.now() + erased_within, ErasureDue{removed_.size() - 1});
}

void Erasure::on(const ErasureDue& event) {
    const Removed& gone = removed_[event.removed];
    const SimNode& node = cluster_.nodes()[gone.node];
    if (node.disks != gone.disk || node.lost) return;
    const base::MonoTime due = std::max(gone.at, node.since) + erased_within;
    if (!node.is_in_use() || due > cluster_.now())
        return cluster_.events().push(std::max(due, cluster_.now() + look_again), event);
    const market::Vault vault = node.person->saved_vault();
    if (vault.open_shredded(market::place_of(Table::inbox, gone.key), gone.row))
        return failures_.add(gone.node, "S11: a mail that its reader removed still opens");
    ++erased_;
}

void Erasure::finish(Outcome& out) {
    if (disks_were_lost_) out.add("mails_erased", static_cast<double>(erased_));
}

}  // namespace hearsay::sim
