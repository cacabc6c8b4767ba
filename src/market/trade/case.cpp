#include "market/trade/case.hpp"

#include <algorithm>

namespace hearsay::market::trade {
namespace {

std::vector<Signed> everything(const Machine& machine) {
    std::vector<Signed> out;
    for (const Step& step : machine.steps()) out.push_back(step.message);
    for (Signed& message : machine.waiting()) out.push_back(std::move(message));
    return out;
}

std::optional<Signed> with_hash(const std::vector<Signed>& all, const std::optional<Hash>& hash) {
    for (const Signed& each : all)
        if (each.hash == hash) return each;
    return std::nullopt;
}

bool is_side(const Case& out, const base::PublisherKey& who) {
    return out.take && (who == out.maker() || who == out.take->message.sender);
}

}  // namespace

base::PublisherKey Case::maker() const {
    return take->message.move.offer->header.publication()->publisher;
}

Case build_case(const Machine& shown, const base::PublisherKey& arbiter) {
    const std::vector<Signed> all = everything(shown);
    Case out;
    for (const Signed& each : all)
        if (each.message.move.kind == MoveKind::take && each.message.number == 1) out.take = each;
    for (const Signed& each : all) {
        const Message& message = each.message;
        if (message.sender == arbiter) out.own.push_back(each);
        if (!is_side(out, message.sender)) continue;
        if (message.move.kind == MoveKind::confirm && !out.confirm) out.confirm = each;
        if (message.move.kind == MoveKind::dispute) out.disputes.push_back(each);
    }
    std::sort(out.own.begin(), out.own.end(),
              [](const Signed& a, const Signed& b) { return a.message.number < b.message.number; });
    for (const Signed& each : out.own)
        if (each.message.move.kind == MoveKind::ruling && !out.ruling) out.ruling = each;
    if (out.confirm) out.accept = with_hash(all, out.confirm->message.move.answers);
    if (out.accept) out.proposal = with_hash(all, out.accept->message.move.answers);
    return out;
}

std::optional<std::string> Case::problem(const base::PublisherKey& arbiter) const {
    if (!take) return "the Take was not shown, so nobody can tell who the sides are";
    if (!confirm || !accept || !proposal)
        return "the agreement was not shown: the accepted proposal, its acceptance and its confirmation";
    const Message& proposed = proposal->message;
    const Message& accepted = accept->message;
    const bool signed_by_both = is_side(*this, proposed.sender) && is_side(*this, accepted.sender) &&
                                confirm->message.sender == proposed.sender &&
                                accepted.sender != proposed.sender &&
                                accepted.move.kind == MoveKind::accept && proposed.move.terms;
    if (!signed_by_both) return "what was shown as the agreement was not agreed by both sides";
    if (!proposed.move.terms->arbiter || proposed.move.terms->arbiter->persona != arbiter)
        return "the agreement names another arbiter, or none";
    if (disputes.empty()) return "no dispute was shown";
    return std::nullopt;
}

std::optional<base::MailboxKey> Case::mailbox_of(const base::PublisherKey& side) const {
    for (const auto* each : {&accept, &proposal, &take})
        if (*each && (*each)->message.sender == side && (*each)->message.move.mailbox)
            return (*each)->message.move.mailbox;
    return std::nullopt;
}

Message Case::next(const base::PublisherKey& arbiter) const {
    Message out;
    out.sender = arbiter;
    out.trade = take->message.trade;
    out.number = static_cast<std::uint32_t>(own.size()) + 1;
    if (!own.empty()) out.previous = own.back().hash;
    return out;
}

std::vector<std::size_t> needed_for_a_case(const Machine& machine) {
    std::vector<std::size_t> out;
    std::optional<Hash> proposal;
    for (const Step& step : machine.steps())
        if (step.message.hash == machine.state().accept) proposal = step.message.message.move.answers;
    for (std::size_t i = 0; i < machine.steps().size(); ++i) {
        const Step& step = machine.steps()[i];
        const MoveKind kind = step.message.message.move.kind;
        const bool agreed = step.message.hash == proposal || step.message.hash == machine.state().accept ||
                            kind == MoveKind::take || kind == MoveKind::confirm || kind == MoveKind::dispute;
        if (agreed && !step.problem) out.push_back(i);
    }
    return out;
}

}  // namespace hearsay::market::trade
