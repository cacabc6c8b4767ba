// app/node/mail_reading.hpp - from the market's wish to try a mail to the turn that takes its letter, noted on the way.
//
//   1. A mail that is set aside (app/node/quarantine.hpp) is answered as one that no key opens.
//   2. Any other is tried by the workers (app/node/mail_trials.hpp), each job noting what it reads.
//   3. Letters that opened wait for a turn, which takes at most letters_a_turn_max of them. They are noted when it takes
//      them, until it is thought: what it commits or says afterwards reads nothing of theirs.
//   4. A suspect comes before all others and goes alone: while one waits or is read, no other mail begins, and those that
//      had begun are answered first. It is acquitted when the turn that took its answer is over.
// Everything here happens on the loop's thread but the trials themselves.
#pragma once

#include <deque>
#include <functional>
#include <optional>

#include "app/node/mail_trials.hpp"
#include "app/node/quarantine.hpp"
#include "market/market.hpp"

namespace hearsay::app {

class MailReading {
public:
    // `wants_turn` is called when there is something to take().
    MailReading(Workers& workers, Quarantine& quarantine, std::function<void()> wants_turn);

    void try_open(const market::TryOpen& wish);

    // The parts of a turn. take() first; true if more waits for another turn.
    bool take(market::Market& market, const market::Turn& turn, base::Rng& rng);
    void thought();  // before anything is committed
    void ended();    // after everything

private:
    struct Answer {
        item::ReadPtr mail;
        base::MailboxKey mailbox;
        std::shared_ptr<const market::Letter> letter;  // null: no key opened it
    };
    void answer(Answer answer);
    void go_on();
    bool is_suspect(const item::ReadPtr& mail) const { return quarantine_.is_suspect(mail->id); }

    Workers& workers_;
    Quarantine& quarantine_;
    const std::function<void()> wants_turn_;
    MailTrials trials_;
    std::deque<market::TryOpen> suspects_;  // wait for the others to be answered
    std::deque<market::TryOpen> others_;    // wait for the suspects to be read
    std::size_t under_way_ = 0;             // begun, and not taken yet
    bool alone_ = false;                    // what is under way is a suspect
    std::optional<base::ItemId> acquitted_;
    std::deque<Answer> answers_;
    std::vector<ReadingNotes::Note> noted_;
};

}  // namespace hearsay::app
