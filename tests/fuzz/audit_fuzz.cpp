// fuzz: max_len=400
// A node that asks others whether they hold items, and is asked: wishes, answers that are right,
// wrong, too long, late or nobody's, links that come and go, items that come and go, and time.
// Checked after each step:
//   - each wish is answered by one notice, and what it counts adds up
//   - of one audit nobody is asked twice, all are asked for the same, and the item is among it
//   - no more probes are under way than may be, and none without a network
//   - who asks us is told of each id, in order, what the store holds, or nothing at all; and not
//     more often than all together may ask
#include <algorithm>
#include <map>
#include <set>

#include "base/ensure.hpp"
#include "base/limits/audit.hpp"
#include "core/node.hpp"
#include "fuzz/stranger_script.hpp"
#include "memory_store.hpp"
#include "unit/item/samples.hpp"

namespace hearsay::core {
namespace {

namespace limits = base::limits;
using base::LinkId;
using base::Millis;
using base::PeerId;
using fuzz::Script;

constexpr std::uint32_t known = 24;
constexpr std::uint32_t items = 40;

const item::ReadPtr& item_of(std::size_t number) {
    static const std::vector<item::ReadPtr> all = [] {
        std::vector<item::ReadPtr> out;
        for (std::uint32_t at = 0; at < items; ++at)
            out.push_back(samples::accepted(
                samples::publication({.slot = 1 + at, .lifetime = base::Seconds(86400)})));
        return out;
    }();
    return all[number % items];  // total: that many
}

PeerId peer_of(std::size_t number) {
    return samples::numbered<PeerId>(static_cast<std::uint32_t>(1 + number % (known + 4)));
}

class Run {
public:
    Run() {
        std::vector<KnownPeer> peers;
        for (std::uint32_t at = 0; at < known; ++at) {
            KnownPeer peer;
            peer.peer = peer_of(at);
            if (at % 8 != 7) peer.first_proved = now_.wall - base::Seconds(5000);
            peers.push_back(peer);
        }
        DiscoverySettings settings;
        settings.discover = false;
        node_ = std::make_unique<Node>(NodeOptions{samples::numbered<PeerId>(9999),
                                                   samples::network,
                                                   base::Secret{},
                                                   std::move(peers),
                                                   RelayMode::tree,
                                                   settings,
                                                   {}});
        set_ready(true);
    }
    void play(Script& script) {
        while (!script.over()) turn(script);
        // Whatever is open ends.
        set_ready(true);
        for (int looks = 0; looks < 400 && !(wished_.empty() && open_.empty()); ++looks) {
            if (!open_.empty()) answer(0, std::nullopt);
            wait(Millis(500));
        }
        ENSURE(wished_.empty(), "an audit that never ends");
    }

private:
    struct Asking {
        std::vector<base::ItemId> ids;
        std::set<PeerId> asked;
    };
    struct Open {
        base::ItemId id;
        PeerId peer;
        std::size_t ids = 0;
    };

    void turn(Script& script) {
        switch (script.below(10)) {
            case 0:
            case 1:
                return wish(item_of(script.byte())->id);
            case 2:
                return wait(Millis(script.byte() * 40));
            case 3:
            case 4:
                if (!open_.empty()) answer(script.below(open_.size()), said(script));
                return;
            case 5:
                return step(Probed{item_of(script.byte())->id, samples::numbered<PeerId>(7777),
                                   std::vector<bool>(script.byte() % 40U)});
            case 6:
                return ask_us(script);
            case 7:
                return change(script);
            case 8:
                return set_ready(script.byte() % 4 != 0);
            default:
                return link(script);
        }
    }
    static std::optional<std::vector<bool>> said(Script& script) {
        const std::uint8_t how = script.byte();
        if (how % 4 == 0) return std::nullopt;
        std::vector<bool> out(how % 4 == 1 ? script.byte() % 40U : limits::audit_ids);
        for (std::size_t at = 0; at < out.size(); ++at) out[at] = script.byte() % 2 == 0;
        return out;
    }
    void wish(const base::ItemId& id) {
        wished_.insert(id);
        step(AuditItem{id});
    }
    void answer(std::size_t which, std::optional<std::vector<bool>> held) {
        const Open open = open_[which];  // total: below its size
        open_.erase(open_.begin() + static_cast<std::ptrdiff_t>(which));
        step(Probed{open.id, open.peer, std::move(held)});
    }
    void ask_us(Script& script) {
        const LinkId link{next_link_++};
        step(LinkUp{link, std::nullopt, false});
        step(FrameReceived{
            link, *encode(Hello{protocol_version, static_cast<std::uint32_t>(samples::network),
                                now_.wall, false, 1})});
        std::set<base::ItemId> ids;
        for (std::uint8_t count = 1 + script.byte() % 20; count > 0; --count)
            ids.insert(item_of(script.byte())->id);
        Probe probe{script.number(), {ids.begin(), ids.end()}};
        step(FrameReceived{link, *encode(probe)});
        ENSURE(told_, "a question without an answer");
        ENSURE(told_->number == probe.number, "another question is answered");
        if (!told_->held.empty()) {
            ENSURE(told_->held.size() == probe.ids.size(), "another number of ids is answered");
            for (std::size_t at = 0; at < probe.ids.size(); ++at)
                ENSURE(told_->held[at] == (store_.presence(probe.ids[at]) == Presence::alive),
                       "an answer is wrong");
            ++answers_;
            const auto seconds = (now_.mono - began_).count() / 1000;
            constexpr base::Rate rate = limits::probe_answers_rate;
            ENSURE(answers_ <= rate.burst + (seconds + 1) * rate.units,
                   "more is answered than all together may ask");
        }
        told_.reset();
        step(LinkDown{link, std::nullopt});
    }
    void change(Script& script) {
        const item::ReadPtr& item = item_of(script.byte());
        if (store_.presence(item->id) == Presence::alive)
            store_.apply(Forget{item->id, ForgetReason::evicted, {}});
        else
            store_.apply(Store{item, now_.wall + base::Seconds(86400)});
    }
    void link(Script& script) {
        const PeerId peer = peer_of(script.byte());
        const auto found = links_.find(peer);
        if (found != links_.end()) {
            step(LinkDown{found->second, std::nullopt});
            links_.erase(found);
            return;
        }
        const LinkId link{next_link_++};
        links_[peer] = link;
        step(LinkUp{link, peer, false});
        step(FrameReceived{
            link, *encode(Hello{protocol_version, static_cast<std::uint32_t>(samples::network),
                                now_.wall, true, 1})});
    }
    void set_ready(bool ready) {
        ready_ = ready;
        step(NetworkReady{ready});
    }
    void wait(Millis time) {
        now_.mono += time;
        step(TimerFired{});
    }

