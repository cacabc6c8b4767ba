// market/mail/blame.hpp - which mail, or which record that a mail left, is to blame when a node
// ends while it reads.
//
// Before the node reads a mail - tries keys, opens it, lets it change trades and inbox - and while
// it reads a record that a mail left in the own store, a note of it lies where the death of the
// process does not erase it (app/node/reading_notes.hpp). A start that finds notes decides:
//   1. No notes: the last run ended at another moment.
//      Suspects stay what they are until they are read again.
//   2. A mail among the notes: whatever was noted besides, records are not suspected this time.
//      Several threads read, and one of them ended all.
//   3. A mail that was noted becomes a suspect. The threads of one moment and the letters of one
//      turn are all noted, so most suspects are innocent.
//   4. A suspect is read again by itself: nothing else is read at the same time
//      (app/node/mail_reading.hpp). If the node ends then as well, that mail is to blame: it is set
//      aside. If the node does not end, it is acquitted.
//   5. A record is read by the loop's thread alone. Noted once, it is a suspect until a run ends in
//      good order, because it may end the node in another use than the next one; noted again,
//      it is set aside.
// So of n mails in one batch with k that end the node, the k are set aside after k + 1 ends, and no
// other. One end is not enough: a machine without memory or a person with kill -9 also end a node
// while it reads.
#pragma once

#include <variant>
#include <vector>

#include "base/ids.hpp"
#include "market/own_store.hpp"

namespace hearsay::market {

struct KeptRow {
    Table table = Table::meta;
    base::Bytes key;  // as it lies in the own store
    auto operator<=>(const KeptRow&) const = default;
};
using Readable = std::variant<base::ItemId, KeptRow>;

struct UnderReading {
    Readable what;
    bool alone = false;  // a suspect that was read by itself
};

struct Blame {
    std::vector<Readable> set_aside;
    std::vector<Readable> suspects;  // in the order in which they came under suspicion
};
Blame blame(const std::vector<Readable>& suspects, const std::vector<UnderReading>& noted);

// What others' letters fill. What only the person fills is never set aside:
// without it the node would be another's.
constexpr bool may_be_set_aside(Table table) {
    return table == Table::inbox || table == Table::trades || table == Table::tickets ||
           table == Table::removals || table == Table::seen_mail || table == Table::removed_trades;
}

}  // namespace hearsay::market
