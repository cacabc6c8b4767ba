#include "sim/users/letters.hpp"

#include "base/encoding.hpp"
#include "sim/users/choice.hpp"

namespace hearsay::sim {
namespace {

using base::Millis;

constexpr Millis again(10'000);
constexpr std::uint64_t letter_bytes_max = 3000;
constexpr std::uint64_t answered = 50;  // % of mails

}  // namespace

Letters::Letters(const RunOptions& options, Cluster& cluster, const Publishing& publishing,
                 Post& post, base::Rng& rng)
    : options_(options),
      cluster_(cluster),
      nodes_(cluster.nodes()),
      events_(cluster.events()),
      publishing_(publishing),
      post_(post),
      rng_(rng) {}

void Letters::on_own_kept(std::uint32_t at, const market::Effects& wishes) {
    for (const market::Effect& wish : wishes) {
        const auto* tell = std::get_if<market::Tell>(&wish);
        if (!tell || tell->what != market::Happening::mail_arrived) continue;
        const auto number = post_.find(tell->id);
        if (!number || post_[*number].to != at) continue;  // MailRules says so
        plan_removal(at, *number);
        if (post_[*number].answer || rng_.below(100) >= answered) continue;
        events_.push(cluster_.now() + rng_.between(Millis(10'000), Millis(300'000)),
                     AnswerDue{at, *number});
    }
}

void Letters::plan_removal(std::uint32_t at, std::size_t letter) {
    const auto percent = static_cast<std::uint64_t>(options_.scenario.forget);
    if (percent == 0 || rng_.below(100) >= percent) return;
    events_.push(cluster_.now() + rng_.between(Millis(30'000), Millis(600'000)),
                 MailRemovalDue{at, letter});
}

void Letters::on(const LetterDue& event) {
    const Publishing::OwnOffer& offer = publishing_.offers()[event.offer];
    if (cluster_.clock().is_calm() || offer.removed) return;
    const auto from = random_user(nodes_, rng_);
    if (from && *from != offer.maker && send(*from, offer.maker, base::to_hex(offer.thing), false))
        return;
    events_.push(cluster_.now() + again, event);
}

void Letters::on(const AnswerDue& event) {
    const SimNode& node = nodes_[event.node];
    const Sent& letter = post_[event.letter];
    if (cluster_.clock().is_calm() || node.lost) return;
    if (node.is_in_use() && clock_fits(node) &&
        send(event.node, letter.from, base::to_hex(letter.id), true))
        return;
    events_.push(cluster_.now() + again, event);
}

// False if it was refused or not kept.
bool Letters::send(std::uint32_t from, std::uint32_t to, const std::string& address,
                   bool is_answer) {
    cluster_.give_market(from);
    if (!nodes_[from].has_market()) return false;
    base::Bytes noise(1 + rng_.below(letter_bytes_max) / 2);
    rng_.fill(noise);
    const std::string text = base::to_hex(noise);
    const base::Seconds lifetime(options_.scenario.mail_life_s);
    std::optional<market::MessageId> id;
    const bool kept = cluster_.ask(from, [&](market::Market& market, const market::Turn& turn) {
        if (const auto mail = market.send_mail({address, "about it", text, lifetime, {}}, turn))
            id = mail->letter.id;
    });
    if (!kept || !id) return false;
    post_.on_sent({*id, from, to, is_answer, text, cluster_.now(), {}, false, false});
    return true;
}

}  // namespace hearsay::sim
