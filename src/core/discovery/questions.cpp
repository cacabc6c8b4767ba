#include "core/discovery/questions.hpp"

#include <algorithm>

#include "base/limits/discovery.hpp"
#include "core/messages.hpp"

namespace hearsay::core {
namespace {

namespace limits = base::limits;

constexpr base::Rate asking_rate{limits::find_burst / 2, 1, limits::find_every};

}  // namespace

bool Questions::ask(base::LinkId link, const base::PeerId& peer, const base::NodeId& target,
                    bool looks_up, base::Now now, Effects& out) {
    if (!asked_[link].take(asking_rate, 1, now.mono)) return false;
    const std::uint32_t number = next_number_++;
    open_[{link, number}] = {peer, now.mono + limits::find_wait, looks_up};
    out.push_back(Send{link, encode(Find{number, target})});
    return true;
}

std::optional<Questions::Question> Questions::take(base::LinkId link, std::uint32_t number) {
    const auto found = open_.extract(std::pair(link, number));
    return found ? std::optional(found.mapped()) : std::nullopt;
}

std::vector<Questions::Question> Questions::take_all(base::LinkId link) {
    asked_.erase(link);
    std::vector<Question> out;
    auto question = open_.lower_bound({link, 0});
    while (question != open_.end() && question->first.first == link) {
        out.push_back(question->second);
        question = open_.erase(question);
    }
    return out;
}

std::vector<std::pair<base::LinkId, Questions::Question>> Questions::take_late(base::MonoTime now) {
    std::vector<std::pair<base::LinkId, Question>> out;
    std::erase_if(open_, [&](const auto& entry) {
        const bool late = entry.second.until <= now;
        if (late) out.emplace_back(entry.first.first, entry.second);
        return late;
    });
    return out;
}

bool Questions::has_open(base::LinkId link) const {
    const auto next = open_.lower_bound({link, 0});
    return next != open_.end() && next->first.first == link;
}

base::MonoTime Questions::next_deadline() const {
    base::MonoTime next = base::never;
    for (const auto& [at, question] : open_) next = std::min(next, question.until);
    return next;
}

}  // namespace hearsay::core
