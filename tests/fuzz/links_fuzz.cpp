// fuzz: max_len=160
// core/links with hostile strangers beside a naive model: who comes, what they say, and when, is
// the input's choice. The model knows who is linked, and since when; checked after each step:
//   - what Links holds is what came and was not ended, and each end is told once
//   - every kind of place is bounded; one standing link a peer
//   - a stranger never costs a pinned or a proved peer its place, and nobody a pinned one
//   - whoever breaks a rule is out at once, with all its links, and stays out for ban_wait: also
//     where it shows only after its link's end
//   - when the timer was looked at nobody is there beyond his time
#include <map>
#include <set>

#include "base/ensure.hpp"
#include "base/limits/items.hpp"
#include "base/limits/links.hpp"
#include "core/links/links.hpp"
#include "fuzz/stranger_script.hpp"
#include "unit/item/samples.hpp"

namespace hearsay::core {
namespace {

namespace limits = base::limits;
using base::Fault;
using base::LinkId;
using base::Millis;
using base::MonoTime;
using base::PeerId;
using fuzz::Script;

constexpr std::size_t inbound_max = 12;
constexpr std::size_t reserved = 3;  // a quarter of it
constexpr std::uint8_t pinned = 3, proved = 24, known = 90;

// The first are pinned peers, then come proved peers, then strangers who come again and again.
PeerId key_of(std::uint32_t number) {
    return samples::numbered<PeerId>(1 + number);
}
Ties ties_of(std::uint32_t number) {
    return {number < pinned, number < proved};
}

struct Link {
    std::optional<std::uint32_t> who;  // nothing: anonymous
    bool outbound = false;
    bool visit = false;
    MonoTime since;
    std::optional<MonoTime> greeted;
    std::optional<std::uint64_t> ping;
    MonoTime pinged;
    bool brought = false;  // an item

    bool passing() const { return visit || !who; }
    bool counts() const { return !passing() && (outbound || greeted); }
    bool is_pinned() const { return who && *who < pinned; }
    bool is_proved() const { return who && *who >= pinned && *who < proved; }
};

class Run {
public:
    void play(Script& script) {
        while (!script.over()) {
            actor_.reset();
            turn(script);
            check();
        }
    }

private:
    void turn(Script& script) {
        switch (script.below(16)) {
            case 0:
            case 1:
                return come(script.below(256), script.byte());
            case 2:
                return crowd(some_strangers(script), script.byte());
            case 3:
            case 4:
            case 5:
                return greet(some_link(script), script.byte(), script.below(3) == 0);
            case 6:
                return ping(some_link(script));
            case 7:
                return pong(some_link(script), script.below(4) != 0);
            case 8:
                return punish(some_link(script),
                              static_cast<Fault>(script.below(base::fault_count)));
            case 9:
                return go(some_link(script), script.below(3) == 0);
            case 10:
                return hear(some_link(script), script.below(2) == 0);
            case 11:
                for (int all = 0; all < 8; ++all) greet(some_link(script), alike, false);
                return;
            case 12:
                return find_late(script.below(256));
            default:
                return pass(script.byte());
        }
    }

    std::optional<LinkId> some_link(Script& script) {
        if (model_.empty()) return std::nullopt;
        return std::next(model_.begin(), static_cast<std::ptrdiff_t>(script.below(model_.size())))
            ->first;
    }

