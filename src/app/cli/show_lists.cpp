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
    return safe_line(renewal.title()) + "\n" + field("id", renewal.id()) +
           field("ends", when(renewal.expires(), style) +
                             (renewal.renew() ? ", renewed before that" : ", not renewed"));
}

std::string show(const api::CuratedList& list, const Style& style) {
    std::string out = safe_line(list.name()) + (list.mine()         ? "  (yours)\n"
                                                : list.subscribed() ? "  (you subscribe to it)\n"
                                                                    : "\n");
    out += field("id", list.id());
    if (!list.publisher().empty()) out += publisher_fields(list);
    out += field("state", list.mine() && list.state() != "private" ? state_of(list) : list.state());
    if (list.has_expires() && list.expires().seconds() > 0)
        out += field("expires",
                     when(list.expires(), style) + (list.mine() ? ", renewed before that" : ""));
    out += text_below(list.about());
    if (list.entries().empty()) return out;
    Table table{{{"", "WHAT", "", "WHY"}}};
    for (const api::CuratedEntry& entry : list.entries())
        table.rows.push_back(
            {verdict(entry), subject(entry), about(entry), safe_line(entry.reason())});
    table.drop_if_empty(3);
    return out + "\n" + table.print(2, style.width);
}

std::string show(const api::CuratedLists& lists, const Style& style) {
    if (lists.lists().empty()) return "No lists.\n";
    Table table{{{"ID", "NAME", "ENTRIES", "BY", ""}}};
    for (const api::CuratedList& list : lists.lists())
        table.rows.push_back({short_id(list.id()), safe_line(list.name()),
                              std::to_string(list.entry_count()),
                              cut(safe_line(list.publisher_name()), 28), whose(list)});
    table.drop_if_empty(3);
    return table.print(1, style.width);
}

std::string show(const api::Why& why, const Style& style) {
    std::string out = safe_line(why.kind()) + " " + safe_line(why.title()) +
                      (why.hidden() ? "  (hidden from you)\n" : "\n") + field("id", why.id());
    if (why.entries().empty()) return out + "No list that is here says anything of it.\n";
    Table table{{{"LIST", "", "", "ITS", "WHY", ""}}};
    for (const api::WhyEntry& each : why.entries())
        table.rows.push_back({short_id(each.list()), safe_line(each.name()), verdict(each.entry()),
                              subject(each.entry()) + " " + about(each.entry()),
                              safe_line(each.entry().reason()),
                              each.mine()         ? "yours"
                              : each.subscribed() ? "subscribed"
                                                  : "not yours"});
    table.drop_if_empty(4);
    return out + table.print(1, style.width);
}

std::string show(const api::Watch& watch, const Style& style) {
    return safe_line(watch.name()) + "\n" + field("search", search_of(watch)) +
           field("since", when(watch.created(), style)) +
           field("matches", std::to_string(watch.matches()));
}

std::string show(const api::WatchList& watches, const Style& style) {
    if (watches.watches().empty()) return "No watches.\n";
    Table table{{{"NAME", "SEARCH", "MATCHES"}}};
    for (const api::Watch& watch : watches.watches())
        table.rows.push_back(
            {safe_line(watch.name()), search_of(watch), std::to_string(watch.matches())});
    return table.print(1, style.width);
}

}  // namespace hearsay::app::cli
