// What came of an item: of a peer's, and of one that the user brought.
#include "base/limits/relay.hpp"
#include "core/node_step.hpp"

namespace hearsay::core {

namespace limits = base::limits;
using base::Fault;

namespace {

// Nobody's link: what was Brought came over it. `net` numbers links from 1 on.
constexpr base::LinkId users_hand{UINT64_MAX};

}  // namespace

void Node::on_verified(const Verified& verified, Step& step) {
    auto outcome = ingest_.on_verified(verified, step.now, step.view, step.out);
    for (const auto& [link, fault] : outcome.faults) {
        if (link != users_hand)
            links_.punish(link, fault, step.now, step.out, {"Items", "an item of it (section 4)"});
        else if (const item::Read* const bad = outcome.judged.get())
            judge(bad->id, Judged::Verdict::refused, fault, step);
    }
    if (outcome.refused) {
        relay_.on_refused(*outcome.refused, step.now);
        reconcile_.on_refused(*outcome.refused, step.now);
    }
    if (outcome.below_floor) {
        relay_.on_unwanted(*outcome.below_floor);
        on_not_kept(*outcome.below_floor, Fault::item_below_floor, step);
    }
    if (outcome.laid_aside) {
        relay_.on_laid_aside(*outcome.laid_aside);
        on_not_kept(*outcome.laid_aside, Fault::item_laid_aside, step);
    }
    if (!outcome.accepted) return;
    Accepted accepted = *std::move(outcome.accepted);
    // total: what is accepted was brought by somebody
    const Pile lane = pile_of(*accepted.sources.begin());
    accepted.by_user = accepted.sources.erase(users_hand) > 0;
    judge(accepted.item->id, Judged::Verdict::stored, std::nullopt, step);
    step.out.push_back(Notify{ItemStored{accepted.item, lane}});
    for (const base::LinkId source : accepted.sources) {
        links_.on_news(source, step.now);
        on_peer_has(source, accepted.item->id, step);
    }
    if (injection_.in_vain(accepted.item->id) > 0) floors_.believe_as_usual();
    injection_.on_stored(accepted.item->id, step.now, step.out);
    reconcile_.on_stored(accepted.item->id);
    const auto matches = [&](base::LinkId link) { return reconcile_.is_matching(link); };
    relay_.on_accepted(accepted, matches, step.now, step.out);
}

// It was verified, and is not kept all the same.
void Node::on_not_kept(const base::ItemId& id, Fault why, Step& step) {
    step.out.push_back(Notify{Refused{std::nullopt, why}});
    reconcile_.on_stored(id);  // nobody need be asked for it any more
    judge(id, Judged::Verdict::refused, why, step);
}

void Node::on_brought(const Brought& brought, Step& step) {
    const base::ItemId id = item::id_of(brought.item.header, brought.item.signature);
    if (brought_.size() >= limits::brought_max) {
        step.out.push_back(Notify{Judged{id, Judged::Verdict::busy}});
        return;
    }
    brought_.insert(id);
    const auto admission = ingest_.on_item(users_hand, brought.item, step.now, step.view, step.out);
    if (!admission) return judge(id, Judged::Verdict::refused, admission.error(), step);
    switch (admission->novelty) {
        case Novelty::fresh:
        case Novelty::waiting:
            return;  // on_verified() or judge_what_is_left()
        case Novelty::held:
            return judge(id, Judged::Verdict::held, std::nullopt, step);
        case Novelty::refused:
            return judge(id, admission->fault ? Judged::Verdict::refused : Judged::Verdict::busy,
                         admission->fault, step);
    }
}

void Node::judge(const base::ItemId& id, Judged::Verdict verdict, std::optional<Fault> fault,
                 Step& step) {
    if (brought_.erase(id) > 0) step.out.push_back(Notify{Judged{id, verdict, fault}});
}

// What is verified no more and was not judged: others' copies came first, it was dropped for want
// of room, or it is too late for it.
void Node::judge_what_is_left(Step& step) {
    std::vector<base::ItemId> left;
    for (const base::ItemId& id : brought_)
        if (!ingest_.is_verifying(id)) left.push_back(id);
    for (const base::ItemId& id : left) {
        const bool known = step.view.presence(id) != Presence::unknown;
        judge(id, known ? Judged::Verdict::held : Judged::Verdict::busy, std::nullopt, step);
    }
}

}  // namespace hearsay::core
