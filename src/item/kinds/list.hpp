// item/kinds/list.hpp - kind 10: what somebody thinks should be hidden or recommended, for whoever
// wants to go by it. docs/protocol.md, "Lists". Rules, for everybody who relays:
//   1. the payload is at most 32,768 bytes and parses, with at most 256 entries; what an entry
//      names by bytes is 32 of them
//   2. the name is one line of 1 to 60 bytes, about up to 1,000 bytes, a reason one line of up to
//      120; clean text
//   3. an entry is about exactly one of: a thing, a publisher, a word, a kind; no two entries are
//      about the same
// What an entry is about need not be here, or anywhere. Nobody goes by a list who has not asked
// for it.
#pragma once

#include <compare>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "item/item.hpp"

namespace hearsay::item {

inline constexpr Kind kind_list = 10;
inline constexpr std::size_t list_bytes_max = 32 * 1024;
inline constexpr std::size_t list_entries_max = 256;
inline constexpr std::size_t list_name_bytes_max = 60;
inline constexpr std::size_t list_about_bytes_max = 1000;
inline constexpr std::size_t list_reason_bytes_max = 120;

// A word as it was written; a kind by its number.
using ListSubject = std::variant<ThingId, base::PublisherKey, std::string, Kind>;

struct ListEntry {
    ListSubject subject{};
    bool recommends = false;  // else it hides
    std::string reason{};
    bool operator==(const ListEntry&) const = default;
};

struct CuratedList {
    std::string name{};
    std::string about{};
    std::vector<ListEntry> entries{};
    base::Bytes later{};  // fields of later texts, as they came
    bool operator==(const CuratedList&) const = default;
};

// The rules but for what reading has seen, as a sentence for the user, or nothing.
std::optional<std::string> list_problem(const CuratedList& list);
base::Bytes write_list(const CuratedList& list);
// Stops after the entry that is one too many: nothing.
std::optional<CuratedList> read_list(base::ByteView payload);

}  // namespace hearsay::item
