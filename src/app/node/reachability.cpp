#include "app/node/reachability.hpp"

#include <algorithm>
#include <utility>

namespace hearsay::app {
namespace {

using namespace std::chrono_literals;
constexpr base::Millis first_wait = 2s;
constexpr base::Millis longest_wait = 5min;
constexpr base::Millis recheck_wait = 1h;

}  // namespace

Reachability::Reachability(net::Loop& loop, std::function<void()> dial_self)
    : dial_self_(std::move(dial_self)), timer_(loop, [this] { check(); }), wait_(first_wait) {}

void Reachability::set_published(bool published) {
    if (published == published_) return;
    published_ = published;
    wait_ = first_wait;
    if (published) return check();
    timer_.cancel();
    state_ = State::unknown;
    detail_ = "waits for the descriptor";
}

void Reachability::check() {
    if (!published_ || std::exchange(asking_, true)) return;
    if (state_ != State::reachable) {
        state_ = State::checking;
        detail_ = "dials its own address";
    }
    dial_self_();
}

void Reachability::on_answer(bool ok, std::string why) {
    asking_ = false;
    if (!published_) return;
    state_ = ok ? State::reachable : State::unreachable;
    detail_ = ok ? "strangers can connect" : "its own address does not answer: " + why;
    timer_.arm(ok ? recheck_wait : wait_);
    wait_ = ok ? first_wait : std::min(wait_ * 2, longest_wait);
}

std::string_view Reachability::name() const {
    switch (state_) {
        case State::unknown:
            return "unknown";
        case State::checking:
            return "checking";
        case State::reachable:
            return "reachable";
        case State::unreachable:
            return "unreachable";
    }
    return "";
}

}  // namespace hearsay::app
