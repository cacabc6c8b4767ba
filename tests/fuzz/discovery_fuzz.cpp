// fuzz: max_len=500
// A node that looks for peers among strangers who say what they like: dials that succeed, fail or
// prove another thing, visitors, questions, answers with and without a question, the user's words,
// and time. Beside it a naive model of what the node has learned by its own experience.
// Checked after each step:
//   - nobody is told of but peers that we dialled and that greeted us, at most twenty,
//     never the asker, us or a banned one
//   - an answer counts only if it has the number of an open question over its link; what it names
//     is filed under who answered, and no source has more than its share
//   - nobody is dialled twice at once, nor we ourselves, nor who is banned;
//     links and visits under way are bounded
//   - the table's buckets are bounded and hold only whom we proved
#include <map>
#include <set>

#include "base/ensure.hpp"
#include "base/limits/discovery.hpp"
#include "base/limits/links.hpp"
#include "core/node.hpp"
#include "fuzz/stranger_script.hpp"
#include "memory_store.hpp"
#include "unit/item/samples.hpp"

namespace hearsay::core {
namespace {

namespace limits = base::limits;
using base::Fault;
using base::LinkId;
using base::Millis;
using base::PeerId;
using fuzz::Script;

constexpr std::uint32_t names = 512;  // of keys that anybody may utter

PeerId key_of(std::uint32_t number) {
    static const std::vector<PeerId> keys = [] {
        std::vector<PeerId> out;
        for (std::uint32_t at = 0; at < names; ++at)
            out.push_back(samples::numbered<PeerId>(1 + at));
        return out;
    }();
    return keys[number % names];
}

struct Link {
    std::optional<PeerId> peer;
    bool outbound = false;
    bool greeted = false;
    std::set<std::uint32_t> questions;  // of ours that are open
    std::int64_t asked = 0;             // by us, ever
    base::MonoTime since;
};

class Run {
public:
    explicit Run(bool with_seed) {
        DiscoverySettings settings;
        if (with_seed) settings.bootstrappers = {key_of(0)};
        node_ = std::make_unique<Node>(NodeOptions{
            self_, samples::network, base::Secret{}, {}, RelayMode::tree, settings, {}});
        step(NetworkReady{true});
    }
    void play(Script& script) {
        for (int turns = 0; turns < 120 && !script.over(); ++turns) {
            turn(script);
            check();
        }
    }

private:
    void turn(Script& script) {
        switch (script.below(16)) {
            case 0:
            case 1:
            case 2:
                return answer_dial(script, true);
            case 3:
                return answer_dial(script, false);
            case 4:
            case 5:
                return come(script);
            case 6:
            case 7:
            case 8:
                return contacts(script);
            case 9:
            case 10:
                return find(script);
            case 11:
                return go(script);
            case 12:
                return user(script);
            case 13:
                return greet(some_link(script), script);
            default:
                return pass(script.byte());
        }
    }

    std::optional<LinkId> some_link(Script& script) {
        if (links_.empty()) return std::nullopt;
        return std::next(links_.begin(), static_cast<std::ptrdiff_t>(script.below(links_.size())))
            ->first;
    }

