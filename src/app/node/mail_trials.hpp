// app/node/mail_trials.hpp - tries each new mail with the keys of all mailboxes, on the workers.
//
// A mail and up to keys_per_job keys are one job, so that one mail among thousands of keys uses all
// threads and what waits behind it is not kept long. A job looks at the tag with each of its keys,
// whichever fits, and opens only then: how long the looking takes does not tell which key it was,
// nor whether there was one. Keys come expanded with the wish (market::OwnKey).
#pragma once

#include <functional>
#include <memory>

#include "app/node/reading_notes.hpp"
#include "app/node/workers.hpp"
#include "market/effects.hpp"
#include "market/mail/letter.hpp"

namespace hearsay::app {

class MailTrials {
public:
    static constexpr std::size_t keys_per_job = 256;

    // The letter and the mailbox whose key opened it; null, and whatever, if none did. On the
    // loop's thread, once for each begin().
    using Answer = std::function<void(const item::ReadPtr& mail, const base::MailboxId& mailbox,
                                      std::shared_ptr<const market::Letter> letter)>;
    // `notes`, which may be null, outlive the workers: each job notes what it reads.
    explicit MailTrials(Answer answer, ReadingNotes* notes = nullptr)
        : answer_(std::make_shared<const Answer>(std::move(answer))), notes_(notes) {}

    // `alone`: a suspect (market/mail/blame.hpp); the caller sees to it that nothing else is tried.
    void begin(Workers& workers, const market::TryOpen& wish, bool alone = false);

private:
    struct Trial;
    std::shared_ptr<const Answer> answer_;
    ReadingNotes* const notes_;
};

}  // namespace hearsay::app
