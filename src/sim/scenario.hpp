// sim/scenario.hpp - what happens in a run besides the work: a file of `name = number` lines.
//
// Numbers are whole; rates are in percent an hour. Lines that begin with # are comments. The file's
// name is the scenario's. The ones in src/sim/scenarios are compiled in; any other is read by its path.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/error.hpp"

namespace hearsay::sim {

struct Scenario {
    std::string name;
    std::int64_t degree = 8;          // links of a node, on average
    std::int64_t known = 0;           // further peers that each node has heard of, as if by discovery
    std::int64_t publish_s = 600;     // offers are published evenly over this long
    std::int64_t faults_s = 1200;     // the phase in which faults happen
    std::int64_t calm_s = 1800;       // the bound within which everything must be everywhere
    std::int64_t warmup_offers = 64;  // published before the faults; in no figure but delivered_share
    std::int64_t churn = 0;           // % of nodes an hour that leave for a few minutes
    std::int64_t crash = 0;           // % of nodes an hour that crash in the middle of a turn
    std::int64_t cut = 0;             // % of links an hour that are cut
    std::int64_t stall = 0;           // % of links an hour that stall for a minute, one way
    std::int64_t partition = 0;       // 1: two halves part for half the phase, partly one way only
    std::int64_t slow = 0;            // % of nodes that read at 500 bytes a second
    std::int64_t late = 0;            // % of nodes that first start after the last offer
    std::int64_t skew_s = 0;          // clocks are off by up to this much
    std::int64_t jump = 0;            // % of clocks an hour that jump by up to jump_s
    std::int64_t jump_s = 0;
    std::int64_t byzantine = 0;  // % of nodes, of all kinds in turn
    std::int64_t spam = 0;       // items of spam for each offer, with work and all
    std::int64_t update = 0;     // % of offers that get a second version
    std::int64_t remove = 0;     // % of offers that are removed again
    std::int64_t brief = 0;      // % of offers that live for ten to thirty minutes only
    std::int64_t mails = 0;      // % of offers to which another node writes; half of these mails are answered
    std::int64_t per_maker = 1;  // offers that each maker publishes, under one persona
    std::int64_t spies = 0;      // % of nodes that note who brings what first, and guess
    std::int64_t kademlia = 0;   // 1: models of Kademlia storage run beside it
    std::int64_t lose = 0;       // % of nodes that crash for ever, an hour before the calm
    std::int64_t lose_each = 0;  // 1: a run each for 10, 30, 50, 70 and 90 % lost
};

base::Result<Scenario> parse_scenario(const std::string& name, const std::string& text);
// A compiled-in one by its name, or a file by its path (anything with a slash in it).
base::Result<Scenario> find_scenario(const std::string& name_or_path);
// The compiled-in ones: name to text.
const std::map<std::string, std::string>& built_in_scenarios();

}  // namespace hearsay::sim
