// Disks that are lost or full, users who come back by their words or by a backup, and mail that its
// reader removes. What must hold then is in the header of world.hpp:
// S9 with what a lost disk takes along, S11, and liveness.
#include <algorithm>

#include "base/encoding.hpp"
#include "market/backup.hpp"
#include "market/records.hpp"
#include "sim/world.hpp"

namespace hearsay::sim {
namespace {

using base::Millis;
using market::Table;

constexpr Millis later(10'000);
// From a removal until nothing on the disk opens it, without a fault: a walk that is under way ends
// at the next tick, this one's begins there and ends at the one after.
constexpr Millis erased_within = 4 * turn::tick_interval;
// Who has just come back changes nothing until the node has found what is out.
constexpr Millis finds_within(600'000);

const base::Bytes backup_secret = base::to_bytes(std::string_view("battery staple"));

}  // namespace

bool World::is_in_use(std::uint32_t at) const {
    const SimNode& node = nodes_[at];
    return node.online && has_market(node) && !node.engine->is_paused() &&
           node.comes_back == ComesBack::no;
}

bool World::has_settled_in(std::uint32_t at) const {
    const SimNode& node = nodes_[at];
    return is_in_use(at) &&
           (node.came_back == base::MonoTime{} || now_ >= node.came_back + finds_within);
}

// ---- a disk that is lost ------------------------------------------------------------------------

void World::back_up(std::uint32_t at) {
    SimNode& node = nodes_[at];
    if (!has_settled_in(at)) return;
    node.backup.clear();
    const auto rows =
        market::write_backup(backup_secret, cheapest_scrypt, person_rng_, now_of(node).wall,
                             node.engine->market().vault().content(), node.own_store,
                             [&node](base::ByteView bytes) -> base::Result<void> {
                                 base::append(node.backup, bytes);
                                 return {};
                             });
    if (!rows) return fail(at, "its backup cannot be written: " + rows.error().text);
    node.backed_up = now_;
    events_.push(now_ + fault_rng_.between(Millis(120'000), Millis(600'000)),
                 DiskLost{at, ComesBack::by_backup});
}

// With the disk goes what was on its way out and nobody else holds.
void World::on(const DiskLost& event) {
    const auto [at, by] = event;
    SimNode& node = nodes_[at];
    if (calm_ || !has_settled_in(at)) return;
    post_.on_disk_lost(at, by == ComesBack::by_backup ? node.backed_up : base::MonoTime{});
    stop(at);
    node.person.reset();
    node.own_store = MemoryOwnStore();
    node.store.begin_anew();
    node.stored.clear();
    node.gone.clear();
    ++node.disks;
    node.comes_back = by;
    // Its address stays, and its user names the peers again.
    for (const std::uint32_t peer : node.peers) node.own_store.apply(known(nodes_[peer].id, true));
    std::ignore = node.own_store.commit();
    lost_items_.resize(oracle_.size());
    for (ItemNumber number = 0; number < oracle_.size(); ++number)
        if (origin_[number] == at && !is_held(number)) lost_items_[number] = true;
    ++disks_lost_;
    events_.push(now_ + fault_rng_.between(Millis(60'000), Millis(300'000)), NodeStarts{at});
}

bool World::is_held(ItemNumber number) const {
    const base::ItemId& id = oracle_[number].item->id;
    return std::ranges::any_of(nodes_, [&](const SimNode& node) {
        return node.connected && node.store.presence(id) == core::Presence::alive;
    });
}

// Into a node that just began. What was not kept, over a crash say, is tried again.
void World::come_back(std::uint32_t at) {
    SimNode& node = nodes_[at];
    if (node.comes_back == ComesBack::no || !node.online || !has_market(node)) return;
    base::Result<void> done;
    const bool kept = ask(at, [&](market::Market& market, const market::Turn& turn) {
        if (node.comes_back == ComesBack::by_words) {
            done = market.recover(node.words, turn);
            return;
        }
        std::size_t from = 0;
        auto backup =
            market::read_backup(backup_secret, [&](std::size_t size) -> base::Result<base::Bytes> {
                const base::ByteView rest = base::ByteView(node.backup).subspan(from);
                const base::ByteView next = rest.first(std::min(size, rest.size()));
                from += next.size();
                return base::to_bytes(next);
            });
        done = backup ? market.restore(*std::move(backup), turn) : std::unexpected(backup.error());
    });
    if (!done) fail(at, "it does not come back: " + done.error().text);
    if (!kept) return events_.push(now_ + later, ReturnDue{at});
    node.comes_back = ComesBack::no;
    node.came_back = now_;
    ++came_back_;
}

// ---- a disk that is full ------------------------------------------------------------------------

// As app/node/shell_disk.cpp: its links are closed, and its core begins anew once the disk allows.
// Answers to what was asked before are for nobody.
void World::pause(std::uint32_t at) {
    SimNode& node = nodes_[at];
    node.engine->pause();
    node.person->close();
    ++node.life;
    drop_links(at);
    ++disks_full_;
    events_.push(now_ + fault_rng_.between(Millis(10'000), Millis(60'000)),
                 DiskMended{{at, node.life}});
}

void World::on(const DiskMended& event) {
    if (!lives(event.of)) return;
    const std::uint32_t at = event.of.node;
    SimNode& node = nodes_[at];
    node.broken = Crash::no;
    node.since = now_;
    node.engine->resume(core_options(at));
    turn(at, core::NetworkReady{true});
    if (node.online) turn(at, core::TimerFired{});
}

// ---- mail that is removed -----------------------------------------------------------------------

void World::on(const MailRemovalDue& event) {
    SimNode& node = nodes_[event.node];
    const Sent& letter = post_[event.letter];
    if (calm_ || node.lost || letter.removed) return;
    if (!is_in_use(event.node)) return events_.push(now_ + later * 6, event);
    const market::Vault& vault = node.engine->market().vault();
    Forgotten gone{event.node, node.disks, now_, letter.id, {}, {}};
    gone.key = base::to_bytes(vault.blind(market::place_of(Table::inbox, letter.id.view())).view());
    gone.row = node.own_store.get(Table::inbox, gone.key).value_or(base::Bytes{});
    bool done = false;
    const bool kept = ask(event.node, [&](market::Market& market, const market::Turn& turn) {
        done = market.remove_mail(base::to_hex(letter.id), turn).has_value();
    });
    if (!kept || !done || gone.row.empty()) return;
    post_.on_removed(event.letter);
    forgotten_.push_back(std::move(gone));
    events_.push(now_ + erased_within, ErasureDue{forgotten_.size() - 1});
}

// S11, as whoever has the disk and its passphrase.
void World::on(const ErasureDue& event) {
    const Forgotten& gone = forgotten_[event.removed];
    const SimNode& node = nodes_[gone.node];
    if (node.disks != gone.disk || node.lost) return;  // a backup brings keys of its day back
    const base::MonoTime due = std::max(gone.at, node.since) + erased_within;
    if (!is_in_use(gone.node) || due > now_)
        return events_.push(std::max(due, now_ + later), event);
    const market::Vault vault = node.person->saved_vault();
    if (vault.open_shredded(market::place_of(Table::inbox, gone.key), gone.row))
        return fail(gone.node, "S11: a mail that its reader removed still opens");
    ++erased_;
}

// ---- the end ------------------------------------------------------------------------------------

// What is out is known to who made it, whatever its disk went through.
std::optional<std::string> World::unfound() const {
    if (disks_lost_ == 0) return std::nullopt;
    for (const OwnOffer& offer : offers_) {
        const SimNode& node = nodes_[offer.maker];
        const auto newest = newest_.find(offer.thing);
        if (!node.connected || !has_market(node) || newest == newest_.end()) continue;
        const ItemNumber number = newest->second;
        if (!oracle_.is_live(number, truth()) || oracle_[number].removal || !is_held(number))
            continue;
        const auto own = node.engine->market().own_offers(node.own_store);
        if (std::ranges::none_of(own, [&](const auto& view) { return view.thing == offer.thing; }))
            return "liveness: node " + std::to_string(offer.maker) +
                   " does not know its own item " + std::to_string(number);
    }
    return std::nullopt;
}

void World::finish_recovery(Outcome& out) const {
    if (disks_full_ > 0) out.extra.emplace_back("disks_full", static_cast<double>(disks_full_));
    if (disks_lost_ == 0) return;
    out.extra.emplace_back("disks_lost", static_cast<double>(disks_lost_));
    out.extra.emplace_back("came_back", static_cast<double>(came_back_));
    out.extra.emplace_back("mails_erased", static_cast<double>(erased_));
}

}  // namespace hearsay::sim
