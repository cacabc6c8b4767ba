#include "app/node/mail_reading.hpp"

namespace hearsay::app {

MailReading::MailReading(Workers& workers, Quarantine& quarantine,
                         std::function<void(turn::MailTried)> answer)
    : workers_(workers),
      quarantine_(quarantine),
      answer_(std::move(answer)),
      trials_(
          [this](const item::ReadPtr& mail, const base::MailboxId& mailbox,
                 std::shared_ptr<const market::Letter> letter) {
              answer_({mail, mailbox, std::move(letter)});
          },
          &quarantine.notes()) {}

void MailReading::try_open(const market::TryOpen& wish) {
    if (quarantine_.holds(wish.mail->id)) {
        ++under_way_;
        return answer_({wish.mail, {}, nullptr});
    }
    (is_suspect(wish.mail) ? suspects_ : others_).push_back(wish);
    go_on();
}

void MailReading::go_on() {
    if (alone_) return;
    if (!suspects_.empty()) {
        if (under_way_ > 0) return;
        const market::TryOpen wish = std::move(suspects_.front());
        suspects_.pop_front();
        alone_ = wish.mail->id;
        ++under_way_;
        return trials_.begin(workers_, wish, true);
    }
    for (; !others_.empty(); others_.pop_front()) {
        ++under_way_;
        trials_.begin(workers_, others_.front());
    }
}

void MailReading::taking(const turn::MailTried& tried) {
    --under_way_;
    if (tried.letter)
        noted_.push_back(quarantine_.notes().note(tried.mail->id, is_alone(tried.mail->id)));
}

void MailReading::taken(const turn::MailTried& tried, market::Vault& vault, market::OwnStore& store,
                        base::Rng& rng) {
    // Answers of what is set aside come without a trial, also while a suspect is read.
    if (!is_alone(tried.mail->id)) return;
    acquitted_ = tried.mail->id;
    quarantine_.release(tried.mail->id, vault, store, rng);
}

void MailReading::decided() {
    noted_.clear();
}

void MailReading::ended() {
    if (acquitted_) {
        quarantine_.acquit(*acquitted_);
        acquitted_.reset();
        alone_.reset();
    }
    go_on();
}

}  // namespace hearsay::app
