// Mail that came, and the two boxes as the user sees them.
#include "base/encoding.hpp"
#include "base/limits/items.hpp"
#include "market/id_beginning.hpp"
#include "market/letter_body.hpp"
#include "market/market.hpp"
#include "market/records.hpp"

namespace hearsay::market {

namespace limits = base::limits;
using base::ErrorCode;

void Market::on_item_stored(const item::ReadPtr& item, const Turn& turn) {
    if (item->header.kind == item::kind_mail) {
        if (!seen_.contains(item->id) && search_.on_stored(item->id))
            turn.out.push_back(TryOpen{item, keys()});
        return;
    }
    if (item->removes) {
        ChangeRecords records(vault_, turn.store, rng_);
        // Only its reader and we know the secret, and we did not use it.
        if (const auto own = own_items_.find(*item->removes); own != own_items_.end())
            if (const auto* message = std::get_if<MessageId>(&own->second))
                note_delivered(MessageId(*message), true, turn);
        return;
    }
    const item::Publication* claim = item->header.publication();
    if (item->header.kind != item::kind_offer || !claim) return;
    const std::string id = base::to_hex(item::thing_of(*claim));
    if (claim->removed) {
        turn.out.push_back(Tell{Happening::offer_gone, id, "removed"});
    } else if (const auto text = item::read_offer(item->item.payload)) {
        turn.out.push_back(Tell{Happening::offer_live, id, text->title});
    }
}

void Market::on_not_opened(const base::ItemId& id) {
    search_.on_answered(id);
}

void Market::on_opened(const item::ReadPtr& mail, const base::MailboxKey& mailbox, const Letter& letter,
                       const Turn& turn) {
    search_.on_answered(mail->id);
    ChangeRecords records(vault_, turn.store, rng_);
    const Knock knock = knock_of(*mail, letter, mailbox, turn.now);
    const Admission what = admit(knock);
    switch (what) {
        case Admission::nothing:
            return;
        case Admission::receipt:
            note_seen(*mail, records);
            return on_receipt(*mail, letter, mailbox, turn);
        case Admission::copy:
            note_seen(*mail, records);
            return on_copy(*mail, letter, turn);
        case Admission::thrown_away:
        case Admission::waits_for_mailbox:
        case Admission::waits_for_inbox:
        case Admission::overflows:
            return turn_away(*mail, letter, mailbox, what, turn);
        case Admission::let_in:
            break;
    }
    take_in(*mail, letter, mailbox, knock.bearer, turn);
    if (!letter.trade.empty()) on_trade_letter(letter, mailbox, turn);
    turn.out.push_back(Tell{Happening::mail_arrived, base::to_hex(letter.id), letter.subject});
}

void Market::take_in(const item::Read& mail, const Letter& letter, const base::MailboxKey& key,
                     const Bearer& bearer, const Turn& turn) {
    ChangeRecords records(vault_, turn.store, rng_);
    if (inbox_.size() >= settings_.inbox_max) make_room_in_inbox(records);
    if (const auto number = ticket_of(letter, key)) {
        Mailbox mailbox = mailbox_of(key);
        std::erase(mailbox.open_tickets, *number);
        keep_mailbox(key, mailbox, records);
    }
    const bool stranger = !bearer.has_ticket && !bearer.is_friend;
    note_seen(mail, records);
    remove_read(mail, letter.removal_secret, turn);
    hold_tickets(letter, turn);
    records::ReceivedMail record;
    *record.mutable_letter() = write_body(letter);
    set_id(record.mutable_sender(), letter.sender);
    set_id(record.mutable_mailbox(), key);
    set_id(record.mutable_item(), mail.id);
    record.set_received(seconds_of(turn.now));
    record.set_expires(seconds_of(mail.header.expires));
    record.set_stranger(stranger);
    if (settings_.receipts && letter.reply_to)
        record.set_receipt_due(seconds_of(at_random(turn.now, settings_.receipt_within)));
    // The persona is remembered here: the answer may be written after the mailbox is destroyed.
    if (const auto owner = mailboxes_.find(key); owner != mailboxes_.end() && owner->second.persona)
        record.set_persona(*owner->second.persona);
    records.save(Table::inbox, letter.id.view(), record);
    inbox_[letter.id] = {turn.now, false, stranger ? std::optional(key) : std::nullopt};
    if (record.receipt_due() != 0) due_.emplace(time_of(record.receipt_due()), letter.id);
    ++unread_;
}

// What only finds no room is kept in mind, not refused: it lives for days in the network, where it is opened again.
void Market::turn_away(const item::Read& mail, const Letter& letter, const base::MailboxKey& key,
                       Admission why, const Turn& turn) {
    ChangeRecords records(vault_, turn.store, rng_);
    const bool waits = why == Admission::waits_for_mailbox || why == Admission::waits_for_inbox;
    const bool waited = waiting_.contains(mail.id);
    if (waits) {
        wait_for_room(mail, key, why == Admission::waits_for_inbox, records);
    } else {
        note_seen(mail, records);
        Mailbox mailbox = mailbox_of(key);
        ++mailbox.refused;
        keep_mailbox(key, mailbox, records);
    }
    const bool no_inbox =
        why == Admission::waits_for_inbox || (why == Admission::overflows && !has_room_in_inbox());
    if (no_inbox && !waited)
        turn.out.push_back(Tell{Happening::mail_state, base::to_hex(letter.id),
                                std::string(waits ? "waits" : "refused") + ": the inbox holds " +
                                    std::to_string(settings_.inbox_max) + " unread mails"});
}

// A letter that is here, or that the user removed. It was sealed again because its sender has not heard that it came, or
// by somebody who let it in once and wants to see us answer: so it is answered, but rarely.
void Market::on_copy(const item::Read& mail, const Letter& letter, const Turn& turn) {
    ChangeRecords records(vault_, turn.store, rng_);
    const auto answer = [&](auto& record, base::WallTime before) {
        if (before + copies_answered_every > turn.now) return false;
        record.set_answered(seconds_of(turn.now));
        if (settings_.receipts && letter.reply_to) {
            record.set_receipt_due(seconds_of(at_random(turn.now, settings_.receipt_within)));
            set_id(record.mutable_receipt_to(), *letter.reply_to);
            due_.emplace(time_of(record.receipt_due()), letter.id);
        }
        remove_read(mail, letter.removal_secret, turn);
        return true;
    };
    if (inbox_.contains(letter.id)) {
        auto record = records.load<records::ReceivedMail>(Table::inbox, letter.id.view());
        if (record && answer(*record, time_of(std::max(record->received(), record->answered()))))
            records.save(Table::inbox, letter.id.view(), *record);
    } else {
        auto mark = records.load<records::SeenMail>(Table::seen_mail, letter.id.view());
        if (mark && answer(*mark, time_of(mark->answered())))
            records.save(Table::seen_mail, letter.id.view(), *mark);
    }
}

void Market::note_seen(const item::Read& mail, ChangeRecords& records) {
    records::SeenMail seen;
    set_id(seen.mutable_item(), mail.id);
    seen.set_expires(seconds_of(mail.header.expires));
    records.save(Table::seen_mail, mail.id.view(), seen);
    seen_[mail.id] = mail.header.expires;
    waiting_.erase(mail.id);
}

// What looks like a receipt and proves nothing, or nothing new, is forgotten in silence: it was let
// in without postage, and a removal would tell whoever sent it that we are here.
void Market::on_receipt(const item::Read& mail, const Letter& letter, const base::MailboxKey& mailbox,
                        const Turn& turn) {
    ChangeRecords records(vault_, turn.store, rng_);
    bool believed = false;
    for (const MessageId& id : letter.received) {
        if (!sent_.contains(id)) continue;
        auto record = records.load<records::SentMail>(Table::outbox, id.view());
        if (!record) continue;
        const Acknowledged acknowledged{!record->seed().empty(), record->acknowledged(),
                                        get_id<base::MailboxKey>(record->letter().reply_to())};
        if (!proves_delivery(acknowledged, mailbox)) continue;
        believed = true;
        record->set_acknowledged(true);
        records.save(Table::outbox, id.view(), *record);
        note_delivered(id, false, turn);
    }
    if (believed) remove_read(mail, letter.removal_secret, turn);
}

// A mark of it stays for as long as somebody may send it again, in another item: that lives for one lifetime more, and
// a trade's letter is renewed.
void Market::drop_received(const MessageId& id, ChangeRecords& records) {
    records::SeenMail removed;
    if (const auto record = records.load<records::ReceivedMail>(Table::inbox, id.view())) {
        base::WallTime sealed_until = time_of(record->expires());
        if (!record->letter().trade().empty())
            sealed_until = std::max(sealed_until, time_of(record->received()) + renewed_for);
        removed_mail_[id] = sealed_until + limits::lifetime_max;
        removed.set_answered(std::max(record->received(), record->answered()));
    }
    set_id(removed.mutable_message(), id);
    removed.set_expires(seconds_of(removed_mail_[id]));
    records.save(Table::seen_mail, id.view(), removed);
    records.erase(Table::inbox, id.view());
    if (!inbox_.at(id).read) --unread_;
    inbox_.erase(id);
}

bool Market::has_room_in_inbox() const {
    return inbox_.size() < settings_.inbox_max || unread_ < inbox_.size();
}

void Market::make_room_in_inbox(ChangeRecords& records) {
    std::vector<std::pair<base::WallTime, MessageId>> read;
    for (const auto& [id, received] : inbox_)
        if (received.read) read.emplace_back(received.received, id);
    std::sort(read.begin(), read.end());
    for (std::size_t i = 0; i < std::min(read.size(), inbox_room); ++i)
        drop_received(read[i].second, records);
}

MailView Market::view_of(const records::ReceivedMail& record) const {
    MailView out;
    const auto sender = get_id<base::PublisherKey>(record.sender()).value_or(base::PublisherKey{});
    out.letter = read_body(record.letter(), sender).value_or(Letter{});
    out.incoming = true;
    out.mailbox = get_id<base::MailboxKey>(record.mailbox()).value_or(base::MailboxKey{});
    out.item = get_id<base::ItemId>(record.item()).value_or(base::ItemId{});
    out.received = time_of(record.received());
    out.expires = time_of(record.expires());
    out.state = record.read() ? MailState::read : MailState::unread;
    return out;
}

std::vector<MessageId> Market::received_beginning(const std::string& letters) const {
    std::vector<MessageId> out;
    for (const auto& [id, received] : inbox_)
        if (base::to_hex(id).starts_with(letters)) out.push_back(id);
    return out;
}

std::vector<MessageId> Market::sent_beginning(const std::string& letters) const {
    std::vector<MessageId> out;
    for (const auto& [id, sent] : sent_)
        if (!sent.receipt && base::to_hex(id).starts_with(letters)) out.push_back(id);
    return out;
}

base::Result<Market::NamedMail> Market::find_mail(std::string_view id_or_beginning) const {
    const auto letters = id_beginning(id_or_beginning, MessageId::size, "a mail id");
    if (!letters) return std::unexpected(letters.error());
    const std::vector<MessageId> received = received_beginning(*letters);
    std::vector<MessageId> sent = sent_beginning(*letters);
    // A mail to oneself is in both boxes under one id: the one that came is meant.
    std::erase_if(sent,
                  [&](const MessageId& id) { return std::ranges::find(received, id) != received.end(); });
    if (received.size() + sent.size() > 1)
        return std::unexpected(ambiguous(*letters, received.size() + sent.size(), "mails"));
    if (received.empty() && sent.empty())
        return base::fail(ErrorCode::not_found, "no mail begins with " + *letters);
    return NamedMail{received.empty() ? sent.front() : received.front(), !received.empty()};
}

base::Result<MailView> Market::read_mail(std::string_view id_or_beginning, const Turn& turn) {
    const auto found = find_mail(id_or_beginning);
    if (!found) return std::unexpected(found.error());
    ChangeRecords records(vault_, turn.store, rng_);
    const auto damaged = base::fail(
        ErrorCode::corrupt, "the mail " + base::to_hex(found->id) + " does not open: its record is damaged");
    if (!found->received) {
        const auto record = records.load<records::SentMail>(Table::outbox, found->id.view());
        if (!record) return damaged;
        return view_of(*record);
    }
    auto record = records.load<records::ReceivedMail>(Table::inbox, found->id.view());
    if (!record) return damaged;
    if (!record->read()) {
        record->set_read(true);
        records.save(Table::inbox, found->id.view(), *record);
        inbox_.at(found->id).read = true;
        --unread_;
        wake_waiting();
    }
    return view_of(*record);
}

std::vector<MailView> Market::list_mail(const OwnStore& store) const {
    std::vector<MailView> out;
    const Records records(vault_, store);
    const auto add = [&](MailView view) {
        view.letter.text.clear();
        for (Attachment& attachment : view.letter.attachments) attachment.content.clear();
        out.push_back(std::move(view));
    };
    for (const auto& [id, received] : inbox_)
        if (const auto record = records.load<records::ReceivedMail>(Table::inbox, id.view()))
            add(view_of(*record));
    for (const auto& [id, sent] : sent_) {
        if (sent.receipt) continue;
        if (const auto record = records.load<records::SentMail>(Table::outbox, id.view()))
            add(view_of(*record));
    }
    const auto when = [](const MailView& mail) {
        return mail.incoming ? mail.received : mail.letter.written;
    };
    std::stable_sort(out.begin(), out.end(), [&](const auto& a, const auto& b) { return when(a) > when(b); });
    return out;
}

}  // namespace hearsay::market
