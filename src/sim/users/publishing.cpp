#include "sim/users/publishing.hpp"

#include <algorithm>

#include "sim/users/choice.hpp"

namespace hearsay::sim {
namespace {

using base::Millis;

// Before the end of the warm-up everybody is linked; the last of these has time to be everywhere
// before it counts.
constexpr Millis warm_up_offers_from(-100'000);
constexpr Millis warm_up_offers_until(-20'000);
constexpr Millis again(10'000);
constexpr Millis change_again(60'000);
constexpr base::Seconds lifetime_usual(7 * 86400);
constexpr std::size_t offer_bytes = 470;  // that the oracle's texts make

}  // namespace

Publishing::Publishing(const RunOptions& options, Cluster& cluster, Oracle& oracle,
                       Failures& failures, base::Rng& rng)
    : options_(options),
      cluster_(cluster),
      nodes_(cluster.nodes()),
      events_(cluster.events()),
      oracle_(oracle),
      failures_(failures),
      rng_(rng) {}

Millis Publishing::window() const {
    return Millis(std::min(options_.scenario.publish_s, options_.scenario.faults_s) * 1000);
}

void Publishing::plan() {
    const Scenario& scenario = options_.scenario;
    const base::MonoTime begin = cluster_.clock().faults_at();
    for (std::int64_t left = scenario.warmup_offers; left > 0; --left)
        events_.push(begin + rng_.between(warm_up_offers_from, warm_up_offers_until),
                     PublicationDue{Purpose::warm_up, {}});
    const std::uint64_t offers = offers_wanted();
    const std::uint64_t items = offers * static_cast<std::uint64_t>(1 + scenario.spam);
    for (std::uint64_t i = 0; i < items; ++i) {
        if (i < offers && i % static_cast<std::uint64_t>(scenario.per_maker) != 0) continue;
        const Purpose purpose = i < offers ? Purpose::offer : Purpose::spam;
        events_.push(begin + rng_.between(Millis(0), window()), PublicationDue{purpose, {}});
    }
}

std::uint64_t Publishing::offers_wanted() const {
    const auto percent = static_cast<std::uint64_t>(options_.scenario.fill_pct);
    const std::uint64_t filling =
        options_.budget_bytes() * percent / 100 / core::stored_bytes(offer_bytes);
    return std::max<std::uint64_t>(options_.offers, filling);
}

std::optional<ItemNumber> Publishing::newest(const item::ThingId& thing) const {
    const auto found = newest_.find(thing);
    return found == newest_.end() ? std::nullopt : std::optional(found->second);
}

// ---- what is a node's own -----------------------------------------------------------------------

void Publishing::make_own(std::uint32_t at, ItemNumber number) {
    oracle_.set_maker(number, at);
    injected_.push_back(0);
    cluster_.observers().tell<&Observer::on_made>(number);
}

void Publishing::submit(std::uint32_t at, ItemNumber number, std::uint32_t injected) {
    cluster_.turn(at, core::Submit{oracle_[number].item, injected});
}

void Publishing::on_started(std::uint32_t at) {
    const SimNode& node = nodes_[at];
    for (const ItemNumber number : std::vector<ItemNumber>(node.own))
        if (node.online && oracle_.is_live(number, cluster_.time_of(at).wall))
            submit(at, number, injected_[number]);
}

void Publishing::on_kept(std::uint32_t, const core::Effects& kept) {
    for (const core::Effect& effect : kept) {
        const auto* notify = std::get_if<core::Notify>(&effect);
        const auto* injected =
            notify ? std::get_if<core::OwnItemInjected>(&notify->notice) : nullptr;
        if (injected) injected_[*oracle_.find(injected->id)] = injected->times;
    }
}

ItemNumber Publishing::learn(std::uint32_t at, const item::ReadPtr& item) {
    if (const auto number = oracle_.find(item->id)) {
        if (oracle_.is_genuine(*item)) return *number;
        const item::Item& before = oracle_[*number].item->item;
        item::Item but_for_work = item->item;
        but_for_work.nonce = before.nonce;
        const bool more = item::level_of(*item) > item::level_of(*oracle_[*number].item);
        if (more && but_for_work == before)
            oracle_.add_work(*number, item);
        else
            failures_.add(at, "S1: its market submits item " + std::to_string(*number) +
                                  " in another copy than before");
        return *number;
    }
    const item::Publication* claim = item->header.publication();
    const auto known = claim ? purposes_.find(item::thing_of(*claim)) : purposes_.end();
    const Purpose purpose = !claim                     ? Purpose::mail
                            : known != purposes_.end() ? known->second
                                                       : Purpose::offer;
    if (item::check_all_but_work(*item))
        failures_.add(at, "S1: its market submits an item that breaks the rules");
    const ItemNumber number = oracle_.learn(item, cluster_.now(), purpose);
    if (claim) newest_[item::thing_of(*claim)] = number;
    make_own(at, number);
    return number;
}

// ---- publishing ---------------------------------------------------------------------------------

void Publishing::on(const PublicationDue& event) {
    const auto& [purpose, like] = event;
    const auto at = like ? std::optional(oracle_[*like].maker) : random_user(nodes_, rng_);
    if (!at || !nodes_[*at].online) {
        if (!cluster_.clock().is_calm()) events_.push(cluster_.now() + again, event);
        return;
    }
    const bool brief = purpose == Purpose::offer && chance(options_.scenario.brief);
    const base::Seconds lasting =
        purpose == Purpose::warm_up ? lifetime_usual : base::Seconds(options_.scenario.life_s);
    const base::Seconds lifetime =
        brief ? base::Seconds(600 + static_cast<std::int64_t>(rng_.below(3)) * 600) : lasting;
    if (purpose == Purpose::spam || options_.scenario.per_maker != 1)
        return publish_without(*at, event, lifetime);
    if (!publish_by_market(*at, purpose, lifetime) && !cluster_.clock().is_calm())
        events_.push(cluster_.now() + again, event);
}

void Publishing::publish_without(std::uint32_t at, const PublicationDue& event,
                                 base::Seconds lifetime) {
    const Scenario& scenario = options_.scenario;
    const base::MonoTime now = cluster_.now();
    const bool is_offer = event.purpose == Purpose::offer;
    const bool lasts = lifetime == base::Seconds(options_.scenario.life_s);
    const ItemNumber number =
        oracle_.make(cluster_.time_of(at).wall, now, lifetime, event.purpose, event.like);
    make_own(at, number);
    nodes_[at].own.push_back(number);
    for (std::int64_t left = is_offer && !event.like ? scenario.per_maker - 1 : 0; left > 0; --left)
        events_.push(now + rng_.between(Millis(20'000), Millis(600'000)),
                     PublicationDue{event.purpose, number});
    const auto later = [&](bool removal) {
        events_.push(now + rng_.between(Millis(20'000), Millis(900'000)),
                     VersionDue{number, removal});
    };
    if (is_offer && lasts && chance(scenario.update)) later(false);
    if (is_offer && lasts && chance(scenario.remove)) later(true);
    submit(at, number, 0);
}

bool Publishing::publish_by_market(std::uint32_t at, Purpose purpose, base::Seconds lifetime) {
    const Scenario& scenario = options_.scenario;
    cluster_.give_market(at);
    if (!nodes_[at].has_market()) return false;  // it crashed over its first turn
    const item::OfferText text = oracle_.offer_text();
    const std::vector<base::Bytes> pictures = pictures_at(at);
    std::optional<item::ThingId> thing;
    const bool kept = cluster_.ask(at, [&](market::Market& market, const market::Turn& turn) {
        if (const auto offer = market.publish_offer(text, lifetime, turn, {}, false, pictures))
            thing = offer->thing;
    });
    if (!kept || !thing) return false;
    purposes_[*thing] = purpose;
    offers_.push_back({at, *thing});
    if (purpose != Purpose::offer) return true;
    const std::size_t offer = offers_.size() - 1;
    const auto plan = [&](const Event& event, std::int64_t percent, Millis most) {
        if (chance(percent))
            events_.push(cluster_.now() + rng_.between(Millis(20'000), most), event);
    };
    plan(LetterDue{offer}, scenario.mails, Millis(400'000));
    if (lifetime != base::Seconds(scenario.life_s)) return true;
    plan(RevisionDue{offer, false}, scenario.update, Millis(900'000));
    plan(RevisionDue{offer, true}, scenario.remove, Millis(900'000));
    return true;
}

std::vector<base::Bytes> Publishing::pictures_at(std::uint32_t at) {
    if (options_.scenario.pictures == 0 || !nodes_[at].takes_pictures ||
        !chance(options_.scenario.pictures))
        return {};
    return {oracle_.picture()};
}

// Nothing follows a removal.
void Publishing::on(const VersionDue& event) {
    const auto& [of, removal] = event;
    const std::uint32_t at = oracle_[of].maker;
    SimNode& node = nodes_[at];
    const std::vector<ItemNumber>& newer = oracle_[of].newer;
    if (cluster_.clock().is_calm() || (!newer.empty() && oracle_[newer.back()].removal)) return;
    if (!node.online || !clock_fits(node))
        return events_.push(cluster_.now() + change_again, event);
    const ItemNumber number = oracle_.renew(of, cluster_.time_of(at).wall, cluster_.now(), removal);
    make_own(at, number);
    node.own.push_back(number);
    submit(at, number, 0);
}

void Publishing::on(const RevisionDue& event) {
    OwnOffer& offer = offers_[event.offer];
    const SimNode& node = nodes_[offer.maker];
    if (cluster_.clock().is_calm() || offer.removed || node.lost) return;
    if (!clock_fits(node) || !has_settled_in(node, cluster_.now()))
        return events_.push(cluster_.now() + change_again, event);
    const bool removal = event.removal;
    bool done = false;
    const item::OfferText text = removal ? item::OfferText{} : oracle_.offer_text();
    // Whatever it showed before is shown no more.
    const std::vector<base::Bytes> pictures =
        removal ? std::vector<base::Bytes>{} : pictures_at(offer.maker);
    const auto act = [&](market::Market& market, const market::Turn& turn) {
        const auto changed =
            removal ? market.remove_offer(offer.thing, turn)
                    : market.update_offer(offer.thing, text, base::Seconds(0), turn, {}, pictures);
        done = changed.has_value();
    };
    if (!cluster_.ask(offer.maker, act)) return events_.push(cluster_.now() + change_again, event);
    offer.removed = offer.removed || (removal && done);
}

}  // namespace hearsay::sim
