// Relay and Ingest over a store in memory, driven by several links: announcements, requests, copies
// good and bad, wishes for pushes, links that come and go, visitors, slow readers and time. Beside
// it a naive model of who knows what. What has to hold, whatever the links do:
//   - nothing is sent to a link that has it, unless it asked; nothing is announced to who announced
//     it
//   - an id is asked only of links that announced it, once for each time that they did
//   - whoever announced what never came is asked for it, within the time that all others before it
//     may take
//   - only what is held is sent, and whoever asked for what is held gets it once its link reads
//   - what RequestTracker counts is right, and it remembers no more than there is
//   - a nonce takes the place of a held item's only if it shows twice the work, and is announced
//   - a node that lays aside what lists hide announces nothing that it does not hold, and what is
//     laid aside is not asked for, announced or sent until lists change
//   - within limits of traffic no more is sent than they allow; once they are lifted all of the
//     above holds again
// fuzz: max_len=200
#include <map>
#include <set>

#include "base/ensure.hpp"
#include "base/limits/budgets.hpp"
#include "base/limits/relay.hpp"
#include "core/relay/relay.hpp"
#include "memory_store.hpp"
#include "unit/item/samples.hpp"

namespace hearsay::core {
namespace {

namespace limits = base::limits;
using base::LinkId;
using base::Millis;

constexpr std::uint8_t links_most = 6;
constexpr std::uint8_t items_most = 8;
constexpr std::uint8_t ids_most = 12;      // the last few are of nothing
constexpr std::uint8_t first_limit = 248;  // of the actions

Pile by_visitors(base::LinkId) {
    return pile_visitors;
}

const std::vector<item::ReadPtr>& items() {
    static const std::vector<item::ReadPtr> made = [] {
        std::vector<item::ReadPtr> out;
        for (std::uint32_t slot = 0; slot < items_most; ++slot)
            out.push_back(samples::accepted(
                samples::publication({.slot = slot,
                                      .payload = std::string(slot % 2 ? 30'000 : 10, 'x'),
                                      .lifetime = base::Seconds(86400)})));
        return out;
    }();
    return made;
}

base::ItemId id_of(std::uint8_t which) {
    return which < items_most ? items()[which]->id : samples::numbered<base::ItemId>(which);
}

std::optional<std::uint8_t> which_of(const base::ItemId& id) {
    for (std::uint8_t which = 0; which < ids_most; ++which)
        if (id_of(which) == id) return which;
    return std::nullopt;
}

class Run {
public:
    // Whether this node lays aside, the script's size says.
    explicit Run(bool lays_aside)
        : lays_aside_(lays_aside),
          ingest_(samples::network, retention_, by_visitors, lays_aside ? &aside_ : nullptr),
          relay_(lays_aside ? RelayMode::announce : RelayMode::tree, samples::network, floors_,
                 traffic_) {}

    void play(base::ByteView script) {
        for (std::size_t at = 0; at + 2 < script.size(); at += 3) {
            turn(script[at], script[at + 1], script[at + 2]);
            look();
        }
        lift_limits();
        look();
        for (std::uint8_t link = 0; link < links_most; ++link) down(link);
        pass(limits::vain_memory + limits::request_memory);
        ENSURE(relay_.requests().size() == 0, "something is remembered though everybody left");
    }

private:
    // What the model knows of an id.
    struct Known {
        std::set<std::uint8_t> have;       // sent, announced or been sent it, over this link
        std::set<std::uint8_t> announced;  // of these
        std::map<std::uint8_t, base::MonoTime> to_be_asked;  // announced it and was not asked since
        std::map<std::uint8_t, int> owed;                    // asked for it, and has to get it
        bool held = false;
        bool aside = false;
        bool taken_back = false;  // was laid aside; until it comes again
        bool slow = false;        // checking it took longer than RequestTracker remembers
        std::optional<base::JobId> job;
        base::MonoTime came;
    };

    void turn(std::uint8_t action, std::uint8_t link, std::uint8_t more) {
        const std::uint8_t place = link % links_most;
        const std::uint8_t which = more % ids_most;
        const std::uint8_t high = link / links_most;
        if (action >= first_limit) return limit(link, more);
        switch (action % 9) {
            case 0:
                return up_.contains(place) ? announce(place, which, high) : up(place);
            case 1:
                return announce(place, which, high);
            case 2:
                return request(place, which);
            case 3:
                return bring(place, more % items_most, high);
            case 4:
                return answer(more % items_most, high % 4 == 0, high % 4 == 1);
            case 5:
                return pass(Millis(more * more / 2));
            case 6:
                return drain(place);
            case 7:
                return push(place, more % 6);
            default:
                if (high % 4 == 1 && lays_aside_) return change_lists();
                return high % 4 == 0 ? down(place) : hand_over(more % items_most);
        }
    }

    void up(std::uint8_t place) {
        up_.emplace(place, ++last_link_);
        relay_.on_greeted(link(place), now_, out_);
        apply();
    }
    void down(std::uint8_t place) {
        if (!up_.contains(place)) return;
        relay_.on_link_gone(link(place), now_);
        up_.erase(place);
        behind_.erase(place);
        for (auto& [which, known] : known_) {
            known.have.erase(place);
            known.announced.erase(place);
            known.to_be_asked.erase(place);
            known.owed.erase(place);
        }
    }
    // Levels of the simulated network are a nonce's first byte.
    void announce(std::uint8_t place, std::uint8_t which, std::uint8_t quarters) {
        if (!up_.contains(place)) return;
        const auto level = static_cast<std::uint8_t>(quarters % 8 * 2);
        const auto stands = store_.standing(id_of(which));
        Known& known = known_[which];
        const Heard* heard = relay_.requests().find(id_of(which));
        const bool news_to_us = !known.held && !known.job && !known.aside;
        const bool again = heard && heard->is_announcer(link(place));
        // What lists hid a moment ago a comparison brings.
        if (news_to_us && !again && !(heard && known.taken_back))
            known.to_be_asked[place] = now_.mono;
        // What is held and no news any more is not noted: nobody needs it.
        if (!known.aside && (news_to_us || heard))
            known.have.insert(place), known.announced.insert(place);
        const Announce said{{{id_of(which), std::uint64_t{level} << 56, 400, 86400}}};
        ENSURE(!relay_.on_announce(link(place), said, ingest_, store_, now_, out_),
               "an honest id is a fault");
        apply();
        if (!stands) return;
        const bool better = level >= stands->level + better_levels;
        ENSURE(store_.standing(id_of(which))->level == (better ? level : stands->level),
               "a better nonce is not taken, or a poorer one is");
    }
    void request(std::uint8_t place, std::uint8_t which) {
        if (!up_.contains(place)) return;
        Known& known = known_[which];
        if (known.held) ++known.owed[place];
        ENSURE(!relay_.on_request(link(place), Request{{id_of(which)}}, now_, store_, out_),
               "a wish is a fault");
        apply();
    }
    void bring(std::uint8_t place, std::uint8_t which, std::uint8_t hops) {
        if (!up_.contains(place)) return;
        known_[which].have.insert(place);
        take(link(place), which, hops % 8 == 7 ? hops_bulk : hops % 8);
    }
    void hand_over(std::uint8_t which) { take(LinkId{1'000'000}, which, 0); }
    void take(LinkId from, std::uint8_t which, std::uint32_t hops) {
        const auto admission = ingest_.on_item(from, items()[which]->item, now_, store_, out_);
        ENSURE(admission.has_value(), "an honest shape is a fault");
        Known& known = known_[which];
        ENSURE((admission->novelty == Novelty::held) == known.held, "held, or not");
        ENSURE((admission->novelty == Novelty::refused) == known.aside, "laid aside, or not");
        ENSURE((admission->novelty == Novelty::waiting) == (!known.held && known.job),
               "being checked, or not");
        for (const Effect& effect : out_)
            if (const auto* verify = std::get_if<Verify>(&effect)) known.job = verify->job;
        if (admission->novelty == Novelty::fresh) {
            known.came = now_.mono;
            known.taken_back = false;
            known.to_be_asked.clear();
        }
        ENSURE(!relay_.on_copy(from, *admission, hops, false, now_, out_),
               "a script wastes less than the budget");
        apply();
    }
    void change_lists() {
        aside_.clear();
        for (auto& [which, known] : known_) {
            if (!std::exchange(known.aside, false)) continue;
            known.taken_back = true;
            known.have.clear();  // who had it then is not remembered
            known.announced.clear();
        }
    }
    void answer(std::uint8_t which, bool bad, bool hidden) {
        Known& known = known_[which];
        if (!known.job) return;
        const auto fault = bad ? std::optional(base::Fault::item_bad_signature) : std::nullopt;
        const auto outcome =
            ingest_.on_verified({*known.job, fault, nullptr, nullptr, hidden}, now_, store_, out_);
        known.job.reset();
        for (const Effect& effect : out_)
            if (const auto* verify = std::get_if<Verify>(&effect)) known.job = verify->job;
        if (now_.mono - known.came >= limits::request_memory) known.slow = true;
        apply();
        if (outcome.refused) {
            relay_.on_refused(*outcome.refused, now_);
            // A bad copy is none. Who was asked is not asked again; who was not is.
            known.have = known.announced;
            if (const Heard* heard = relay_.requests().find(*outcome.refused))
                for (const auto& one : heard->announcers)
                    if (!one.asked) known.to_be_asked[place_of(one.link)] = now_.mono;
        }
        ENSURE(outcome.laid_aside.has_value() == (hidden && !bad && lays_aside_),
               "laid aside, or not");
        if (outcome.laid_aside) {
            known.aside = true;
            known.to_be_asked.clear();
            relay_.on_laid_aside(id_of(which));
        }
        if (outcome.accepted) {
            known.held = true;
            known.to_be_asked.clear();
            if (const Heard* heard = relay_.requests().find(id_of(which)))
                for (const LinkId asking : heard->asking)
                    if (!outcome.accepted->sources.contains(asking)) ++known.owed[place_of(asking)];
            accepting_ = which;
            relay_.on_accepted(
                *outcome.accepted,
                [](LinkId one) { return static_cast<std::uint64_t>(one) % 2 == 0; }, now_, out_);
        }
        apply();
        accepting_.reset();
    }
    void drain(std::uint8_t place) {
        if (!up_.contains(place)) return;
        behind_.erase(place);
        relay_.on_drained(link(place), now_, store_, out_);
        apply();
    }
    void push(std::uint8_t place, std::uint8_t below) {
        if (!up_.contains(place)) return;
        ENSURE(!relay_.on_push(link(place), Push{below}), "a wish for pushes is a fault");
    }
    void limit(std::uint8_t up, std::uint8_t down) {
        const auto limit_of = [](std::uint8_t how) -> std::uint64_t {
            return how < 64 ? 0 : limits::traffic_limit_min << (how % 4);
        };
        set_limits({limit_of(up), limit_of(down)});
        was_limited_ = was_limited_ || traffic_.limits_upload() || traffic_.limits_download();
    }
    void set_limits(const TrafficLimits& limits) {
        traffic_.set_limits(limits);
        sent_ = 0;
        limited_at_ = now_.mono;
        relay_.on_limits(now_, store_, out_);
        apply();
    }
    void lift_limits() {
        set_limits({});
        was_limited_ = false;
        for (auto& [which, known] : known_)
            for (auto& [place, since] : known.to_be_asked) since = now_.mono;
    }
    // Both halves at once, what comes back with time, and the last items.
    void check_sent() const {
        if (!traffic_.limits_upload()) return;
        const std::uint64_t limit = traffic_.limits().upload;
        const std::uint64_t burst =
            std::max<std::uint64_t>(limit / 2 * limits::upload_burst_s, limits::traffic_burst_min);
        const auto seconds =
            static_cast<std::uint64_t>((now_.mono - limited_at_).count() / 1000 + 1);
        ENSURE(sent_ <= 2 * burst + limit * seconds + 80'000, "more is sent than may be");
    }
    // What was held back and came too late is forgotten, and nobody is asked for it.
    void give_up() {
        if (!relay_.take_overdue(now_.mono)) return;
        for (auto& [which, known] : known_)
            if (!relay_.requests().find(id_of(which))) known.to_be_asked.clear();
    }
    // Every deadline on the way is kept, as a shell does.
    void pass(Millis time) {
        const base::MonoTime end = now_.mono + time;
        for (int times = 0;; ++times) {
            ENSURE(times < 10'000, "a deadline is not acted on");
            const base::MonoTime next = std::min(end, std::max(now_.mono, relay_.next_deadline()));
            now_.mono = next;
            relay_.on_timer(now_, store_, out_);
            apply();
            give_up();
            if (next == end) return;
        }
    }

    void apply() {
        Effects all;
        std::swap(all, out_);
        for (const Effect& effect : all) {
            if (store_.apply(effect)) continue;
            if (const auto* send = std::get_if<Send>(&effect))
                sent(place_of(send->link), *send->frame);
        }
    }
    void sent(std::uint8_t place, base::ByteView frame) {
        const auto message = parse(frame);
        ENSURE(message.has_value(), "what does not parse is sent");
        behind_[place] += frame.size();
        if (const auto* items = std::get_if<Items>(&*message)) {
            sent_ += frame.size();
            for (const item::Item& item : items->items)
                item_sent(place, *which_of(item::id_of(item.header, item.signature)));
        } else if (const auto* said = std::get_if<Announce>(&*message)) {
            for (const Announced& one : said->items) {
                const Heard* heard = relay_.requests().find(one.id);
                ENSURE(!lays_aside_ || known_[*which_of(one.id)].held,
                       "a node that lays aside promises what it does not hold");
                ENSURE(
                    !heard || !heard->is_announcer(link(place)) || one.nonce >> 56 >= better_levels,
                    "announced to who announced it");
            }
        } else if (const auto* wish = std::get_if<Request>(&*message)) {
            for (const base::ItemId& id : wish->ids) {
                Known& known = known_[*which_of(id)];
                ENSURE(!known.held && !known.job && !known.aside, "what came is asked for");
                ENSURE(known.to_be_asked.erase(place) == 1,
                       "asked of one that did not announce it, or twice");
            }
        } else {
            ENSURE(std::holds_alternative<Push>(*message), "Relay sends what is not its own");
        }
    }
    void item_sent(std::uint8_t place, std::uint8_t which) {
        Known& known = known_[which];
        ENSURE(known.held, "what is not held is sent");
        int& owed = known.owed[place];
        const bool asked = owed > 0;
        if (asked) --owed;
        ENSURE(asked || accepting_ == which, "an old item is sent unasked");
        ENSURE(asked || known.slow || !known.have.contains(place), "sent unasked to who has it");
        known.have.insert(place);
    }

    void look() {
        relay_.sanity_check();
        aside_.sanity_check();
        ENSURE(relay_.requests().size() <= ids_most, "more is remembered than there is");
        check_sent();
        const Millis patience = limits::answer_wait_max * links_most;
        for (auto& [which, known] : known_) {
            for (const auto& [place, since] : known.to_be_asked)
                ENSURE(known.held || known.job || was_limited_ || now_.mono - since <= patience,
                       "somebody is never asked");
            for (const auto& [place, owed] : known.owed) {
                const bool reads = behind_[place] <= limits::relay_ahead_bytes;
                ENSURE(owed == 0 || !reads || was_limited_,
                       "somebody waits for what is held though the link reads");
            }
        }
    }
    LinkId link(std::uint8_t place) const { return LinkId{up_.at(place)}; }
    std::uint8_t place_of(LinkId link) const {
        for (const auto& [place, number] : up_)
            if (LinkId{number} == link) return place;
        ENSURE(false, "a link that is gone is spoken to");
        return 0;
    }

    const bool lays_aside_;
    base::Now now_{base::MonoTime(Millis(5000)), samples::noon};
    MemoryStore store_;
    Retention retention_;
    const FloorTable floors_;
    LaidAside aside_;
    Ingest ingest_;
    Traffic traffic_;
    Relay relay_;
    Effects out_;
    std::uint64_t last_link_ = 0;
    std::map<std::uint8_t, std::uint64_t> up_;
    std::map<std::uint8_t, std::size_t> behind_;  // bytes since the link read last
    std::map<std::uint8_t, Known> known_;
    std::optional<std::uint8_t> accepting_;
    bool was_limited_ = false;
    std::uint64_t sent_ = 0;  // bytes of items since the limits were set
    base::MonoTime limited_at_;
};

}  // namespace
}  // namespace hearsay::core

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::size_t most = std::min<std::size_t>(size, 200);
    hearsay::core::Run(most % 3 == 1).play({data, most});
    return 0;
}
