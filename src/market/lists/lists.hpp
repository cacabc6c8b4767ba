// market/lists/lists.hpp - lists of what is hidden or recommended: one's own, those that the user
// subscribes to, and everybody's. item/kinds/list.hpp has the rules of the item, sieve.hpp what
// they mean together.
//
//   1. A list of one's own is private: a record of the own store. It counts from the moment at
//      which it is there. Its name is its own among them, and names it, as its id does.
//   2. Publishing it makes it a thing, whose id it has from then on. Each change is a new version
//      then, and the list is renewed until it is taken back; it is private again afterwards.
//   3. What a subscribed list said last is kept here, so that it counts also while the flood store
//      is empty. It ends when its maker removes it, or when its time is over; the subscription
//      stays, and goes on with a later version.
//   4. A subscription is to the id of a thing, which need not be here yet if it is given whole.
//   5. There are at most own_lists_max of one's own and subscriptions_max subscriptions.
//   6. Where what they hide is laid aside, a new version of them (Common::lists_version) has all of
//      it judged again. There is one only when they may hide something no more: what more they hide
//      needs none. By what others publish there is one each less_hidden_pause at most.
// Nothing of this is told to anybody but what is published. Nothing is relayed otherwise for it,
// unless the user wants what lists hide neither kept nor passed on (MarketSettings::keeps_hidden,
// docs/decisions/0030-lists-and-what-a-node-holds.md).
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "market/lists/sieve.hpp"
#include "market/lists/views.hpp"
#include "market/publications/kind_room.hpp"

namespace hearsay::market {

class Lists final : public KindRoom<ListView> {
public:
    Lists(Common& common, Identity& identity, Publications& publications)
        : KindRoom(common, publications), identity_(identity), version_(common.lists_version) {}

    // False if a record does not open.
    bool load(const OwnStore& store);
    // At a start: what came of subscribed lists while nobody listened.
    void look_for_subscribed(const Turn& turn);
    // At a tick: what is over counts no more.
    void expire(const Turn& turn);

    // Which list: the name of one of one's own, an id or a unique beginning of it. Errors are for
    // the user; nothing was changed then.
    base::Result<ListView> make(const item::CuratedList& list, const Turn& turn);
    base::Result<ListView> change_to(std::string_view which, const item::CuratedList& list,
                                     const Turn& turn);
    base::Result<ListView> erase(std::string_view which, const Turn& turn);
    base::Result<ListView> publish(std::string_view which, std::string_view persona,
                                   const Turn& turn);
    base::Result<ListView> unpublish(std::string_view which, const Turn& turn);
    base::Result<ListView> subscribe(std::string_view which, const Turn& turn);
    base::Result<ListView> unsubscribe(std::string_view which, const Turn& turn);

    base::Result<ListView> list(std::string_view which, const OwnStore& store,
                                const Catalogue& flood) const;
    // In the order in which they count: one's own, then subscribed ones.
    std::vector<ListView> own_lists(const OwnStore& store) const;
    std::vector<ListView> subscribed(const OwnStore& store) const;
    // One's own, then everybody's, newest first.
    std::vector<ListView> lists(const OwnStore& store, const Catalogue& flood,
                                std::size_t most) const;
    // The newest version of a thing of any kind that is here. Errors: not_found, invalid.
    base::Result<item::ReadPtr> newest(std::string_view id_or_beginning, const OwnStore& store,
                                       const Catalogue& flood) const;
    // What lists say of a thing of any kind that is here: those of the user, then at most why_max
    // others. Errors: not_found, invalid.
    base::Result<WhyView> why(std::string_view id_or_beginning, const OwnStore& store,
                              const Catalogue& flood) const;

    const Sieve& sieve() const { return sieve_; }
    // Whether they hide it, of what is shown to people: never mail or a key that mail needs, what
    // takes something back, the user's own, or a list that the user subscribes to.
    bool hides(const item::ReadPtr& item) const;
    std::size_t size() const { return known_.size(); }

    // PublicationKind
    item::Kind kind() const override { return item::kind_list; }
    std::string_view word() const override { return "list"; }
    bool is_renewed() const override { return true; }
    void renew(const Turn& turn) override;
    void on_stored(const item::Read& item, const Turn& turn) override;
    void take_found(records::OwnPublication& record, const item::Read& found,
                    const Turn& turn) override;

private:
    static constexpr std::size_t why_max = 200;

    struct Known {
        bool own = false;
        item::CuratedList list{};
        base::WallTime since{};
        base::PublisherKey publisher{};  // of a subscribed one; so the rest
        std::uint64_t sequence = 0;
        base::WallTime expires{};  // zero: nothing of it was heard
    };
    bool read(base::ByteView payload, ListView& out) const override;
    // Its id among one's own: not_found, or invalid if it is not unique.
    base::Result<item::ThingId> own_id(std::string_view which) const;
    std::optional<base::Error> problem_of(const item::CuratedList& list,
                                          const item::ThingId* old) const;
    bool is_published(const item::ThingId& id) const;
    bool hides_less(const Known& before, const Known& after) const;
    void on_less_hidden(base::WallTime now);
    void save(const item::ThingId& id, const Known& known, const Turn& turn);
    void drop(const item::ThingId& id, const Turn& turn);
    void publish_version(const item::ThingId& id, const item::CuratedList& list, const Turn& turn);
    void take_version(const item::ThingId& id, const item::ReadPtr& read, const Turn& turn);
    void fill_sieve(base::WallTime now);
    bool has_ended(base::WallTime now) const;  // one that counted when the sieve was filled
    std::vector<item::ThingId> in_order(bool own) const;
    ListView view_of_known(const item::ThingId& id, const OwnStore& store) const;
    void mark(ListView& view) const;

    Identity& identity_;
    std::uint64_t& version_;
    std::map<item::ThingId, Known> known_;
    Sieve sieve_;
    base::WallTime filled_{};  // when that was
    // Since when what others published may hide less, and when a version last came of that.
    bool less_hidden_ = false;
    base::WallTime less_hidden_told_{};
};

}  // namespace hearsay::market
