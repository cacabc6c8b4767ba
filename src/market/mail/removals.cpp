#include "market/mail/removals.hpp"

#include <algorithm>

#include "base/limits/items.hpp"
#include "base/limits/person.hpp"
#include "item/make.hpp"
#include "market.pb.h"

namespace hearsay::market {
namespace {

namespace limits = base::limits;

// How old a mail may be that did not wait for us: `created` is rounded down to ten minutes, and a
// flood takes its time.
constexpr base::Seconds removal_slack{20 * 60};

}  // namespace

base::WallTime at_random(base::Rng& rng, base::WallTime now, base::Seconds within) {
    return now + base::Seconds(1 + rng.below(static_cast<std::uint64_t>(
                                       std::max<base::Seconds::rep>(within.count(), 1))));
}

bool Removals::load(const OwnStore& store) {
    return look(store).each<records::Removal>(Table::removals, [&](const records::Removal& record) {
        if (const auto mail = get_id<base::ItemId>(record.mail())) note(*mail, record);
    });
}

bool Removals::resume(const Turn& turn) {
    const Records records = look(turn.store);
    bool sound = true;
    for (const auto& [mail, removal] : removals_) {
        if (!removal.item || removal.expires <= turn.now) continue;
        const auto record = records.load<records::Removal>(Table::removals, mail.view());
        if (record)
            sound &= resume_item(record->item(), removal.worked, removal.injected, turn.out);
    }
    return sound;
}

// Those that became due while we were away would all go at once.
void Removals::spread_overdue(base::WallTime now) {
    std::multimap<base::WallTime, base::ItemId> later;
    for (auto at = due_.begin(); at != due_.end() && at->first <= now; at = due_.erase(at))
        later.emplace(at_random(rng_, now, settings_.remove_within), at->second);
    due_.merge(later);
}

void Removals::remove_read(const item::Read& mail, const base::Secret& secret, const Turn& turn) {
    if (settings_.remove_within == base::Seconds(0)) return;
    // Mails that waited for us and all end soon after we came would be seen to have one reader.
    const bool waited = mail.header.created + settings_.remove_within + removal_slack < turn.now;
    const base::Seconds within =
        waited ? std::max(settings_.remove_within, (mail.header.expires - turn.now) / 2)
               : settings_.remove_within;
    const base::WallTime due = at_random(rng_, turn.now, within);
    // Otherwise it expires by itself, sooner or with nobody the wiser.
    if (due < mail.header.expires && removals_.size() < limits::read_removals_max)
        remove_later(mail.item, secret, mail.header.expires, due, turn);
}

bool Removals::remove_later(const item::Item& mail, const base::Secret& secret,
                            base::WallTime expires, base::WallTime due, const Turn& turn) {
    const base::ItemId id = item::id_of(mail.header, {});
    if (const auto known = removals_.find(id); known != removals_.end()) {
        if (!known->second.item) due_.emplace(due, id);  // whichever time is the sooner
        return true;
    }
    if (removals_.size() >= limits::mail_removals_max) return false;
    records::Removal record;
    set_id(record.mutable_mail(), id);
    record.set_header(base::to_text(mail.header));
    set_id(record.mutable_secret(), secret);
    record.set_due(seconds_of(due));
    record.set_expires(seconds_of(expires));
    change(turn).save(Table::removals, id.view(), record);
    note(id, record);
    return true;
}

void Removals::note(const base::ItemId& mail, const records::Removal& record) {
    Own& removal = removals_[mail];
    removal.expires = time_of(record.expires());
    removal.worked = record.worked();
    removal.injected = record.injected();
    if (!record.has_item()) {
        due_.emplace(time_of(record.due()), mail);
        return;
    }
    removal.item = item::id_of(base::as_bytes(record.item().header()), {});
    items_.add(*removal.item, mail);
}

void Removals::drop(const base::ItemId& mail, const Turn& turn) {
    ChangeRecords records = change(turn);
    const auto at = removals_.find(mail);
    if (at == removals_.end()) return;
    if (at->second.item) {
        if (!at->second.worked) turn.out.push_back(CancelWork{*at->second.item});
        items_.drop(*at->second.item);
    }
    records.erase(Table::removals, mail.view());
    removals_.erase(at);
}

void Removals::make(const base::ItemId& mail, const Turn& turn) {
    ChangeRecords records = change(turn);
    auto record = records.load<records::Removal>(Table::removals, mail.view());
    if (!record || record->has_item()) return;
    if (time_of(record->expires()) <= turn.now) return drop(mail, turn);  // due while we slept
    const auto secret = get_id<base::Secret>(record->secret());
    if (!secret) return drop(mail, turn);
    // The header is somebody else's, so the removal of it is read like what comes from others.
    const auto read = item::read(
        item::make_removal(network_, turn.now, base::as_bytes(record->header()), *secret),
        network_);
    if (!read) return drop(mail, turn);
    const item::ReadPtr& made = *read;
    set_item(record->mutable_item(), made->item);
    record->clear_header();
    record->clear_secret();
    records.save(Table::removals, mail.view(), *record);
    note(mail, *record);
    turn.out.push_back(work_for(*made));
}

void Removals::expire(const Turn& turn) {
    std::vector<base::ItemId> gone;
    for (const auto& [mail, removal] : removals_)
        if (removal.expires <= turn.now) gone.push_back(mail);
    for (const base::ItemId& mail : gone) drop(mail, turn);
}

std::optional<base::WallTime> Removals::next_due() const {
    if (due_.empty()) return std::nullopt;
    return due_.begin()->first;
}

void Removals::run_due(const Turn& turn) {
    while (!due_.empty() && due_.begin()->first <= turn.now) {
        const base::ItemId mail = due_.begin()->second;
        due_.erase(due_.begin());
        make(mail, turn);
    }
}

void Removals::on_work_found(const base::ItemId& item, std::uint64_t nonce, const Turn& turn) {
    const auto mail = items_.find(item);
    if (!mail) return;
    ChangeRecords records = change(turn);
    auto record = records.load<records::Removal>(Table::removals, mail->view());
    if (!record || time_of(record->expires()) <= turn.now || record->worked()) return;
    record->mutable_item()->set_nonce(nonce);
    const item::ReadPtr made = read_own(get_item(record->item()));
    if (is_too_cheap(*made)) return turn.out.push_back(work_for(*made));
    record->set_worked(true);
    turn.out.push_back(Submit{made});
    records.save(Table::removals, mail->view(), *record);
    note(*mail, *record);
}

void Removals::on_injected(const base::ItemId& item, std::uint32_t times, const Turn& turn) {
    const auto mail = items_.find(item);
    if (!mail) return;
    ChangeRecords records = change(turn);
    auto record = records.load<records::Removal>(Table::removals, mail->view());
    if (!record) return;
    Own& removal = removals_.at(*mail);
    removal.injected = std::max(removal.injected, times);
    record->set_injected(removal.injected);
    records.save(Table::removals, mail->view(), *record);
}

void Removals::on_too_cheap(const base::ItemId& item, bool, const Turn& turn) {
    const auto mail = items_.find(item);
    if (!mail || !removals_.at(*mail).worked) return;
    ChangeRecords records = change(turn);
    auto record = records.load<records::Removal>(Table::removals, mail->view());
    if (!record || !record->has_item()) return;
    const auto made = item::read(get_item(record->item()), network_);
    if (!made || !is_too_cheap(**made)) return;
    record->set_worked(false);
    records.save(Table::removals, mail->view(), *record);
    note(*mail, *record);
    turn.out.push_back(work_for(**made));
}

void Removals::on_cheaper(const base::ItemId& item, const Turn& turn) {
    const auto mail = items_.find(item);
    if (!mail || removals_.at(*mail).worked) return;
    const auto record = look(turn.store).load<records::Removal>(Table::removals, mail->view());
    if (!record || !record->has_item()) return;
    if (const auto made = item::read(get_item(record->item()), network_))
        find_work_anew(**made, turn.out);
}

void Removals::on_heard(const base::ItemId& item, std::size_t, const Turn& turn) {
    if (const auto mail = items_.find(item)) drop(*mail, turn);
}

}  // namespace hearsay::market
