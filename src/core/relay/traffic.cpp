#include "core/relay/traffic.hpp"

#include <algorithm>
#include <limits>

#include "base/ensure.hpp"
#include "base/limits/budgets.hpp"

namespace hearsay::core {
namespace {

namespace limits = base::limits;

constexpr std::int64_t lendable = 50;       // hundredths of a half that stay its own
constexpr std::int64_t short_below = 25;    // rule 6
constexpr std::int64_t short_no_more = 50;  // likewise

}  // namespace

// ---- one direction ------------------------------------------------------------------------------

base::Rate Allowance::rate() const {
    const auto half = static_cast<std::int64_t>(limit_ / 2);
    return {std::max(half * burst_s_, limits::traffic_burst_min), half, std::chrono::seconds(1)};
}

void Allowance::set(std::uint64_t bytes_a_second) {
    const std::uint64_t limit =
        bytes_a_second == 0
            ? 0
            : std::clamp(bytes_a_second, limits::traffic_limit_min, limits::traffic_limit_max);
    if (limit != limit_) halves_ = {};
    limit_ = limit;
}

std::int64_t Allowance::left(Use use, base::MonoTime now) {
    return halves_[index(use)].left(rate(), now) - static_cast<std::int64_t>(held_[index(use)]);
}

std::uint64_t Allowance::room(Use use, base::MonoTime now) {
    if (!is_limited()) return std::numeric_limits<std::uint64_t>::max();
    const std::int64_t own = left(use, now);
    if (own > 0) return static_cast<std::uint64_t>(own);
    // What is held or owed beyond the own half was lent already.
    const std::int64_t lent = left(other(use), now) - rate().burst / 100 * lendable + own;
    return static_cast<std::uint64_t>(std::max<std::int64_t>(lent, 0));
}

// From the own half, if it has something; else from what the other lends.
void Allowance::charge(Use use, std::uint64_t bytes, base::MonoTime now) {
    if (!is_limited()) return;
    const bool lent = left(use, now) <= 0 && room(use, now) > 0;
    const Use whose = lent ? other(use) : use;
    base::TokenBucket& bucket = halves_[index(whose)];
    const std::int64_t most = bucket.left(rate(), now) + rate().burst;
    const auto units = static_cast<std::int64_t>(
        std::min<std::uint64_t>(bytes, std::numeric_limits<std::int64_t>::max()));
    bucket.charge(rate(), std::clamp<std::int64_t>(units, 0, std::max<std::int64_t>(most, 0)), now);
}

base::MonoTime Allowance::ready_at(Use use, std::uint64_t held) const {
    if (!is_limited()) return base::MonoTime{};
    const std::int64_t burst = rate().burst;
    const auto when = [&](Use whose, std::int64_t kept, std::uint64_t spoken_for) {
        const auto most = static_cast<std::uint64_t>(burst - kept);
        if (spoken_for >= most) return base::never;
        base::Rate less = rate();
        less.burst = static_cast<std::int64_t>(most - spoken_for);
        return halves_[index(whose)].ready_at(less);
    };
    base::TokenBucket own = halves_[index(use)];  // a copy: to ask it changes it
    const std::int64_t left = own.left(rate(), base::MonoTime{}) - static_cast<std::int64_t>(held);
    const auto lent = static_cast<std::uint64_t>(std::max<std::int64_t>(-left, 0));
    const Use lender = other(use);
    return std::min(when(use, 0, held),
                    when(lender, burst / 100 * lendable, held_[index(lender)] + lent));
}

bool Allowance::is_below(Use use, std::int64_t hundredths, base::MonoTime now) {
    return is_limited() && halves_[index(use)].left(rate(), now) < rate().burst / 100 * hundredths;
}

base::MonoTime Allowance::above_at(Use use, std::int64_t hundredths) const {
    if (!is_limited()) return base::MonoTime{};
    base::Rate less = rate();
    less.burst -= less.burst / 100 * hundredths;
    return halves_[index(use)].ready_at(less);
}

void Allowance::sanity_check() const {
    ENSURE(
        limit_ == 0 || (limit_ >= limits::traffic_limit_min && limit_ <= limits::traffic_limit_max),
        "a limit that cannot be");
    for (base::TokenBucket half : halves_)  // copies: to ask one changes it
        ENSURE(!is_limited() || half.left(rate(), base::MonoTime{}) >= -2 * rate().burst,
               "a debt beyond what may be");
}

// ---- both ---------------------------------------------------------------------------------------

Traffic::Traffic(const TrafficLimits& limits)
    : upload_(limits::upload_burst_s), download_(limits::download_burst_s) {
    set_limits(limits);
}

void Traffic::set_limits(const TrafficLimits& limits) {
    limits_ = limits;
    short_ = false;
    upload_.set(limits.upload);
    download_.set(limits.download);
}

std::uint64_t Traffic::room_to_ask(Use use, std::uint64_t asked, base::MonoTime now) {
    download_.hold(use, asked);
    return download_.room(use, now);
}

bool Traffic::is_short(base::MonoTime now) {
    short_ = download_.is_below(Use::flood, short_ ? short_no_more : short_below, now);
    return short_;
}

base::MonoTime Traffic::short_until() const {
    return short_ ? download_.above_at(Use::flood, short_no_more) : base::never;
}

void Traffic::sanity_check() const {
    upload_.sanity_check();
    download_.sanity_check();
}

}  // namespace hearsay::core
