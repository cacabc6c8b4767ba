// sim/users/publishing.hpp - what users publish, change and remove, and what is a node's own.
//
//   1. Offers are made by markets, each under a persona of its own. Spam, and the offers of makers
//      that publish several (per_maker), are made without one: other programs make the first, and
//      ours gives no persona to a second offer.
//   2. Who is down or was told that nothing was kept tries again later, until the calm.
//   3. What a market hands over is genuine if it keeps to the rules; its work is asked of nobody.
//   4. The same item is handed over again with more work, if the network became full meanwhile.
//   5. What was made without a market is submitted again when its node starts, as one would.
#pragma once

#include <unordered_map>

#include "sim/cluster.hpp"

namespace hearsay::sim {

class Publishing final : public Observer {
public:
    struct OwnOffer {
        std::uint32_t maker = 0;
        item::ThingId thing;
        bool removed = false;
    };

    Publishing(const RunOptions& options, Cluster& cluster, Oracle& oracle, Failures& failures,
               base::Rng& rng);

    // How long the faults phase sees offers published.
    base::Millis window() const;
    // Once the phases of the run are known.
    void plan();
    // Of markets, in the order of publishing.
    const std::vector<OwnOffer>& offers() const { return offers_; }
    // The newest version that a market handed over.
    std::optional<ItemNumber> newest(const item::ThingId& thing) const;

    // Made without a market, and by whom: nothing is submitted.
    void make_own(std::uint32_t at, ItemNumber number);

    void on_started(std::uint32_t at);
    ItemNumber learn(std::uint32_t at, const item::ReadPtr& item);
    void on_kept(std::uint32_t at, const core::Effects& kept) override;

    void on(const PublicationDue& event);
    void on(const VersionDue& event);
    void on(const RevisionDue& event);

private:
    bool publish_by_market(std::uint32_t at, Purpose purpose, base::Seconds lifetime);
    void publish_without(std::uint32_t at, const PublicationDue& event, base::Seconds lifetime);
    // The files of an offer that is made there: often none.
    std::vector<base::Bytes> pictures_at(std::uint32_t at);
    std::uint64_t offers_wanted() const;
    void submit(std::uint32_t at, ItemNumber number, std::uint32_t injected);
    bool chance(std::int64_t percent) {
        return rng_.below(100) < static_cast<std::uint64_t>(percent);
    }

    const RunOptions& options_;
    Cluster& cluster_;
    Nodes& nodes_;
    EventQueue<Event>& events_;
    Oracle& oracle_;
    Failures& failures_;
    base::Rng& rng_;
    std::vector<OwnOffer> offers_;
    // Looked into, never walked.
    std::unordered_map<item::ThingId, Purpose, FirstBytes> purposes_;
    std::unordered_map<item::ThingId, ItemNumber, FirstBytes> newest_;
    std::vector<std::uint32_t> injected_;  // times, by item number
};

}  // namespace hearsay::sim
