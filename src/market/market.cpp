// Beginning, identities, and what both offers and mail need. Offers: market_offers.cpp; mail: market_send.cpp
// and market_inbox.cpp; the end of things: market_expiry.cpp.
#include "market/market.hpp"

#include <bit>

#include "base/encoding.hpp"
#include "base/ensure.hpp"
#include "base/limits/person.hpp"
#include "crypto/ed25519.hpp"
#include "market/records.hpp"

namespace hearsay::market {
namespace {

namespace limits = base::limits;

const base::Bytes position_key = base::to_bytes("mail_position");

base::PublisherKey persona_key(const Vault& vault, std::uint32_t index) {
    return base::PublisherKey{crypto::ed25519_public_key(vault.persona_seed(index)).data};
}

}  // namespace

Market::Market(item::Network network, Vault vault, base::Rng rng, MarketSettings settings)
    : network_(network), vault_(std::move(vault)), rng_(std::move(rng)), settings_(settings) {}

base::Result<void> Market::start(const Turn& turn) {
    if (auto ours = claim_store(turn.store); !ours) return ours;
    if (auto loaded = load(turn.store); !loaded) return loaded;
    ChangeRecords records(vault_, turn.store, rng_);
    // Should an older vault file have been put back: the store still knows which personas were given.
    if (const auto newest = newest_given()) vault_.reserve_personas(*newest + 1);
    if (!personas_.empty() && Vault::is_imported(*personas_.rbegin()))
        vault_.reserve_imported(*personas_.rbegin() + 1);
    keep_trade_mailboxes(turn.now);  // before advance_vault(): it destroys what is over
    advance_vault(turn.now);
    ensure_identity(turn);
    Effects later;  // what renews may extend or make a mailbox, which is saved before
    const Turn after{turn.now, turn.store, turn.flood, later};
    renew_ratings(after);
    expire(after);
    if (vault_changed_) save_vault(turn.out);
    std::move(later.begin(), later.end(), std::back_inserter(turn.out));
    if (auto resumed = resume(turn); !resumed) return resumed;

    const auto position = records.load<records::MailPosition>(Table::meta, position_key);
    flood_life_ = turn.flood.life();
    if (position && position->life() == flood_life_) {
        search_.begin(position->position());
        saved_position_ = position->position();
    }
    spread_overdue_removals(turn.now);
    wake_waiting();
    search(turn);
    begin_recovery(turn);
    return {};
}

// Nothing of an earlier start is left: after a commit that failed, memory knows what was never kept.
void Market::forget_all() {
    things_.clear();
    sent_.clear();
    trades_.clear();
    inbox_.clear();
    mailboxes_.clear();
    friends_.clear();
    removals_.clear();
    due_.clear();
    personas_.clear();
    own_items_.clear();
    seen_.clear();
    waiting_.clear();
    awake_.clear();
    kept_.clear();
    removed_mail_.clear();
    removed_trades_.clear();
    key_erasure_ = KeyErasure{};
    scan_.reset();
    unread_ = 0;
    search_ = MailSearch{};
    saved_position_.reset();
    keys_ = nullptr;
    // The vault file may be older than the vault, too.
    vault_changed_ = started_;
    started_ = true;
}

base::Result<void> Market::load(const OwnStore& store) {
    forget_all();
    const Records records(vault_, store);
    bool sound = records.each<records::Persona>(Table::personas, [&](const records::Persona& record) {
        personas_.insert(record.index());
        if (record.kept()) kept_.insert(record.index());
    });
    sound &= records.each<records::Mailbox>(Table::mailboxes, [&](const records::Mailbox& record) {
        const auto key = get_id<base::MailboxKey>(record.key());
        if (!key) return;
        Mailbox& entry = mailboxes_[*key];
        if (record.has_persona()) entry.persona = record.persona();
        entry.peer = get_id<base::MailboxKey>(record.peer());
        entry.main = record.main();
        entry.created = time_of(record.created());
        entry.purpose = record.purpose();
        entry.rule = {static_cast<SenderRule>(record.rule()), record.stamp_bits(), record.strangers_max()};
        entry.refused = record.refused();
        entry.next_ticket = record.next_ticket();
        entry.open_tickets.assign(record.open_tickets().begin(), record.open_tickets().end());
    });
    sound &= records.each<records::OwnPublication>(Table::publications,
                                                   [&](const records::OwnPublication& record) {
                                                       if (const auto id = get_id<item::ThingId>(record.id()))
                                                           note_thing(*id, record);
                                                   });
    sound &= records.each<records::Trade>(Table::trades,
                                          [&](const records::Trade& record) { note_trade(record); });
    sound &= records.each<records::SentMail>(Table::outbox, [&](const records::SentMail& record) {
        if (const auto id = get_id<MessageId>(record.letter().message_id())) note_sent(*id, record);
    });
    sound &= records.each<records::ReceivedMail>(Table::inbox, [&](const records::ReceivedMail& record) {
        const auto id = get_id<MessageId>(record.letter().message_id());
        if (!id) return;
        Received& entry = inbox_[*id];
        entry.received = time_of(record.received());
        entry.read = record.read();
        if (record.stranger()) entry.stranger_in = get_id<base::MailboxKey>(record.mailbox());
        // That persona may be gone, and its index never given to another.
        if (Vault::is_imported(record.persona())) vault_.reserve_imported(record.persona() + 1);
        if (record.receipt_due() != 0) due_.emplace(time_of(record.receipt_due()), *id);
        if (!record.read()) ++unread_;
    });
    sound &= records.each<records::Removal>(Table::removals, [&](const records::Removal& record) {
        if (const auto mail = get_id<base::ItemId>(record.mail())) note_removal(*mail, record);
    });
    sound &= records.each<records::Friend>(Table::friends, [&](const records::Friend& record) {
        if (const auto persona = get_id<base::PublisherKey>(record.persona()))
            friends_[*persona] = record.name();
    });
    sound &= records.each<records::SeenMail>(Table::seen_mail, [&](const records::SeenMail& record) {
        if (const auto id = get_id<base::ItemId>(record.item())) {
            if (const auto mailbox = get_id<base::MailboxKey>(record.waits_in()))
                waiting_[*id] = {time_of(record.expires()), *mailbox, record.waits_for_inbox()};
            else
                seen_[*id] = time_of(record.expires());
        }
        if (const auto id = get_id<trade::TradeId>(record.trade()))
            removed_trades_[*id] = {time_of(record.expires()), get_id<base::MailboxKey>(record.mailbox())};
        const auto message = get_id<MessageId>(record.message());
        if (!message) return;
        removed_mail_[*message] = time_of(record.expires());
        if (record.receipt_due() != 0) due_.emplace(time_of(record.receipt_due()), *message);
    });
    if (sound) return {};
    return base::fail(
        base::ErrorCode::corrupt,
        "a record of the own store does not open: it is damaged, or sealed with other keys than these");
}

base::Result<void> Market::resume(const Turn& turn) {
    const Records records(vault_, turn.store);
    const auto again = [&](const wire::Item& kept, bool worked, std::uint32_t injected) {
        auto read = item::read(get_item(kept), network_);
        if (!read) return false;
        if (worked)
            turn.out.push_back(Submit{*read, injected});
        else
            turn.out.push_back(FindWork{(*read)->id, item::required_work(**read)});
        return true;
    };
    bool sound = true;
    for (const auto& [thing, own] : things_) {
        if (own.over || own.expires <= turn.now) continue;
        const auto record = records.load<records::OwnPublication>(Table::publications, thing.view());
        if (record && record->has_item()) sound &= again(record->item(), own.worked, own.spread.injected);
    }
    for (const auto& [id, sent] : sent_) {
        if (sent.over || sent.expires <= turn.now) continue;
        const auto record = records.load<records::SentMail>(Table::outbox, id.view());
        if (!record) continue;
        if (record->has_item())
            sound &= again(record->item(), sent.worked, sent.spread.injected);
        else
            turn.out.push_back(FindWork{sent.item, stamp_trials(record->stamp_bits())});
    }
    for (const auto& [mail, removal] : removals_) {
        if (!removal.item || removal.expires <= turn.now) continue;
        const auto record = records.load<records::Removal>(Table::removals, mail.view());
        if (record) sound &= again(record->item(), removal.worked, removal.injected);
    }
    if (sound) return {};
    return base::fail(base::ErrorCode::corrupt,
                      "an own item does not read: this store belongs to another network");
}

// The persona and the mailbox to give to anybody. The mailbox is replaced from time to time: an address that
// was passed on stays good for a while, its key does not stay for ever.
void Market::ensure_identity(const Turn& turn) {
    ChangeRecords records(vault_, turn.store, rng_);
    constexpr std::uint32_t main_persona = 0;  // the same after a recovery
    if (!personas_.contains(main_persona)) {
        vault_.reserve_personas(main_persona + 1);
        records::Persona record;
        set_id(record.mutable_key(), persona_key(vault_, main_persona));
        record.set_purpose("main");
        record.set_created(seconds_of(turn.now));
        record.set_index(main_persona);
        records.save(Table::personas, base::big_endian(main_persona), record);
        personas_.insert(main_persona);
        vault_changed_ = true;
    }
    const bool has_main = std::any_of(mailboxes_.begin(), mailboxes_.end(), [&](const auto& entry) {
        const auto secret = vault_.mailboxes().find(entry.first);
        return entry.second.main && secret != vault_.mailboxes().end() &&
               secret->second.created + main_mailbox_max > turn.now;
    });
    if (!has_main && !mailbox_problem())
        keep_mailbox(fresh_mailbox(turn.now, turn.now + mailbox_life_max),
                     {main_persona, std::nullopt, true, turn.now, "main"}, records);
}

void Market::advance_vault(base::WallTime now) {
    if (!vault_.advance(now)) return;
    vault_changed_ = true;
    keys_ = nullptr;
}

void Market::save_vault(Effects& out) {
    out.emplace_back(std::in_place_type<SaveVault>);  // a temporary one makes g++ 12 warn
    vault_changed_ = false;
}

std::uint32_t Market::fresh_persona(const std::string& purpose, const Turn& turn) {
    ChangeRecords records(vault_, turn.store, rng_);
    vault_.reserve_personas(Vault::persona_floor(turn.now));
    const std::uint32_t index = vault_.new_persona();
    vault_changed_ = true;
    ENSURE(personas_.insert(index).second, "a persona was given twice");
    records::Persona record;
    set_id(record.mutable_key(), persona_key(vault_, index));
    record.set_purpose(purpose);
    record.set_created(seconds_of(turn.now));
    record.set_index(index);
    records.save(Table::personas, base::big_endian(index), record);
    return index;
}

// Passes over keys that the store knows: after an older vault file was put back they would be given again.
base::MailboxKey Market::fresh_mailbox(base::WallTime now, base::WallTime destroy_after) {
    vault_changed_ = true;
    while (true) {
        const base::MailboxKey key = vault_.new_mailbox(now, destroy_after);
        if (!mailboxes_.contains(key)) return key;
    }
}

void Market::keep_mailbox(const base::MailboxKey& key, const Mailbox& mailbox, ChangeRecords& records) {
    records::Mailbox record;
    set_id(record.mutable_key(), key);
    record.set_purpose(mailbox.purpose);
    if (mailbox.persona) record.set_persona(*mailbox.persona);
    if (mailbox.peer) set_id(record.mutable_peer(), *mailbox.peer);
    record.set_main(mailbox.main);
    record.set_created(seconds_of(mailbox.created));
    record.set_rule(static_cast<std::uint32_t>(mailbox.rule.who));
    record.set_stamp_bits(mailbox.rule.stamp_bits);
    record.set_strangers_max(mailbox.rule.strangers_max);
    record.set_refused(mailbox.refused);
    record.set_next_ticket(mailbox.next_ticket);
    for (const std::uint32_t number : mailbox.open_tickets) record.add_open_tickets(number);
    records.save(Table::mailboxes, key.view(), record);
    mailboxes_[key] = mailbox;
    keys_ = nullptr;
}

// One that came back from the words has no record: whatever tickets it may have given are good, and whatever stamp it
// may have asked for.
Market::Mailbox Market::mailbox_of(const base::MailboxKey& key) const {
    if (const auto known = mailboxes_.find(key); known != mailboxes_.end()) return known->second;
    Mailbox out;
    out.purpose = "recovered";
    out.rule.stamp_bits = 1;
    if (const auto secret = vault_.mailboxes().find(key); secret != vault_.mailboxes().end())
        out.created = secret->second.created;
    out.open_more_tickets(tickets_unknown);
    return out;
}

std::optional<std::string> Market::mailbox_problem() const {
    if (vault_.mailboxes().size() < limits::mailbox_keys_max) return std::nullopt;
    return "there are " + std::to_string(limits::mailbox_keys_max) +
           " mailboxes already, and every mail is tried with each; they go when their offers and mails are "
           "over";
}

item::ReadPtr Market::read_own(item::Item item) const {
    auto read = item::read(std::move(item), network_);
    ENSURE(read.has_value(), "an item of our own making breaks the rules");
    return *read;
}

std::vector<PersonaView> Market::personas(const OwnStore& store) const {
    std::vector<PersonaView> out;
    const Records records(vault_, store);
    for (std::uint32_t index : personas_) {
        const auto record = records.load<records::Persona>(Table::personas, base::big_endian(index));
        const auto key = record ? get_id<base::PublisherKey>(record->key()) : std::nullopt;
        if (key)
            out.push_back({*key, record->purpose(), time_of(record->created()), record->name(),
                           record->kept(), record->retired()});
    }
    return out;
}

Counts Market::counts(const OwnStore&) const {
    const auto pending = [](const auto& entry) { return entry.second.pending; };
    const auto waiting = std::count_if(things_.begin(), things_.end(), pending) +
                         std::count_if(sent_.begin(), sent_.end(), pending);
    return {unread_, static_cast<std::uint32_t>(waiting)};
}

std::shared_ptr<const std::vector<std::pair<base::MailboxKey, base::Secret>>> Market::keys() {
    if (!keys_) {
        std::vector<std::pair<base::MailboxKey, base::Secret>> all;
        all.reserve(vault_.mailboxes().size());
        for (const auto& [key, mailbox] : vault_.mailboxes()) all.emplace_back(key, mailbox.secret);
        keys_ =
            std::make_shared<const std::vector<std::pair<base::MailboxKey, base::Secret>>>(std::move(all));
    }
    return keys_;
}

void Market::search(const Turn& turn) {
    for (item::ReadPtr& mail : search_.next(turn.flood)) {
        if (seen_.contains(mail->id))
            search_.on_answered(mail->id);
        else
            turn.out.push_back(TryOpen{std::move(mail), keys()});
    }
    try_waiting(turn);
    const core::Position position = search_.safe_position();
    if (saved_position_ == position) return;
    records::MailPosition record;
    record.set_life(flood_life_);
    record.set_position(position);
    ChangeRecords(vault_, turn.store, rng_).save(Table::meta, position_key, record);
    saved_position_ = position;
}

void Market::on_work_found(const base::ItemId& id, std::uint64_t nonce, const Turn& turn) {
    const auto own = own_items_.find(id);
    if (own == own_items_.end()) return;  // cancelled meanwhile
    const OwnId named = own->second;      // a copy: note_*() changes own_items_
    ChangeRecords records(vault_, turn.store, rng_);
    const auto use = [&](auto& record) {
        record.mutable_item()->set_nonce(nonce);
        record.set_worked(true);
        turn.out.push_back(Submit{read_own(get_item(record.item()))});
    };
    if (const auto* thing = std::get_if<item::ThingId>(&named)) {
        auto record = records.load<records::OwnPublication>(Table::publications, thing->view());
        if (!record || time_of(record->expires()) <= turn.now || record->worked()) return;
        use(*record);
        record->set_out(true);
        records.save(Table::publications, thing->view(), *record);
        note_thing(*thing, *record);
    } else if (const auto* message = std::get_if<MessageId>(&named)) {
        on_stamp_or_work(*message, nonce, turn);
    } else {
        const base::ItemId mail = std::get<RemovalOf>(named).mail;
        auto record = records.load<records::Removal>(Table::removals, mail.view());
        if (!record || time_of(record->expires()) <= turn.now || record->worked()) return;
        use(*record);
        records.save(Table::removals, mail.view(), *record);
        note_removal(mail, *record);
    }
}

void Market::on_own_item_injected(const base::ItemId& id, std::uint32_t times, const Turn& turn) {
    const auto own = own_items_.find(id);
    if (own == own_items_.end()) return;
    const OwnId named = own->second;  // a copy, as above
    ChangeRecords records(vault_, turn.store, rng_);
    Spread spread = spread_of(named);
    const bool first = spread == Spread{};
    spread.injected = std::max(spread.injected, times);
    set_spread(named, spread, true, records);
    const auto* message = std::get_if<MessageId>(&named);
    if (message && first && !sent_.at(*message).receipt)
        turn.out.push_back(Tell{Happening::mail_state, base::to_hex(*message), "injected"});
}

void Market::on_own_item_heard(const base::ItemId& id, std::size_t peers, const Turn& turn) {
    const auto own = own_items_.find(id);
    if (own == own_items_.end()) return;
    const OwnId named = own->second;  // a copy, as above
    ChangeRecords records(vault_, turn.store, rng_);
    if (const auto* removal = std::get_if<RemovalOf>(&named)) return drop_removal(removal->mail, turn);
    Spread spread = spread_of(named);
    const std::uint32_t before = spread.heard;
    if (peers <= before) return;  // after a new start the core counts anew
    spread.heard = static_cast<std::uint32_t>(peers);
    set_spread(named, spread, std::has_single_bit(spread.heard) || before == 0, records);
    const auto* message = std::get_if<MessageId>(&named);
    if (message && before == 0 && !sent_.at(*message).receipt)
        turn.out.push_back(Tell{Happening::mail_state, base::to_hex(*message), "heard"});
}

Spread Market::spread_of(const OwnId& own) const {
    if (const auto* thing = std::get_if<item::ThingId>(&own)) return things_.at(*thing).spread;
    if (const auto* message = std::get_if<MessageId>(&own)) return sent_.at(*message).spread;
    return {removals_.at(std::get<RemovalOf>(own).mail).injected, 0};
}

void Market::set_spread(const OwnId& own, const Spread& spread, bool durable, ChangeRecords& records) {
    const auto set = [&](auto& entry) {
        entry.spread = spread;
        entry.pending = entry.pending && spread.heard == 0;
    };
    const auto save = [&](Table table, const auto& key, auto record) {
        if (!record) return;
        record->set_injected(spread.injected);
        record->set_heard(spread.heard);
        records.save(table, key.view(), *record);
    };
    if (const auto* thing = std::get_if<item::ThingId>(&own)) {
        set(things_.at(*thing));
        if (durable)
            save(Table::publications, *thing,
                 records.load<records::OwnPublication>(Table::publications, thing->view()));
    } else if (const auto* id = std::get_if<MessageId>(&own)) {
        set(sent_.at(*id));
        if (durable) save(Table::outbox, *id, records.load<records::SentMail>(Table::outbox, id->view()));
    } else {
        const base::ItemId mail = std::get<RemovalOf>(own).mail;
        auto record = records.load<records::Removal>(Table::removals, mail.view());
        if (!record) return;
        record->set_injected(spread.injected);
        records.save(Table::removals, mail.view(), *record);
        removals_.at(mail).injected = spread.injected;
    }
}

}  // namespace hearsay::market
