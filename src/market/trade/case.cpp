#include "market/trade/case.hpp"

#include <algorithm>

#include "base/limits/trades.hpp"
#include "market/mail/letter.hpp"

namespace hearsay::market::trade {
namespace {

namespace limits = base::limits;

// All that was signed. Contradictions too: each side shows the arbiter first what it likes best,
// and of two messages with one number the other may be what both agreed on. For the same reason
// what the machine judges here proves nothing.
std::vector<Signed> everything(const Machine& machine) {
    std::vector<Signed> out;
    for (const Step& step : machine.steps()) out.push_back(step.message);
    for (Signed& message : machine.waiting()) out.push_back(std::move(message));
    out.insert(out.end(), machine.forks().begin(), machine.forks().end());
    return out;
}

std::optional<Signed> with_hash(const std::vector<Signed>& all, const std::optional<Hash>& hash) {
    for (const Signed& each : all)
        if (each.hash == hash) return each;
    return std::nullopt;
}

bool is_side(const Case& out, const base::PublisherKey& who) {
    return out.take && (who == out.maker() || who == out.taker());
}

std::optional<std::string> agreement_problem(const Case& shown, const base::PublisherKey& arbiter) {
    if (!shown.confirm || !shown.accept || !shown.proposal)
        return "the agreement was not shown: the accepted proposal, its acceptance and its "
               "confirmation";
    const Message& proposed = shown.proposal->message;
    const Message& accepted = shown.accept->message;
    const bool signed_by_both =
        is_side(shown, proposed.sender) && is_side(shown, accepted.sender) &&
        shown.confirm->message.sender == proposed.sender && accepted.sender != proposed.sender &&
        accepted.move.kind == MoveKind::accept && proposed.move.terms;
    if (!signed_by_both) return "what was shown as the agreement was not agreed by both sides";
    if (!proposed.move.terms->arbiter || proposed.move.terms->arbiter->persona != arbiter)
        return "the agreement names another arbiter, or none";
    return std::nullopt;
}

// Anybody can sign a Confirm of nothing, so each is looked at until one proves an agreement.
void find_agreement(Case& out, const std::vector<Signed>& all, const base::PublisherKey& arbiter) {
    for (const Signed& each : all) {
        if (each.message.move.kind != MoveKind::confirm || !is_side(out, each.message.sender))
            continue;
        Case tried;
        tried.take = out.take;
        tried.confirm = each;
        tried.accept = with_hash(all, each.message.move.answers);
        if (tried.accept) tried.proposal = with_hash(all, tried.accept->message.move.answers);
        const bool proves = !agreement_problem(tried, arbiter);
        if (!proves && out.proposal) continue;
        out.confirm = tried.confirm;
        out.accept = tried.accept;
        out.proposal = tried.proposal;
        if (proves) return;
    }
}

void find_take(Case& out, const std::vector<Signed>& all) {
    for (const Signed& each : all)
        if (each.message.move.kind == MoveKind::take && each.message.number == 1 && !out.take)
            out.take = each;
}

void find_own(Case& out, const Machine& shown, const base::PublisherKey& arbiter) {
    std::uint32_t claimed = 0;
    const auto look_at = [&](const Signed& each) {
        const Message& message = each.message;
        if (message.sender == arbiter) out.own.push_back(each);
        if (!is_side(out, message.sender)) return;
        for (const Seen& seen : message.seen)
            if (seen.who == arbiter) claimed = std::max(claimed, seen.number);
    };
    for (const Step& step : shown.steps()) look_at(step.message);
    for (const Signed& message : shown.waiting()) look_at(message);
    std::sort(out.own.begin(), out.own.end(),
              [](const Signed& a, const Signed& b) { return a.message.number < b.message.number; });
    const std::size_t known = out.own.size();
    out.lacks_own = (known > 0 && out.own.back().message.number != known) ||
                    (shown.is_from_backup() && claimed > known);
    for (const Signed& each : out.own)
        if (each.message.move.kind == MoveKind::ruling && !out.ruling) out.ruling = each;
}

}  // namespace

base::PublisherKey Case::maker() const {
    return (take ? maker_in(take->message.move) : std::nullopt).value_or(base::PublisherKey{});
}

base::PublisherKey Case::taker() const {
    return take ? take->message.sender : base::PublisherKey{};
}

Case build_case(const Machine& shown, const base::PublisherKey& arbiter,
                const std::vector<Signed>& agreement) {
    std::vector<Signed> all = agreement;
    for (Signed& message : everything(shown)) all.push_back(std::move(message));
    Case out;
    find_take(out, all);
    find_agreement(out, all, arbiter);
    find_own(out, shown, arbiter);
    for (const Signed& each : all)
        if (each.message.move.kind == MoveKind::dispute && is_side(out, each.message.sender))
            out.disputes.push_back(each);
    return out;
}

std::vector<Signed> agreement_among(const Machine& shown, const std::vector<Signed>& more,
                                    const base::PublisherKey& arbiter) {
    std::vector<Signed> all = more;
    for (Signed& message : everything(shown)) all.push_back(std::move(message));
    Case out;
    find_take(out, all);
    find_agreement(out, all, arbiter);
    if (!out.take || agreement_problem(out, arbiter)) return {};
    return {*out.take, *out.proposal, *out.accept, *out.confirm};
}

std::optional<std::string> Case::problem(const base::PublisherKey& arbiter) const {
    if (!take) return "the Take was not shown, so nobody can tell who the sides are";
    if (is_side(*this, arbiter)) return "the arbiter is a third, neither maker nor taker";
    if (auto problem = agreement_problem(*this, arbiter)) return problem;
    if (disputes.empty()) return "no dispute was shown";
    return std::nullopt;
}

std::optional<std::string> Case::move_problem(MoveKind kind) const {
    if (kind != MoveKind::text && kind != MoveKind::ruling)
        return "an arbiter only writes and rules";
    if (kind == MoveKind::ruling && ruling) return "the arbiter has ruled already";
    if (lacks_own)
        return "you have signed messages that are not here, as after an old backup; to go on would "
               "contradict "
               "them";
    std::size_t bytes = 0;
    for (const Signed& each : own) bytes += each.bytes.size();
    // One more for the ruling.
    const std::size_t needed = kind == MoveKind::text ? 2 : 1;
    if (own.size() + needed > limits::trade_sender_messages_max ||
        bytes + needed * limits::trade_message_bytes_max > limits::trade_sender_bytes_max)
        return "the trade has no room for more of your messages";
    return std::nullopt;
}

std::optional<base::MailboxKey> Case::mailbox_of(const base::PublisherKey& side) const {
    for (const auto* each : {&accept, &proposal, &take})
        if (*each && (*each)->message.sender == side && (*each)->message.move.mailbox &&
            is_usable(*(*each)->message.move.mailbox))
            return (*each)->message.move.mailbox;
    return std::nullopt;
}

Message Case::next(const base::PublisherKey& arbiter) const {
    Message out;
    out.sender = arbiter;
    if (take) out.trade = take->message.trade;
    out.number = static_cast<std::uint32_t>(own.size()) + 1;
    if (!own.empty()) out.previous = own.back().hash;
    return out;
}

std::vector<std::size_t> needed_for_a_case(const Machine& machine) {
    std::vector<std::size_t> out;
    std::optional<Hash> proposal;
    for (const Step& step : machine.steps())
        if (step.message.hash == machine.state().accept)
            proposal = step.message.message.move.answers;
    for (std::size_t i = 0; i < machine.steps().size(); ++i) {
        const Step& step = machine.steps()[i];
        const MoveKind kind = step.message.message.move.kind;
        const bool agreed = step.message.hash == proposal ||
                            step.message.hash == machine.state().accept || kind == MoveKind::take ||
                            kind == MoveKind::confirm || kind == MoveKind::dispute;
        if (agreed && !step.problem) out.push_back(i);
    }
    return out;
}

}  // namespace hearsay::market::trade
