// fuzz: max_len=160
// Reconcile over stores of ids. The first byte of an input chooses between two games:
//
//   undisturbed   two Reconciles and two stores; the input says what each holds, what comes and
//                 goes between and during rounds, and when time passes. Model: a std::set. Nobody
//                 is ever found at fault, rounds end, and once nothing comes in between any more
//                 both hold the union. Limits of traffic come and go, and are lifted in the end.
//                 Each may lay aside some of what it gets: then both hold the union but for that,
//                 only rounds that find the same held find them settled, and none brings again what
//                 is laid aside.
//   hostile       one Reconcile and four peers that say well-formed frames in any order, around
//                 numbers that are honest, nearly honest or wild. It lists and serves what it holds
//                 and asks for what it lacks, speaks to nobody who is gone, and when they have been
//                 silent for long nothing is left of them. What is laid aside it neither lists nor
//                 serves nor asks for.
#include <algorithm>
#include <deque>
#include <tuple>

#include "base/ensure.hpp"
#include "base/limits/budgets.hpp"
#include "base/limits/frames.hpp"
#include "base/limits/relay.hpp"
#include "reconcile_side.hpp"

namespace hearsay::core {
namespace {

namespace limits = base::limits;
using base::Millis;

constexpr base::LinkId wire{1};

// Mostly small stores, which are quick; sometimes one of several pages.
std::uint32_t some_items(Script& script, std::uint32_t most) {
    const std::uint32_t number = script.byte();
    return number < 240 ? number / 8 : most / 16 * (number - 239);
}

// ---- undisturbed
class Honest {
public:
    explicit Honest(Script script) : script_(script) {}

