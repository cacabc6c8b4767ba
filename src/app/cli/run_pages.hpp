// app/cli/run_pages.hpp - one page of a list, with a line that says what there is besides, or all
// pages as one, as far as the node lists any.
#pragma once

#include <algorithm>
#include <expected>
#include <string>

#include "app/cli/asker.hpp"
#include "app/cli/text.hpp"
#include "base/limits/api.hpp"

namespace hearsay::app::cli {

inline std::size_t entries(const api::OfferList& list) {
    return static_cast<std::size_t>(list.offers_size());
}
inline std::size_t entries(const api::ProfileList& list) {
    return static_cast<std::size_t>(list.profiles_size());
}
inline std::size_t entries(const api::PostList& list) {
    return static_cast<std::size_t>(list.posts_size());
}
inline std::size_t entries(const api::CuratedLists& list) {
    return static_cast<std::size_t>(list.lists_size());
}
inline std::size_t entries(const api::MailList& list) {
    return static_cast<std::size_t>(list.mail_size());
}
inline std::size_t entries(const api::TradeList& list) {
    return static_cast<std::size_t>(list.trades_size());
}

// "100 of 1,340; --page 2 shows the next, --all all."; nothing where all of it is shown.
template <class List>
std::string end_of_list(std::size_t before, const List& whole, const ListPart& part,
                        std::size_t width) {
    bool more_than = false;
    if constexpr (requires { whole.more_than(); }) more_than = whole.more_than();
    const std::size_t shown = entries(whole);
    const std::size_t total = std::max<std::size_t>(whole.total(), before + shown);
    if (shown == 0 || (before == 0 && shown == total && !more_than)) return "";
    std::string out =
        before == 0 ? grouped(shown) : grouped(before + 1) + " to " + grouped(before + shown);
    out += " of " + std::string(more_than ? "more than " : "") + grouped(total);
    if (part.all)
        out += "; hearsay search finds the others.";
    else if (before + shown == total && !more_than)
        out += ".";
    else
        out += "; --page " + std::to_string(part.page + 1) + " shows the next, --all all.";
    return sentence(out, width);
}

// The last page knows best how many there are. What it left out of one list counts once.
template <class List>
void add_page(List& whole, const List& page) {
    whole.MergeFrom(page);
    if constexpr (requires { whole.more_than(); }) whole.set_more_than(page.more_than());
    if constexpr (requires { whole.hidden(); }) {
        google::protobuf::RepeatedPtrField<api::HiddenCount> sums;
        for (const api::HiddenCount& each : whole.hidden()) {
            const auto same = std::find_if(
                sums.begin(), sums.end(),
                [&](const api::HiddenCount& other) { return other.list() == each.list(); });
            if (same == sums.end())
                *sums.Add() = each;
            else
                same->set_count(same->count() + each.count());
        }
        whole.mutable_hidden()->Swap(&sums);
    }
}

inline std::size_t page_size(const ListPart& part) {
    return part.all ? base::limits::api_list_max : part.limit;
}

// `filters`: further parameters, each with its '&'. `raw`: the last answer as it came. Else it was
// told, and this is how to exit.
template <class List>
std::expected<List, int> read_pages(const Asker& asker, const std::string& path,
                                    const std::string& filters, const ListPart& part,
                                    std::string& raw) {
    const std::size_t limit = page_size(part);
    List whole;
    std::size_t page = part.page;
    for (bool more = true; more; ++page) {
        const auto got = asker.get<List>(
            "GET",
            path + "?limit=" + std::to_string(limit) + "&page=" + std::to_string(page) + filters,
            nullptr, raw);
        if (!got) return std::unexpected(got.error());
        more = part.all && entries(*got) == limit &&
               (page + 1) * limit <= base::limits::api_listed_max;
        add_page(whole, *got);
    }
    return whole;
}

template <class List>
int run_pages(const Asker& asker, const std::string& path, const std::string& filters,
              const ListPart& part) {
    std::string raw;
    const auto list = read_pages<List>(asker, path, filters, part, raw);
    if (!list) return list.error();
    Terminal& terminal = asker.terminal;
    if (asker.json)
        terminal.out << (part.all ? api::to_json(*list).value_or("{}") : raw) << "\n";
    else
        terminal.out << show(*list, style_of(terminal))
                     << end_of_list((part.page - 1) * page_size(part), *list, part, terminal.width);
    terminal.out << std::flush;
    return exit_ok;
}

}  // namespace hearsay::app::cli
