// market/publications/publications.hpp - what this person published, of whatever kind: its index,
// and its way out into the network.
//
// Rules, for every kind:
//   1. A kind makes the text, the claim and the record; it is kept as `working`, and only then is
//      the user answered. on_work_found() submits it, on_injected() and on_heard() count.
//   2. `heard` is kept the first time and then at each doubling: more would be a durable write a
//      peer. It is exact while the node runs.
//   3. A removal is a version, too, unless nothing was ever out: then it would only tell that there
//      was something.
//   4. What expired is marked at once and forgotten after keep_expired; what its kind renews stays
//      until it is removed.
//   5. After a recovery the flood is walked once for what is ours and not known here (search.cpp):
//      by then the network has it, so it is `published`.
//      Of what is not known a removal tells nothing.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <vector>

#include "market/identity/identity.hpp"
#include "market/own_items.hpp"
#include "market/publications/kind.hpp"
#include "market/publications/persona_scan.hpp"
#include "market/publications/views.hpp"
#include "market/room.hpp"

namespace hearsay::market {

class Publications final : public Room, public ItemOwner {
public:
    // What is looked up often; the records themselves stay in the own store.
    struct Own {
        PublicationKind* kind = nullptr;
        base::ItemId item;
        base::WallTime expires;
        bool worked = false;
        Spread spread;
        bool pending = false;  // alive, and not heard back yet
        bool over = false;     // marked expired
        bool removed = false;
        std::uint32_t persona = 0;
        base::MailboxId mailbox{};
    };

    Publications(Common& common, Identity& identity, OwnItems& items)
        : Room(common), identity_(identity), items_(items, *this) {}

    void add_kind(PublicationKind& kind) { kinds_.push_back(&kind); }
    // False if a record does not open, or is of no kind that there is.
    bool load(const OwnStore& store);
    // After a start: submits and has work searched again. False if an item does not read.
    bool resume(const Turn& turn);

    const Own* find(const item::ThingId& thing) const;
    // null if of another
    const Own* find(const item::ThingId& thing, const PublicationKind& kind) const;
    const std::map<item::ThingId, Own>& all() const { return all_; }
    std::size_t size() const { return all_.size(); }
    std::size_t pending() const;
    // removed ones included until they expire
    std::size_t alive(const PublicationKind& kind) const;
    std::size_t shown_by(std::uint32_t persona) const;  // alive and not removed
    std::set<std::uint32_t> personas() const;
    PublicationState state_of(const item::ThingId& thing,
                              const records::OwnPublication& record) const;

    // A version that its kind has made; `record` says what it says.
    void publish(const item::ThingId& thing, records::OwnPublication& record,
                 const item::ReadPtr& made, const Turn& turn);
    // The work of its newest version is not needed any more.
    void cancel_work(const item::ThingId& thing, const Turn& turn);
    void remove(const item::ThingId& thing, records::OwnPublication& record, const Turn& turn);
    void renew(const Turn& turn);
    void expire(const Turn& turn);
    // Anybody's.
    void on_stored(const item::Read& item, const Turn& turn) const;

    // ItemOwner
    void on_work_found(const base::ItemId& item, std::uint64_t nonce, const Turn& turn) override;
    void on_injected(const base::ItemId& item, std::uint32_t times, const Turn& turn) override;
    void on_heard(const base::ItemId& item, std::size_t peers, const Turn& turn) override;
    void on_too_cheap(const base::ItemId& item, bool lost, const Turn& turn) override;

    // ---- rule 5: search.cpp ----
    void begin_recovery(const Turn& turn);
    void end_recovery() { scan_.reset(); }
    void look_again();
    void on_personas_listed(std::uint32_t from, const std::vector<PersonaMark>& marks,
                            const Turn& turn);
    bool wants_recovery() const { return scan_ && scan_->wants_walk(); }
    void find_own(const Turn& turn);  // a bounded piece of the walk

private:
    PublicationKind* of_kind(item::Kind kind) const;  // null: there is none
    void note(const item::ThingId& thing, const records::OwnPublication& record);
    void set_spread(const item::ThingId& thing, const Spread& spread, bool durable,
                    const Turn& turn);
    std::optional<std::uint32_t> own_index_of(const base::PublisherKey& publisher) const;
    void take_found(const item::ReadPtr& read, const Turn& turn);
    void take_mailbox(const base::MailboxId& key, const item::Read& read,
                      records::OwnPublication& record, const std::string& purpose,
                      const Turn& turn);

    Identity& identity_;
    ItemsOf<item::ThingId> items_;
    std::vector<PublicationKind*> kinds_;
    std::map<item::ThingId, Own> all_;
    std::optional<PersonaScan> scan_;
};

}  // namespace hearsay::market
