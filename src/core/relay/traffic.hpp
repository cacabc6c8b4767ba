// core/relay/traffic.hpp - how many bytes of others' items this node sends and takes, all its links
// together, where its user bounds that.
//
//   1. There are two limits, of upload and of download, in bytes a second. Usually there is none:
//      then nothing here ever says no.
//   2. Items count, and nothing else: ids and other frames are small, and what they decide must not
//      wait. An item of our own leaves by injecting (injection.hpp), which is not counted, so the
//      user's own items never wait for others'.
//   3. Either limit is shared in halves by flooding and by rounds (core/reconcile), so that neither
//      starves. What one half leaves the other takes: as soon as more than half of it is full.
//   4. What is sent is charged when it is sent, even beyond what is left: no item is larger than
//      what may be sent at once. Who is to be sent next is for relay.hpp and reconcile.hpp to say:
//      links take turns.
//   5. What is asked for counts against the download until it came or its time was over, by its
//      announced size (guessed_item_bytes where nobody said it); what came is charged by its own.
//      So a peer that withholds costs us the time for which it is waited for, and no more.
//   6. What a link pushes is charged to flooding when it comes. While less than a quarter of that
//      half is left, peers are told to push nothing, until half of it is there again. What comes
//      unasked over links that only pass is not charged: it is here already, and strangers would
//      use up with it what others are asked for.
//   7. A debt is no larger than what may be sent or asked for at once.
#pragma once

#include <array>
#include <cstdint>

#include "base/token_bucket.hpp"

namespace hearsay::core {

// Bytes a second; 0: no limit.
struct TrafficLimits {
    std::uint64_t upload = 0;
    std::uint64_t download = 0;
    bool operator==(const TrafficLimits&) const = default;
};

// For what.
enum class Use : std::uint8_t { flood, rounds };

// One direction's limit.
class Allowance {
public:
    explicit Allowance(std::int64_t burst_s) : burst_s_(burst_s) {}
    // Another limit begins with nothing spent.
    void set(std::uint64_t bytes_a_second);
    bool is_limited() const { return limit_ > 0; }

    // Counted as spent, but not charged: replaces what was said before.
    void hold(Use use, std::uint64_t bytes) { held_[index(use)] = bytes; }
    // Bytes that may be spent now. A great many where there is no limit.
    std::uint64_t room(Use use, base::MonoTime now);
    void charge(Use use, std::uint64_t bytes, base::MonoTime now);
    // When there is room beside `held`, if nothing more is spent: in the past if there is some.
    base::MonoTime ready_at(Use use, std::uint64_t held = 0) const;
    // Of this half alone: whether less than so many hundredths are left, and when there are more.
    bool is_below(Use use, std::int64_t hundredths, base::MonoTime now);
    base::MonoTime above_at(Use use, std::int64_t hundredths) const;
    void sanity_check() const;

private:
    static std::size_t index(Use use) { return use == Use::flood ? 0 : 1; }
    static Use other(Use use) { return use == Use::flood ? Use::rounds : Use::flood; }
    base::Rate rate() const;
    std::int64_t left(Use use, base::MonoTime now);

    const std::int64_t burst_s_;
    std::uint64_t limit_ = 0;
    std::array<base::TokenBucket, 2> halves_{};
    std::array<std::uint64_t, 2> held_{};
};

class Traffic {
public:
    explicit Traffic(const TrafficLimits& limits = {});
    void set_limits(const TrafficLimits& limits);
    const TrafficLimits& limits() const { return limits_; }
    bool limits_upload() const { return upload_.is_limited(); }
    bool limits_download() const { return download_.is_limited(); }

    // Whether one more item may be sent now, of whatever size.
    bool may_send(Use use, base::MonoTime now) { return upload_.room(use, now) > 0; }
    void on_sent(Use use, std::uint64_t bytes, base::MonoTime now) {
        upload_.charge(use, bytes, now);
    }
    base::MonoTime may_send_at(Use use) const { return upload_.ready_at(use); }

    // Bytes that may be asked for now, beside `asked`: what was asked for and has not come yet.
    std::uint64_t room_to_ask(Use use, std::uint64_t asked, base::MonoTime now);
    // When there is some, if nothing else happens.
    base::MonoTime may_ask_at(Use use, std::uint64_t asked) const {
        return download_.ready_at(use, asked);
    }
    void on_came(Use use, std::uint64_t bytes, base::MonoTime now) {
        download_.charge(use, bytes, now);
    }
    // Whether peers should push nothing (rule 6), and when that is over.
    bool is_short(base::MonoTime now);
    base::MonoTime short_until() const;
    void sanity_check() const;

private:
    TrafficLimits limits_;
    Allowance upload_;
    Allowance download_;
    bool short_ = false;
};

}  // namespace hearsay::core
