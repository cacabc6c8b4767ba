// market/pictures/pictures.hpp - pictures: those that one's own offers and profiles show, and
// everybody's. item/kinds/picture.hpp has the rules of the item.
//
// A picture is an item of its own, so that whoever does not want pictures loses nothing else, and
// a text does not flood anew with 16 KiB when a word of it changes.
//   1. It is signed by the persona of what shows it, which need not link two of them.
//   2. It ends when the last of the persona's things that show it ends: it is published anew when
//      one of them is to live longer, and removed when none shows it any more. follow() sees to
//      that after every change, and at each tick.
//   3. After a recovery nothing is removed for a day: what shows it may not have been found yet.
//   4. The record of one of ours keeps its hash. Its bytes are in the item.
//   5. What is shown is here, or it is not shown. Nobody is asked for a picture because somebody
//      looks: that would tell a peer what is looked at.
// Who takes no pictures from others (MarketSettings) publishes none: a node that stores one of its
// own below its floor would tell whose it is.
#pragma once

#include <vector>

#include "market/pictures/views.hpp"
#include "market/publications/kind_room.hpp"

namespace hearsay::market {

class Pictures final : public KindRoom<PictureView> {
public:
    Pictures(Common& common, Publications& publications) : KindRoom(common, publications) {}

    // Files that are to be shown, behind those that are there; one that is there stays where it
    // is. Errors are for the user: invalid, refused, exhausted.
    base::Result<void> add(const std::vector<base::Bytes>& files,
                           std::vector<base::Digest>& shown) const;
    // Whether the persona has each of `kept`, or showed it `before`; refused otherwise.
    base::Result<void> check_kept(const std::vector<base::Digest>& kept,
                                  const std::vector<base::Digest>& before,
                                  const std::optional<base::PublisherKey>& publisher) const;
    // After what shows them was published: the files, checked by add(), and rule 2.
    void publish(const std::vector<base::Bytes>& files, std::uint32_t persona, const Turn& turn);
    void follow(const Turn& turn);

    // What the persona shows under this hash, whoever it is; null: it is not here.
    item::ReadPtr find(const base::PublisherKey& publisher, const base::Digest& hash,
                       const OwnStore& store, const Catalogue& flood) const;

    // PublicationKind
    item::Kind kind() const override { return item::kind_picture; }
    std::string_view word() const override { return "picture"; }
    void renew(const Turn& turn) override { follow(turn); }
    bool is_needed(const item::ThingId& thing) const override;
    void take_found(records::OwnPublication& record, const item::Read& found,
                    const Turn& turn) override;

private:
    bool read(base::ByteView payload, PictureView& out) const override;
    void read_record(const records::OwnPublication& record, PictureView& out) const override;
    void publish_version(records::OwnPublication& record, base::ByteView bytes,
                         base::WallTime expires, const Turn& turn);
};

}  // namespace hearsay::market
