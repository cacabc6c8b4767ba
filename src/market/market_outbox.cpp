// What became of mail of our own: its states, its end, and what ends it early.
#include "base/encoding.hpp"
#include "base/ensure.hpp"
#include "base/limits/items.hpp"
#include "base/limits/person.hpp"
#include "item/make.hpp"
#include "market/id_beginning.hpp"
#include "market/letter_body.hpp"
#include "market/market.hpp"
#include "market/records.hpp"

namespace hearsay::market {
namespace {

using base::ErrorCode;

std::string why_it_failed(const Spread& spread) {
    if (spread.heard != 0) return "it expired; the network had it, and no receipt came";
    if (spread.injected != 0) return "it expired; it was handed to other nodes and never heard back";
    return "it expired before it could be handed to another node";
}

}  // namespace

void Market::note_sent(const MessageId& id, const records::SentMail& record) {
    Sent sent;
    if (record.has_item())
        sent.item = item::id_of(base::as_bytes(record.item().header()), {});
    else
        sent.item = stamp_id(get_id<base::MailboxKey>(record.mailbox()).value_or(base::MailboxKey{}), id,
                             get_id<base::PublisherKey>(record.sender()).value_or(base::PublisherKey{}));
    sent.expires = time_of(record.expires());
    sent.worked = record.worked();
    sent.spread = {record.injected(), record.heard()};
    if (const auto old = sent_.find(id); old != sent_.end()) {
        if (old->second.item == sent.item)  // known more exactly than it is kept
            sent.spread.heard = std::max(sent.spread.heard, old->second.spread.heard);
        own_items_.erase(old->second.item);
    }
    sent.over = record.expired() || record.withdrawn() || record.delivered() != 0;
    sent.receipt = !record.seed().empty();
    sent.pending = !sent.over && !sent.receipt && sent.spread.heard == 0;
    sent.persona = record.persona();
    if (!sent.over) own_items_[sent.item] = id;
    sent_[id] = sent;
}

MailView Market::view_of(const records::SentMail& record) const {
    MailView out;
    const auto sender = get_id<base::PublisherKey>(record.sender()).value_or(base::PublisherKey{});
    out.letter = read_body(record.letter(), sender).value_or(Letter{});
    out.mailbox = get_id<base::MailboxKey>(record.mailbox()).value_or(base::MailboxKey{});
    if (record.has_item()) out.item = item::id_of(base::as_bytes(record.item().header()), {});
    out.expires = time_of(record.expires());
    out.spread = {record.injected(), record.heard()};
    const auto id = get_id<MessageId>(record.letter().message_id());
    if (const auto sent = id ? sent_.find(*id) : sent_.end(); sent != sent_.end())
        out.spread = sent->second.spread;
    if (record.delivered() != 0) {
        out.delivered = time_of(record.delivered());
        out.why = record.removed_by_reader() ? "its reader removed it from the network" : "a receipt came";
    } else if (record.expired() && !record.withdrawn()) {
        out.why = why_it_failed(out.spread);
    }
    out.state = out.delivered           ? MailState::delivered
                : record.withdrawn()    ? MailState::withdrawn
                : record.expired()      ? MailState::failed
                : !record.worked()      ? MailState::working
                : out.spread.heard != 0 ? MailState::heard
                : out.spread.injected   ? MailState::injected
                                        : MailState::queued;
    return out;
}

void Market::on_stamp_or_work(const MessageId& id, std::uint64_t nonce, const Turn& turn) {
    ChangeRecords records(vault_, turn.store, rng_);
    auto record = records.load<records::SentMail>(Table::outbox, id.view());
    if (!record || time_of(record->expires()) <= turn.now || record->worked()) return;
    if (!record->has_item()) {
        record->mutable_letter()->set_stamp(nonce);
        seal(*record, turn);
    } else {
        record->mutable_item()->set_nonce(nonce);
        record->set_worked(true);
        turn.out.push_back(Submit{read_own(get_item(record->item()))});
        if (record->seed().empty())
            turn.out.push_back(Tell{Happening::mail_state, base::to_hex(id), "queued"});
    }
    records.save(Table::outbox, id.view(), *record);
    note_sent(id, *record);
}

void Market::note_delivered(const MessageId& id, bool by_removal, const Turn& turn) {
    ChangeRecords records(vault_, turn.store, rng_);
    auto record = records.load<records::SentMail>(Table::outbox, id.view());
    if (!record || record->delivered() != 0) return;
    if (!record->worked()) turn.out.push_back(CancelWork{sent_.at(id).item});
    record->set_delivered(seconds_of(turn.now));
    record->set_removed_by_reader(by_removal);
    records.save(Table::outbox, id.view(), *record);
    note_sent(id, *record);
    if (record->seed().empty())
        turn.out.push_back(Tell{Happening::mail_state, base::to_hex(id), "delivered"});
}

base::Result<MailView> Market::withdraw_mail(std::string_view id_or_beginning, const Turn& turn) {
    const auto letters = id_beginning(id_or_beginning, MessageId::size, "a mail id");
    if (!letters) return std::unexpected(letters.error());
    const std::vector<MessageId> found = sent_beginning(*letters);
    if (found.size() > 1) return std::unexpected(ambiguous(*letters, found.size(), "sent mails"));
    if (found.empty())
        return base::fail(ErrorCode::not_found, "no mail that you sent begins with " + *letters);
    const MessageId id = found.front();
    ChangeRecords records(vault_, turn.store, rng_);
    auto record = records.load<records::SentMail>(Table::outbox, id.view());
    if (!record) return base::fail(ErrorCode::corrupt, "the mail " + *letters + " does not open");
    if (record->delivered() != 0)
        return base::fail(ErrorCode::conflict, "this mail is delivered: its reader has a copy");
    if (record->withdrawn()) return base::fail(ErrorCode::conflict, "this mail is withdrawn already");
    if (record->expired() || time_of(record->expires()) <= turn.now)
        return base::fail(ErrorCode::refused, "this mail has expired; no node has it any more");
    if (!record->worked()) {
        turn.out.push_back(CancelWork{sent_.at(id).item});  // and nobody ever saw it
    } else {
        const auto secret = get_id<base::Secret>(record->letter().removal_secret());
        ENSURE(secret, "a sent mail without its removal secret");
        if (!remove_later(get_item(record->item()), *secret, time_of(record->expires()), turn.now, records))
            return base::fail(ErrorCode::exhausted, "there are " +
                                                        std::to_string(base::limits::mail_removals_max) +
                                                        " removals on their way already; try again later");
        turn.out.push_back(Recall{sent_.at(id).item});  // at once: the removal's work may wait
    }
    record->set_withdrawn(true);
    records.save(Table::outbox, id.view(), *record);
    note_sent(id, *record);
    run_due(turn);
    turn.out.push_back(Tell{Happening::mail_state, base::to_hex(id), "withdrawn"});
    return view_of(*record);
}

// False if it is not to be renewed.
bool Market::renew(records::SentMail& record, const Turn& turn) {
    ChangeRecords records(vault_, turn.store, rng_);
    if (!record.renew() || record.delivered() != 0 || record.withdrawn()) return false;
    if (time_of(record.letter().written()) + renewed_for <= turn.now) return false;
    const auto reply_to = get_id<base::MailboxKey>(record.letter().reply_to());
    const base::WallTime answers_until =
        turn.now + base::Seconds(record.lifetime()) + base::limits::lifetime_max + base::limits::grace;
    if (reply_to && vault_.mailboxes().contains(*reply_to)) {
        vault_.extend_mailbox(*reply_to, answers_until);
    } else if (mailbox_problem()) {
        return false;
    } else {
        const base::MailboxKey fresh = fresh_mailbox(turn.now, answers_until);
        keep_mailbox(
            fresh,
            {record.persona(), get_id<base::MailboxKey>(record.mailbox()), false, turn.now, "mail renewed"},
            records);
        set_id(record.mutable_letter()->mutable_reply_to(), fresh);
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

void Market::expire_mail(const Turn& turn) {
    ChangeRecords records(vault_, turn.store, rng_);
    std::vector<MessageId> gone;
    std::vector<MessageId> ended;
    for (const auto& [id, sent] : sent_) {
        // Nobody looks at a receipt of ours: it goes as soon as the network has it.
        const bool done = sent.receipt && (sent.over || sent.spread.heard != 0 || sent.expires <= turn.now);
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
        note_sent(id, *record);
        if (!renewed) turn.out.push_back(Tell{Happening::mail_state, base::to_hex(id), "failed"});
    }
    for (const MessageId& id : gone) {
        records.erase(Table::outbox, id.view());
        own_items_.erase(sent_.at(id).item);
        sent_.erase(id);
    }
}

}  // namespace hearsay::market
