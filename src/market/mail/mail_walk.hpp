// market/mail/mail_walk.hpp - which mails of the flood store are tried with our keys, in which
// order, and how far that has come.
//
// New mail is tried as it is stored; what came while nobody looked (a crash, another run) is found
// by walking the flood store in its own order, a chunk at a time. Rules:
//   1. Everything up to safe_position() is answered: a run that starts again there skips no mail.
//   2. A mail tried on arrival has no position yet; the walk finds it later and counts its answer,
//      instead of trying it twice.
//   3. While chunk_max tries wait for their answer, what arrives waits in lanes, one for each link
//      that brings mail and one for all that only pass. They are served by bytes, and within one
//      more work goes first (core/relay/verify_queue.hpp). So who floods us with mail waits for
//      itself, and another link's mail for no more than as much of the flood's.
//   4. At most queued_max wait. Beyond, the longest lane's last is left to the walk.
//   5. The walk goes on as answers come (wants_more). It has half of each chunk while others wait:
//      neither starves.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <vector>

#include "core/relay/verify_queue.hpp"
#include "market/catalogue.hpp"

namespace hearsay::market {

class MailWalk {
public:
    // Memory and the workers' patience; a mail is up to 33 KiB.
    static constexpr std::size_t in_flight_max = 1024;
    static constexpr std::size_t chunk_max = 256;
    static constexpr std::size_t queued_max = 4096;  // ids, some 150 bytes each

    void begin(core::Position from) { searched_ = from; }
    // True if it is to be tried now.
    bool on_stored(const item::Read& mail, core::Pile lane);
    // Likewise of one that was found by other ways than by walking.
    bool on_found(const base::ItemId& id);
    // False if nobody waited for this answer.
    bool on_answered(const base::ItemId& id);
    // The next mails to try, at most chunk_max.
    std::vector<item::ReadPtr> next(const Catalogue& flood);
    void look_again() { more_ = true; }
    bool is_full() const { return in_flight_.size() >= in_flight_max; }
    bool wants_more() const {
        return (more_ || queue_.size() > 0) && in_flight_.size() < chunk_max;
    }
    core::Position safe_position() const;

private:
    void next_queued(const Catalogue& flood, std::vector<item::ReadPtr>& out);
    bool take(core::Position position, const base::ItemId& id);

    core::Position searched_ = 0;  // the walk is behind this one
    bool more_ = true;
    core::VerifyQueue queue_;
    std::map<base::ItemId, std::optional<core::Position>> in_flight_;
    std::set<core::Position> waiting_;  // positions of those in flight that the walk has passed
    // before the walk came to them; emptied when it reaches the end
    std::set<base::ItemId> answered_;
};

}  // namespace hearsay::market
