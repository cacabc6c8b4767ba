// Lists of what is hidden or recommended, and watches, as text for a person.
#include "app/cli/show.hpp"
#include "app/cli/show_parts.hpp"
#include "app/cli/text.hpp"

namespace hearsay::app::cli {
namespace {

std::string about(const api::CuratedEntry& entry) {
    if (!entry.item().empty()) return short_id(entry.item());
    if (!entry.publisher().empty()) return safe_line(entry.publisher());
    if (!entry.word().empty()) return "\"" + safe_line(entry.word()) + "\"";
    return safe_line(entry.kind());
}

std::string subject(const api::CuratedEntry& entry) {
    return !entry.item().empty()        ? "item"
           : !entry.publisher().empty() ? "publisher"
           : !entry.word().empty()      ? "word"
                                        : "kind";
}

std::string verdict(const api::CuratedEntry& entry) {
    return entry.verdict() == "recommend" ? "recommends" : "hides";
}

std::string whose(const api::CuratedList& list) {
    if (list.mine()) return "yours, " + short_state(list);
    return safe_line(list.subscribed() ? "subscribed, " + list.state() : "");
}

std::string search_of(const api::Watch& watch) {
    const std::map<std::string, std::string> sorted(watch.search().begin(), watch.search().end());
    std::string out;
    for (const auto& [name, value] : sorted)
        out += (out.empty() ? "" : "  ") +
               (name == "q" ? safe_line(value) : safe_line(name) + "=" + safe_line(value));
    return out.empty() ? "(everything)" : out;
}

}  // namespace

std::string show(const api::Renewal& renewal, const Style& style) {
    return heading(style, renewal.title()) + field(style, "id", renewal.id()) +
           field(style, "ends",
                 when(renewal.expires(), style) +
                     (renewal.renew() ? ", renewed before that" : ", not renewed"));
}

std::string show(const api::CuratedList& list, const Style& style) {
    std::string out = heading(style, list.name() + (list.mine()         ? "  (yours)"
                                                    : list.subscribed() ? "  (you subscribe to it)"
                                                                        : ""));
    out += field(style, "id", list.id());
    if (!list.publisher().empty()) out += publisher_fields(style, list);
    out += field(style, "state",
                 list.mine() && list.state() != "private" ? state_of(list) : list.state());
    if (list.has_expires() && list.expires().seconds() > 0)
        out += field(style, "expires",
                     when(list.expires(), style) + (list.mine() ? ", renewed before that" : ""));
    out += text_below(style, list.about());
    if (list.entries().empty()) return out;
    Table table({{""}, {"WHAT"}, {""}, {"WHY", 16}});
    for (const api::CuratedEntry& entry : list.entries())
        table.add({verdict(entry), subject(entry), about(entry), safe_line(entry.reason())});
    return out + "\n" + table.print(style.width);
}

std::string show(const api::CuratedLists& lists, const Style& style) {
    if (lists.lists().empty()) return "No lists.\n";
    Table table({{"ID"}, {"NAME", 16}, {"ENTRIES", unbroken, 1}, {"BY", 14, 2}, {""}});
    for (const api::CuratedList& list : lists.lists())
        table.add({short_id(list.id()), safe_line(list.name()), std::to_string(list.entry_count()),
                   safe_line(list.publisher_name()), whose(list)});
    return table.print(style.width);
}

std::string show(const api::Why& why, const Style& style) {
    std::string out = heading(
        style, why.kind() + " " + why.title() + (why.hidden() ? "  (hidden from you)" : ""));
    out += field(style, "id", why.id());
    if (why.entries().empty())
        return out + heading(style, "No list that is here says anything of it.");
    Table table({{"LIST"}, {"", 14}, {""}, {"ITS"}, {"WHY", 14}, {""}});
    for (const api::WhyEntry& each : why.entries())
        table.add({short_id(each.list()), safe_line(each.name()), verdict(each.entry()),
                   subject(each.entry()) + " " + about(each.entry()),
                   safe_line(each.entry().reason()),
                   each.mine()         ? "yours"
                   : each.subscribed() ? "subscribed"
                                       : "not yours"});
    return out + table.print(style.width);
}

std::string show(const api::Watch& watch, const Style& style) {
    return heading(style, watch.name()) + field(style, "search", search_of(watch)) +
           field(style, "since", when(watch.created(), style)) +
           field(style, "matches", std::to_string(watch.matches()));
}

std::string show(const api::WatchList& watches, const Style& style) {
    if (watches.watches().empty()) return "No watches.\n";
    Table table({{"NAME"}, {"SEARCH", 20}, {"MATCHES"}});
    for (const api::Watch& watch : watches.watches())
        table.add({safe_line(watch.name()), search_of(watch), std::to_string(watch.matches())});
    return table.print(style.width);
}

}  // namespace hearsay::app::cli
