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
//   6. What can be renewed is, if the user wants it, until it is removed: a new version of the same
//      thing and lifetime, at a random time in the last quarter of its life. So nobody sees by it
//      when this node runs. What ended while the node was off is renewed at the next start, however
//      long that was. Where it cannot be made today it is tried at each tick, and the user is told
//      once. Of what ends and is not renewed the user is told within warn_before.
//   7. Own records are held beside what floods (settling.cpp): an old copy of the data directory
//      knows less than the network, and a clock that ran ahead dated what nobody takes.
//        newer in the flood     -> that is the thing now; what we were about to say is dropped
//        another of one number  -> the smaller id counts everywhere: ours goes out as the next
//        dated ahead, not heard -> anew, with today's date
//      After a recovery rule 5 finds all of it, in its own order.
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
        base::WallTime renew_at{};              // zero: that is not wanted
        bool warned = false;                    // that it ends
        std::vector<item::ThingId> pictures{};  // that it shows; of a removed one none
        // It stays until it is removed.
        bool is_lasting() const {
            return !removed && (kind->is_renewed() || renew_at != base::WallTime{});
        }
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
    // The pictures of what is alive, each with the latest end of what shows it. Without a time:
    // also of what is over and lasts.
    std::map<item::ThingId, base::WallTime> needed_pictures(
        std::optional<base::WallTime> now) const;
    // For a day after a recovery: what this node knows may be old, and the network tells.
    bool is_settling(base::WallTime now) const;
    PublicationState state_of(const item::ThingId& thing,
                              const records::OwnPublication& record) const;
    std::optional<records::OwnPublication> record(const item::ThingId& thing,
                                                  const OwnStore& store) const;
    // Its newest version that is here, of anybody; null: there is none.
    item::ReadPtr newest(const item::ThingId& thing, const OwnStore& store,
                         const Catalogue& flood) const;
    // What is the same for every kind. Of one of ours;
    void describe(const item::ThingId& thing, const records::OwnPublication& record,
                  PublicationView& out) const;
    // of what floods. False: it is none of this kind, or a removal.
    static bool describe(const item::ReadPtr& read, item::Kind kind, PublicationView& out);

    // ---- a thing is made: making.cpp ----
    // Errors are for the user; nothing was changed then.
    // Who signs what is published: the persona that was named, or none: a fresh one.
    base::Result<std::optional<std::uint32_t>> signer(std::string_view persona,
                                                      const Turn& turn) const;
    // exhausted: there may be no more of this kind.
    std::optional<base::Error> is_full(const PublicationKind& kind) const;
    // One of ours of this kind that is neither removed nor over: not_found, conflict, refused.
    base::Result<records::OwnPublication> changeable(const item::ThingId& thing,
                                                     const PublicationKind& kind,
                                                     const Turn& turn) const;
    struct Begun {
        item::Publication claim;
        item::ThingId thing;
        std::string purpose;  // "offer 3f2a...", of its persona and mailbox
        records::OwnPublication record;
    };
    // The first version of a new thing, in a slot of its own. Takes a fresh persona where none
    // signs, so the vault has to be saved.
    Begun begin(const PublicationKind& kind, std::optional<std::uint32_t> signer, const Turn& turn);
    // The claim of the next version, without a mailbox.
    item::Publication next_claim(const records::OwnPublication& record) const;
    // Of several texts, in place; `what` begins the error: "the post's text". Errors: invalid.
    static base::Result<void> normalise(const std::vector<std::string*>& texts,
                                        std::string_view what);

    // A version with this claim and payload, signed by the record's persona; `record` keeps what
    // its kind knows besides.
    void publish(const PublicationKind& kind, const item::Publication& claim,
                 base::Seconds lifetime, base::ByteView payload, records::OwnPublication& record,
                 const Turn& turn);
    // The work of its newest version is not needed any more.
    void cancel_work(const item::ThingId& thing, const Turn& turn);
    void remove(const item::ThingId& thing, records::OwnPublication& record, const Turn& turn);
    void renew(const Turn& turn);
    // Rule 6: renewal.cpp. Of one of ours by its id or a unique beginning. Errors are for the user.
    base::Result<EndingView> set_renewal(std::string_view id_or_beginning, bool wanted,
                                         const Turn& turn);
    // Alive ones that are not renewed and end soon, the first first.
    std::vector<EndingView> ending_soon(const OwnStore& store, base::WallTime now) const;
    // Tells of those that it has not told of.
    void warn(const Turn& turn);
    // Things of the kind that live until they are removed, and end soon. For a day after a recovery
    // there are none: what this node knows may be old, and the network tells.
    std::vector<item::ThingId> due(const PublicationKind& kind, base::WallTime now) const;
    void expire(const Turn& turn);
    // Anybody's.
    void on_stored(const item::Read& item, const Turn& turn) const;

    // ItemOwner
    void on_work_found(const base::ItemId& item, std::uint64_t nonce, const Turn& turn) override;
    void on_injected(const base::ItemId& item, std::uint32_t times, const Turn& turn) override;
    void on_heard(const base::ItemId& item, std::size_t peers, const Turn& turn) override;
    void on_too_cheap(const base::ItemId& item, bool lost, const Turn& turn) override;
    void on_cheaper(const base::ItemId& item, const Turn& turn) override;

    // ---- rule 5: search.cpp ----
    void begin_recovery(const Turn& turn);
    void end_recovery() { scan_.reset(); }
    void look_again();
    void on_personas_listed(std::uint32_t from, const std::vector<PersonaMark>& marks,
                            const Turn& turn);
    bool wants_recovery() const { return scan_ && scan_->wants_walk(); }
    void find_own(const Turn& turn);  // a bounded piece of the walk

private:
    static constexpr base::Seconds warn_before{24 * 3600};

    void renew_wanted(const Turn& turn);
    void settle_with_flood(const Turn& turn);
    // `slot`: another version of it that floods.
    void settle(const item::ThingId& thing, const core::SlotState& slot, const Turn& turn);
    // The next version says the same, from now on.
    void make_anew(const item::ThingId& thing, records::OwnPublication& record, const Turn& turn);
    // The next version says nothing; it is not saved.
    void make_removal(records::OwnPublication& record, const Turn& turn);
    bool is_ending(const Own& own, base::WallTime now) const;
    // A random time for its renewal, never before now.
    std::uint64_t renewal_time(base::WallTime now, base::Seconds lifetime, base::WallTime expires);
    EndingView ending_view(const item::ThingId& thing, const records::OwnPublication& record) const;
    static void set_version(records::OwnPublication& record, const item::Read& item);
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
