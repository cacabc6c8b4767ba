#include "app/node/mail_reading.hpp"

namespace hearsay::app {

MailReading::MailReading(Workers& workers, Quarantine& quarantine, std::function<void()> wants_turn)
    : workers_(workers),
      quarantine_(quarantine),
      wants_turn_(std::move(wants_turn)),
      trials_(
          [this](const item::ReadPtr& mail, const base::MailboxKey& mailbox,
                 std::shared_ptr<const market::Letter> letter) {
              answer({mail, mailbox, std::move(letter)});
          },
          &quarantine.notes()) {}

void MailReading::try_open(const market::TryOpen& wish) {
    if (quarantine_.holds(wish.mail->id)) {
        ++under_way_;
        return answer({wish.mail, {}, nullptr});
    }
    (is_suspect(wish.mail) ? suspects_ : others_).push_back(wish);
    go_on();
}

void MailReading::go_on() {
    if (alone_) return;
    if (!suspects_.empty()) {
        if (under_way_ > 0) return;
        alone_ = true;
        ++under_way_;
        const market::TryOpen wish = std::move(suspects_.front());
        suspects_.pop_front();
        return trials_.begin(workers_, wish, true);
    }
    for (; !others_.empty(); others_.pop_front()) {
        ++under_way_;
        trials_.begin(workers_, others_.front());
    }
}

void MailReading::answer(Answer answer) {
    answers_.push_back(std::move(answer));
    wants_turn_();
}

bool MailReading::take(market::Market& market, const market::Turn& turn, base::Rng& rng) {
    for (; !answers_.empty() && noted_.size() < base::limits::letters_a_turn_max; answers_.pop_front()) {
        const Answer& next = answers_.front();
        --under_way_;
        if (next.letter) {
            noted_.push_back(quarantine_.notes().note(next.mail->id, alone_));
            market.on_opened(next.mail, next.mailbox, *next.letter, turn);
        } else {
            market.on_not_opened(next.mail->id);
        }
        if (!alone_) continue;
        acquitted_ = next.mail->id;
        quarantine_.release(next.mail->id, market.vault(), turn.store, rng);
    }
    return !answers_.empty();
}

void MailReading::thought() {
    noted_.clear();
}

void MailReading::ended() {
    if (acquitted_) {
        quarantine_.acquit(*acquitted_);
        acquitted_.reset();
        alone_ = false;
    }
    go_on();
}

}  // namespace hearsay::app
