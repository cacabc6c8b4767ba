// market/mail/removals.hpp - mails that are to end everywhere before they expire: read ones,
// withdrawn ones.
//
// A removal of a mail that was read is made some time after it came, at random: at once would tell
// onlookers when this person reads. A mail that had waited for us gets longer, else all that waited
// would be seen to have one reader. What is due after the mail's end is not made; nor are more than
// mail_removals_max under way (read_removals_max of them for mail that was read). What became due
// while the node was down is spread anew. A removal that is heard back is done:
// nothing of it is left.
#pragma once

#include <map>
#include <optional>

#include "market/own_items.hpp"
#include "market/room.hpp"

namespace hearsay::market {

class Removals final : public Room, public ItemOwner {
public:
    Removals(Common& common, OwnItems& items) : Room(common), items_(items, *this) {}

    bool load(const OwnStore& store);  // false if a record does not open
    bool resume(const Turn& turn);     // false if an item does not read
    void spread_overdue(base::WallTime now);

    void remove_read(const item::Read& mail, const base::Secret& secret, const Turn& turn);
    // Of a mail with this header. False if there are too many.
    bool remove_later(const item::Item& mail, const base::Secret& secret, base::WallTime expires,
                      base::WallTime due, const Turn& turn);
    std::optional<base::WallTime> next_due() const;
    void run_due(const Turn& turn);
    void expire(const Turn& turn);

    // ItemOwner
    void on_work_found(const base::ItemId& item, std::uint64_t nonce, const Turn& turn) override;
    void on_injected(const base::ItemId& item, std::uint32_t times, const Turn& turn) override;
    void on_heard(const base::ItemId& item, std::size_t peers, const Turn& turn) override;
    void on_too_cheap(const base::ItemId& item, bool lost, const Turn& turn) override;
    void on_cheaper(const base::ItemId& item, const Turn& turn) override;

private:
    struct Own {
        base::WallTime expires;
        std::optional<base::ItemId> item;  // once it is made
        bool worked = false;
        std::uint32_t injected = 0;
    };
    void note(const base::ItemId& mail, const records::Removal& record);
    void make(const base::ItemId& mail, const Turn& turn);
    void drop(const base::ItemId& mail, const Turn& turn);

    ItemsOf<base::ItemId> items_;
    std::map<base::ItemId, Own> removals_;  // by mail
    std::multimap<base::WallTime, base::ItemId> due_;
};

// At least a second from now.
base::WallTime at_random(base::Rng& rng, base::WallTime now, base::Seconds within);

}  // namespace hearsay::market
