#include "app/node/errand.hpp"

#include "base/guard.hpp"

namespace hearsay::app {

Errand::~Errand() {
    if (thread_.joinable()) thread_.join();
}

bool Errand::run(Job job) {
    if (running_) return false;
    if (thread_.joinable()) thread_.join();
    running_ = true;
    thread_ = std::thread([this, job = std::move(job)] {
        base::guarded("an errand", [&] {
            loop_.post([this, answer = job()] {
                running_ = false;
                answer();
            });
        });
    });
    return true;
}

}  // namespace hearsay::app