    void answer_dial(Script& script, bool greets) {
        if (dials_.empty()) return;
        const auto dial =
            std::next(dials_.begin(), static_cast<std::ptrdiff_t>(script.below(dials_.size())));
        const PeerId peer = *dial;
        dials_.erase(dial);
        if (!greets && script.below(2) == 0) {
            const bool liar = script.below(2) == 0;
            return step(
                DialFailed{peer, liar ? std::optional(Fault::wrong_key) : std::nullopt, "no"});
        }
        const LinkId link{++made_};
        links_[link] = {peer, true, false, {}, 0, now_.mono};
        step(LinkUp{link, peer, true});
        if (greets) greet(link, script);
    }
    void come(Script& script) {
        const LinkId link{++made_};
        std::optional<PeerId> peer;
        if (script.below(8) != 0) peer = key_of(script.number());
        links_[link] = {peer, false, false, {}, 0, now_.mono};
        step(LinkUp{link, peer, false});
        greet(link, script);
    }
    void greet(std::optional<LinkId> link, Script& script) {
        if (!link || !links_.contains(*link)) return;
        const std::uint8_t how = script.byte();
        if (links_.at(*link).outbound && links_.at(*link).peer)
            proved_.insert(*links_.at(*link).peer);
        links_.at(*link).greeted = true;
        frame(*link, encode(Hello{protocol_version, static_cast<std::uint32_t>(samples::network),
                                  now_.wall, how % 4 != 0, how, how % 8 == 5}));
    }
    void contacts(Script& script) {
        const auto link = some_link(script);
        if (!link) return;
        const Link& from = links_.at(*link);
        Contacts answer{script.number(), {}};
        if (!from.questions.empty() && script.below(4) != 0)
            answer.number =
                *std::next(from.questions.begin(),
                           static_cast<std::ptrdiff_t>(script.below(from.questions.size())));
        const std::uint32_t first = script.number();
        for (std::size_t many = script.below(limits::contacts_per_answer_max + 1); many > 0; --many)
            answer.peers.push_back(
                many == 7 ? self_ : key_of(first + static_cast<std::uint32_t>(many * many)));
        if (from.questions.contains(answer.number)) answering_ = from.peer;
        frame(*link, encode(answer));
        answering_.reset();
        if (const auto still = links_.find(*link); still != links_.end())
            still->second.questions.erase(answer.number);
    }
    void find(Script& script) {
        const auto link = some_link(script);
        if (!link) return;
        Find question{script.number(), {}};
        question.target.data[0] = script.byte();
        for (std::size_t many = script.below(8) == 0 ? script.below(60) : 1;
             many > 0 && links_.contains(*link); --many) {
            asked_by_ = *link;
            frame(*link, encode(question));
        }
        asked_by_.reset();
    }
    void go(Script& script) {
        const auto link = some_link(script);
        if (!link) return;
        const bool broken = script.below(4) == 0;
        links_.erase(*link);
        step(LinkDown{*link, broken ? std::optional(Fault::frame_too_long) : std::nullopt});
    }
    void user(Script& script) {
        const PeerId peer = script.below(16) == 0 ? self_ : key_of(script.number() % 64);
        switch (script.below(8)) {
            case 0: {
                const bool as_friend = script.below(2) == 0;
                if (as_friend) banned_.erase(peer);
                return step(AddPeer{peer, as_friend});
            }
            case 1:  // with all that was known of him
                proved_.erase(peer);
                banned_.erase(peer);
                dials_.erase(peer);
                return step(RemovePeer{peer});
            case 2:
                if (peer != self_) banned_[peer] = now_.wall + base::Seconds(3600);
                dials_.erase(peer);
                return step(BanPeer{peer, base::Seconds(3600), "liar"});
            case 3:
                banned_.erase(peer);
                return step(UnbanPeer{peer});
            case 4:
                suggested_ = true;
                return step(Suggest{peer});
            case 5:
                return step(LookUp{node_id_of(peer)});
            default:
                return step(NetworkReady{script.below(2) == 0});
        }
    }
    void pass(std::uint8_t how) {
        static const Millis waits[] = {Millis(100),          Millis(3000),        limits::find_wait,
                                       limits::passing_stay, limits::feeler_wait, Millis(600'000),
                                       Millis(7'200'000),    limits::find_every};
        now_.mono += waits[how % std::size(waits)];
        now_.wall += std::chrono::duration_cast<base::Seconds>(waits[how % std::size(waits)]);
        for (int rounds = 0; rounds < 3; ++rounds) step(TimerFired{});
    }

    void frame(LinkId link, const FramePtr& bytes) { step(FrameReceived{link, *bytes}); }
    void step(const Input& input) {
        out_.clear();
        node_->step(input, now_, store_, out_);
        for (const Effect& effect : out_) {
            if (const auto* gone = std::get_if<Disconnect>(&effect)) links_.erase(gone->link);
            if (const auto* send = std::get_if<Send>(&effect)) on_send(*send);
            if (const auto* dial = std::get_if<Dial>(&effect)) on_dial(*dial);
            if (const auto* keep = std::get_if<KeepCandidate>(&effect))
                on_candidate(keep->candidate);
            if (const auto* drop = std::get_if<DropCandidate>(&effect))
                ENSURE(named_[drop->source].erase(drop->peer) == 1,
                       "a candidate is dropped that was none");
            if (const auto* drop = std::get_if<DropPeer>(&effect)) proved_.erase(drop->peer);
        }
    }

    void on_send(const Send& send) {
        const auto message = parse(*send.frame);
        ENSURE(message.has_value(), "a frame of ours does not parse");
        // What compares and floods may speak over a link that this very step ended;
        // the outer rooms let that fall.
        const auto found = links_.find(send.link);
        if (found == links_.end() && !std::holds_alternative<Find>(*message) &&
            !std::holds_alternative<Contacts>(*message))
            return;
        ENSURE(found != links_.end(), "a question or an answer goes over a link that is gone");
        Link& link = found->second;
        if (const auto* question = std::get_if<Find>(&*message)) {
            ENSURE(link.questions.insert(question->number).second, "two questions of one number");
            ENSURE(++link.asked <=
                       limits::find_burst / 2 + (now_.mono - link.since) / limits::find_every + 1,
                   "we ask more than the other side has to bear");
            ENSURE(link.outbound || node_->links().find(send.link)->stands(), "a visitor is asked");
        }
        const auto* answer = std::get_if<Contacts>(&*message);
        if (!answer) return;
        ENSURE(asked_by_ == send.link, "an answer without a question");
        ENSURE(answer->peers.size() <= limits::contacts_per_answer_max,
               "more than an answer holds");
        ENSURE(std::set<PeerId>(answer->peers.begin(), answer->peers.end()).size() ==
                   answer->peers.size(),
               "one twice");
        for (const PeerId& told : answer->peers) {
            ENSURE(proved_.contains(told), "somebody is told of by hearsay");
            ENSURE(told != self_ && told != link.peer, "told of himself");
            ENSURE(!is_banned(told), "a banned peer is told of");
        }
    }
    void on_dial(const Dial& dial) {
        ENSURE(dial.peer != self_, "we dial ourselves");
        ENSURE(dials_.insert(dial.peer).second, "dialled twice at once");
        ENSURE(!is_banned(dial.peer), "a banned peer is dialled");
    }
    void on_candidate(const Candidate& candidate) {
        ENSURE(candidate.peer != self_ && !is_banned(candidate.peer),
               "no candidate is ourselves or banned");
        const bool by_settings = suggested_ && candidate.source.data[0] == 0xff;
        ENSURE(by_settings || candidate.source == Candidates::newcomers ||
                   candidate.source == answering_,
               "filed under who did not answer");
        named_[candidate.source].insert(candidate.peer);
    }
    bool is_banned(const PeerId& peer) const {
        const auto found = banned_.find(peer);
        return found != banned_.end() && found->second > now_.wall;
    }

    void check() const {
        node_->sanity_check();
        const Discovery& discovery = node_->discovery();
        std::size_t sources = 0, links = 0, visits = 0, contacts = 0;
        for (const auto& [source, peers] : named_) {
            sources += peers.empty() ? 0 : 1;
            ENSURE(peers.size() <= limits::candidates_per_source_max,
                   "a source has more than its share");
        }
        ENSURE(
            sources == discovery.candidates().sources() && sources <= limits::candidate_sources_max,
            "sources");
        for (const auto& [id, link] : node_->links().all()) {
            ENSURE(links_.contains(id), "a link that never was");
            if (link.outbound) ++(link.visit ? visits : links);
        }
        for (const PeerId& peer : dials_) {
            const auto purpose = discovery.dialling(peer);
            if (purpose) ++(*purpose == DialPurpose::visit ? visits : links);
        }
        ENSURE(links <= limits::degree_default, "more links than the degree");
        ENSURE(visits <= limits::lookup_paths + limits::visits_max + 1,
               "more visits than there may be");
        for (std::size_t bucket = 0; bucket < RoutingTable::buckets; ++bucket) {
            const std::size_t size = discovery.table().bucket_size(bucket);
            ENSURE(size <= limits::bucket_contacts_max, "a bucket beyond k");
            contacts += size;
        }
        ENSURE(contacts == discovery.table().size() && contacts <= proved_.size(),
               "the table has more than we proved");
    }

    base::Now now_{base::MonoTime(Millis(1'000'000)), samples::noon};
    const PeerId self_ = samples::filled<PeerId>(250);
    MemoryStore store_;
    std::unique_ptr<Node> node_;
    Effects out_;
    std::map<LinkId, Link> links_;
    std::set<PeerId> dials_;
    std::set<PeerId> proved_;
    std::map<PeerId, base::WallTime> banned_;
    std::map<PeerId, std::set<PeerId>> named_;
    std::uint64_t made_ = 0;
    bool suggested_ = false;
    std::optional<PeerId> answering_;  // of the frame under way
    std::optional<LinkId> asked_by_;
};

}  // namespace
}  // namespace hearsay::core

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    hearsay::fuzz::Script script({data, size});
    hearsay::core::Run run(script.byte() % 2 == 0);
    run.play(script);
    return 0;
}
