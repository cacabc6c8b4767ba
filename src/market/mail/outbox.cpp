// What became of mail of our own: its states, its end, and what ends it early.
#include "market/mail/outbox.hpp"

#include <algorithm>
#include <bit>

#include "base/encoding.hpp"
#include "base/ensure.hpp"
#include "base/limits/items.hpp"
#include "base/limits/person.hpp"
#include "item/mailbox.hpp"
#include "item/make.hpp"
#include "mail.pb.h"
#include "market.pb.h"
#include "market/id_beginning.hpp"
#include "market/mail/admission.hpp"
#include "market/mail/letter_body.hpp"
#include "market/mail/postage.hpp"

namespace hearsay::market {
namespace {

using base::ErrorCode;

std::string why_it_failed(const records::SentMail& record, const Spread& spread) {
    if (record.key().empty()) return "it expired before the key of its mailbox was found";
    if (spread.heard != 0) return "it expired; the network had it, and no receipt came";
    if (spread.injected != 0)
        return "it expired; it was handed to other nodes and never heard back";
    return "it expired before it could be handed to another node";
}

// Of the mailbox with this key.
std::optional<base::MailboxId> id_of_key(const std::string& key) {
    return get_id<base::MailboxKey>(key).transform(item::mailbox_id);
}

}  // namespace

bool Outbox::load(const OwnStore& store) {
    return look(store).each<records::SentMail>(Table::outbox, [&](const records::SentMail& record) {
        if (const auto id = get_id<MessageId>(record.letter().message_id())) note(*id, record);
    });
}

// Removals that came while these mails were not here: a backup knew them as they were.
void Outbox::look_for_removals(const Turn& turn) {
    std::vector<MessageId> removed;
    for (const auto& [id, sent] : sent_) {
        if (sent.over || !sent.worked) continue;
        const item::ThingId mail{sent.item.data};  // as item::Version has it
        turn.flood.things(mail, [&](const item::ThingId& found, const core::SlotState& slot) {
            if (found == mail && slot.removed) removed.push_back(id);
            return false;
        });
    }
    for (const MessageId& id : removed) note_delivered(id, true, turn);
}

bool Outbox::resume(const Turn& turn) {
    look_for_removals(turn);
    look_for_keys(turn);
    const Records records = look(turn.store);
    bool sound = true;
    for (const auto& [id, sent] : sent_) {
        if (sent.over || sent.expires <= turn.now || sent.lacks_key) continue;
        const auto record = records.load<records::SentMail>(Table::outbox, id.view());
        if (!record) continue;
        if (record->has_item())
            sound &= resume_item(record->item(), sent.worked, sent.spread.injected, turn.out);
        else
            turn.out.push_back(FindWork{sent.item, stamp_trials(record->stamp_bits())});
    }
    return sound;
}

std::size_t Outbox::pending() const {
    return static_cast<std::size_t>(
        std::ranges::count_if(sent_, [](const auto& each) { return each.second.pending; }));
}

std::set<std::uint32_t> Outbox::personas() const {
    std::set<std::uint32_t> out;
    for (const auto& [id, sent] : sent_)
        if (!sent.receipt) out.insert(sent.persona);
    return out;
}

void Outbox::note(const MessageId& id, const records::SentMail& record) {
    Sent sent;
    if (record.has_item())
        sent.item = item::id_of(base::as_bytes(record.item().header()), {});
    else
        sent.item =
            stamp_id(get_id<base::MailboxId>(record.mailbox()).value_or(base::MailboxId{}), id,
                     get_id<base::PublisherKey>(record.sender()).value_or(base::PublisherKey{}));
    sent.expires = time_of(record.expires());
    sent.worked = record.worked();
    sent.spread = {record.injected(), record.heard()};
    if (const auto old = sent_.find(id); old != sent_.end()) {
        if (old->second.item == sent.item)  // known more exactly than it is kept
            sent.spread.heard = std::max(sent.spread.heard, old->second.spread.heard);
        items_.drop(old->second.item);
    }
    sent.over = record.expired() || record.withdrawn() || record.delivered() != 0;
    sent.receipt = !record.seed().empty();
    sent.pending = !sent.over && !sent.receipt && sent.spread.heard == 0;
    sent.of_trade = !record.letter().trade().empty();
    sent.persona = record.persona();
    sent.written = time_of(record.letter().written());
    if (!sent.over) items_.add(sent.item, id);
    if (!sent.over && record.key().empty())
        sent.lacks_key = get_id<base::MailboxId>(record.mailbox());
    if (const auto old = sent_.find(id); old != sent_.end() && old->second.lacks_key)
        keyless_.erase({*old->second.lacks_key, id});
    if (sent.lacks_key) keyless_.emplace(*sent.lacks_key, id);
    sent_[id] = sent;
}

void Outbox::drop(const MessageId& id) {
    const Sent& sent = sent_.at(id);
    if (sent.lacks_key) keyless_.erase({*sent.lacks_key, id});
    items_.drop(sent.item);
    sent_.erase(id);
}

MailView Outbox::view_of(const records::SentMail& record) const {
    MailView out;
    const auto sender = get_id<base::PublisherKey>(record.sender()).value_or(base::PublisherKey{});
    out.letter = read_body(record.letter(), sender).value_or(Letter{});
    out.mailbox = get_id<base::MailboxId>(record.mailbox()).value_or(base::MailboxId{});
    if (record.has_item()) out.item = item::id_of(base::as_bytes(record.item().header()), {});
    out.expires = time_of(record.expires());
    out.spread = {record.injected(), record.heard()};
    const auto id = get_id<MessageId>(record.letter().message_id());
    if (const auto sent = id ? sent_.find(*id) : sent_.end(); sent != sent_.end())
        out.spread = sent->second.spread;
    if (record.delivered() != 0) {
        out.delivered = time_of(record.delivered());
        out.why = record.removed_by_reader() ? "its reader removed it from the network"
                                             : "a receipt came";
    } else if (record.expired() && !record.withdrawn()) {
        out.why = why_it_failed(record, out.spread);
    }
    out.state = out.delivered           ? MailState::delivered
                : record.withdrawn()    ? MailState::withdrawn
                : record.expired()      ? MailState::failed
                : record.key().empty()  ? MailState::draft
                : !record.worked()      ? MailState::working
                : out.spread.heard != 0 ? MailState::heard
                : out.spread.injected   ? MailState::injected
                                        : MailState::queued;
    return out;
}

std::optional<MailView> Outbox::view(const MessageId& id, const OwnStore& store) const {
    const auto record = look(store).load<records::SentMail>(Table::outbox, id.view());
    return record ? std::optional(view_of(*record)) : std::nullopt;
}

void Outbox::list(std::vector<MailPlace>& out) const {
    for (const auto& [id, sent] : sent_)
        if (!sent.receipt) out.push_back({id, false, sent.written, false, sent.of_trade});
}

std::vector<MessageId> Outbox::beginning(const std::string& digits) const {
    std::vector<MessageId> out;
    for (const auto& [id, sent] : sent_)
        if (!sent.receipt && base::to_hex(id).starts_with(digits)) out.push_back(id);
    return out;
}

void Outbox::on_work_found(const base::ItemId& item, std::uint64_t nonce, const Turn& turn) {
    const auto id = items_.find(item);
    if (!id) return;
    ChangeRecords records = change(turn);
    auto record = records.load<records::SentMail>(Table::outbox, id->view());
    if (!record || time_of(record->expires()) <= turn.now || record->worked()) return;
    if (!record->has_item()) {
        record->mutable_letter()->set_stamp(nonce);
        seal(*record, turn);
    } else {
        record->mutable_item()->set_nonce(nonce);
        const item::ReadPtr made = read_own(get_item(record->item()));
        if (is_too_cheap(*made)) return turn.out.push_back(work_for(*made));
        record->set_worked(true);
        turn.out.push_back(Submit{made});
        if (record->seed().empty())
            turn.out.push_back(Tell{Happening::mail_state, base::to_hex(*id), "queued"});
    }
    records.save(Table::outbox, id->view(), *record);
    note(*id, *record);
}

void Outbox::on_injected(const base::ItemId& item, std::uint32_t times, const Turn& turn) {
    const auto id = items_.find(item);
    if (!id) return;
    Spread spread = sent_.at(*id).spread;
    const bool first = spread == Spread{};
    spread.injected = std::max(spread.injected, times);
    set_spread(*id, spread, true, turn);
    if (first && !sent_.at(*id).receipt)
        turn.out.push_back(Tell{Happening::mail_state, base::to_hex(*id), "injected"});
}

void Outbox::on_heard(const base::ItemId& item, std::size_t peers, const Turn& turn) {
    const auto id = items_.find(item);
    if (!id) return;
    Spread spread = sent_.at(*id).spread;
    const std::uint32_t before = spread.heard;
    if (peers <= before) return;  // after a new start the core counts anew
    spread.heard = static_cast<std::uint32_t>(peers);
    set_spread(*id, spread, std::has_single_bit(spread.heard) || before == 0, turn);
    if (before == 0 && !sent_.at(*id).receipt)
        turn.out.push_back(Tell{Happening::mail_state, base::to_hex(*id), "heard"});
}

void Outbox::on_too_cheap(const base::ItemId& item, bool lost, const Turn& turn) {
    const auto id = items_.find(item);
    if (!id) return;
    const Sent& sent = sent_.at(*id);
    if (!sent.worked || (!lost && !sent.pending)) return;
    ChangeRecords records = change(turn);
    auto record = records.load<records::SentMail>(Table::outbox, id->view());
    if (!record || !record->has_item()) return;
    const item::ReadPtr made = read_own(get_item(record->item()));
    if (!is_too_cheap(*made)) return;
    record->set_worked(false);
    record->set_injected(0);
    record->set_heard(0);
    records.save(Table::outbox, id->view(), *record);
    note(*id, *record);
    turn.out.push_back(work_for(*made));
}

void Outbox::on_cheaper(const base::ItemId& item, const Turn& turn) {
    const auto id = items_.find(item);
    if (!id || sent_.at(*id).worked || sent_.at(*id).over) return;
    const auto record = look(turn.store).load<records::SentMail>(Table::outbox, id->view());
    if (!record || !record->has_item()) return;
    const item::ReadPtr made = read_own(get_item(record->item()));
    find_work_anew(*made, turn.out);
}

// Only its reader and we know the secret, and we did not use it.
void Outbox::on_removed_by_reader(const base::ItemId& item, const Turn& turn) {
    if (const auto id = items_.find(item)) note_delivered(*id, true, turn);
}

void Outbox::set_spread(const MessageId& id, const Spread& spread, bool durable, const Turn& turn) {
    Sent& sent = sent_.at(id);
    sent.spread = spread;
    sent.pending = sent.pending && spread.heard == 0;
    if (!durable) return;
    ChangeRecords records = change(turn);
    auto record = records.load<records::SentMail>(Table::outbox, id.view());
    if (!record) return;
    record->set_injected(spread.injected);
    record->set_heard(spread.heard);
    records.save(Table::outbox, id.view(), *record);
}

void Outbox::note_delivered(const MessageId& id, bool by_removal, const Turn& turn) {
    ChangeRecords records = change(turn);
    auto record = records.load<records::SentMail>(Table::outbox, id.view());
    if (!record || record->delivered() != 0) return;
    if (!record->worked()) turn.out.push_back(CancelWork{sent_.at(id).item});
    record->set_delivered(seconds_of(turn.now));
    record->set_removed_by_reader(by_removal);
    records.save(Table::outbox, id.view(), *record);
    note(id, *record);
    if (record->seed().empty())
        turn.out.push_back(Tell{Happening::mail_state, base::to_hex(id), "delivered"});
}

bool Outbox::on_receipt(const std::vector<MessageId>& received, const base::MailboxId& mailbox,
                        const Turn& turn) {
    ChangeRecords records = change(turn);
    bool believed = false;
    for (const MessageId& id : received) {
        if (!sent_.contains(id)) continue;
        auto record = records.load<records::SentMail>(Table::outbox, id.view());
        if (!record) continue;
        const Acknowledged acknowledged{!record->seed().empty(), record->acknowledged(),
                                        id_of_key(record->letter().reply_to())};
        if (!proves_delivery(acknowledged, mailbox)) continue;
        believed = true;
        record->set_acknowledged(true);
        records.save(Table::outbox, id.view(), *record);
        note_delivered(id, false, turn);
    }
    return believed;
}

base::Result<records::SentMail> Outbox::withdraw(const std::string& digits, const Turn& turn) {
    const std::vector<MessageId> found = beginning(digits);
    if (found.size() > 1) return std::unexpected(ambiguous(digits, found.size(), "sent mails"));
    if (found.empty())
        return base::fail(ErrorCode::not_found, "no mail that you sent begins with " + digits);
    const MessageId id = found.front();
    ChangeRecords records = change(turn);
    auto record = records.load<records::SentMail>(Table::outbox, id.view());
    if (!record) return base::fail(ErrorCode::corrupt, "the mail " + digits + " does not open");
    if (record->delivered() != 0)
        return base::fail(ErrorCode::conflict, "this mail is delivered: its reader has a copy");
    if (record->withdrawn())
        return base::fail(ErrorCode::conflict, "this mail is withdrawn already");
    if (record->expired() || time_of(record->expires()) <= turn.now)
        return base::fail(ErrorCode::refused, "this mail has expired; no node has it any more");
    if (!record->worked()) {
        turn.out.push_back(CancelWork{sent_.at(id).item});  // and nobody ever saw it
    } else {
        const auto secret = get_id<base::Secret>(record->letter().removal_secret());
        ENSURE(secret, "a sent mail without its removal secret");
        if (!removals_.remove_later(get_item(record->item()), *secret, time_of(record->expires()),
                                    turn.now, turn))
            return base::fail(ErrorCode::exhausted,
                              "there are " + std::to_string(base::limits::mail_removals_max) +
                                  " removals on their way already; try again later");
        turn.out.push_back(Recall{sent_.at(id).item});  // at once: the removal's work may wait
    }
    record->set_withdrawn(true);
    records.save(Table::outbox, id.view(), *record);
    note(id, *record);
    return *std::move(record);
}

MailView Outbox::remove(const MessageId& id, const Turn& turn) {
    const MailView out = view(id, turn.store).value_or(MailView{});
    const Sent& entry = sent_.at(id);
    if (!entry.over && !entry.worked) turn.out.push_back(CancelWork{entry.item});
    if (!entry.over && entry.worked) turn.out.push_back(Recall{entry.item});
    change(turn).erase(Table::outbox, id.view());
    drop(id);
    return out;
}

// False if it is not to be renewed.
bool Outbox::renew(records::SentMail& record, const Turn& turn) {
    if (!record.renew() || record.delivered() != 0 || record.withdrawn()) return false;
    if (time_of(record.letter().written()) + renewed_for <= turn.now) return false;
    const auto reply_to = id_of_key(record.letter().reply_to());
    const base::WallTime answers_until = turn.now + base::Seconds(record.lifetime()) +
                                         base::limits::lifetime_max + base::limits::grace;
    if (reply_to && vault_.mailboxes().contains(*reply_to)) {
        vault_.extend_mailbox(*reply_to, answers_until);
    } else if (identity_.mailbox_problem()) {
        return false;
    } else {
        const base::MailboxId fresh = identity_.fresh_mailbox(turn.now, answers_until);
        identity_.save_mailbox(fresh,
                               {record.persona(), get_id<base::MailboxId>(record.mailbox()), false,
                                turn.now, "mail renewed"},
                               turn);
        // total: it was made just now
        set_id(record.mutable_letter()->mutable_reply_to(), identity_.public_key(fresh).value());
        record.mutable_letter()->clear_tickets();
    }
    vault_changed_ = true;
    if (record.has_item()) {
        seal(record, turn);
        return true;
    }
    // Still without its stamp.
    record.set_expires(seconds_of(item::expires_for(turn.now, base::Seconds(record.lifetime()))));
    const auto id = get_id<MessageId>(record.letter().message_id());
    // total: a record is found and loaded by this id
    turn.out.push_back(FindWork{sent_.at(id.value()).item, stamp_trials(record.stamp_bits())});
    return true;
}

void Outbox::expire(const Turn& turn) {
    ChangeRecords records = change(turn);
    std::vector<MessageId> gone;
    std::vector<MessageId> ended;
    for (const auto& [id, sent] : sent_) {
        // Nobody looks at a receipt of ours: it goes as soon as the network has it.
        const bool done =
            sent.receipt && (sent.over || sent.spread.heard != 0 || sent.expires <= turn.now);
        // What ended while we were away is told, or sealed anew, before it may go.
        if (!done && !sent.over && sent.expires <= turn.now)
            ended.push_back(id);
        else if (done || sent.expires + keep_expired <= turn.now)
            gone.push_back(id);
    }
    for (const MessageId& id : ended) {
        auto record = records.load<records::SentMail>(Table::outbox, id.view());
        if (!record) continue;
        if (!record->worked()) turn.out.push_back(CancelWork{sent_.at(id).item});
        const bool renewed = renew(*record, turn);
        record->set_expired(!renewed);
        records.save(Table::outbox, id.view(), *record);
        note(id, *record);
        if (!renewed) turn.out.push_back(Tell{Happening::mail_state, base::to_hex(id), "failed"});
    }
    for (const MessageId& id : gone) {
        records.erase(Table::outbox, id.view());
        drop(id);
    }
}

}  // namespace hearsay::market
