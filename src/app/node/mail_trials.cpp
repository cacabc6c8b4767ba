#include "app/node/mail_trials.hpp"

#include <atomic>
#include <mutex>
#include <optional>

namespace hearsay::app {

struct MailTrials::Keys {
    decltype(market::TryOpen::keys) list;
    std::once_flag once;
    std::vector<crypto::X25519Key> ready;

    void prepare() {
        std::call_once(once, [this] {
            ready.reserve(list->size());
            for (const auto& [mailbox, secret] : *list) ready.emplace_back(secret, mailbox);
        });
    }
};

struct MailTrials::Trial {
    Trial(item::ReadPtr that, std::size_t jobs) : mail(std::move(that)), left(jobs) {}
    const item::ReadPtr mail;
    std::once_flag once;
    std::optional<market::SealedLetter> sealed;
    std::atomic<std::size_t> left;  // jobs
    std::atomic<bool> opened = false;
};

void MailTrials::begin(Workers& workers, const market::TryOpen& wish, bool alone) {
    if (!keys_ || keys_->list != wish.keys) {
        keys_ = std::make_shared<Keys>();
        keys_->list = wish.keys;
    }
    const std::size_t all = wish.keys->size();
    const std::size_t jobs = std::max<std::size_t>(1, (all + keys_per_job - 1) / keys_per_job);
    const auto trial = std::make_shared<Trial>(wish.mail, jobs);
    const auto job = [trial, keys = keys_, answer = answer_, notes = notes_, alone](
                         std::size_t from, std::size_t to) -> Workers::Answer {
        keys->prepare();
        const ReadingNotes::Note note =
            notes ? notes->note(trial->mail->id, alone) : ReadingNotes::Note();
        std::call_once(trial->once, [&] { trial->sealed.emplace(*trial->mail); });
        for (std::size_t i = from; i < to && !trial->opened; ++i) {
            auto letter = trial->sealed->open(keys->ready[i]);
            if (!letter) continue;
            trial->opened = true;
            return [trial, answer, mailbox = keys->ready[i].public_key(),
                    opened = std::make_shared<const market::Letter>(std::move(*letter))] {
                (*answer)(trial->mail, mailbox, opened);
            };
        }
        // The last one to fail speaks for all, unless somebody succeeded.
        if (--trial->left > 0 || trial->opened) return [] {};
        return [trial, answer] { (*answer)(trial->mail, {}, nullptr); };
    };
    std::vector<Workers::Check> checks;
    for (std::size_t from = 0; from < std::max<std::size_t>(1, all); from += keys_per_job)
        checks.push_back(
            [job, from, to = std::min(all, from + keys_per_job)] { return job(from, to); });
    workers.check(std::move(checks));
}

}  // namespace hearsay::app
