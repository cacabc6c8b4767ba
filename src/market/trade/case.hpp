// market/trade/case.hpp - what an arbiter knows: the messages that somebody chose to show it.
//
// The arbiter sees nothing else, so there may be gaps, and what lies behind a gap cannot be judged
// by the machine. But each message is signed, so some things are certain whatever is missing:
//   1. the Take with the offer that the maker signed: who the sides are
//   2. a Confirm, the Accept that it names and the proposal that this names: what was agreed, and
//      that this persona was made the arbiter by both
//   3. Disputes of the sides
// With all three there is a case: the arbiter may write to both sides, and rule once. Which numbers
// are missing is said, so that the arbiter can ask for them.
//
// A side may show what makes trouble: a Confirm of nothing, another message under the number of one
// that both agreed on, more than there is room for. So every Confirm is tried, contradictions count
// as evidence, and what once proved an agreement is kept apart (agreement_among), whatever is shown
// before or after. An honest side accepts once or confirms once, so there is one agreement that
// both signed.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "market/trade/machine.hpp"

namespace hearsay::market::trade {

struct Case {
    std::optional<Signed> take{};
    std::optional<Signed> proposal{};  // the one that was agreed on
    std::optional<Signed> accept{};
    std::optional<Signed> confirm{};
    std::vector<Signed> disputes{};
    std::vector<Signed> own{};  // the arbiter's, by number
    std::optional<Signed> ruling{};
    bool lacks_own = false;  // the arbiter has signed messages that are not here

    // What keeps it from being a case for this persona, or nothing.
    std::optional<std::string> problem(const base::PublisherKey& arbiter) const;
    // Of a case: why the arbiter may not move so now, or nothing.
    std::optional<std::string> move_problem(MoveKind kind) const;
    // The last one that a side named and that can be written to, as far as the agreement tells.
    std::optional<base::MailboxKey> mailbox_of(const base::PublisherKey& side) const;
    base::PublisherKey maker() const;  // as the take's offer says; without one nobody: zeros
    base::PublisherKey taker() const;
    // The arbiter's next message, to be signed; its move is still empty.
    Message next(const base::PublisherKey& arbiter) const;
};
// `agreement`: what was kept apart.
Case build_case(const Machine& shown, const base::PublisherKey& arbiter,
                const std::vector<Signed>& agreement = {});
// Take, proposal, Accept and Confirm, if `more` and what was shown before prove that this persona
// is the arbiter; else empty.
std::vector<Signed> agreement_among(const Machine& shown, const std::vector<Signed>& more,
                                    const base::PublisherKey& arbiter);

// The messages without which there is no case: their places in steps.
// Empty without agreement or dispute.
std::vector<std::size_t> needed_for_a_case(const Machine& machine);

}  // namespace hearsay::market::trade