    void step(const Input& input) {
        Effects out;
        node_->step(input, now_, store_, out);
        node_->sanity_check();
        for (const Effect& effect : out) {
            if (const auto* gone = std::get_if<Disconnect>(&effect))
                std::erase_if(links_, [&](const auto& each) { return each.second == gone->link; });
            if (const auto* probe = std::get_if<SendProbe>(&effect)) on_probe(*probe);
            if (const auto* notify = std::get_if<Notify>(&effect))
                if (const auto* audited = std::get_if<Audited>(&notify->notice))
                    on_audited(*audited);
            if (const auto* send = std::get_if<Send>(&effect)) {
                const auto message = parse(*send->frame);
                if (const auto* held = message ? std::get_if<Held>(&*message) : nullptr)
                    told_ = *held;
            }
        }
        ENSURE(open_.size() <= limits::probes_max, "more probes are under way than may be");
    }
    void on_probe(const SendProbe& probe) {
        ENSURE(ready_, "somebody is dialled without a network");
        ENSURE(wished_.contains(probe.id), "an audit that nobody wished");
        const auto message = parse(*probe.frames.back());
        ENSURE(message && std::holds_alternative<Probe>(*message), "a probe that asks nothing");
        const auto& asked = std::get<Probe>(*message);
        ENSURE(asked.ids.size() <= limits::audit_ids, "too much is asked for");
        ENSURE(std::ranges::count(asked.ids, probe.id) == 1, "the item is not asked for");
        Asking& asking = asking_[probe.id];
        if (asking.asked.empty()) asking.ids = asked.ids;
        ENSURE(asking.ids == asked.ids, "two are asked for different things");
        ENSURE(asking.asked.insert(probe.peer).second, "somebody is asked twice");
        open_.push_back({probe.id, probe.peer, asked.ids.size()});
    }
    void on_audited(const Audited& audited) {
        ENSURE(wished_.erase(audited.id) == 1, "a notice that nobody waits for");
        ENSURE(
            audited.held + audited.lacking + audited.declined + audited.unreached == audited.asked,
            "what was said does not add up");
        ENSURE(audited.asked == asking_[audited.id].asked.size(), "who was asked is miscounted");
        ENSURE(audited.linked <= audited.asked, "more are linked than were asked");
        asking_.erase(audited.id);
    }

    MemoryStore store_;
    base::Now now_{base::MonoTime(Millis(1'000'000)), samples::noon + base::Seconds(100)};
    const base::MonoTime began_ = now_.mono;
    std::unique_ptr<Node> node_;
    bool ready_ = false;
    std::set<base::ItemId> wished_;  // one notice for each, however often it was wished meanwhile
    std::map<base::ItemId, Asking> asking_;
    std::vector<Open> open_;
    std::map<PeerId, LinkId> links_;
    std::optional<Held> told_;
    std::int64_t answers_ = 0;
    std::uint64_t next_link_ = 1;
};

}  // namespace
}  // namespace hearsay::core

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    hearsay::fuzz::Script script({data, size});
    hearsay::core::Run().play(script);
    return 0;
}
