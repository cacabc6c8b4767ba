// sim/byzantine.hpp - byzantine peers, behind the same step as a node: inputs in, effects out.
//
// All of them greet, answer pings and relay nothing. Unless it is said otherwise they take part in
// rounds as one that holds nothing: they are sent the whole list, want all of it, and so learn what
// there is. Beyond that, every act_interval:
//   forger     sends copies of real items with a spoiled payload, signature or nonce, and now and
//              then a frame that is none
//   flooder    sends frames full of copies that everybody has, and a burst of pings
//   sink       nothing: it takes no list, and never gives
//   announcer  lists ids, real and invented, page after page, and never delivers one
//   replayer   sends what it remembers, oldest first: by then expired, superseded or removed
//   denier     says in every round that both hold the same, with a digest that it saw elsewhere
//   garbler    answers with symbols that never decode or count wrongly, asks for more without end,
//              fetches what is not there or nothing
//   promiser   codes real symbols of a set with items that do not exist, fetches all that it knows,
//              says Done and delivers nothing
//   herald     passes every announced id on to everybody at once, and never delivers
//   babbler    announces ids that nobody made, as one who paid for their work: every two minutes or
//              so a burst of other ones over each link
//   nagger     requests what it knows and what nobody made, over and over, and wants everything
//              pushed
//   hog        dials every node it was told of, takes their inbound places, says that all is well,
//              and forwards nothing: an eclipse without a lie
//   echoer     sends what it is given back to the giver at once, four times, as if it were
//              flooding: duplicates that could make a node tell everybody not to push
//   floorer    says that it takes nothing below the highest level of work, so that makers give up;
//              and is else as a hog
//   spammer    floods what it is given by the scenario (users/attackers.hpp) over all its links,
//   and
//              hears their floors; and is else as a hog
//   liar       an eclipse by lies: dials all it was told of and dials again when it is sent away,
//              answers questions for contacts with the nearest of its accomplices and of keys that
//              they invented, and is else as a hog
// Asked for contacts, hogs and sinks do not answer, and the others name those that they were told
// of. Liars are only where nodes find each other; in turn with the others, as the last. Floorers
// and spammers are nobody's turn: a scenario names them.
// They know no more than they were told over links, and remember at most items_max of it.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <unordered_set>
#include <vector>

#include "base/rng.hpp"
#include "core/effects.hpp"
#include "core/inputs.hpp"
#include "core/messages.hpp"
#include "sim/liars.hpp"

namespace hearsay::sim {

enum class Vice : std::uint8_t {
    forger,
    flooder,
    sink,
    announcer,
    replayer,
    denier,
    garbler,
    promiser,
    herald,
    babbler,
    nagger,
    hog,
    echoer,
    liar,
    floorer,
    spammer
};
inline constexpr std::uint32_t all_vices = 16;
inline constexpr std::uint32_t vice_count = 14;   // in turn
inline constexpr std::uint32_t given_vices = 13;  // where the graph is given: without the last
inline constexpr std::uint32_t spammer_number = 16;
inline constexpr std::size_t hogged_max = 256;  // whom a hog dials
const char* name_of(Vice vice);

class Byzantine {
public:
    static constexpr std::size_t items_max = 2000;
    static constexpr base::Millis act_interval{20'000};
    static constexpr base::Millis round_interval{90'000};
    static constexpr base::Millis liar_wait{300'000};

    // `peers`: whom it was told of, null if of nobody; `liars`: null if there are none.
    Byzantine(Vice vice, std::shared_ptr<const PeerList> peers, base::Rng rng,
              std::shared_ptr<const Liars> liars);

    void step(const core::Input& input, base::Now now, core::Effects& out);
    base::MonoTime next_deadline() const { return next_act_; }
    Vice vice() const { return vice_; }
    // The spammer's: the item over all its links.
    void flood(const item::ReadPtr& item, core::Effects& out) const;
    // Of each class the highest floor that a peer told it.
    item::Floors floors() const;

private:
    struct Link {
        base::PeerId peer;
        bool outbound = false;
        bool greeted = false;
        std::uint64_t our_nonce = 0;
        std::uint64_t their_nonce = 0;
        std::uint32_t page = 0;     // ours, of this round
        std::uint32_t mores = 0;    // asked for in this round
        item::Floors floors{};      // as it was told
        base::MonoTime next_round;  // outbound: when we begin the next
    };
    // Of one that it was told of.
    struct Target {
        base::MonoTime not_before;  // the liar's: when it dials again
        std::uint32_t links = 0;
        bool dialling = false;
    };
    Target* target_of(const std::optional<base::PeerId>& peer);
    // byzantine.cpp: links, pages, and what is done every act_interval
    void on_frame(const core::FrameReceived& received, base::Now now, core::Effects& out);
    void act(base::Now now, core::Effects& out);
    void act_on(base::LinkId link, core::Effects& out);
    bool says_all_is_well() const;  // in rounds; and takes part in nothing else
    void list_ids(base::LinkId link, Link& state, core::Effects& out);
    void answer_list(base::LinkId link, Link& state, const core::Have& have, core::Effects& out);
    void on_announce(base::LinkId link, const core::Announce& announce, core::Effects& out);
    void on_find(base::LinkId link, const core::Find& find, core::Effects& out);
    void dial_all(base::Now now, core::Effects& out);
    void announce_and_ask(base::LinkId link, core::Effects& out);
    static void echo(base::LinkId link, const core::Items& items, core::Effects& out);
    item::Item spoiled(const item::Item& item);
    void remember(const item::Item& item);

    // byzantine_rounds.cpp: lies in reconciliation
    void begin_round(base::LinkId link, Link& state, base::Now now, core::Effects& out);
    void on_compare(base::LinkId link, Link& state, const core::Compare& compare,
                    core::Effects& out);
    void on_symbols(base::LinkId link, Link& state, const core::Symbols& symbols,
                    core::Effects& out);
    void on_more(base::LinkId link, Link& state, const core::More& more, core::Effects& out);
    void on_fetch(base::LinkId link, Link& state, core::Effects& out);
    core::Symbols garbage(std::uint32_t first, std::size_t count);
    core::Symbols promises(std::uint32_t first, std::size_t count) const;

    const Vice vice_;
    const std::shared_ptr<const PeerList> peers_;
    std::vector<Target> targets_;  // in the order of peers_
    base::Rng rng_;
    const std::shared_ptr<const Liars> liars_;
    std::map<base::LinkId, Link> links_;
    std::deque<item::Item> items_;  // oldest first
    std::map<base::ItemId, bool> known_;
    std::unordered_set<base::ItemId, FirstBytes> heralded_;  // or asked for; never walked
    std::vector<base::ItemId> invented_;                     // the promiser's
    core::Compare last_compare_;                             // the last summary seen, anybody's
    std::size_t replayed_ = 0;
    base::MonoTime next_act_;
};

}  // namespace hearsay::sim
