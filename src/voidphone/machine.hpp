// voidphone/machine.hpp - what the gossip interface does with frames of its clients and with what
// the network brings. docs/voidphone.md, decision 25.
//
// Rules, in order:
//   1. A frame that the protocol does not have ends its connection, and so does a data type that
//      the configuration does not list. A frame that comes faster than it may waits: its client is
//      not read meanwhile, and nothing is lost.
//   2. NOTIFY (501) subscribes the client to a type. It is told what comes from then on.
//   3. ANNOUNCE (500) of a type that nobody here subscribed to does nothing. The announcing client
//      may be the one that subscribed.
//   4. Otherwise all subscribers but the one that announced get a NOTIFICATION (502), each with an
//      id of its own at random: two applications cannot tell by their ids what the other one got.
//   5. With TTL 1 that is all. Otherwise all who were notified have to find it valid, by VALIDATION
//      (503) within verdict_wait; then it goes to the network. One who says that it is not, says
//      nothing, or leaves without an answer, has not found it valid: it is dropped. If nobody was
//      notified, it goes at once.
//   6. A 503 for an id that its client was never given ends the connection. One that comes too
//      late - its announcement was dropped, or needs no verdict - does nothing.
//   7. What the network brings is told to all subscribers of its type. Their verdict changes
//      nothing: it floods by the network's rules, whoever listens here.
// Bounds: clients_max, types_max of a client, cache_size announcements that wait for verdicts.
//
// A total function: no I/O, no clock, randomness by its seed. Same calls, same effects.
#pragma once

#include <bitset>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "base/limits/voidphone.hpp"
#include "base/rng.hpp"
#include "base/token_bucket.hpp"
#include "voidphone/config.hpp"
#include "voidphone/frames.hpp"

namespace hearsay::voidphone {

enum class ClientId : std::uint64_t {};

struct Send {  // one whole frame
    ClientId client;
    base::Bytes frame;
    bool operator==(const Send&) const = default;
};
struct End {  // the client broke a rule
    ClientId client;
    std::string why;
    bool operator==(const End&) const = default;
};
struct Spread {  // to be made an item of, and published
    DataType type = 0;
    base::Bytes data;
    bool operator==(const Spread&) const = default;
};
struct Drop {  // an announcement that is not passed on
    DataType type = 0;
    std::string why;
    bool operator==(const Drop&) const = default;
};
using Effect = std::variant<Send, End, Spread, Drop>;
using Effects = std::vector<Effect>;

struct MachineLimits {
    std::size_t clients_max = base::limits::voidphone_clients_max;
    std::size_t types_max = base::limits::voidphone_types_max;
    std::size_t waiting_max = base::limits::voidphone_cache_default;
    base::Millis verdict_wait = base::limits::voidphone_verdict_wait;
    base::Rate frames = base::limits::voidphone_frames_rate;
    base::Rate announcements = base::limits::voidphone_announce_rate;
};

class Machine {
public:
    Machine(const MachineLimits& limits, std::vector<TypeRange> types, base::Rng rng)
        : limits_(limits), types_(std::move(types)), rng_(std::move(rng)) {}

    // False: there are clients_max already.
    bool on_opened(ClientId client);
    // Whoever ended it. Not to be called for a client that End names: that is gone already.
    void on_closed(ClientId client, Effects& out);
    // A whole frame. Nothing: it was taken. Otherwise the same frame is to be given again then, and
    // nothing else of this client before.
    std::optional<base::MonoTime> on_frame(ClientId client, base::ByteView frame,
                                           base::MonoTime now, Effects& out);
    // A frame of which the first header_bytes are here: the client is ended if the whole frame
    // would not be taken.
    void on_header(ClientId client, base::ByteView header, Effects& out);
    // The network brought an item, and none of ours.
    void on_item(DataType type, base::ByteView data, Effects& out);
    void on_timer(base::MonoTime now, Effects& out);
    base::MonoTime next_deadline() const;

    bool has(ClientId client) const { return clients_.contains(client); }
    std::size_t clients() const { return clients_.size(); }
    std::size_t waiting() const { return waiting_.size(); }
    // Recomputes what is kept twice; ends the process if it is wrong.
    void sanity_check() const;

private:
    using Number = std::uint64_t;  // of an announcement
    struct Client {
        std::set<DataType> types;
        std::bitset<65536> given;  // ids, ever
        std::size_t given_count = 0;
        std::size_t unanswered = 0;           // notifications
        std::map<MessageId, Number> awaited;  // of these a verdict counts
        base::TokenBucket frames;
    };
    struct Waiting {
        DataType type = 0;
        base::Bytes data;
        std::map<ClientId, MessageId> asked;  // who has not answered yet
        base::MonoTime due;
    };

    bool allows(DataType type) const;
    MessageId new_id(Client& client);
    void end(ClientId client, std::string why, Effects& out);
    void drop(Number number, const std::string& why, Effects& out);
    std::optional<base::MonoTime> on_announce(ClientId from, const Announce& announce,
                                              base::MonoTime now, Effects& out);
    void on_notify(ClientId from, const Notify& notify, Effects& out);
    void on_validation(ClientId from, const Validation& validation, Effects& out);

    const MachineLimits limits_;
    const std::vector<TypeRange> types_;
    base::Rng rng_;
    std::map<ClientId, std::unique_ptr<Client>> clients_;
    std::map<Number, Waiting> waiting_;  // oldest first, so the first is due first
    Number next_ = 1;
    base::TokenBucket announced_;
};

}  // namespace hearsay::voidphone
