#include "sim/post.hpp"

#include <algorithm>
#include <utility>

#include "base/encoding.hpp"

namespace hearsay::sim {
namespace {

std::string name_of(std::size_t number, const Sent& letter) {
    return (letter.answer ? "answer " : "mail ") + std::to_string(number) + " from node " +
           std::to_string(letter.from) + " to node " + std::to_string(letter.to);
}

}  // namespace

std::size_t Post::on_sent(Sent letter) {
    by_id_[base::to_hex(letter.id)] = letters_.size();
    letters_.push_back(std::move(letter));
    return letters_.size() - 1;
}

std::optional<std::size_t> Post::find(const std::string& id) const {
    const auto found = by_id_.find(id);
    return found == by_id_.end() ? std::nullopt : std::optional(found->second);
}

std::optional<std::string> Post::on_arrived(std::uint32_t node, const std::string& id,
                                            base::MonoTime now) {
    const auto number = find(id);
    if (!number) return "S9: its user is told of a mail that nobody sent";
    Sent& letter = letters_[*number];
    if (letter.to != node) return "S9: its user is told of " + name_of(*number, letter);
    const bool again = letter.arrived != base::MonoTime{};
    if (again && !std::exchange(letter.may_be_told_again, false))
        return "S9: its user is told twice of " + name_of(*number, letter);
    if (!again) letter.arrived = now;
    return std::nullopt;
}

void Post::on_heard(const std::string& id) {
    if (const auto number = find(id)) letters_[*number].heard = true;
}

std::optional<std::string> Post::on_delivered(const std::string& id) {
    const auto number = find(id);
    if (!number) return "S9: a mail that nobody sent is called delivered";
    Sent& letter = letters_[*number];
    letter.heard = letter.delivered = true;
    if (letter.arrived == base::MonoTime{})
        return "S9: " + name_of(*number, letter) + " is called delivered and did not arrive";
    return std::nullopt;
}

void Post::on_disk_lost(std::uint32_t node, base::MonoTime backed_up) {
    for (Sent& letter : letters_) {
        if (letter.to == node && letter.arrived != base::MonoTime{}) {
            const bool in_backup = letter.arrived <= backed_up;
            letter.may_be_absent = letter.may_be_absent || !in_backup || letter.removed;
            letter.may_be_told_again = letter.may_be_told_again || !in_backup;
        }
        if (letter.from == node && letter.sent > backed_up) {
            letter.unknown_to_sender = true;
            letter.lost = letter.lost || !letter.heard;
        }
    }
}

std::optional<std::string> Post::missing(
    const std::function<bool(std::uint32_t)>& reachable) const {
    for (std::size_t number = 0; number < letters_.size(); ++number) {
        const Sent& letter = letters_[number];
        if (!reachable(letter.from) || !reachable(letter.to)) continue;
        if (letter.lost) continue;
        if (letter.arrived == base::MonoTime{})
            return "liveness: " + name_of(number, letter) + " did not arrive";
        if (letter.unknown_to_sender) continue;
        if (!letter.heard) return "liveness: " + name_of(number, letter) + " was not heard back";
        if (!letter.delivered)
            return "liveness: " + name_of(number, letter) + " was not acknowledged";
    }
    return std::nullopt;
}

std::optional<std::string> Post::problem(
    std::uint32_t node, const std::vector<market::MailView>& boxes,
    const std::function<bool(std::uint32_t)>& reachable) const {
    std::map<std::size_t, std::size_t> incoming;
    std::map<std::size_t, market::MailState> outgoing;
    for (const market::MailView& mail : boxes) {
        const auto number = find(base::to_hex(mail.letter.id));
        if (!number) return "S9: a box holds a mail that nobody sent";
        const Sent& letter = letters_[*number];
        if ((mail.incoming ? letter.to : letter.from) != node)
            return "S9: a box holds " + name_of(*number, letter);
        if (mail.letter.text != letter.text)
            return "S9: it holds another text of " + name_of(*number, letter);
        if (mail.incoming)
            ++incoming[*number];
        else
            outgoing[*number] = mail.state;
    }
    for (std::size_t number = 0; number < letters_.size(); ++number) {
        const Sent& letter = letters_[number];
        const bool due = reachable(letter.from) && reachable(letter.to) && !letter.lost;
        if (letter.to == node && incoming[number] > 1)
            return "S9: the inbox holds " + name_of(number, letter) + " twice";
        const bool told = letter.arrived != base::MonoTime{};
        const bool wanted = (due || told) && !letter.removed && !letter.may_be_absent;
        if (letter.to == node && incoming[number] == 0 && wanted)
            return "liveness: the inbox lacks " + name_of(number, letter);
        if (letter.to == node && incoming[number] == 1 && letter.removed && !letter.may_be_absent)
            return "S9: the inbox holds " + name_of(number, letter) + ", which its reader removed";
        if (letter.from != node || letter.unknown_to_sender) continue;
        if (!outgoing.contains(number)) return "S9: the outbox lost " + name_of(number, letter);
        if (due && told && outgoing[number] != market::MailState::delivered)
            return "liveness: the outbox does not say that " + name_of(number, letter) +
                   " was delivered";
    }
    return std::nullopt;
}

std::size_t Post::arrived_count() const {
    return static_cast<std::size_t>(
        std::count_if(letters_.begin(), letters_.end(),
                      [](const Sent& letter) { return letter.arrived != base::MonoTime{}; }));
}

std::vector<std::uint32_t> Post::delays() const {
    std::vector<std::uint32_t> out;
    for (const Sent& letter : letters_)
        if (letter.arrived != base::MonoTime{})
            out.push_back(static_cast<std::uint32_t>((letter.arrived - letter.sent).count()));
    return out;
}

}  // namespace hearsay::sim
