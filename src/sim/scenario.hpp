// sim/scenario.hpp - what happens in a run besides the work: a file of `name = number` lines.
//
// Numbers are whole; rates are in percent an hour. Lines that begin with # are comments. The file's
// name is the scenario's. The ones in src/sim/scenarios are compiled in; any other is read by its
// path.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/error.hpp"

namespace hearsay::sim {

struct Scenario {
    std::string name;
    std::int64_t degree = 8;       // links of a node, on average
    std::int64_t known = 0;        // further peers that each node has heard of, as if by discovery
    std::int64_t publish_s = 600;  // offers are published evenly over this long
    std::int64_t faults_s = 1200;  // the phase in which faults happen
    std::int64_t calm_s = 1800;    // the bound within which everything must be everywhere
    // published before the faults; in no figure but delivered_share
    std::int64_t warmup_offers = 64;
    std::int64_t churn = 0;  // % of nodes an hour that leave for a few minutes
    std::int64_t crash = 0;  // % of nodes an hour that crash in the middle of a turn
    std::int64_t cut = 0;    // % of links an hour that are cut
    std::int64_t stall = 0;  // % of links an hour that stall for a minute, one way
    // 1: two halves part for half the phase, partly one way only; 2: until the calm
    std::int64_t partition = 0;
    std::int64_t slow = 0;    // % of nodes that read at 500 bytes a second
    std::int64_t late = 0;    // % of nodes that first start after the last offer
    std::int64_t skew_s = 0;  // clocks are off by up to this much
    std::int64_t jump = 0;    // % of clocks an hour that jump by up to jump_s
    std::int64_t jump_s = 0;
    std::int64_t byzantine = 0;  // % of nodes, of all kinds in turn
    // all of these have this one, counted from 1 as in sim/byzantine.hpp; 0: in turn
    std::int64_t vice = 0;
    std::int64_t spam = 0;    // items of spam for each offer, with work and all
    std::int64_t update = 0;  // % of offers that get a second version
    std::int64_t remove = 0;  // % of offers that are removed again
    std::int64_t brief = 0;   // % of offers that live for ten to thirty minutes only
    // % of offers to which another node writes; half of these mails are answered
    std::int64_t mails = 0;
    std::int64_t forget = 0;       // % of mails that their reader removes again
    std::int64_t pictures = 0;     // % of offers that show a picture, where their maker takes some
    std::int64_t no_pictures = 0;  // % of nodes that take none
    std::int64_t hiding = 0;       // % of nodes that lay aside what lists hide (sim/hiding.hpp)
    // Each in % of nodes an hour (users/disks.hpp):
    std::int64_t recover = 0;  // lose their disk, and come back by their words
    std::int64_t restore = 0;  // likewise, by a backup of up to ten minutes before
    std::int64_t full = 0;     // their disk keeps nothing for up to a minute
    // The day since 2026-01-01 on which the run begins.
    // By words a persona is sought for each minute since then.
    std::int64_t begin_day = 379;
    // A full network (users/attackers.hpp). Budget of each node, KiB; 0: the usual one.
    std::int64_t budget_kib = 0;
    // KiB a second that others' items may take, at every node, out and in; 0: no limit.
    std::int64_t upload_limit = 0;
    std::int64_t download_limit = 0;
    std::int64_t search = 0;    // 1: a search for work takes the time of a core (users/workers.hpp)
    std::int64_t fill_pct = 0;  // so many offers at least that they would take this % of the budget
    std::int64_t life_s = 604800;  // of offers, but brief ones and those of the warm-up
    std::int64_t mail_life_s = 0;  // 0: the usual
    // Millions of hashes a second against budgets of 2 GiB. Against smaller ones so much less.
    std::int64_t attack_mhs = 0;
    std::int64_t attack_kind = 2;      // of item, as item/item.hpp numbers them
    std::int64_t attack_bytes = 2000;  // of payload; of mail before its padding
    std::int64_t attack_life_s = 86400;
    std::int64_t attack_from_s = 3600;  // after the faults begin; it ends with them
    std::int64_t aim = 0;        // 1: ids are ground to lie beside those of every second offer
    std::int64_t per_maker = 1;  // offers that each maker publishes, under one persona
    std::int64_t spies = 0;      // % of nodes that note who brings what first, and guess
    std::int64_t kademlia = 0;   // 1: models of Kademlia storage run beside it
    std::int64_t lose = 0;       // % of nodes that crash for ever, an hour before the calm
    std::int64_t lose_each = 0;  // 1: a run each for 10, 30, 50, 70 and 90 % lost
    // In time (sim/meters/timely.hpp): everywhere within timely_s of being made (0: nobody looks);
    // the run fails if fewer are.
    std::int64_t timely_s = 900;
    std::int64_t timely_permille = 0;
    // With discovery nobody is given a graph (sim/joining.hpp).
    // 1: nodes find each other; 0: everybody is linked to those of a random graph
    std::int64_t discover = 0;
    std::int64_t seeds = 1;    // nodes that all others know at the begin
    std::int64_t join_s = 60;  // over this long the first nodes come
    // % of nodes that come during the faults and know one random node that is up
    std::int64_t newcomers = 0;
    std::int64_t leave = 0;      // % of nodes that go for ever, spread over the faults
    std::int64_t seeds_die = 0;  // 1: the seeds go for ever when the faults begin
    std::int64_t pinned = 0;     // of each honest node: others that the user named
    std::int64_t age = 1;        // 0: nodes do not trust age (DiscoverySettings::trust_age)
    // by this much all clocks move on when the faults begin: a network that has lived
    std::int64_t age_s = 0;
    std::int64_t sybils = 0;  // for each node so many liars more, which come when the faults begin
    // 1: all honest nodes restart a quarter of the faults before the calm
    std::int64_t restart = 0;
    std::int64_t lookups = 0;  // random look-ups once everybody is linked
    std::int64_t idle = 0;     // 1: what discovery costs in the last hour of the faults is measured
    // What has to be reached; 0: nothing.
    // within this long everybody has eight links, and all are one component: from
    std::int64_t settle_s = 0;
    std::int64_t from_join = 0;  // 1: the first node's begin; 0: the begin of the calm
    std::int64_t found_pct = 0;  // least % of the true k nearest that look-ups find
    std::int64_t hops_pct = 0;   // most hops of a look-up, in % of log2 of the number of nodes
    // least % of honest nodes with two honest outbound links when the calm begins
    std::int64_t two_honest_pct = 0;
    std::int64_t one_honest_pct = 0;  // likewise with one
    std::int64_t idle_bytes = 0;      // most bytes a second of an idle node
    std::int64_t idle_circuits = 0;   // and circuits an hour
};

// One `name = number`; the error says what is wrong with it.
base::Result<void> change(Scenario& scenario, const std::string& setting);
// What settings must be together.
base::Result<void> check(const Scenario& scenario);
base::Result<Scenario> parse_scenario(const std::string& name, const std::string& text);
// A compiled-in one by its name, or a file by its path (anything with a slash in it).
base::Result<Scenario> find_scenario(const std::string& name_or_path);
// The compiled-in ones: name to text.
const std::map<std::string, std::string>& built_in_scenarios();

}  // namespace hearsay::sim
