// What is in the inbox, and the receipts for it.
#include "market/mail/inbox.hpp"

#include <algorithm>

#include "base/encoding.hpp"
#include "base/limits/items.hpp"
#include "base/limits/person.hpp"
#include "mail.pb.h"
#include "market.pb.h"
#include "market/mail/letter_body.hpp"

namespace hearsay::market {
namespace {

namespace limits = base::limits;

}  // namespace

bool Inbox::load(const OwnStore& store) {
    const Records records = look(store);
    bool sound =
        records.each<records::ReceivedMail>(Table::inbox, [&](const records::ReceivedMail& record) {
            const auto id = get_id<MessageId>(record.letter().message_id());
            if (!id) return;
            Received& entry = inbox_[*id];
            entry.received = time_of(record.received());
            entry.read = record.read();
            if (record.stranger()) entry.stranger_in = get_id<base::MailboxId>(record.mailbox());
            // That persona may be gone, and its index never given to another.
            if (Vault::is_imported(record.persona())) vault_.reserve_imported(record.persona() + 1);
            if (record.receipt_due() != 0)
                receipts_due_.emplace(time_of(record.receipt_due()), *id);
            entry.trade = get_id<base::Digest>(record.trade());
            if (!record.read()) count_unread(entry, 1);
        });
    sound &=
        records.each<records::SeenMail>(Table::seen_mail, [&](const records::SeenMail& record) {
            if (const auto id = get_id<base::ItemId>(record.item())) {
                if (const auto mailbox = get_id<base::MailboxId>(record.waits_in()))
                    waiting_[*id] = {time_of(record.expires()), *mailbox, record.waits_for_inbox()};
                else
                    seen_[*id] = time_of(record.expires());
            }
            const auto message = get_id<MessageId>(record.message());
            if (!message) return;
            removed_[*message] = time_of(record.expires());
            if (record.receipt_due() != 0)
                receipts_due_.emplace(time_of(record.receipt_due()), *message);
        });
    return sound;
}

MailView Inbox::view_of(const records::ReceivedMail& record) {
    MailView out;
    const auto sender = get_id<base::PublisherKey>(record.sender()).value_or(base::PublisherKey{});
    out.letter = read_body(record.letter(), sender).value_or(Letter{});
    out.incoming = true;
    out.mailbox = get_id<base::MailboxId>(record.mailbox()).value_or(base::MailboxId{});
    out.item = get_id<base::ItemId>(record.item()).value_or(base::ItemId{});
    out.received = time_of(record.received());
    out.expires = time_of(record.expires());
    out.state = record.read() ? MailState::read : MailState::unread;
    out.trade = get_id<base::Digest>(record.trade());
    return out;
}

std::vector<MessageId> Inbox::beginning(const std::string& letters) const {
    std::vector<MessageId> out;
    for (const auto& [id, received] : inbox_)
        if (base::to_hex(id).starts_with(letters)) out.push_back(id);
    return out;
}

std::optional<records::ReceivedMail> Inbox::record(const MessageId& id,
                                                   const OwnStore& store) const {
    return look(store).load<records::ReceivedMail>(Table::inbox, id.view());
}

std::optional<MailView> Inbox::view(const MessageId& id, const OwnStore& store) const {
    const auto record = this->record(id, store);
    return record ? std::optional(view_of(*record)) : std::nullopt;
}

void Inbox::count_unread(const Received& entry, int by) {
    unread_ += static_cast<std::uint32_t>(by);
    if (entry.trade) unread_of_trades_ += static_cast<std::uint32_t>(by);
}

// False: it was read already.
bool Inbox::mark_read(const MessageId& id, records::ReceivedMail& record, const Turn& turn) {
    if (record.read()) return false;
    record.set_read(true);
    change(turn).save(Table::inbox, id.view(), record);
    Received& entry = inbox_.at(id);
    entry.read = true;
    count_unread(entry, -1);
    return true;
}

std::optional<MailView> Inbox::read(const MessageId& id, const Turn& turn) {
    auto record = this->record(id, turn.store);
    if (!record) return std::nullopt;
    if (mark_read(id, *record, turn)) wake_waiting();
    return view_of(*record);
}

void Inbox::note_trade(const MessageId& id, const base::Digest& trade, const Turn& turn) {
    auto record = this->record(id, turn.store);
    const auto at = inbox_.find(id);
    if (!record || at == inbox_.end() || at->second.trade) return;
    set_id(record->mutable_trade(), trade);
    change(turn).save(Table::inbox, id.view(), *record);
    if (!at->second.read) count_unread(at->second, -1);
    at->second.trade = trade;
    if (!at->second.read) count_unread(at->second, 1);
}

void Inbox::read_trade(const base::Digest& trade, const Turn& turn) {
    bool changed = false;
    for (const auto& [id, received] : inbox_) {
        if (received.read || received.trade != trade) continue;
        if (auto record = this->record(id, turn.store)) changed |= mark_read(id, *record, turn);
    }
    if (changed) wake_waiting();
}

MailView Inbox::remove(const MessageId& id, const Turn& turn) {
    const auto known = record(id, turn.store);
    const MailView out = known ? view_of(*known) : MailView{};
    drop(id, turn);
    wake_waiting();
    return out;
}

void Inbox::list(std::vector<MailPlace>& out) const {
    for (const auto& [id, in] : inbox_)
        out.push_back({id, true, in.received, !in.read, in.trade.has_value()});
}

void Inbox::drop(const MessageId& id, const Turn& turn) {
    ChangeRecords records = change(turn);
    records::SeenMail removed;
    if (const auto record = records.load<records::ReceivedMail>(Table::inbox, id.view())) {
        base::WallTime sealed_until = time_of(record->expires());
        if (!record->letter().trade().empty())
            sealed_until = std::max(sealed_until, time_of(record->received()) + renewed_for);
        removed_[id] = sealed_until + limits::lifetime_max;
        removed.set_answered(std::max(record->received(), record->answered()));
    }
    set_id(removed.mutable_message(), id);
    removed.set_expires(seconds_of(removed_[id]));
    records.save(Table::seen_mail, id.view(), removed);
    records.erase(Table::inbox, id.view());
    if (!inbox_.at(id).read) count_unread(inbox_.at(id), -1);
    inbox_.erase(id);
}

bool Inbox::has_room() const {
    return inbox_.size() < settings_.inbox_max || unread_ < inbox_.size();
}

void Inbox::make_room(const Turn& turn) {
    std::vector<std::pair<base::WallTime, MessageId>> read;
    for (const auto& [id, received] : inbox_)
        if (received.read) read.emplace_back(received.received, id);
    std::sort(read.begin(), read.end());
    for (std::size_t i = 0; i < std::min(read.size(), inbox_room); ++i) drop(read[i].second, turn);
}

std::optional<base::WallTime> Inbox::next_due() const {
    return receipts_due_.empty() ? std::nullopt : std::optional(receipts_due_.begin()->first);
}

std::map<base::MailboxKey, std::vector<MessageId>> Inbox::take_due_receipts(const Turn& turn) {
    ChangeRecords records = change(turn);
    std::map<base::MailboxKey, std::vector<MessageId>> out;
    const auto write = [&](Table table, const MessageId& id, auto& record,
                           const std::string& reply_to) {
        if (record.receipt_due() == 0) return;
        const auto to =
            get_id<base::MailboxKey>(record.receipt_to().empty() ? reply_to : record.receipt_to());
        record.set_receipt_due(0);
        record.clear_receipt_to();
        records.save(table, id.view(), record);
        if (to && settings_.receipts) out[*to].push_back(id);
    };
    while (!receipts_due_.empty() && receipts_due_.begin()->first <= turn.now) {
        const MessageId id = receipts_due_.begin()->second;
        receipts_due_.erase(receipts_due_.begin());
        // Removed by the user meanwhile: then only a later copy has a receipt.
        if (auto mail = records.load<records::ReceivedMail>(Table::inbox, id.view()))
            write(Table::inbox, id, *mail, mail->letter().reply_to());
        else if (auto mark = records.load<records::SeenMail>(Table::seen_mail, id.view()))
            write(Table::seen_mail, id, *mark, {});
    }
    return out;
}

}  // namespace hearsay::market