    void play(std::uint8_t how) {
        constexpr std::uint8_t eighths[] = {0, 0, 2, 5};
        sides_[0].hidden = eighths[how / 2 % 4];
        sides_[1].hidden = eighths[how / 8 % 4];
        const std::uint32_t common = some_items(script_, 128);
        for (std::uint32_t at = 0; at < common; ++at)
            for (Side& side : sides_) side.store.add(numbered(at));
        for (int side : {1, 0}) {
            Effects out;
            sides_[side].floors.on_greeted(wire);
            sides_[side].mind.on_greeted(wire, side == 0, now_, sides_[side].store, out);
            take(side, out);
        }
        while (!script_.over()) turn();
        for (const Side& side : sides_) side.mind.sanity_check();
        for (Side& side : sides_) side.traffic.set_limits({});
        std::set<base::ItemId> either = sides_[0].store.all();
        either.merge(sides_[1].store.all());
        // Whoever gets it may lay it aside, and then nobody has it to give.
        for (const base::ItemId& id : on_their_way())
            if (!sides_[0].hides(id) && !sides_[1].hides(id)) either.insert(id);
        for (int rounds = 0; rounds < 4; ++rounds) next_round();
        for (Side& side : sides_)
            for (const base::ItemId& id : either)
                ENSURE(!sides_[0].wants(id) || !sides_[1].wants(id) || side.store.holds(id) ||
                           side.aside.contains(id),
                       "undisturbed, and still not the union of what both want");
        const bool settled = sides_[0].aside.size() == 0 && sides_[1].aside.size() == 0;
        for (const Side& side : sides_) {
            ENSURE(side.mind.is_matching(wire) || !settled, "equal, and nobody noticed");
            ENSURE(!side.mind.is_matching(wire) || hold_the_same(),
                   "a match with who laid something aside");
        }
        items_sent_ = 0;
        next_round();
        ENSURE(floors_were_set_ || items_sent_ == 0, "equal, and something is brought again");
    }

private:
    void next_round() {
        drain();
        now_.mono += limits::compare_wait_max;
        tick();
        drain();
    }
    void turn() {
        const std::uint8_t action = script_.byte();
        Side& side = sides_[action & 1];
        switch (action / 2 % 7) {
            case 6:
                return settings(action & 1, script_.byte());
            case 0:
                for (std::uint32_t news = script_.byte() % 16 + 1U; news > 0; --news)
                    side.store.add(numbered(128 + fresh_++ % 2000));
                break;
            case 1:
                if (const auto id = side.store.any(script_.number())) side.forget(*id);
                break;
            case 2:
                if (const auto id = side.store.any(script_.number()))
                    flood(sides_[1 - (action & 1)], *id);
                break;
            case 3:
                for (std::uint8_t frames = script_.byte() % 4; frames > 0; --frames) deliver();
                break;
            case 4:
                drain();
                break;
            default:
                drain();  // a peer that answers at once is never silent
                pass(Millis(1000 * script_.byte()));
        }
    }
    // Within limits answers come with time: deadlines on the way are kept.
    void pass(Millis time) {
        const bool limited = std::ranges::any_of(
            sides_, [](const Side& side) { return side.traffic.limits() != TrafficLimits{}; });
        for (; limited && time > Millis(20'000); time -= Millis(20'000)) {
            now_.mono += Millis(20'000);
            drain();
        }
        now_.mono += time;
        tick();
    }
    // It came another way.
    static void flood(Side& side, const base::ItemId& id) {
        if (side.store.holds(id) || side.aside.contains(id)) return;
        if (side.hides(id))
            side.lay_aside(id);
        else
            side.store.add(id);
    }
    bool hold_the_same() const {
        std::set<base::ItemId> wanted[2];
        for (const int of : {0, 1})
            for (const base::ItemId& id : sides_[of].store.all())
                if (sides_[0].wants(id) && sides_[1].wants(id)) wanted[of].insert(id);
        return wanted[0] == wanted[1];
    }
    void settings(int of, std::uint8_t how) {
        Side& side = sides_[of];
        if (how < 208) return set_floor(side, sides_[1 - of], how % 5);
        if (how < 224) {
            Effects out;
            side.change_lists(how % 4 == 3 ? 3 : 0, now_, out);
            return take(of, out);
        }
        const auto limit_of = [&](unsigned bit) -> std::uint64_t {
            return (how & bit) != 0 ? limits::traffic_limit_min : 0;
        };
        side.traffic.set_limits({limit_of(1), limit_of(2)});
        // What flooding took of both halves.
        side.traffic.on_sent(Use::rounds, 10'000ULL * (how / 4 % 8), now_.mono);
        side.traffic.on_came(Use::rounds, 10'000ULL * (how / 4 % 8), now_.mono);
    }
    // The peer hears of it before anything else.
    void set_floor(Side& side, Side& peer, std::uint8_t level) {
        floors_were_set_ = true;
        Floor floor;
        floor.levels[static_cast<std::size_t>(item::StoreClass::posts)] = level;
        side.floors.set_ours(floor.levels);
        ENSURE(peer.floors.on_floor(wire, floor), "a link that was greeted takes floors");
    }
    void drain() {
        for (int times = 0; deliver() || tick(); ++times) {
            ENSURE(times < 5000, "a round without end");
            now_.mono += Millis(1);
        }
    }
    bool tick() {
        bool worked = false;
        for (int side : {0, 1}) {
            if (sides_[side].mind.next_deadline() > now_.mono) continue;
            worked = true;
            Effects out;
            sides_[side].mind.on_timer(now_, sides_[side].store, out);
            ENSURE(sides_[side].mind.take_faults().empty(), "an honest peer was found silent");
            take(side, out);
        }
        return worked;
    }
    bool deliver() {
        if (queue_.empty()) return false;
        const auto [to, frame] = queue_.front();
        queue_.pop_front();
        auto message = parse(*frame);
        ENSURE(message, "an honest frame that does not parse");
        Side& side = sides_[to];
        Effects out;
        if (const auto* items = std::get_if<Items>(&*message)) {
            for (const item::Item& item : items->items) {
                const base::ItemId id = IdItems::id_of(item);
                const bool held = side.store.holds(id);
                const bool wanted = side.wants(id) && !side.aside.contains(id);
                const Novelty novelty = held     ? Novelty::held
                                        : wanted ? Novelty::fresh
                                                 : Novelty::refused;
                ++items_sent_;
                side.traffic.on_came(Use::rounds, item.size(), now_.mono);
                side.mind.on_copy(wire, {id, item.size(), novelty}, now_);
                if (novelty == Novelty::fresh) flood(side, id);
                side.mind.on_stored(id);
            }
        } else if (const auto* wish = std::get_if<Request>(&*message)) {
            answer(to, *wish);
        } else {
            ENSURE(!give(side, wire, *message, now_, out), "an honest peer was found at fault");
        }
        take(to, out);
        for (int drained : {0, 1}) {
            Effects more;
            sides_[drained].mind.on_drained(wire, now_, sides_[drained].store, more);
            take(drained, more);
        }
        return true;
    }
    // As flooding does.
    void answer(int by, const Request& wish) {
        std::vector<item::ReadPtr> items;
        for (const base::ItemId& id : wish.ids)
            if (auto item = sides_[by].store.get(id)) items.push_back(std::move(item));
        for (std::size_t from = 0; from < items.size();)
            queue_.emplace_back(1 - by, encode_items(items, from, hops_answer));
    }
    void take(int from, const Effects& effects) {
        for (const Effect& effect : effects)
            if (const auto* send = std::get_if<Send>(&effect))
                queue_.emplace_back(1 - from, send->frame);
        std::ignore = sides_[from].mind.take_matches();
    }
    // Handed over before they were forgotten: they come all the same.
    std::set<base::ItemId> on_their_way() const {
        std::set<base::ItemId> out;
        for (const auto& [to, frame] : queue_) {
            const auto message = parse(*frame);
            if (const auto* items = std::get_if<Items>(&*message))
                for (const item::Item& item : items->items) out.insert(IdItems::id_of(item));
        }
        return out;
    }

    Script script_;
    Side sides_[2]{Side(1), Side(2)};
    base::Now now_{base::MonoTime(Millis(5000)), samples::noon};
    std::deque<std::pair<int, FramePtr>> queue_;
    std::uint32_t fresh_ = 0;
    bool floors_were_set_ = false;
    std::uint32_t items_sent_ = 0;
};

// ---- hostile
class Hostile {
public:
    explicit Hostile(Script script) : script_(script) {}

    void play() {
        const std::uint32_t items = some_items(script_, 512);
        for (std::uint32_t at = 0; at < items; ++at) node_.store.add(numbered(at));
        const std::uint64_t limit = items % 3 == 1 ? limits::traffic_limit_min : 0;
        node_.traffic.set_limits({limit, limit});
        for (std::uint64_t link = 1; link <= links; ++link) greet(base::LinkId{link});
        for (int turns = 1; !script_.over(); ++turns) {
            turn();
            if (turns % 16 == 0) node_.mind.sanity_check(), node_.aside.sanity_check();
        }
        // Whoever says nothing any more is gone in time, and then nothing is left to do for it.
        for (int times = 0; times < 40; ++times) {
            now_.mono += Millis(30'000);
            tick();
        }
        for (const auto& [link, peer] : peers_)
            ENSURE(!peer.standing || !peer.dialled, "a round of ours went on for ever");
        ENSURE(node_.mind.next_deadline() == base::never, "something is left to do for nobody");
    }

private:
    static constexpr std::uint64_t links = 4;
    struct Peer {
        bool standing = false;
        bool dialled = false;
        std::uint32_t page = 0;
        std::uint32_t theirs = 0;  // page of the node's
        crypto::SipKey key;        // of the node's symbols
    };

    void greet(base::LinkId link) {
        Peer& peer = peers_[link];
        peer = {};
        peer.standing = true;
        peer.dialled = static_cast<std::uint64_t>(link) % 2 == 0;
        Effects out;
        node_.mind.on_greeted(link, peer.dialled, now_, node_.store, out);
        look(out);
    }
    void leave(base::LinkId link) {
        node_.mind.on_link_gone(link, now_);
        peers_[link].standing = false;
    }
    // A number around what matters, or any.
    std::uint32_t near(std::uint32_t honest) {
        const std::uint8_t how = script_.byte();
        if (how < 160) return honest;
        if (how < 180) return honest + 1;
        if (how < 200) return honest - 1;
        return script_.number();
    }
    std::vector<base::ItemId> ids(bool held) {
        std::vector<base::ItemId> out(script_.byte() % 20U);
        for (base::ItemId& id : out) {
            const auto known = held ? node_.store.any(script_.number()) : std::nullopt;
            id = known ? *known : numbered(2500 + script_.byte());
        }
        return out;
    }
    Compare compare() {
        const std::uint8_t how = script_.byte();
        item::Floors floors{};
        if (how >= 128) floors[how % floors.size()] = how / 8 % 8;
        const SetSummary ours = node_.store.shelves().summary(floors);
        Compare out{ours.digest(), ours.counters(), ours.count(), floors};
        if (how & 1) out.digest.data[0] ^= 1;
        if (how & 2)
            out.counters[how % 24U] =
                static_cast<std::uint8_t>(out.counters[how % 24U] + script_.byte());
        out.items = near(static_cast<std::uint32_t>(out.items));
        return out;
    }
    Symbols symbols() {
        const std::size_t count = 1 + script_.byte() % 100U;
        Symbols out{near(0), std::vector<Symbol>(count), 0, samples::filled<crypto::SipKey>(9)};
        if (out.first != 0) out.first = std::min<std::uint32_t>(out.first, limits::symbols_max - 1);
        std::set<base::ItemId> held = node_.store.all();
        for (const base::ItemId& id : ids(true)) held.erase(id);
        for (const base::ItemId& id : ids(false)) held.insert(id);
        for (const base::ItemId& id : held) code(out.symbols, out.first, short_id(out.key, id), 1);
        out.items = near(static_cast<std::uint32_t>(held.size()));
        for (std::uint8_t spoiled = script_.byte() % 4; spoiled > 0; --spoiled)
            out.symbols[script_.byte() % count].put(script_.number(), script_.byte(),
                                                    script_.byte() % 3 - 1);
        // As many as a lie says, which may be more than a count can be.
        const auto most = static_cast<std::int32_t>(std::min<std::uint64_t>(out.items, INT32_MAX));
        for (Symbol& symbol : out.symbols) symbol.count = std::clamp(symbol.count, 0, most);
        return out;
    }
    Message message(Peer& peer) {
        switch (script_.byte() % 7) {
            case 0:
                return compare();
            case 1:
                return symbols();
            case 2:
                return More{std::clamp<std::uint32_t>(near(10), 1, limits::symbols_per_frame_max)};
            case 3: {
                Fetch fetch;
                for (const base::ItemId& id : ids(true))
                    fetch.ids.push_back(short_id(peer.key, id));
                return fetch;
            }
            case 4:
                return Done{script_.byte() % 2 == 1};
            case 5: {
                Have have{near(peer.page + 1), ids(script_.byte() % 2 == 0), false};
                have.last = have.ids.empty();
                peer.page = have.page;
                return have;
            }
            default:
                return Want{near(peer.theirs), ids(true)};
        }
    }
    void turn() {
        const std::uint8_t action = script_.byte();
        const base::LinkId link{1 + action % links};
        Peer& peer = peers_[link];
        switch (action / links % 8) {
            case 0:
                return add_or_lay_aside(script_.byte());
            case 1:
                return forget_or_change_lists(script_.number());
            case 2:
                now_.mono += Millis(script_.number() * 4);
                return tick();
            case 3:
                now_.mono += Millis(1);
                return tick();
            default:
                break;
        }
        if (!peer.standing) return greet(link);
        // Through the bytes of a frame: what does not survive that no peer can say.
        const Message said = message(peer);
        const FramePtr frame = std::visit(
            [](const auto& one) -> FramePtr {
                if constexpr (requires { encode(one); })
                    return encode(one);
                else
                    return nullptr;
            },
            said);
        if (!frame) return;
        const auto heard = parse(*frame);
        if (!heard) return;
        Effects out;
        const auto fault = give(node_, link, *heard, now_, out);
        node_.mind.on_drained(link, now_, node_.store, out);
        look(out);
        if (fault) leave(link);
    }
    // What peers name and the node does not hold, too.
    void add_or_lay_aside(std::uint8_t which) {
        const base::ItemId& id = numbered(2500 + which);
        if (which % 4 != 3)
            node_.store.add(numbered(3000 + which));
        else if (!node_.store.holds(id))
            node_.lay_aside(id);
    }
    void forget_or_change_lists(std::uint32_t which) {
        if (which % 16 != 15) {
            if (const auto id = node_.store.any(which)) node_.forget(*id);
            return;
        }
        Effects out;
        node_.change_lists(0, now_, out);
        look(out);
    }
    void tick() {
        Effects out;
        node_.mind.on_timer(now_, node_.store, out);
        look(out);
        for (const auto& [link, fault] : node_.mind.take_faults())
            if (peers_[link].standing) leave(link);
    }
    void look(const Effects& effects) {
        for (const Effect& effect : effects) {
            const auto* send = std::get_if<Send>(&effect);
            ENSURE(send, "comparing does something else than speak");
            ENSURE(peers_[send->link].standing, "somebody who is gone is spoken to");
            const auto message = parse(*send->frame);
            ENSURE(message, "the node says what does not parse");
            Peer& peer = peers_[send->link];
            if (const auto* items = std::get_if<Items>(&*message)) {
                for (const item::Item& item : items->items)
                    ENSURE(node_.store.holds(IdItems::id_of(item)), "what is not held was served");
            } else if (const auto* symbols = std::get_if<Symbols>(&*message)) {
                if (symbols->first == 0) peer.key = symbols->key;
            } else if (const auto* have = std::get_if<Have>(&*message)) {
                peer.theirs = have->page;
                for (const base::ItemId& id : have->ids)
                    ENSURE(node_.store.holds(id), "what is not held was listed");
            } else if (const auto* want = std::get_if<Want>(&*message)) {
                for (const base::ItemId& id : want->ids)
                    ENSURE(!node_.store.holds(id) && !node_.aside.contains(id),
                           "what is held or laid aside was asked for");
            }
        }
    }
    Script script_;
    Side node_{1};
    base::Now now_{base::MonoTime(Millis(5000)), samples::noon};
    std::map<base::LinkId, Peer> peers_;
};

}  // namespace
}  // namespace hearsay::core

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace hearsay::core;
    Script script({data, size});
    const std::uint8_t how = script.byte();
    if (how % 2 == 0)
        Honest(script).play(how);
    else
        Hostile(script).play();
    return 0;
}