    void come(std::size_t number, std::uint8_t how) {
        Link link;
        // Discovery dials nobody who is linked or being dialled.
        const auto counts = [&](const auto& entry) {
            return entry.second.counts() && entry.second.who == number;
        };
        link.outbound =
            how % 8 == 7 && number < known && std::none_of(model_.begin(), model_.end(), counts);
        if (how % 4 != 3 || link.outbound) link.who = static_cast<std::uint32_t>(number);
        link.visit = link.outbound && how % 16 == 15;
        link.since = now_.mono;
        actor_ = link;
        last_ = LinkId{++links_made_};
        const std::optional<PeerId> peer =
            link.who ? std::optional(key_of(*link.who)) : std::nullopt;
        const bool shunned = link.who && is_out(*link.who);
        model_[last_] = link;
        const bool stays = links_.on_link_up(last_, peer, link.outbound, link.visit,
                                             link.who ? ties_of(*link.who) : Ties{}, now_, out_);
        if (shunned) ENSURE(!stays, "a punished peer was let in");
        if (!stays) {
            // Whoever breaks rules again and again is out for longer; check() bounds it.
            const bool for_longer = link.who && last_fault_.contains(*link.who) &&
                                    links_.is_shunned(key_of(*link.who), now_);
            ENSURE(shunned || for_longer || full_of_pinned(), "somebody was refused for no reason");
            refused_ = last_;
        }
        settle();
    }
    // A few, or more than there are places for; four times fill every kind of place.
    std::size_t some_strangers(Script& script) {
        const bool many = script.below(8) == 7 && crowds_ < 4;
        crowds_ += many ? 1 : 0;
        return script.below(many ? 140 : 8);
    }
    void crowd(std::size_t many, std::uint8_t how) {
        for (; many > 0; --many) {
            come(next_stranger_++, how);
            if (how % 2 == 0) greet(last_, alike, (how & 2) != 0);
        }
    }
    // Only pinned peers wait for a Hello, as many as there are places: nobody has so many.
    bool full_of_pinned() const {
        std::size_t waiting = 0;
        for (const auto& [id, link] : model_)
            waiting += !link.outbound && !link.greeted && link.is_pinned() ? 1 : 0;
        return waiting >= limits::ungreeted_links_max;
    }

    // A Hello as the parser lets it through: any range of versions, any time, another network.
    static constexpr std::uint8_t alike = 7;  // what this node would say
    Hello hello_of(std::uint8_t how, bool visit) const {
        Hello out;
        out.oldest = how % 8 == 0 ? protocol_version + 1 : protocol_version - how % 2U;
        out.newest =
            how % 8 == 1 ? out.oldest : std::max(out.oldest, protocol_version + how / 8U % 4);
        out.network =
            static_cast<std::uint32_t>(how % 8 == 2 ? item::Network::main : item::Network::sim);
        out.time = how % 8 == 3   ? base::from_unix_seconds(0)
                   : how % 8 == 4 ? base::from_unix_seconds(limits::unix_seconds_max)
                                  : now_.wall;
        out.listening = how % 8 != 5;
        out.visit = visit;
        return out;
    }
    void greet(std::optional<LinkId> id, std::uint8_t how, bool visit) {
        if (!id || !model_.contains(*id)) return;
        Link& link = model_.at(*id);
        actor_ = link;
        const Hello hello = hello_of(how, visit);
        const bool wrong = how % 8 < 3;
        const bool again = link.greeted.has_value();
        const auto welcome =
            links_.on_hello(*id, hello, link.who ? ties_of(*link.who) : Ties{}, now_, out_);
        ENSURE(welcome.has_value() != (again || wrong), "a Hello was judged otherwise");
        if (!welcome) return punish(id, welcome.error());
        link.visit = link.visit || (visit && !link.outbound);
        if (*welcome == Links::Welcome::stays) link.greeted = now_.mono;
        actor_ = link;
        greeter_ = *id;
        settle();
        ENSURE(model_.contains(*id) == (*welcome == Links::Welcome::stays),
               "welcome and ended at once");
    }

