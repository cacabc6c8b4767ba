// fuzz: max_len=600
// Lists from several peers at once, whole: Exchange with what it remembers of who lists and owes
// what. The input says which peer says or does what, honestly or not, and when time passes.
//
// Model: for each item that some peer listed and the node lacks, who was asked for it and when, who
// else listed it, and who let us down. It is told nothing but what peers did and what the node
// said. It demands that
//   - nobody is asked for what is held or laid aside, or for anything that it did not list;
//   - an item is asked of two peers at once only if the first one's time was over, or it owes;
//   - after each look at the clock, whatever somebody listed and was not asked for yet is being
//     asked of somebody whose time is not over, and nothing else is remembered: no id is reserved
//     by silence;
//   - where the download was ever bounded, such an id may also wait for it, and then there is no
//     room to ask for more, or be left to the next round of each peer that listed it, and then
//     has_skipped() says so;
//   - figures that are kept are what counting gives, and when all links are gone nothing is left;
//   - where the download is bounded, no more is asked for at once than may be.
#include "base/ensure.hpp"
#include "base/limits/budgets.hpp"
#include "base/limits/frames.hpp"
#include "base/limits/relay.hpp"
#include "core/reconcile/exchange.hpp"
#include "reconcile_support.hpp"

namespace hearsay::core {
namespace {

namespace limits = base::limits;
using base::Millis;

class Run {
public:
    explicit Run(Script script) : script_(script) {
        for (std::uint32_t at = 0; at < 30; ++at) store_.add(numbered(at));
    }
    void play() {
        while (!script_.over()) {
            turn();
            exchange_.sanity_check();
            aside_.sanity_check();
        }
        for (std::uint64_t link = 1; link <= links; ++link) leave(base::LinkId{link});
        look_at_clock();
        // copies that nobody decided about, too
        now_.mono += limits::list_wait_most + Millis(60'000);
        look_at_clock();
        ENSURE(exchange_.listed().size() == 0, "something is left of nobody");
        ENSURE(exchange_.next_deadline(traffic_) == base::never,
               "something is left to do for nobody");
    }

private:
    static constexpr std::uint64_t links = 5;
    static constexpr std::uint32_t items = 64;  // 30 of them held at first
    // Both halves of the least limit, and each one too many.
    static constexpr std::size_t asked_most =
        2 * (static_cast<std::size_t>(limits::traffic_limit_min / 2 * limits::download_burst_s) /
                 limits::guessed_item_bytes +
             1);
    struct Lack {
        std::optional<base::LinkId> asked;
        base::MonoTime asked_at;
        std::map<base::LinkId, std::uint32_t> spares;  // and in which round it was listed
        bool here = false;
        bool known = false;  // to the lists; what only waited for the download is not
        bool over = false;   // it was here, and nobody decided about it
    };
    struct Peer {
        bool standing = false;
        std::uint32_t page = 0;           // its own, last
        std::uint32_t ours = 0;           // of the node's, last
        std::set<base::ItemId> ours_ids;  // on it
        std::set<base::ItemId> ever_listed;
        std::set<base::ItemId> page_asked;  // of its last page
        base::MonoTime sign;
        bool owes = false;
    };

    bool is_known(const base::ItemId& id) const { return store_.holds(id) || aside_.contains(id); }
    const base::ItemId& some_id() { return numbered(script_.byte() % items); }

    void turn() {
        const std::uint8_t action = script_.byte();
        const base::LinkId link{1 + action % links};
        Peer& peer = peers_[link];
        switch (action / links % 10) {
            case 0:
            case 1:
            case 2:
                return peer.standing ? list(link, peer) : begin(link, peer);
            case 3:
                return want(link, peer);
            case 4:
            case 5:
                return copy(link, peer);
            case 6:
                return decide();
            case 7:
                return limit_or_leave(link, script_.byte());
            case 8:
                now_.mono += Millis(script_.byte());
                return look_at_clock();
            default:
                now_.mono += Millis(100 * script_.byte());
                return look_at_clock();
        }
    }
    void limit_or_leave(base::LinkId link, std::uint8_t how) {
        if (how % 4 == 0) leave(link);
        if (how % 4 == 2) aside_.clear();
        if (how % 4 != 1) return;
        traffic_.set_limits({0, how < 128 ? 0 : limits::traffic_limit_min});
        // What other things came and are charged for.
        traffic_.on_came(Use::rounds, 1024 * how, now_.mono);
        was_limited_ = was_limited_ || traffic_.limits_download();
    }
    void begin(base::LinkId link, Peer& peer) {
        peer = {};
        peer.standing = true;
        ++rounds_[link];
        Effects out;
        exchange_.begin(link, now_.mono, store_, out);
        hear(out);
    }
    void leave(base::LinkId link) {
        exchange_.on_link_gone(link, now_.mono);
        for (auto& [id, lack] : lacks_) {
            lack.spares.erase(link);
            if (lack.asked == link) lack.asked.reset();
        }
        peers_[link] = {};
    }
    void list(base::LinkId link, Peer& peer) {
        Have have{peer.page + 1, {}, false};
        if (script_.byte() >= 250) have.page += 1;
        for (std::uint8_t count = script_.byte() % 24; count > 0; --count)
            have.ids.push_back(some_id());
        have.last = have.ids.empty();
        // What its page before was asked for and is not here does not come from it any more.
        Effects out;
        const auto fault = exchange_.on_have(link, have, ingest_, traffic_, now_, store_, out);
        if (fault) return leave(link);
        ENSURE(!traffic_.limits_download() || exchange_.listed().asked() <= asked_most,
               "more is asked for than may be");
        ENSURE(have.page == peer.page + 1, "a page was left out, and nobody minded");
        peer.page = have.page;
        for (const base::ItemId& id : peer.page_asked)
            if (const auto found = lacks_.find(id);
                found != lacks_.end() && found->second.asked == link)
                found->second.asked.reset();
        peer.page_asked.clear();
        std::set<base::ItemId> asked;
        for (const Effect& effect : out) {
            const auto message = parse(*std::get<Send>(effect).frame);
            if (const auto* want = std::get_if<Want>(&*message)) {
                ENSURE(want->page == have.page, "another page was answered");
                for (const base::ItemId& id : want->ids)
                    ENSURE(asked.insert(id).second, "an id was asked for twice in one answer");
            }
        }
        for (const base::ItemId& id : std::set<base::ItemId>(have.ids.begin(), have.ids.end())) {
            if (is_known(id)) {
                ENSURE(!asked.contains(id), "what is held or laid aside was asked for");
                continue;
            }
            peer.ever_listed.insert(id);
            Lack& lack = lacks_[id];
            lack.known = lack.known || !traffic_.limits_download();
            if (asked.contains(id))
                ask(lack, link);
            else if (lack.asked != link)
                lack.spares[link] = rounds_[link];
        }
        peer.page_asked = asked;
    }
    void ask(Lack& lack, base::LinkId link) {
        ENSURE(!lack.here, "what is here was asked for");
        lack.known = true;
        if (lack.asked && *lack.asked != link) {
            const Peer& other = peers_[*lack.asked];
            const bool silent =
                std::max(other.sign, lack.asked_at) + limits::list_wait <= now_.mono;
            const bool over = lack.asked_at + limits::list_wait_most <= now_.mono;
            ENSURE(silent || over || other.owes, "two were asked for the same at once");
        }
        lack.asked = link;
        lack.asked_at = now_.mono;
        lack.spares.erase(link);
    }
    void want(base::LinkId link, Peer& peer) {
        if (!peer.standing) return;
        Want want{peer.ours, {}};
        if (script_.byte() >= 250) want.page += 1;
        std::set<base::ItemId> once;
        bool honest = want.page == peer.ours;
        for (std::uint8_t count = script_.byte() % 8; count > 0; --count) {
            const base::ItemId id = some_id();
            honest = honest && peer.ours_ids.contains(id) && once.insert(id).second;
            want.ids.push_back(id);
        }
        const std::set<base::ItemId> listed = std::exchange(peer.ours_ids, {});
        const bool due = std::exchange(peer.ours, 0) != 0;
        std::vector<base::ItemId> asked_not;
        Effects out;
        const auto fault =
            exchange_.on_want(link, want, now_, store_, asked_not, budget_, traffic_, out);
        ENSURE(!fault == (honest && due), "an answer was judged wrongly");
        if (fault) return leave(link);
        ENSURE(asked_not.size() + want.ids.size() == listed.size(),
               "who has what was counted wrongly");
        for (int pieces = 0; pieces < 3; ++pieces)
            exchange_.on_drained(link, now_, store_, budget_, traffic_, out);
        hear(out);
    }
    // Any peer brings a copy of anything.
    void copy(base::LinkId link, Peer& peer) {
        if (!peer.standing) return;
        const base::ItemId& id = some_id();
        const auto found = lacks_.find(id);
        exchange_.on_here(id);
        exchange_.listed().on_copy(id, link, now_.mono);
        if (found == lacks_.end()) return;
        if (!found->second.known) {  // it waits no more, and that is all
            lacks_.erase(found);
            return;
        }
        peer.sign = now_.mono;
        peer.owes = false;
        found->second.asked.reset();
        found->second.here = true;
        copied_at_[id] = now_.mono;
    }
    void decide() {
        const base::ItemId& id = some_id();
        const auto found = lacks_.find(id);
        const std::uint8_t how = script_.byte();
        if (how % 2 == 0) {
            exchange_.listed().on_refused(id, now_.mono);
            if (found != lacks_.end()) found->second.here = false;
        } else {
            exchange_.listed().on_settled(id);
            const bool hidden = how % 4 == 3 && !store_.holds(id);
            if (hidden) {
                exchange_.on_here(id);  // it came, or it would not have been judged
                aside_.add(*store_.read_of(id));
            } else if (!aside_.contains(id)) {
                store_.add(id);
            }
            lacks_.erase(id);
        }
    }
    void look_at_clock() {
        Effects out;
        exchange_.on_timer(traffic_, now_, store_, out);
        ENSURE(exchange_.next_deadline(traffic_) > now_.mono, "something due was left");
        // Who let us down is known by the clock alone.
        for (auto& [id, lack] : lacks_) {
            // Nobody decides about its copy: it is forgotten, and may be asked for anew.
            lack.over = lack.here && copied_at_[id] + Millis(60'000) <= now_.mono;
            if (lack.over) lack.here = false;
            if (!lack.asked) continue;
            Peer& peer = peers_[*lack.asked];
            if (std::max(peer.sign, lack.asked_at) + limits::list_wait <= now_.mono)
                peer.owes = true;
        }
        hear(out);
        for (auto at = lacks_.begin(); at != lacks_.end();) {
            Lack& lack = at->second;
            const bool decided = lack.here && copied_at_[at->first] + Millis(60'000) > now_.mono;
            const bool asked = lack.asked && is_in_time(lack);
            if (!decided && !asked) {
                ENSURE(!exchange_.listed().knows(at->first), "an id is reserved by silence");
                ENSURE(lack.over || lack.spares.empty() || may_wait(at->first, lack),
                       "nobody is asked for what somebody lists");
                at = lacks_.erase(at);  // nobody is left to ask
            } else {
                ++at;
            }
        }
    }
    // The lists know nothing of what waits for the download, nor the model which of those who
    // listed it were passed over for want of room. Each of them is looked at again.
    bool may_wait(const base::ItemId& id, const Lack& lack) {
        if (!was_limited_) return false;
        if (exchange_.is_waiting(id)) {
            ENSURE(exchange_.room(traffic_, now_.mono) == 0,
                   "an id waits for a download that has room");
            return true;
        }
        return std::ranges::all_of(lack.spares, [&](const auto& spare) {
            const auto [link, round] = spare;
            return exchange_.has_skipped(link) || rounds_[link] != round;
        });
    }
    bool is_in_time(const Lack& lack) {
        const Peer& peer = peers_[*lack.asked];
        return std::max(peer.sign, lack.asked_at) + limits::list_wait > now_.mono &&
               lack.asked_at + limits::list_wait_most > now_.mono;
    }
    void hear(const Effects& out) {
        for (const Effect& effect : out) {
            const Send& send = std::get<Send>(effect);
            Peer& peer = peers_[send.link];
            ENSURE(peer.standing, "somebody who is gone is spoken to");
            const auto message = parse(*send.frame);
            ENSURE(message, "the node says what does not parse");
            if (const auto* want = std::get_if<Want>(&*message)) {  // of a page that was held
                ENSURE(want->page == peer.page, "another page was answered");
                peer.page_asked = {want->ids.begin(), want->ids.end()};
                ask_all(want->ids, peer, send.link);
            } else if (const auto* have = std::get_if<Have>(&*message)) {
                peer.ours = have->page;
                peer.ours_ids = {have->ids.begin(), have->ids.end()};
                for (const base::ItemId& id : have->ids)
                    ENSURE(store_.holds(id) && !aside_.contains(id), "what is not held was listed");
            } else if (const auto* request = std::get_if<Request>(&*message)) {
                ask_all(request->ids, peer, send.link);
            }
        }
    }
    void ask_all(const std::vector<base::ItemId>& ids, const Peer& peer, base::LinkId link) {
        for (const base::ItemId& id : ids) {
            ENSURE(!is_known(id), "what is held or laid aside was asked for");
            ENSURE(peer.ever_listed.contains(id), "somebody was asked for what it did not list");
            ask(lacks_[id], link);
        }
    }

    Script script_;
    IdItems store_;
    Retention retention_;
    LaidAside aside_;
    Ingest ingest_{samples::network, retention_, [](base::LinkId) { return pile_visitors; },
                   &aside_};
    Exchange exchange_;
    base::TokenBucket budget_;
    Traffic traffic_;
    bool was_limited_ = false;  // then what is listed may have to wait
    base::Now now_{base::MonoTime(Millis(1'000'000)), samples::noon};
    std::map<base::LinkId, Peer> peers_;
    std::map<base::LinkId, std::uint32_t> rounds_;  // that began
    std::map<base::ItemId, Lack> lacks_;
    std::map<base::ItemId, base::MonoTime> copied_at_;
};

}  // namespace
}  // namespace hearsay::core

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    hearsay::core::Run(hearsay::core::Script({data, size})).play();
    return 0;
}
