// What is done some time after a mail came: its removal from the network, and the receipt for it.
#include "base/encoding.hpp"
#include "base/limits/person.hpp"
#include "item/make.hpp"
#include "market/letter_body.hpp"
#include "market/market.hpp"
#include "market/records.hpp"

namespace hearsay::market {

namespace limits = base::limits;

namespace {

// How old a mail may be that did not wait for us: `created` is rounded down to ten minutes, and a flood takes its time.
constexpr base::Seconds removal_slack{20 * 60};

}  // namespace

std::optional<base::WallTime> Market::next_due() const {
    if (due_.empty()) return std::nullopt;
    return due_.begin()->first;
}

base::WallTime Market::at_random(base::WallTime now, base::Seconds within) {
    return now + base::Seconds(1 + rng_.below(static_cast<std::uint64_t>(
                                       std::max<base::Seconds::rep>(within.count(), 1))));
}

// ---- removals ----------------------------------------------------------------------------------

void Market::remove_read(const item::Read& mail, const base::Secret& secret, const Turn& turn) {
    ChangeRecords records(vault_, turn.store, rng_);
    if (settings_.remove_within == base::Seconds(0)) return;
    // Mails that waited for us and all end soon after we came would be seen to have one reader.
    const bool waited = mail.header.created + settings_.remove_within + removal_slack < turn.now;
    const base::Seconds within = waited
                                     ? std::max(settings_.remove_within, (mail.header.expires - turn.now) / 2)
                                     : settings_.remove_within;
    const base::WallTime due = at_random(turn.now, within);
    // Otherwise it expires by itself, sooner or with nobody the wiser.
    if (due < mail.header.expires && removals_.size() < limits::read_removals_max)
        remove_later(mail.item, secret, mail.header.expires, due, records);
}

bool Market::remove_later(const item::Item& mail, const base::Secret& secret, base::WallTime expires,
                          base::WallTime due, ChangeRecords& records) {
    const base::ItemId id = item::id_of(mail.header, {});
    if (const auto known = removals_.find(id); known != removals_.end()) {
        if (!known->second.item) due_.emplace(due, RemovalOf{id});  // whichever time is the sooner
        return true;
    }
    if (removals_.size() >= limits::mail_removals_max) return false;
    records::Removal record;
    set_id(record.mutable_mail(), id);
    record.set_header(base::to_text(mail.header));
    set_id(record.mutable_secret(), secret);
    record.set_due(seconds_of(due));
    record.set_expires(seconds_of(expires));
    records.save(Table::removals, id.view(), record);
    note_removal(id, record);
    return true;
}

// Those that became due while we were away would all go at once.
void Market::spread_overdue_removals(base::WallTime now) {
    std::multimap<base::WallTime, Due> later;
    for (auto at = due_.begin(); at != due_.end() && at->first <= now;) {
        const bool removal = std::holds_alternative<RemovalOf>(at->second);
        if (removal) later.emplace(at_random(now, settings_.remove_within), at->second);
        at = removal ? due_.erase(at) : std::next(at);
    }
    due_.merge(later);
}

void Market::note_removal(const base::ItemId& mail, const records::Removal& record) {
    OwnRemoval& removal = removals_[mail];
    removal.expires = time_of(record.expires());
    removal.worked = record.worked();
    removal.injected = record.injected();
    if (!record.has_item()) {
        due_.emplace(time_of(record.due()), RemovalOf{mail});
        return;
    }
    removal.item = item::id_of(base::as_bytes(record.item().header()), {});
    own_items_[*removal.item] = RemovalOf{mail};
}

void Market::drop_removal(const base::ItemId& mail, const Turn& turn) {
    ChangeRecords records(vault_, turn.store, rng_);
    const auto at = removals_.find(mail);
    if (at == removals_.end()) return;
    if (at->second.item) {
        if (!at->second.worked) turn.out.push_back(CancelWork{*at->second.item});
        own_items_.erase(*at->second.item);
    }
    records.erase(Table::removals, mail.view());
    removals_.erase(at);
}

void Market::make_removal(const base::ItemId& mail, const Turn& turn) {
    ChangeRecords records(vault_, turn.store, rng_);
    auto record = records.load<records::Removal>(Table::removals, mail.view());
    if (!record || record->has_item()) return;
    if (time_of(record->expires()) <= turn.now) return drop_removal(mail, turn);  // due while we slept
    const auto secret = get_id<base::Secret>(record->secret());
    if (!secret) return drop_removal(mail, turn);
    // The header is somebody else's, so the removal of it is read like what comes from others.
    const auto read = item::read(
        item::make_removal(network_, turn.now, base::as_bytes(record->header()), *secret), network_);
    if (!read) return drop_removal(mail, turn);
    const item::ReadPtr& made = *read;
    set_item(record->mutable_item(), made->item);
    record->clear_header();
    record->clear_secret();
    records.save(Table::removals, mail.view(), *record);
    note_removal(mail, *record);
    turn.out.push_back(FindWork{made->id, item::required_work(*made)});
}

void Market::expire_removals(const Turn& turn) {
    std::vector<base::ItemId> gone;
    for (const auto& [mail, removal] : removals_)
        if (removal.expires <= turn.now) gone.push_back(mail);
    for (const base::ItemId& mail : gone) drop_removal(mail, turn);
}

// ---- what is due -------------------------------------------------------------------------------

void Market::run_due(const Turn& turn) {
    std::vector<MessageId> receipts;
    while (!due_.empty() && due_.begin()->first <= turn.now) {
        const Due due = due_.begin()->second;
        due_.erase(due_.begin());
        if (const auto* message = std::get_if<MessageId>(&due))
            receipts.push_back(*message);
        else
            make_removal(std::get<RemovalOf>(due).mail, turn);
    }
    write_receipts(receipts, turn);
}

// One for all that are due and go to the same mailbox.
void Market::write_receipts(const std::vector<MessageId>& due, const Turn& turn) {
    ChangeRecords records(vault_, turn.store, rng_);
    std::map<base::MailboxKey, std::vector<MessageId>> by_mailbox;
    const auto write = [&](Table table, const MessageId& id, auto& record, const std::string& reply_to) {
        if (record.receipt_due() == 0) return;
        const auto to =
            get_id<base::MailboxKey>(record.receipt_to().empty() ? reply_to : record.receipt_to());
        record.set_receipt_due(0);
        record.clear_receipt_to();
        records.save(table, id.view(), record);
        if (to && settings_.receipts) by_mailbox[*to].push_back(id);
    };
    for (const MessageId& id : due) {  // removed by the user meanwhile: then only a later copy has a receipt
        if (auto mail = records.load<records::ReceivedMail>(Table::inbox, id.view()))
            write(Table::inbox, id, *mail, mail->letter().reply_to());
        else if (auto mark = records.load<records::SeenMail>(Table::seen_mail, id.view()))
            write(Table::seen_mail, id, *mark, {});
    }
    for (const auto& [to, ids] : by_mailbox)
        for (std::size_t i = 0; i < ids.size(); i += receipts_per_letter_max) {
            Posting posting;
            posting.to.mailbox = to;
            posting.received.assign(
                ids.begin() + static_cast<std::ptrdiff_t>(i),
                ids.begin() + static_cast<std::ptrdiff_t>(std::min(ids.size(), i + receipts_per_letter_max)));
            // What keeps it from going out (an unusable key, too many on their way) is nobody's loss but the sender's.
            [[maybe_unused]] const auto posted = post(posting, turn);
        }
}

}  // namespace hearsay::market
