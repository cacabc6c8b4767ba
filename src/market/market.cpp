// What concerns several rooms: a start, a tick, what happened in the network.
#include "market/market.hpp"

#include "base/encoding.hpp"
#include "market.pb.h"
#include "market/rooms.hpp"

namespace hearsay::market {

Market::Market(item::Network network, Vault vault, base::Rng rng, MarketSettings settings)
    : common_(new Common{network, std::move(vault), std::move(rng), settings}),
      rooms_(std::make_unique<Rooms>(*common_)) {}
Market::Market(Market&&) noexcept = default;
Market& Market::operator=(Market&&) noexcept = default;
Market::~Market() = default;

base::Result<void> Market::load(const OwnStore& store) {
    rooms_ = std::make_unique<Rooms>(*common_);
    // The vault file may be older than the vault, too.
    common_->vault_changed = started_;
    started_ = true;
    bool sound = rooms_->identity.load(store);
    sound &= rooms_->publications.load(store);
    sound &= rooms_->lists.load(store);
    sound &= rooms_->watches.load(store);
    sound &= rooms_->mail.load(store);
    sound &= rooms_->trades.load(store);
    if (sound) return {};
    return base::fail(base::ErrorCode::corrupt,
                      "a record of the own store does not open: it is damaged, or sealed with "
                      "other keys than these");
}

base::Result<void> Market::start(const Turn& turn) {
    if (auto ours = claim_store(turn.store); !ours) return ours;
    if (auto loaded = load(turn.store); !loaded) return loaded;
    Rooms& rooms = *rooms_;
    rooms.identity.reserve_given();
    rooms.trades.extend_mailboxes(turn.now);  // before advance_vault(): it destroys what is over
    rooms.identity.advance_vault(turn.now);
    rooms.identity.ensure(turn);
    Effects later;  // what renews may extend or make a mailbox, which is saved before
    const Turn after{turn.now, turn.store, turn.flood, later};
    rooms.lists.look_for_subscribed(after);
    rooms.publications.renew(after);
    expire(after);
    if (common_->vault_changed) rooms.identity.save_vault(turn.out);
    std::move(later.begin(), later.end(), std::back_inserter(turn.out));
    bool sound = rooms.publications.resume(turn);
    sound &= rooms.mail.resume(turn);
    if (!sound)
        return base::fail(base::ErrorCode::corrupt,
                          "an own item does not read: this store belongs to another network");
    rooms.mail.inbox.begin_walk(turn);
    rooms.mail.removals.spread_overdue(turn.now);
    rooms.mail.inbox.wake_waiting();
    rooms.mail.inbox.walk(turn);
    rooms.publications.begin_recovery(turn);
    return {};
}

void Market::on_tick(const Turn& turn) {
    Rooms& rooms = *rooms_;
    rooms.trades.extend_mailboxes(turn.now);  // before advance_vault(): it destroys what is over
    rooms.publications.renew(turn);
    rooms.identity.advance_vault(turn.now);
    rooms.identity.ensure(turn);
    Effects later;  // the vault is saved before what depends on it
    const Turn after{turn.now, turn.store, turn.flood, later};
    expire(after);
    rooms.publications.warn(after);
    rooms.watches.begin_round(after);
    rooms.mail.run_due(after);
    tick_keys(after);
    if (common_->vault_changed) rooms.identity.save_vault(turn.out);
    std::move(later.begin(), later.end(), std::back_inserter(turn.out));
    rooms.mail.inbox.wake_waiting();
    rooms.mail.inbox.look_again();
}

void Market::expire(const Turn& turn) {
    rooms_->publications.expire(turn);
    rooms_->lists.expire(turn);
    rooms_->mail.expire(turn);
    std::set<std::uint32_t> used = rooms_->publications.personas();
    used.merge(rooms_->mail.outbox.personas());
    used.merge(rooms_->trades.personas());
    rooms_->identity.forget_unused(std::move(used), turn);
    rooms_->mail.senders.forget_silent(turn);
    rooms_->trades.forget_removed(turn);
    rooms_->mail.inbox.expire(turn);
}

// After expire(): keys that nothing needs any more.
void Market::tick_keys(const Turn& turn) {
    Vault& vault = common_->vault;
    bool dropped = rooms_->key_erasure.finish(vault, turn.store, turn.now);
    rooms_->key_erasure.begin(vault, common_->rng);
    dropped |= rooms_->identity.drop_unused_imported();
    rooms_->mail.inbox.expire_marks(turn);
    if (const auto recovered = vault.recovered();
        recovered && *recovered + mailbox_life_max <= turn.now) {
        vault.end_recovery();
        rooms_->publications.end_recovery();
        dropped = true;
    }
    rooms_->publications.look_again();
    if (dropped) rooms_->identity.save_vault(turn.out);
}

void Market::on_work_found(const base::ItemId& id, std::uint64_t nonce, const Turn& turn) {
    if (ItemOwner* owner = rooms_->items.owner_of(id)) owner->on_work_found(id, nonce, turn);
}

void Market::on_own_item_injected(const base::ItemId& id, std::uint32_t times, const Turn& turn) {
    if (ItemOwner* owner = rooms_->items.owner_of(id)) owner->on_injected(id, times, turn);
}

void Market::on_own_item_heard(const base::ItemId& id, std::size_t peers, const Turn& turn) {
    if (ItemOwner* owner = rooms_->items.owner_of(id)) owner->on_heard(id, peers, turn);
}

void Market::on_own_item_lost(const base::ItemId& id, const Turn& turn) {
    if (ItemOwner* owner = rooms_->items.owner_of(id)) owner->on_too_cheap(id, true, turn);
}

const item::Floors& Market::price() const {
    return common_->price;
}

void Market::on_price(const item::Floors& levels, const Turn& turn) {
    const bool rose = item::exceeds(levels, common_->price);
    common_->price = levels;
    const bool fell = has_fallen();
    if (!rose && !fell) return;
    const std::map<base::ItemId, ItemOwner*> items = rooms_->items.all();
    for (const auto& [id, owner] : items) {
        if (rose) owner->on_too_cheap(id, false, turn);
        if (fell) owner->on_cheaper(id, turn);
    }
}

// To half the work or less since searches began: what is sought still is found sooner if that
// begins anew. Less often it would not be worth forgetting how far it has come.
bool Market::has_fallen() {
    constexpr unsigned doubling = 4;
    bool fell = false;
    for (std::size_t at = 0; at < item::store_classes; ++at) {
        const item::Level price = common_->price[at];     // total: as many as classes
        item::Level& searched = common_->work_price[at];  // total: likewise
        const bool halved = price + doubling <= searched;
        fell = fell || halved;
        searched = halved ? price : std::max(searched, price);
    }
    return fell;
}

void Market::on_item_stored(const item::ReadPtr& item, const Turn& turn, core::Pile lane) {
    if (item->header.kind == item::kind_mail) return rooms_->mail.inbox.on_stored(item, lane, turn);
    if (item->removes) {
        if (ItemOwner* owner = rooms_->items.owner_of(*item->removes))
            owner->on_removed_by_reader(*item->removes, turn);
        return;
    }
    rooms_->publications.on_stored(*item, turn);
    rooms_->watches.on_stored();
    rooms_->mail.outbox.on_stored(*item, turn);
}

void Market::on_opened(const item::ReadPtr& mail, const base::MailboxId& mailbox,
                       const Letter& letter, const Turn& turn) {
    if (!rooms_->mail.inbox.on_opened(*mail, mailbox, letter, turn)) return;
    // What a trade took is told of as that: its messages are no letters to the person.
    if (!letter.trade.empty() && rooms_->trades.on_letter(letter, mailbox, turn)) return;
    turn.out.push_back(Tell{Happening::mail_arrived, base::to_hex(letter.id), letter.subject});
}

Counts Market::counts() const {
    const std::size_t waiting = rooms_->publications.pending() + rooms_->mail.outbox.pending();
    return {rooms_->mail.inbox.unread(), static_cast<std::uint32_t>(waiting),
            static_cast<std::uint32_t>(rooms_->trades.turns())};
}

}  // namespace hearsay::market
