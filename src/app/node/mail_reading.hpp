// app/node/mail_reading.hpp - from the market's wish to try a mail to the turn that takes its
// letter, noted on the way.
//
//   1. A mail that is set aside (app/node/quarantine.hpp) is answered as one that no key opens.
//   2. Any other is tried by the workers (app/node/mail_trials.hpp), each job noting what it reads.
//   3. What was tried is answered to the turn (turn/engine.hpp), which takes so many letters at
//      once. Each is noted from when it is taken until all is decided: what the turn commits or
//      says afterwards reads nothing of theirs.
//   4. A suspect comes before all others and goes alone: while one waits or is read, no other mail
//      begins, and those that had begun are answered first. It is acquitted when the turn that took
//      its answer is over.
// Everything here happens on the loop's thread but the trials themselves.
#pragma once

#include <deque>
#include <functional>
#include <optional>

#include "app/node/mail_trials.hpp"
#include "app/node/quarantine.hpp"
#include "market/effects.hpp"
#include "turn/answers.hpp"

namespace hearsay::app {

class MailReading {
public:
    MailReading(Workers& workers, Quarantine& quarantine,
                std::function<void(turn::MailTried)> answer);

    void try_open(const market::TryOpen& wish);

    // The parts of a turn: around the market's taking an answer; when all is decided; when the turn
    // is over.
    void taking(const turn::MailTried& tried);
    void taken(const turn::MailTried& tried, market::Vault& vault, market::OwnStore& store,
               base::Rng& rng);
    void decided();
    void ended();

private:
    void go_on();
    bool is_alone(const base::ItemId& mail) const { return alone_ == mail; }
    bool is_suspect(const item::ReadPtr& mail) const { return quarantine_.is_suspect(mail->id); }

    Workers& workers_;
    Quarantine& quarantine_;
    const std::function<void(turn::MailTried)> answer_;
    MailTrials trials_;
    std::deque<market::TryOpen> suspects_;  // wait for the others to be answered
    std::deque<market::TryOpen> others_;    // wait for the suspects to be read
    std::size_t under_way_ = 0;             // begun, and not taken yet
    std::optional<base::ItemId> alone_;     // the suspect that is read by itself
    std::optional<base::ItemId> acquitted_;
    std::vector<ReadingNotes::Note> noted_;
};

}  // namespace hearsay::app
