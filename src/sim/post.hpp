// sim/post.hpp - every mail of a run, as an onlooker knows it who sees all nodes and none of their
// secrets: who wrote what to whom, and what became of it.
// What markets say is compared with this (rule S9 of world.hpp):
//   - a user is told of a mail once, and only of one that was sent to this node
//   - at the end each mail that was kept by its sender is in the inbox of its addressee, once, with
//     its text, and nothing else is; and its sender's outbox says that it was delivered
//   - nobody is told that a mail was delivered which is not in its addressee's inbox
//   - what its reader removed is not in the inbox
// A lost disk takes along what no backup has (decision 12), and nothing else:
//   - of mail that had come since the backup, the inbox may lack it, and its reader may be told of
//     it once more; the network may have forgotten it. What had not come yet has to come
//   - of mail that was sent since the backup, the outbox knows nothing.
//     It has to come if it was heard back before
//   - what was removed since the backup may be there again
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "market/market.hpp"

namespace hearsay::sim {

struct Sent {
    market::MessageId id;
    std::uint32_t from = 0;
    std::uint32_t to = 0;
    bool answer = false;
    std::string text;
    base::MonoTime sent;
    base::MonoTime arrived;  // zero: not yet
    bool heard = false;
    bool delivered = false;  // its sender knows that it arrived
    bool removed = false;    // by its reader
    // By disks that were lost:
    bool may_be_absent = false;  // from the inbox, or there again
    bool may_be_told_again = false;
    bool unknown_to_sender = false;
    bool lost = false;  // nobody is sure to have it
};

class Post {
public:
    // Its sender's market has kept it. Its number.
    std::size_t on_sent(Sent letter);
    // A market has it in the inbox, durably, and tells so. What is wrong with that, or nothing.
    std::optional<std::string> on_arrived(std::uint32_t node, const std::string& id,
                                          base::MonoTime now);
    void on_heard(const std::string& id);
    // Its sender was told that it is delivered. What is wrong with that, or nothing.
    std::optional<std::string> on_delivered(const std::string& id);

    // Its reader removed it from the inbox.
    void on_removed(std::size_t number) { letters_[number].removed = true; }
    // All that was told before may be forgotten, but for what was kept at `backed_up`; zero:
    // there is no backup.
    void on_disk_lost(std::uint32_t node, base::MonoTime backed_up);

    std::size_t size() const { return letters_.size(); }
    const Sent& operator[](std::size_t number) const { return letters_[number]; }
    std::optional<std::size_t> find(const std::string& id) const;  // as 32 hexadecimal digits
    // Of the mails whose both ends are `reachable`: what is still on its way.
    std::optional<std::string> missing(
        const std::function<bool(std::uint32_t node)>& reachable) const;
    // A node's two boxes with their texts, against what this knows: what is wrong with them.
    std::optional<std::string> problem(
        std::uint32_t node, const std::vector<market::MailView>& boxes,
        const std::function<bool(std::uint32_t node)>& reachable) const;
    std::size_t arrived_count() const;
    // ms from sent to in the inbox, of those that arrived
    std::vector<std::uint32_t> delays() const;

private:
    std::vector<Sent> letters_;
    std::map<std::string, std::size_t> by_id_;
};

}  // namespace hearsay::sim
