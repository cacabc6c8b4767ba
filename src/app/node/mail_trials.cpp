#include "app/node/mail_trials.hpp"

#include <atomic>
#include <mutex>
#include <optional>

namespace hearsay::app {

struct MailTrials::Trial {
    Trial(item::ReadPtr that, std::size_t jobs) : mail(std::move(that)), left(jobs) {}
    const item::ReadPtr mail;
    std::once_flag once;
    std::optional<market::SealedLetter> sealed;
    std::atomic<std::size_t> left;  // jobs
    std::atomic<bool> opened = false;
};

void MailTrials::begin(Workers& workers, const market::TryOpen& wish, bool alone) {
    const std::size_t all = wish.keys->size();
    const std::size_t jobs = std::max<std::size_t>(1, (all + keys_per_job - 1) / keys_per_job);
    const auto trial = std::make_shared<Trial>(wish.mail, jobs);
    const auto job = [trial, keys = wish.keys, answer = answer_, notes = notes_, alone](
                         std::size_t from, std::size_t to) -> Workers::Answer {
        const ReadingNotes::Note note =
            notes ? notes->note(trial->mail->id, alone) : ReadingNotes::Note();
        std::call_once(trial->once, [&] { trial->sealed.emplace(*trial->mail); });
        std::vector<std::size_t> hits;
        for (std::size_t i = from; i < to; ++i)
            if (trial->sealed->is_tagged_for(*(*keys)[i].key)) hits.push_back(i);
        for (const std::size_t hit : hits) {
            auto letter = trial->sealed->open(*(*keys)[hit].key);
            if (!letter || trial->opened.exchange(true)) continue;
            return [trial, answer, mailbox = (*keys)[hit].mailbox,
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
