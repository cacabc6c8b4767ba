// Mail of ours among what floods, and what waits there for room.
#include <algorithm>

#include "base/limits/items.hpp"
#include "base/limits/person.hpp"
#include "market.pb.h"
#include "market/mail/inbox.hpp"

namespace hearsay::market {
namespace {

const base::Bytes position_key = base::to_bytes("mail_position");

}  // namespace

void Inbox::begin_walk(const Turn& turn) {
    const auto position = look(turn.store).load<records::MailPosition>(Table::meta, position_key);
    flood_life_ = turn.flood.life();
    if (!position || position->life() != flood_life_) return;
    walk_.begin(position->position());
    saved_position_ = position->position();
}

void Inbox::walk(const Turn& turn) {
    for (item::ReadPtr& mail : walk_.next(turn.flood)) {
        if (seen_.contains(mail->id))
            walk_.on_answered(mail->id);
        else
            turn.out.push_back(TryOpen{std::move(mail), identity_.keys()});
    }
    try_waiting(turn);
    const core::Position position = walk_.safe_position();
    if (saved_position_ == position) return;
    records::MailPosition record;
    record.set_life(flood_life_);
    record.set_position(position);
    change(turn).save(Table::meta, position_key, record);
    saved_position_ = position;
}

void Inbox::on_stored(const item::ReadPtr& mail, core::Pile lane, const Turn& turn) {
    if (!seen_.contains(mail->id) && walk_.on_stored(*mail, lane))
        turn.out.push_back(TryOpen{mail, identity_.keys()});
}

void Inbox::note_seen(const item::Read& mail, const Turn& turn) {
    records::SeenMail seen;
    set_id(seen.mutable_item(), mail.id);
    seen.set_expires(seconds_of(mail.header.expires));
    change(turn).save(Table::seen_mail, mail.id.view(), seen);
    seen_[mail.id] = mail.header.expires;
    waiting_.erase(mail.id);
}

void Inbox::wait_for_room(const item::Read& mail, const base::MailboxId& mailbox, bool for_inbox,
                          const Turn& turn) {
    records::SeenMail row;
    set_id(row.mutable_item(), mail.id);
    row.set_expires(seconds_of(mail.header.expires));
    set_id(row.mutable_waits_in(), mailbox);
    row.set_waits_for_inbox(for_inbox);
    change(turn).save(Table::seen_mail, mail.id.view(), row);
    waiting_[mail.id] = {mail.header.expires, mailbox, for_inbox};
}

// No more than may find room, those that end first before the others; search() tries them.
void Inbox::wake_waiting() {
    if (waiting_.empty()) return;
    std::size_t room_in_inbox = inbox_.size() - unread_;
    if (inbox_.size() < settings_.inbox_max) room_in_inbox += settings_.inbox_max - inbox_.size();
    std::map<base::MailboxId, std::size_t> strangers = this->strangers();
    std::vector<std::pair<base::WallTime, base::ItemId>> order;
    for (const auto& [id, waiting] : waiting_)
        if (vault_.mailboxes().contains(waiting.mailbox)) order.emplace_back(waiting.expires, id);
    std::sort(order.begin(), order.end());
    awake_.clear();
    for (const auto& [expires, id] : order) {
        if (awake_.size() >= room_in_inbox) break;
        const Waiting& waiting = waiting_.at(id);
        std::size_t& in_mailbox = strangers[waiting.mailbox];
        if (!waiting.for_inbox &&
            in_mailbox++ >= identity_.mailbox_of(waiting.mailbox).rule.strangers_max)
            continue;
        awake_.insert(id);
    }
    if (!awake_.empty()) walk_.look_again();
}

void Inbox::try_waiting(const Turn& turn) {
    while (!awake_.empty() && !walk_.is_full()) {
        const base::ItemId id = awake_.extract(awake_.begin()).value();
        if (item::ReadPtr mail = turn.flood.get(id)) {
            if (walk_.on_found(id)) turn.out.push_back(TryOpen{std::move(mail), identity_.keys()});
        } else if (waiting_.erase(id) > 0) {  // its sender took it back, say
            change(turn).erase(Table::seen_mail, id.view());
        }
    }
    if (!awake_.empty()) walk_.look_again();
}

void Inbox::expire(const Turn& turn) {
    ChangeRecords records = change(turn);
    // No relay serves a mail after its end; the grace is for our own clock being set back.
    std::erase_if(seen_, [&](const auto& entry) {
        if (entry.second + base::limits::grace > turn.now) return false;
        records.erase(Table::seen_mail, entry.first.view());
        return true;
    });
    std::erase_if(waiting_, [&](const auto& entry) {
        if (entry.second.expires > turn.now) return false;
        records.erase(Table::seen_mail, entry.first.view());
        return true;
    });
}

void Inbox::expire_marks(const Turn& turn) {
    ChangeRecords records = change(turn);
    std::erase_if(removed_, [&](const auto& entry) {
        if (entry.second + base::limits::grace > turn.now) return false;
        records.erase(Table::seen_mail, entry.first.view());
        return true;
    });
}

}  // namespace hearsay::market