    void ping(std::optional<LinkId> id) {
        if (!id) return;
        links_.on_ping(*id, Ping{7}, out_);
        ENSURE(out_.size() == 1 && std::get<Send>(out_[0]).link == *id, "a ping has one answer");
        settle();
    }
    void pong(std::optional<LinkId> id, bool right) {
        if (!id) return;
        Link& link = model_.at(*id);
        const bool good = right && link.ping;
        const auto fault =
            links_.on_pong(*id, Pong{good ? *link.ping : link.ping.value_or(0) + 1}, now_);
        ENSURE(fault.has_value() != good, "a pong was judged otherwise");
        if (fault) return punish(id, *fault);
        link.ping.reset();
        links_.on_heard(*id, now_);
    }
    void hear(std::optional<LinkId> id, bool news) {
        if (!id) return;
        links_.on_heard(*id, now_);
        if (!news) return;
        links_.on_news(*id, now_);
        ++links_.find(*id)->items_received;
        model_.at(*id).brought = true;
    }
    void go(std::optional<LinkId> id, bool broken) {
        if (!id) return;
        const Link link = model_.at(*id);
        actor_ = link;
        note_end(*id, link);
        links_.on_link_down(*id, broken ? std::optional(Fault::frame_too_long) : std::nullopt, now_,
                            out_);
        if (broken && link.who) {
            last_fault_[*link.who] = now_.mono;
            faded_.erase(*id);  // a link costs its peer one
        }
        model_.erase(*id);
        gone_.insert(*id);
        settle();
        if (broken && link.who) is_kept_out(*link.who);
    }
    void note_end(LinkId id, const Link& link) {
        if (link.who && link.brought) faded_[id] = *link.who;
    }
    // An item turns out to be forged, whose bearer is gone.
    void find_late(std::size_t number) {
        if (faded_.empty()) return;
        const auto one =
            std::next(faded_.begin(), static_cast<std::ptrdiff_t>(number % faded_.size()));
        const auto [id, who] = *one;
        actor_ = Link{};
        actor_->who = who;
        links_.punish(id, Fault::item_bad_signature, now_, out_);
        faded_.erase(id);  // a link costs its peer one
        last_fault_[who] = now_.mono;
        settle();
        is_kept_out(who);
    }
    void is_kept_out(std::uint32_t who) const {
        ENSURE(links_.is_shunned(key_of(who), now_), "punished and welcome");
        for (const auto& [id, link] : model_)
            ENSURE(link.who != who, "a link of somebody who is kept out");
    }
    void punish(std::optional<LinkId> id, Fault fault) {
        if (!id) return;
        const Link link = model_.at(*id);
        actor_ = link;
        const bool crime = base::cost(fault) == base::Cost::link;
        const bool ends = crime || fault == Fault::wrong_protocol || fault == Fault::silent;
        faulty_ = ends ? id : std::nullopt;
        links_.punish(*id, fault, now_, out_);
        if (crime && link.who) last_fault_[*link.who] = now_.mono;
        settle();
        faulty_.reset();
        ENSURE(model_.contains(*id) != ends, "the fault cost something else");
        if (crime) faded_.erase(*id);
        if (crime && link.who) is_kept_out(*link.who);
    }
    void pass(std::uint8_t how) {
        static const Millis waits[] = {Millis(1),
                                       Millis(500),
                                       Millis(5000),
                                       limits::hello_wait,
                                       limits::passing_stay,
                                       limits::pong_wait,
                                       limits::ping_interval,
                                       limits::ban_wait};
        now_.mono += waits[how % std::size(waits)];
        now_.wall += base::Seconds(how % 7);
        timer_ = true;
        links_.on_timer(now_, out_);
        settle();
        timer_ = false;
        ENSURE(links_.next_deadline() > now_.mono,
               "the timer was looked at and something is still due");
        for (const auto& [id, link] : model_) {
            if (!link.greeted)
                ENSURE(link.since + limits::hello_wait > now_.mono,
                       "a link without its Hello has no end");
            else if (link.passing())
                ENSURE(*link.greeted + limits::passing_stay > now_.mono, "a visitor stays");
            else if (link.ping)
                ENSURE(link.pinged + limits::pong_wait > now_.mono, "a silent link has no end");
        }
    }

