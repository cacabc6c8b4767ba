// app/node/errand.hpp - one piece of work of seconds (writing or reading a backup) on a thread of
// its own: the checking threads of Workers answer in batches, so a slow one among them would hold
// up verification.
#pragma once

#include <functional>
#include <thread>

#include "net/loop.hpp"

namespace hearsay::app {

class Errand {
public:
    using Answer = std::function<void()>;  // runs on the loop's thread
    using Job = std::function<Answer()>;   // runs on the errand's thread

    explicit Errand(net::Loop& loop) : loop_(loop) {}
    Errand(const Errand&) = delete;
    Errand& operator=(const Errand&) = delete;
    ~Errand();  // waits for the job; its answer is not given any more

    // False if there is one under way.
    bool run(Job job);

private:
    net::Loop& loop_;
    std::thread thread_;
    bool running_ = false;
};

}  // namespace hearsay::app
