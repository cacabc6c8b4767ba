// app/node/workers.hpp - the threads that do what would stall the loop: signature and work checks,
// trial decryption, and the search for proof of work.
//
// Two kinds, so that minutes of searching never delay microseconds of checking: one checking
// thread per core, and one searching thread of lowest priority, which shares each search with as
// many others as there are cores but one. It takes the shortest search first,
// of equal ones the earliest: the removal of a mail that was withdrawn, half a second, does not
// wait behind stamps of an hour. Answers are handed to the loop in batches, in no particular order.
// Ended threads hand over nothing:
// after the destructor no callback comes any more.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "base/ids.hpp"
#include "net/loop.hpp"

namespace hearsay::app {

class Workers {
public:
    using Answer = std::function<void()>;   // runs on the loop's thread
    using Check = std::function<Answer()>;  // runs on a checking thread

    Workers(net::Loop& loop, unsigned checking_threads);
    ~Workers();
    Workers(const Workers&) = delete;
    Workers& operator=(const Workers&) = delete;

    // Bounded by who asks: the core's verifying_items_max and the market's own limits.
    void check(Check check);
    void check(std::vector<Check> checks);  // several at once wake the threads once
    // Once for each id: asking again while it is searched changes nothing.
    void find_work(const base::ItemId& id, std::uint64_t trials,
                   std::function<void(std::uint64_t nonce)> found);
    void cancel_work(const base::ItemId& id);
    // Of the search under way: hashes tried and expected; nothing if none is.
    struct Progress {
        base::ItemId id;
        std::uint64_t tried = 0;
        std::uint64_t expected = 0;
    };
    std::optional<Progress> searching() const;
    // Hashes a second of a search, all its threads together: as the last one of a second or more
    // showed, or measured now, which takes 6 to 70 ms of a checking thread.
    void measure_rate(std::function<void(double hashes_per_second)> measured);

private:
    struct Search {
        base::ItemId id;
        std::uint64_t trials;
        std::function<void(std::uint64_t)> found;
    };
    void checking();
    void searching_thread();
    std::optional<std::uint64_t> search(const Search& what);

    net::Loop& loop_;
    mutable std::mutex mutex_;
    std::condition_variable check_waiting_;
    std::condition_variable search_waiting_;
    std::deque<Check> checks_;
    std::deque<Search> searches_;
    std::optional<base::ItemId> under_search_;
    std::uint64_t under_search_trials_ = 0;
    std::atomic<std::uint64_t> tried_{0};
    std::atomic<double> rate_{0};  // hashes a second; 0: not known yet
    std::atomic<bool> cancelled_{false};
    std::atomic<bool> over_{false};  // the search under way: found, cancelled, or the end of all
    const unsigned searching_threads_;
    bool ending_ = false;
    std::vector<std::thread> threads_;
};

}  // namespace hearsay::app