    // Reads the effects into the model, and judges who had to go.
    void settle() {
        for (const Effect& effect : out_) {
            if (const auto* send = std::get_if<Send>(&effect)) {
                ENSURE(model_.contains(send->link), "something is sent over a link that is gone");
                const auto message = parse(*send->frame);
                ENSURE(message.has_value(), "a frame of ours does not parse");
                if (const auto* ping = std::get_if<Ping>(&*message)) {
                    model_.at(send->link).ping = ping->nonce;
                    model_.at(send->link).pinged = now_.mono;
                }
            }
            const auto* end = std::get_if<Disconnect>(&effect);
            if (!end) continue;
            ENSURE(model_.contains(end->link), "a link is ended twice");
            judge(end->link, model_.at(end->link));
            if (end->link != refused_) note_end(end->link, model_.at(end->link));
            // one that never was is not told of
            if (refused_ != end->link) gone_.insert(end->link);
            model_.erase(end->link);
        }
        out_.clear();
        refused_.reset();
        greeter_.reset();
        for (const EndedLink& ended : links_.take_ended())
            ENSURE(gone_.erase(ended.link) == 1, "an end is told that was none");
        ENSURE(gone_.empty(), "an end is not told");
    }
    void judge(LinkId id, const Link& victim) const {
        if (timer_ || id == faulty_ || id == refused_ || id == greeter_) return;
        ENSURE(actor_.has_value(), "somebody goes though nothing happened");
        const bool same_peer = victim.who && actor_->who == victim.who;
        if (same_peer) return;  // a newer link of the same two
        ENSURE(!victim.is_pinned() || victim.passing(), "a pinned peer lost his place to somebody");
        ENSURE(!victim.outbound, "a link that we dialled made way for somebody");
        const bool stranger = !actor_->is_pinned() && !actor_->is_proved();
        const bool stood = victim.greeted && !victim.passing();
        ENSURE(!(stranger && stood && victim.is_proved()),
               "a proved peer lost his place to a stranger");
    }

    bool is_out(std::uint32_t who) const {
        const auto fault = last_fault_.find(who);
        return fault != last_fault_.end() && now_.mono < fault->second + limits::ban_wait;
    }

    void check() const {
        links_.sanity_check();
        std::size_t ungreeted = 0, asking = 0, anonymous = 0, standing = 0, of_pinned = 0,
                    of_proved = 0;
        std::set<std::uint32_t> linked;
        ENSURE(links_.all().size() == model_.size(), "another number of links");
        for (const auto& [id, link] : model_) {
            const LinkState* state = links_.find(id);
            ENSURE(state, "a link is missing");
            ENSURE(
                state->greeted() == link.greeted.has_value() && state->passing() == link.passing(),
                "another link");
            if (link.greeted && link.counts())
                ENSURE(linked.insert(*link.who).second, "two links of one pair");
            if (link.outbound) continue;
            if (!link.greeted)
                ++ungreeted;
            else if (!link.who)
                ++anonymous;
            else if (link.visit)
                ++asking;
            else
                ++standing;
            const bool stands = link.greeted && !link.passing();
            of_pinned += stands && link.is_pinned() ? 1 : 0;
            of_proved += stands && link.is_proved() ? 1 : 0;
        }
        ENSURE(ungreeted <= limits::ungreeted_links_max, "too many without a Hello");
        ENSURE(asking <= limits::passing_links_max && anonymous <= limits::passing_links_max,
               "too many visitors");
        ENSURE(standing <= inbound_max, "too many links");
        ENSURE(of_proved <= inbound_max - reserved, "proved peers take what is left to strangers");
        ENSURE(standing - of_pinned - of_proved <= inbound_max - reserved,
               "strangers take what is reserved");
        for (const auto& [who, at] : last_fault_) {
            const MonoTime until = links_.scores().shunned_until(key_of(who));
            ENSURE(until >= at + limits::ban_wait && until <= at + limits::ban_long,
                   "another time for a fault");
        }
    }

    base::Now now_{MonoTime(Millis(1'000'000)), samples::noon};
    Links links_{samples::filled<PeerId>(250), item::Network::sim, inbound_max,
                 base::Rng(base::Secret{})};
    Effects out_;
    std::map<LinkId, Link> model_;
    std::set<LinkId> gone_;                  // and not told yet
    std::map<LinkId, std::uint32_t> faded_;  // gone, and had brought something
    std::map<std::uint32_t, MonoTime> last_fault_;
    std::uint64_t links_made_ = 0;
    std::uint32_t next_stranger_ = 1000;
    int crowds_ = 0;
    LinkId last_{};
    // Of the step under way:
    std::optional<Link> actor_;
    std::optional<LinkId> faulty_, refused_, greeter_;
    bool timer_ = false;
};

}  // namespace
}  // namespace hearsay::core

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    hearsay::fuzz::Script script({data, size});
    hearsay::core::Run().play(script);
    return 0;
}
