// market/lists/sieve.hpp - what all the lists together say of an item.
//
// Which entry counts, if several are about an item:
//   1. what one's own lists say goes before what subscribed ones say
//   2. then an entry about the item goes before one about its publisher, that before a word, that
//      before a kind: what is more exact decides
//   3. then hiding goes before recommending, and the earlier list before the later
// Words are compared as the index has them (search/tokens.hpp): case and diacritics do not count. A
// word that is cut in several has to stand there as a whole. Of a script without spaces it may be a
// part of what is written, and a single letter the beginning of one.
//
// Cost: three looks into a map, and for each word of the item one into a tree of the entries' words
// (some 0.1 us with all entries that there may be), further ones only while it fits a longer entry.
// So what an item costs is bound by the item, not by the lists.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "item/kinds/list.hpp"
#include "market/publications/sifter.hpp"
#include "search/tokens.hpp"

namespace hearsay::market {

class Sieve final : public Judge {
public:
    // Earlier ones count before later ones. `note` names the list.
    void add(const ListNote& note, const item::CuratedList& list);

    void judge(const item::Read& item, PublicationView& view) const override;
    // The entries of one list that are about it, for a sieve with a single list.
    std::vector<item::ListEntry> about(const item::Read& item, const PublicationView& view) const;

private:
    struct Entry {
        std::uint32_t list = 0;
        item::ListEntry says{};
    };
    // Of the words of entries, one after the other.
    struct Node {
        std::map<std::string, std::uint32_t, std::less<>> next;
        std::uint32_t entry = none;
    };
    static constexpr std::uint32_t none = UINT32_MAX;

    // At most one hit for each subject. `visit` gets the number of the entry.
    void each_hit(const item::Read& item, const PublicationView& view,
                  const std::function<void(std::uint32_t)>& visit) const;
    void each_word(const item::Read& item, const std::function<void(std::uint32_t)>& visit) const;
    void add_word(const std::string& word, std::uint32_t entry);
    bool goes_before(std::uint32_t a, std::uint32_t b) const;
    void put(std::uint32_t& place, std::uint32_t entry) const;

    std::vector<ListNote> lists_;
    std::vector<Entry> entries_;
    std::map<item::ListSubject, std::uint32_t> subjects_;  // but words
    std::vector<Node> words_{1};                           // the first is the root
};

}  // namespace hearsay::market
