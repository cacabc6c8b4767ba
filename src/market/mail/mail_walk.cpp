#include "market/mail/mail_walk.hpp"

namespace hearsay::market {

namespace {
// Forgetting one costs trying a mail a second time.
constexpr std::size_t answered_max = 65536;
}  // namespace

bool MailWalk::on_stored(const item::Read& mail, core::Pile lane) {
    if (in_flight_.contains(mail.id) || queue_.contains(mail.id)) return false;
    if (in_flight_.size() < chunk_max && queue_.size() == 0) return on_found(mail.id);
    if (queue_.size() >= queued_max) {
        more_ = true;  // one is left to the walk
        if (!queue_.drop_for(lane)) return false;
    }
    queue_.add(mail.id, lane, item::level_of(mail), mail.item.size());
    return false;
}

bool MailWalk::on_found(const base::ItemId& id) {
    if (in_flight_.size() >= in_flight_max) {
        more_ = true;
        return false;
    }
    queue_.erase(id);
    return in_flight_.try_emplace(id).second;
}

bool MailWalk::on_answered(const base::ItemId& id) {
    const auto at = in_flight_.find(id);
    if (at == in_flight_.end()) return false;
    if (at->second)
        waiting_.erase(*at->second);
    else if (answered_.size() < answered_max)
        answered_.insert(id);
    in_flight_.erase(at);
    return true;
}

bool MailWalk::take(core::Position position, const base::ItemId& id) {
    searched_ = position;
    queue_.erase(id);
    if (answered_.erase(id) > 0) return false;
    const auto [at, is_new] = in_flight_.try_emplace(id);
    at->second = position;
    waiting_.insert(position);
    return is_new;
}

// What is gone meanwhile needs no trial.
void MailWalk::next_queued(const Catalogue& flood, std::vector<item::ReadPtr>& out) {
    const std::size_t most = more_ ? chunk_max / 2 : chunk_max;
    while (out.size() < most && in_flight_.size() < chunk_max) {
        const auto id = queue_.take();
        if (!id) return;
        item::ReadPtr mail = flood.get(*id);
        if (mail && in_flight_.try_emplace(*id).second) out.push_back(std::move(mail));
    }
}

std::vector<item::ReadPtr> MailWalk::next(const Catalogue& flood) {
    std::vector<item::ReadPtr> out;
    next_queued(flood, out);
    if (!more_) return out;
    more_ = false;
    flood.of_kind_since(item::kind_mail, searched_,
                        [&](core::Position position, const item::ReadPtr& mail) {
                            if (out.size() >= chunk_max || in_flight_.size() >= in_flight_max) {
                                more_ = true;
                                return false;
                            }
                            if (take(position, mail->id)) out.push_back(mail);
                            return true;
                        });
    if (!more_) answered_.clear();
    return out;
}

core::Position MailWalk::safe_position() const {
    return waiting_.empty() ? searched_ : *waiting_.begin() - 1;
}

}  // namespace hearsay::market
