#include "app/node/workers.hpp"

#include <algorithm>
#include <chrono>
#include <memory>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <tuple>
#include <unistd.h>

#include "base/guard.hpp"
#include "crypto/work.hpp"

namespace hearsay::app {
namespace {

// Several checks per wake-up of the loop; few enough that the first answer is not kept waiting.
constexpr std::size_t batch_max = 32;

// Four searches of some 130,000 hashes.
constexpr std::uint8_t measured_searches = 4;
constexpr std::uint64_t measured_trials = 1 << 17;
constexpr double telling_s = 1;  // a shorter search says little of the next one's rate

class Stopwatch {
public:
    double seconds() const {
        const std::chrono::duration<double> passed = Clock::now() - begun_;
        return std::max(passed.count(), 1e-6);
    }

private:
    using Clock = std::chrono::steady_clock;
    Clock::time_point begun_ = Clock::now();
};

// Linux gives each thread a priority of its own; the user's desktop comes first.
void give_way() {
    setpriority(PRIO_PROCESS, static_cast<id_t>(syscall(SYS_gettid)), 19);
}

}  // namespace

Workers::Workers(net::Loop& loop, unsigned checking_threads)
    : loop_(loop), searching_threads_(std::max(2U, checking_threads) - 1) {
    for (unsigned i = 0; i < std::max(1U, checking_threads); ++i)
        threads_.emplace_back([this] { base::guarded("a worker", [this] { checking(); }); });
    threads_.emplace_back(
        [this] { base::guarded("the search for work", [this] { searching_thread(); }); });
}

Workers::~Workers() {
    {
        const std::lock_guard lock(mutex_);
        ending_ = true;
        cancelled_ = over_ = true;
        checks_.clear();
        searches_.clear();
    }
    check_waiting_.notify_all();
    search_waiting_.notify_all();
    for (std::thread& thread : threads_) thread.join();
}

void Workers::check(Check check) {
    {
        const std::lock_guard lock(mutex_);
        checks_.push_back(std::move(check));
    }
    check_waiting_.notify_one();
}

void Workers::check(std::vector<Check> checks) {
    if (checks.empty()) return;
    {
        const std::lock_guard lock(mutex_);
        for (Check& check : checks) checks_.push_back(std::move(check));
    }
    if (checks.size() == 1)
        check_waiting_.notify_one();
    else
        check_waiting_.notify_all();
}

void Workers::checking() {
    std::unique_lock lock(mutex_);
    while (true) {
        check_waiting_.wait(lock, [this] { return ending_ || !checks_.empty(); });
        if (ending_) return;
        std::vector<Check> batch;
        // A fair share, so that the other threads do not wait while this one has plenty.
        const std::size_t share =
            std::clamp<std::size_t>(checks_.size() / threads_.size(), 1, batch_max);
        for (std::size_t i = 0; i < share; ++i) {
            batch.push_back(std::move(checks_.front()));
            checks_.pop_front();
        }
        lock.unlock();
        auto answers = std::make_shared<std::vector<Answer>>();
        for (Check& check : batch) answers->push_back(check());
        lock.lock();
        if (ending_) return;
        loop_.post([answers] {
            for (Answer& answer : *answers) answer();
        });
    }
}

void Workers::find_work(const base::ItemId& id, std::uint64_t trials,
                        std::function<void(std::uint64_t)> found) {
    {
        const std::lock_guard lock(mutex_);
        const bool asked = (under_search_ == id && !cancelled_) ||
                           std::any_of(searches_.begin(), searches_.end(),
                                       [&](const Search& search) { return search.id == id; });
        if (asked) return;
        const auto after = std::ranges::upper_bound(searches_, trials, {}, &Search::trials);
        searches_.insert(after, {id, trials, std::move(found)});
    }
    search_waiting_.notify_one();
}

void Workers::cancel_work(const base::ItemId& id) {
    const std::lock_guard lock(mutex_);
    std::erase_if(searches_, [&](const Search& search) { return search.id == id; });
    if (under_search_ == id) cancelled_ = over_ = true;
}

std::optional<Workers::Progress> Workers::searching() const {
    const std::lock_guard lock(mutex_);
    if (!under_search_) return std::nullopt;
    return Progress{*under_search_, tried_.load(), under_search_trials_};
}

void Workers::measure_rate(std::function<void(double)> measured) {
    check([this, measured = std::move(measured)]() -> Answer {
        if (rate_ <= 0) {
            const Stopwatch watch;
            std::atomic<std::uint64_t> tried{0};
            const std::atomic<bool> never{false};
            for (std::uint8_t number = 0; number < measured_searches; ++number) {
                base::ItemId id;
                id.data[0] = number;
                std::ignore = crypto::find_work(id, measured_trials, 0, never, &tried);
            }
            rate_ = static_cast<double>(tried) / watch.seconds() * searching_threads_;
        }
        return [measured, rate = rate_.load()] { measured(rate); };
    });
}

// Each thread tries nonces of its own; the first that finds one ends the search.
std::optional<std::uint64_t> Workers::search(const Search& what) {
    constexpr unsigned apart = 48;  // bits of nonces for each thread: more than anybody tries
    std::mutex mutex;
    std::optional<std::uint64_t> found;
    const auto part = [&](std::uint64_t number) {
        const auto nonce = crypto::find_work(what.id, what.trials, number << apart, over_, &tried_);
        if (!nonce) return;
        const std::lock_guard lock(mutex);
        if (!found) found = nonce;
        over_ = true;
    };
    std::vector<std::jthread> searchers;
    for (std::uint64_t number = 1; number < searching_threads_; ++number)
        searchers.emplace_back([&, number] {
            base::guarded("the search for work", [&] {
                give_way();
                part(number);
            });
        });
    part(0);
    searchers.clear();  // waits for them
    return found;
}

void Workers::searching_thread() {
    give_way();
    std::unique_lock lock(mutex_);
    while (true) {
        search_waiting_.wait(lock, [this] { return ending_ || !searches_.empty(); });
        if (ending_) return;
        const Search next = std::move(searches_.front());
        searches_.pop_front();
        under_search_ = next.id;
        under_search_trials_ = next.trials;
        cancelled_ = over_ = false;
        tried_ = 0;
        lock.unlock();
        const Stopwatch watch;
        const auto nonce = search(next);
        const double took = watch.seconds();
        if (took >= telling_s) rate_ = static_cast<double>(tried_) / took;
        lock.lock();
        under_search_.reset();
        if (ending_) return;
        if (nonce) loop_.post([found = next.found, nonce = *nonce] { found(nonce); });
    }
}

}  // namespace hearsay::app
