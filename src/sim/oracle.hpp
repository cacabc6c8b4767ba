// sim/oracle.hpp - makes items or learns of those that markets make, and knows the truth about
// each.
//
// Items are the real thing: item::make_publication, a persona and a signature of their own. Only
// their proof of work is missing, because 100 offers of a fortnight would take minutes to mine and
// nothing in a simulation depends on the hashes. So work is judged by a register: a nonce is enough
// if it is the one with which the item was made here. Everything else is judged by the real rules,
// once for each distinct copy, and remembered:
//   1. byte for byte the copy that was made    -> what check_work-free checking said when it was
//                                              made
//   2. anything else                           -> item::check_costly, whose first finding stands;
//      if work is all that it misses, the signature is checked too, so that a forged one is named
//      so
// The first `mined_items` of a run are really mined, and their verdict is item::check_costly's
// alone. The register is also the independent model that safety is checked against: it knows which
// version of which thing an item is, without asking the code under test.
#pragma once

#include <map>
#include <unordered_map>
#include <vector>

#include "base/rng.hpp"
#include "item/kinds.hpp"
#include "item/make.hpp"
#include "sim/memory_store.hpp"

namespace hearsay::sim {

// An item's number in the order of making; indexes what nodes and checks remember.
using ItemNumber = std::uint32_t;
inline constexpr ItemNumber no_item = UINT32_MAX;

// Why an item was made; only the figures tell them apart.
enum class Purpose : std::uint8_t { offer, spam, warm_up, mail, attack };
// Warm-ups are in no figure; attackers' items only in those that are about them.
inline bool is_counted(Purpose purpose) {
    return purpose != Purpose::warm_up && purpose != Purpose::attack;
}

// What an attacker makes (users/attackers.hpp).
struct SpamOrder {
    item::Kind kind{};
    std::size_t payload_bytes = 0;  // about; of mail before its padding
    base::Seconds lifetime{0};
    item::Level level = 0;
    std::optional<base::ItemId> near{};  // its id is ground to lie beside this one
};

struct Made {
    item::ReadPtr item;                   // with the most work that was shown
    std::vector<std::uint64_t> nonces{};  // of copies that showed less
    Purpose purpose = Purpose::offer;
    std::uint32_t thing = 0;
    std::uint32_t maker = 0;  // its node
    std::uint64_t sequence = 0;
    bool removal = false;
    bool kept = false;  // durable at its maker, who hands it over again after a crash
    base::MonoTime published;
    std::vector<ItemNumber> newer;  // versions of the same thing that supersede it, as far as made
};

class Oracle {
public:
    static constexpr std::size_t mined_items = 1;

    explicit Oracle(base::Rng rng) : rng_(std::move(rng)) {}

    // `like`: by the same persona as that item, a thing of its own.
    ItemNumber make(base::WallTime by_clock, base::MonoTime now, base::Seconds lifetime,
                    Purpose purpose, std::optional<ItemNumber> like = std::nullopt);
    // The next version of the same thing, or its removal.
    ItemNumber renew(ItemNumber of, base::WallTime by_clock, base::MonoTime now, bool removal);

    ItemNumber make_spam(const SpamOrder& order, base::WallTime by_clock, base::MonoTime now);

    // An item that a market made: genuine from now on, in this very copy.
    // It counts as live once it is kept.
    ItemNumber learn(const item::ReadPtr& item, base::MonoTime now, Purpose purpose);
    // The same item with more work: from now on a genuine copy as well.
    void add_work(ItemNumber number, const item::ReadPtr& better);
    void set_kept(ItemNumber number) { made_[number].kept = true; }
    void set_maker(ItemNumber number, std::uint32_t node) { made_[number].maker = node; }
    // What a worker answers to a search for work: the same for the same id, as a search from zero
    // would.
    std::uint64_t work_for(const base::ItemId& id, std::uint64_t trials);
    // An offer's text that makes an item of about 600 bytes.
    item::OfferText offer_text();
    // A file that an offer shows; each is another one.
    base::Bytes picture();

    const Made& operator[](ItemNumber number) const { return made_[number]; }
    std::size_t size() const { return made_.size(); }
    // The first version of a thing.
    ItemNumber first_of(std::uint32_t thing) const { return things_[thing].versions.front(); }
    std::optional<ItemNumber> find(const base::ItemId& id) const;
    // Exactly as it was made: the only copy that may ever be stored or served.
    bool is_genuine(const item::Read& item) const { return is_genuine(item.id, item.item); }
    bool is_genuine(const base::ItemId& id, const item::Item& item) const;
    // The one object that every store shares.
    item::ReadPtr shared(const item::ReadPtr& item) const;
    // What a verification worker answers.
    std::optional<base::Fault> verdict(const item::Read& item);
    // Kept, and neither superseded, removed (a removal itself is live) nor expired by the true
    // time.
    bool is_live(ItemNumber number, base::WallTime truth) const;

private:
    struct Persona {
        base::Secret seed;
        base::PublisherKey key;
        base::Slot slot;
        std::vector<ItemNumber> versions;
        base::Seconds lifetime{0};
    };
    ItemNumber add(std::uint32_t thing, base::WallTime by_clock, base::MonoTime now, bool removal,
                   Purpose purpose);
    ItemNumber enter(Made made);
    item::Item make_spam_item(const SpamOrder& order, base::WallTime by_clock);

    base::Rng rng_;
    std::vector<Made> made_;
    std::vector<Persona> things_;                     // of a mail: nothing but itself
    std::map<item::ThingId, std::uint32_t> learned_;  // things of markets
    std::map<base::ItemId, std::uint64_t> mined_;
    base::Secret spammer_{};
    std::unordered_map<base::ItemId, ItemNumber, FirstBytes> by_id_;
};

}  // namespace hearsay::sim
