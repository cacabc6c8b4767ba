#include "app/node/reachability.hpp"

#include <utility>

#include "base/limits/links.hpp"
#include "base/waits.hpp"

namespace hearsay::app {
namespace {

using namespace std::chrono_literals;
constexpr base::Millis first_wait = 2s;
constexpr base::Millis longest_wait = 5min;
constexpr base::Millis recheck_wait = 1h;
// Two circuits to one's own service: twice what a dial to another has at first.
constexpr base::Millis first_patience = 2 * base::limits::dial_wait_first;
constexpr const char* waits = "not known yet: the onion service's descriptor is not published";

}  // namespace

Reachability::Reachability(net::Loop& loop, std::function<void(base::Millis)> dial_self,
                           std::function<void()> changed)
    : dial_self_(std::move(dial_self)),
      changed_(std::move(changed)),
      timer_(loop, [this] { check(); }),
      detail_(waits) {}

void Reachability::become(State state, std::string detail) {
    if (state == state_ && detail == detail_) return;
    state_ = state;
    detail_ = std::move(detail);
    changed_();
}

void Reachability::set_published(bool published) {
    if (published == published_) return;
    published_ = published;
    failures_ = 0;
    if (published) return check();
    timer_.cancel();
    become(State::unknown, waits);
}

void Reachability::check() {
    if (!published_ || std::exchange(asking_, true)) return;
    if (state_ == State::unknown)
        become(State::checking, "the node dials its own address, as a stranger would");
    dial_self_(base::doubled(first_patience, failures_, base::limits::dial_wait));
}

void Reachability::on_answer(bool ok, std::string why) {
    asking_ = false;
    if (!published_) return;
    timer_.arm(ok ? recheck_wait : base::doubled(first_wait, failures_, longest_wait));
    failures_ = ok ? 0 : failures_ + 1;
    if (ok)
        become(State::reachable, "strangers can connect to this node");
    else
        become(State::unreachable,
               "strangers cannot connect: its own address does not answer (" + why + ")");
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
