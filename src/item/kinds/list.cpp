#include "item/kinds/list.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "base/canonical.hpp"
#include "base/overloaded.hpp"
#include "item/kinds/parts.hpp"
#include "list.pb.h"

namespace hearsay::item {
namespace {

std::optional<std::string> entry_problem(const ListEntry& entry) {
    if (const auto* word = std::get_if<std::string>(&entry.subject); word && !is_word(*word))
        return "a word of a list is one lower-case word of 1 to " + std::to_string(word_bytes_max) +
               " bytes";
    if (const auto* kind = std::get_if<Kind>(&entry.subject); kind && *kind == 0)
        return "an entry is about an item, a publisher, a word or a kind";
    return text_problem("reason", entry.reason, list_reason_bytes_max, false);
}

std::optional<ListEntry> read_entry(base::ByteView bytes) {
    base::CanonicalReader in(bytes);
    ListEntry out;
    out.recommends = in.flag(1);
    const base::ByteView thing = in.bytes(2);
    const base::ByteView publisher = in.bytes(3);
    const base::ByteView word = in.bytes(4);
    const Kind kind = in.number32(5);
    out.reason = base::to_text(in.bytes(6));
    if (!in.is_whole()) return std::nullopt;
    const auto about = std::ranges::count(
        std::array{!thing.empty(), !publisher.empty(), !word.empty(), kind != 0}, true);
    if (about != 1) return std::nullopt;
    const auto id = ThingId::from(thing);
    const auto key = base::PublisherKey::from(publisher);
    if (id)
        out.subject = *id;
    else if (key)
        out.subject = *key;
    else if (!word.empty())
        out.subject = base::to_text(word);
    else if (kind != 0)
        out.subject = kind;
    else
        return std::nullopt;  // an id of another size
    return out;
}

}  // namespace

std::optional<std::string> list_problem(const CuratedList& list) {
    if (list.name.empty()) return "a list needs a name";
    if (auto problem = text_problem("name", list.name, list_name_bytes_max, false)) return problem;
    if (auto problem = text_problem("text about it", list.about, list_about_bytes_max, true))
        return problem;
    if (list.entries.size() > list_entries_max)
        return "there are " + std::to_string(list.entries.size()) + " entries; at most " +
               std::to_string(list_entries_max) + " fit";
    std::set<ListSubject> subjects;
    for (const ListEntry& entry : list.entries) {
        if (auto problem = entry_problem(entry)) return problem;
        if (!subjects.insert(entry.subject).second) return "two entries are about the same";
    }
    if (const std::size_t size = write_list(list).size(); size > list_bytes_max)
        return "the list is " + std::to_string(size) + " bytes long; at most " +
               std::to_string(list_bytes_max) + " fit";
    return std::nullopt;
}

base::Bytes write_list(const CuratedList& list) {
    wire::CuratedList out;
    out.set_name(list.name);
    out.set_about(list.about);
    for (const ListEntry& entry : list.entries) {
        wire::CuratedEntry& row = *out.add_entries();
        row.set_recommends(entry.recommends);
        const base::Overloaded set{
            [&](const ThingId& thing) { row.set_thing(base::to_text(thing.view())); },
            [&](const base::PublisherKey& key) { row.set_publisher(base::to_text(key.view())); },
            [&](const std::string& word) { row.set_word(word); },
            [&](Kind kind) { row.set_kind(kind); },
        };
        std::visit(set, entry.subject);
        row.set_reason(entry.reason);
    }
    return serialized(out, list.later);
}

std::optional<CuratedList> read_list(base::ByteView payload) {
    if (payload.size() > list_bytes_max) return std::nullopt;
    base::CanonicalReader in(payload);
    CuratedList out;
    out.name = base::to_text(in.bytes(1));
    out.about = base::to_text(in.bytes(2));
    while (const auto bytes = in.part(3)) {
        auto entry = read_entry(*bytes);
        if (!entry || out.entries.size() == list_entries_max) return std::nullopt;
        out.entries.push_back(*std::move(entry));
    }
    out.later = later_fields(in, 3);
    if (!in.is_whole()) return std::nullopt;
    return out;
}

}  // namespace hearsay::item
