// market/publications/kind_room.hpp - what the room of every kind of publication does alike: things
// of one kind as rows, one's own and everybody's, and one of them by its id.
//
// A kind says how it reads a payload (and its record, where that keeps more). The rest - whose a
// thing is, how far it got, which come first - is decided here, once.
//
// Rules of what is shown:
//   1. A list begins with one's own that are not out yet; then comes what floods, newest first.
//   2. One's own is shown as the own store has it. One that is being removed still floods for a
//      while, and is not shown in lists: its maker need not look at it.
//   3. A thing is named by its id or a unique beginning of it (market/id_beginning.hpp); one's own
//      also when it is over.
#pragma once

#include <algorithm>
#include <concepts>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "market/catalogue.hpp"
#include "market/id_beginning.hpp"
#include "market/publications/publications.hpp"
#include "market/publications/sifter.hpp"

namespace hearsay::market {

template <std::derived_from<PublicationView> View>
class KindRoom : public Room, public PublicationKind {
public:
    std::vector<View> own(const OwnStore& store) const {  // newest first
        std::vector<View> out;
        for (const auto& [thing, known] : publications_.all())
            if (known.kind == this)
                if (auto view = own_view(thing, store)) out.push_back(*std::move(view));
        std::ranges::stable_sort(out, std::greater{}, &View::created);
        return out;
    }

    std::vector<View> all(const OwnStore& store, const Catalogue& flood, std::size_t most) const {
        Sifter nothing;
        return all(store, flood, most, nothing);
    }
    std::vector<View> all(const OwnStore& store, const Catalogue& flood, std::size_t most,
                          Sifter& sifter) const {
        std::vector<View> out;
        for (View& mine : own(store))
            if (mine.is_alive() && !flood.get(mine.item) && out.size() < most)
                out.push_back(std::move(mine));
        flood.of_kind(kind(), UINT64_MAX, [&](core::Position, const item::ReadPtr& read) {
            if (out.size() >= most || sifter.is_tired()) return false;
            auto view = shown(read, store);
            if (view && sifter.takes(*read, *view, out.size())) out.push_back(*std::move(view));
            return true;
        });
        return out;
    }

    // As lists show what floods. Nothing: it is of another kind, or rule 2.
    std::optional<View> shown(const item::ReadPtr& read, const OwnStore& store) const {
        auto view = foreign_view(read);
        if (!view || !publications_.find(view->thing)) return view;
        auto mine = own_view(view->thing, store);
        if (!mine || mine->state == PublicationState::removed) return std::nullopt;
        return mine;
    }

    std::optional<View> view(const item::ThingId& thing, const OwnStore& store,
                             const Catalogue& flood) const {
        if (publications_.find(thing, *this))
            if (auto mine = own_view(thing, store)) return mine;
        std::optional<View> out;
        flood.things(thing, [&](const item::ThingId& found, const core::SlotState& slot) {
            if (found == thing) out = foreign_view(flood.get(slot.id));
            return false;
        });
        return out;
    }

    // One's own, and alive ones of others, whose id begins with these letters.
    std::vector<item::ThingId> things_beginning(const std::string& letters,
                                                const Catalogue& flood) const {
        std::set<item::ThingId> found;
        const auto matches = [&](const item::ThingId& thing) {
            return base::to_hex(thing).starts_with(letters);
        };
        for (const auto& [thing, known] : publications_.all())
            if (known.kind == this && matches(thing)) found.insert(thing);
        flood.things(first_with<item::ThingId>(letters),
                     [&](const item::ThingId& thing, const core::SlotState& slot) {
                         if (!matches(thing)) return false;
                         if (foreign_view(flood.get(slot.id))) found.insert(thing);
                         return true;
                     });
        return {found.begin(), found.end()};
    }

    // Errors: not_found, or invalid if it is not unique.
    base::Result<View> by_id(std::string_view id_or_beginning, const OwnStore& store,
                             const Catalogue& flood) const {
        const std::string word(this->word());
        const auto letters =
            id_beginning(id_or_beginning, item::ThingId::size, with_article() + " id");
        if (!letters) return std::unexpected(letters.error());
        const auto found = things_beginning(*letters, flood);
        if (found.size() > 1) return std::unexpected(ambiguous(*letters, found.size(), word + "s"));
        if (found.size() == 1)
            if (auto one = view(found.front(), store, flood)) return *std::move(one);
        return base::fail(base::ErrorCode::not_found,
                          "no " + word + " alive begins with " + *letters +
                              "; it may have expired, been removed, or not arrived yet");
    }

protected:
    KindRoom(Common& common, Publications& publications)
        : Room(common), publications_(publications) {
        publications.add_kind(*this);
    }
    ~KindRoom() = default;

    // What a payload says. The view knows whose it is. False: it is no payload of this kind.
    virtual bool read(base::ByteView payload, View& out) const = 0;
    // The same of what the record of one of ours keeps.
    virtual void read_record(const records::OwnPublication& record, View& out) const {
        read(base::as_bytes(record.content()), out);
    }

    View view_of(const item::ThingId& thing, const records::OwnPublication& record) const {
        View out;
        publications_.describe(thing, record, out);
        read_record(record, out);
        return out;
    }
    std::optional<View> own_view(const item::ThingId& thing, const OwnStore& store) const {
        const auto record = publications_.record(thing, store);
        return record ? std::optional(view_of(thing, *record)) : std::nullopt;
    }
    // What floods, as seen by anybody.
    std::optional<View> foreign_view(const item::ReadPtr& item) const {
        View out;
        if (!Publications::describe(item, kind(), out) || !read(item->item.payload, out))
            return std::nullopt;
        return out;
    }

    Publications& publications_;

private:
    std::string with_article() const {
        const std::string word(this->word());
        return (std::string_view("aeiou").find(word.front()) == std::string_view::npos ? "a "
                                                                                       : "an ") +
               word;
    }
};

}  // namespace hearsay::market
