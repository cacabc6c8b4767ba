// Users and their markets: what users do with one, and what becomes of its wishes. The world plays
// the workers, and is the onlooker that knows what was made and sent, whatever the markets believe.
#include <algorithm>

#include "base/encoding.hpp"
#include "sim/world.hpp"

namespace hearsay::sim {
namespace {

using base::Millis;

constexpr Millis later(10'000);  // until something is tried again
constexpr std::uint64_t letter_bytes_max = 3000;
constexpr std::uint64_t answered = 50;  // % of mails

}  // namespace

// ---- a market -----------------------------------------------------------------------------------

void World::begin_market(std::uint32_t at) {
    SimNode& node = nodes_[at];
    if (!node.person) node.person = std::make_unique<Person>(person_rng_.fork(), now_of(node).wall);
    if (node.words.empty()) node.words = node.person->words();
    node.engine->begin_market(node.person->open());
    run_turn(at);
}

// Made now if its user had nothing to do before.
void World::give_market(std::uint32_t at) {
    if (!has_market(nodes_[at])) begin_market(at);
}

bool World::ask(std::uint32_t at, const Act& act) {
    nodes_[at].engine->ask([&act](turn::Context& context) -> turn::Engine::Finish {
        act(context.market, context);
        return [](const std::optional<base::Error>&) {};
    });
    return run_turn(at);
}

void World::answer_market(std::uint32_t at, turn::Answer answer) {
    nodes_[at].engine->post(std::move(answer));
    run_turn(at);
}

void World::on_thought(std::uint32_t at, market::Effects& wishes) {
    if (options_.sabotage_market && has_market(nodes_[at])) options_.sabotage_market(at, wishes);
    for (const market::Effect& wish : wishes) {
        digest_.mix(wish.index());
        if (const auto* tell = std::get_if<market::Tell>(&wish))
            digest_.mix(base::as_bytes(tell->id));
    }
}

// What the market hands over is genuine, if it keeps to the rules; its work is asked of nobody.
void World::learn(std::uint32_t at, const item::ReadPtr& item) {
    std::optional<ItemNumber> number = oracle_.find(item->id);
    if (!number) {
        const item::Publication* claim = item->header.publication();
        const auto known = claim ? purposes_.find(item::thing_of(*claim)) : purposes_.end();
        const Purpose purpose = !claim                     ? Purpose::mail
                                : known != purposes_.end() ? known->second
                                                           : Purpose::offer;
        if (item::check_all_but_work(*item))
            fail(at, "S1: its market submits an item that breaks the rules");
        number = oracle_.learn(item, now_, purpose);
        if (claim) newest_[item::thing_of(*claim)] = *number;
        own(at, *number);
    } else if (!oracle_.is_genuine(*item)) {
        fail(at, "S1: its market submits item " + std::to_string(*number) +
                     " in another copy than before");
    }
    handed_.push_back(*number);
}

// What the market did is certain, and what it tells of is durable.
void World::on_own_kept(std::uint32_t at, const market::Effects& wishes) {
    for (const ItemNumber number : std::exchange(handed_, {})) oracle_.set_kept(number);
    for (const market::Effect& wish : wishes) {
        const auto* tell = std::get_if<market::Tell>(&wish);
        if (!tell) continue;
        if (tell->what == market::Happening::mail_state && tell->text == "heard")
            post_.on_heard(tell->id);
        if (tell->what == market::Happening::mail_state && tell->text == "delivered")
            if (const auto wrong = post_.on_delivered(tell->id)) fail(at, *wrong);
        if (tell->what != market::Happening::mail_arrived) continue;
        if (const auto wrong = post_.on_arrived(at, tell->id, now_)) {
            fail(at, *wrong);
            continue;
        }
        const std::size_t number = *post_.find(tell->id);
        plan_forgetting(at, number);
        if (post_[number].answer || publish_rng_.below(100) >= answered) continue;
        events_.push(now_ + publish_rng_.between(Millis(10'000), Millis(300'000)),
                     AnswerDue{at, number});
    }
}

void World::plan_forgetting(std::uint32_t at, std::size_t number) {
    const auto percent = static_cast<std::uint64_t>(options_.scenario.forget);
    if (percent == 0 || publish_rng_.below(100) >= percent) return;
    events_.push(now_ + publish_rng_.between(Millis(30'000), Millis(600'000)),
                 MailRemovalDue{at, number});
}

void World::perform(std::uint32_t at, const market::Effect& wish) {
    Person& person = *nodes_[at].person;
    const auto answer_later = [&](std::uint64_t job) {
        events_.push(now_ + node_rng_.between(Millis(1), Millis(8)),
                     WorkerDone{{at, nodes_[at].life}, job});
    };
    if (const auto* work = std::get_if<market::FindWork>(&wish)) answer_later(person.wait(*work));
    if (const auto* mail = std::get_if<market::TryOpen>(&wish)) answer_later(person.wait(*mail));
    if (const auto* list = std::get_if<market::ListPersonas>(&wish))
        answer_later(person.wait(*list));
    if (const auto* cancel = std::get_if<market::CancelWork>(&wish)) person.cancel_work(cancel->id);
}

void World::on(const WorkerDone& event) {
    if (!lives(event.of)) return;
    const std::uint32_t at = event.of.node;
    Person& person = *nodes_[at].person;
    if (const auto work = person.take_work(event.job))
        answer_market(at, turn::WorkFound{work->id, oracle_.work_for(work->id, work->trials)});
    else if (const auto mail = person.take_try(event.job))
        answer_market(at, try_open(*mail));
    else if (const auto list = person.take_list(event.job))
        answer_market(
            at, turn::PersonasListed{list->from,
                                     market::list_personas(list->root, list->from, list->count)});
}

turn::MailTried World::try_open(const market::TryOpen& wish) const {
    turn::MailTried tried{wish.mail};
    for (const auto& [mailbox, secret] : *wish.keys) {
        auto letter = market::open_letter(*wish.mail, secret, mailbox);
        if (!letter) continue;
        tried.mailbox = mailbox;
        tried.letter = std::make_shared<const market::Letter>(*std::move(letter));
        break;
    }
    return tried;
}

void World::on(const MarketTickDue& event) {
    const std::uint32_t at = event.of.node;
    SimNode& node = nodes_[at];
    if (!lives(event.of) || node.tick_at != now_) return;  // it was moved
    node.tick_at = base::never;
    if (node.engine->on_market_deadline(now_))
        run_turn(at);
    else
        arm_tick(at);
}

void World::arm_tick(std::uint32_t at) {
    SimNode& node = nodes_[at];
    if (!node.online) return;
    const base::MonoTime next = std::max(node.engine->market_deadline(), now_);
    if (next >= node.tick_at) return;
    node.tick_at = next;
    events_.push(next, MarketTickDue{{at, node.life}});
}

// ---- users --------------------------------------------------------------------------------------

// False if nothing of it was kept: the user, who was told so or lost the node over it, tries again.
bool World::publish_offer(std::uint32_t at, Purpose purpose, base::Seconds lifetime) {
    const Scenario& scenario = options_.scenario;
    give_market(at);
    if (!has_market(nodes_[at])) return false;  // it crashed over its first turn
    const item::OfferText text = oracle_.offer_text();
    std::optional<item::ThingId> thing;
    const bool kept = ask(at, [&](market::Market& market, const market::Turn& turn) {
        if (const auto offer = market.publish_offer(text, lifetime, turn)) thing = offer->thing;
    });
    if (!kept || !thing) return false;
    purposes_[*thing] = purpose;
    offers_.push_back({at, *thing});
    if (purpose != Purpose::offer) return true;
    const std::size_t offer = offers_.size() - 1;
    const auto plan = [&](Event event, std::int64_t percent, Millis most) {
        if (publish_rng_.below(100) >= static_cast<std::uint64_t>(percent)) return;
        events_.push(now_ + publish_rng_.between(Millis(20'000), most), std::move(event));
    };
    const bool brief = lifetime < base::Seconds(3600);
    plan(LetterDue{offer}, scenario.mails, Millis(400'000));
    if (brief) return true;
    plan(RevisionDue{offer, false}, scenario.update, Millis(900'000));
    plan(RevisionDue{offer, true}, scenario.remove, Millis(900'000));
    return true;
}

void World::on(const RevisionDue& event) {
    OwnOffer& offer = offers_[event.offer];
    const SimNode& node = nodes_[offer.maker];
    if (calm_ || offer.removed || node.lost) return;
    if (!clock_fits(node) || !has_settled_in(offer.maker))
        return events_.push(now_ + later * 6, event);
    const bool removal = event.removal;
    bool done = false;
    const item::OfferText text = removal ? item::OfferText{} : oracle_.offer_text();
    const bool kept = ask(offer.maker, [&](market::Market& market, const market::Turn& turn) {
        const auto changed = removal
                                 ? market.remove_offer(offer.thing, turn)
                                 : market.update_offer(offer.thing, text, base::Seconds(0), turn);
        done = changed.has_value();
    });
    if (kept) {
        offer.removed = offer.removed || (removal && done);
        return;
    }
    events_.push(now_ + later * 6, event);
}

// Somebody who has the offer writes to its maker.
void World::on(const LetterDue& event) {
    const OwnOffer& offer = offers_[event.offer];
    if (calm_ || offer.removed) return;
    const auto from = random_online();
    if (from && *from != offer.maker &&
        send_mail(*from, offer.maker, base::to_hex(offer.thing), false))
        return;
    events_.push(now_ + later, event);
}

void World::on(const AnswerDue& event) {
    const SimNode& node = nodes_[event.node];
    const Sent& letter = post_[event.letter];
    if (calm_ || node.lost) return;
    if (is_in_use(event.node) && clock_fits(node) &&
        send_mail(event.node, letter.from, base::to_hex(letter.id), true))
        return;
    events_.push(now_ + later, event);
}

// False if it was refused (the offer has not come to this node, say) or not kept.
bool World::send_mail(std::uint32_t from, std::uint32_t to, const std::string& address,
                      bool is_answer) {
    give_market(from);
    if (!has_market(nodes_[from])) return false;
    base::Bytes noise(1 + publish_rng_.below(letter_bytes_max) / 2);
    publish_rng_.fill(noise);
    const std::string text = base::to_hex(noise);
    std::optional<market::MessageId> id;
    const bool kept = ask(from, [&](market::Market& market, const market::Turn& turn) {
        if (const auto mail =
                market.send_mail({address, "about it", text, base::Seconds(0), {}}, turn))
            id = mail->letter.id;
    });
    if (!kept || !id) return false;
    post_.on_sent({*id, from, to, is_answer, text, now_, {}, false, false});
    return true;
}

// ---- what must be so at the end -----------------------------------------------------------------

bool World::reachable(std::uint32_t at) const {
    return nodes_[at].connected;
}

std::optional<std::string> World::unheard() const {
    for (std::uint32_t at = 0; at < nodes_.size(); ++at) {
        const SimNode& node = nodes_[at];
        if (!node.person || !node.connected) continue;
        if (!has_market(node))
            return "liveness: the market of node " + std::to_string(at) + " is down";
        const market::Counts counts = node.engine->market().counts();
        if (counts.pending != 0)
            return "liveness: node " + std::to_string(at) + " has not heard back " +
                   std::to_string(counts.pending) + " things of its own";
    }
    return post_.missing([this](std::uint32_t at) { return reachable(at); });
}

void World::check_boxes() {
    for (std::uint32_t at = 0; at < nodes_.size(); ++at) {
        SimNode& node = nodes_[at];
        if (!has_market(node)) continue;
        market::Market& market = node.engine->market();
        market::Effects nothing;
        const market::Turn turn{now_of(node).wall, node.own_store, node.store, nothing};
        std::vector<market::MailView> boxes = market.list_mail(node.own_store);
        for (market::MailView& mail : boxes)
            if (auto whole = market.read_mail(base::to_hex(mail.letter.id), turn))
                mail.letter.text = whole->letter.text;
        if (const auto wrong =
                post_.problem(at, boxes, [this](std::uint32_t other) { return reachable(other); }))
            fail(at, *wrong);
    }
}

void World::finish_post(Outcome& out) const {
    if (post_.size() == 0) return;
    const auto delays = percentiles(post_.delays());
    out.extra.emplace_back("mails_sent", static_cast<double>(post_.size()));
    out.extra.emplace_back("mails_arrived", static_cast<double>(post_.arrived_count()));
    out.extra.emplace_back("mail_t50_ms", delays[50]);
    out.extra.emplace_back("mail_t99_ms", delays[99]);
}

}  // namespace hearsay::sim
