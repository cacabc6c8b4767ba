// app/cli/show_parts.hpp - pieces that the texts of show.hpp are made of, laid out by layout.hpp.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "app/cli/show.hpp"
#include "app/cli/text.hpp"

namespace hearsay::app::cli {

base::WallTime time_of(const google::protobuf::Timestamp& time);
// "in 6 days (2026-11-27 10:27 UTC)"
std::string when(const google::protobuf::Timestamp& time, const Style& style);
// What it is about, on a line of its own; made safe.
std::string heading(const Style& style, std::string_view text);
// Name and value, made safe; nothing for an empty value if optional. Names have 10 letters or less.
std::string field(const Style& style, std::string_view name, std::string_view value);
std::string optional_field(const Style& style, std::string_view name, std::string_view value);
// Ours, and no field: indented by six.
std::string remark(const Style& style, std::string_view text);
std::string counted(std::uint64_t count, std::string_view noun);  // "3 times"
// "4.3 stars on average"
std::string stars_on_average(double mean);
// Of a picture that is named: its hash, and whether it is here.
std::string picture_line(const api::Picture& picture);
// Enough of an id to be typed back; the node takes 8 letters or more.
std::string short_id(std::string_view id);
std::string short_address(std::string_view address);
// What somebody is called; else the beginning of the address.
std::string name_or_address(std::string_view name, std::string_view address);
// The name on a line of its own and the address on the next; the address alone without one.
std::string named_fields(const Style& style, std::string_view field_name, std::string_view name,
                         std::string_view address);
// Of what is published: when it was made, which the wire says to ten minutes.
std::string when_made(const google::protobuf::Timestamp& time, const Style& style);
std::string joined(const google::protobuf::RepeatedPtrField<std::string>& words);

inline std::string injected_times(std::uint32_t times) {
    return "injected " + counted(times, "time");
}

// How far something of one's own got into the network; an Offer or a Mail. Handing it over proves
// nothing, so it is out only when it was heard back.
template <class Own>
std::string spread_of(const Own& own) {
    if (own.heard() != 0) return "heard back from the network: " + counted(own.heard(), "peer");
    std::string out = own.injected() == 0
                          ? "it waits to be handed to another node"
                          : "not yet heard back (" + injected_times(own.injected()) + ")";
    if (!own.waits_for().empty()) out += "; it waits for " + own.waits_for();
    return out;
}

// The same for a column of a table.
template <class Own>
std::string short_state(const Own& own) {
    if (own.state() == "published" || own.state() == "heard") return "heard back";
    if (own.state() == "injected") return injected_times(own.injected());
    return safe_line(own.state());
}

template <class Own>
std::string state_of(const Own& own) {
    if (own.state() == "working")
        return "working: its proof of work is being made, then it goes out by itself";
    if constexpr (std::is_same_v<Own, api::Mail>)
        if (!own.why().empty()) return safe_line(own.state() + ": " + own.why());
    const bool going = own.state() == "queued" || own.state() == "injected" ||
                       own.state() == "published" || own.state() == "heard";
    return going ? own.state() + ": " + spread_of(own) : own.state();
}

// Who published it: what it is called, if it is, and its address. An Offer or a Post.
template <class Published>
std::string publisher_fields(const Style& style, const Published& what) {
    const bool named = !what.publisher_name().empty();
    return optional_field(style, "by", what.publisher_name()) +
           optional_field(style, named ? "persona" : "by", what.publisher());
}

// What the title of something published ends in, and when it was made and ends; of one's own, how
// far it is. An Offer, a Profile or a Post.
template <class Published>
std::string yours(const Published& what) {
    return what.mine() ? "  (yours)" : "";
}
template <class Published>
std::string times_of(const Published& what, const Style& style, std::string_view after = "") {
    const std::string made = field(style, "made", when_made(what.created(), style));
    // What is removed ends at once; its expiry is that of the removal.
    if (what.state() == "removed") return made;
    return made + field(style, "expires", when(what.expires(), style) + std::string(after));
}
template <class Published>
std::string own_state(const Style& style, const Published& what) {
    return what.mine() ? field(style, "state", state_of(what)) : "";
}
template <class Published>
std::string own_in_list(const Published& what) {
    if (!what.mine()) return "";
    return what.state() == "published" ? "yours" : "yours, " + short_state(what);
}
// What the user's lists say of it.
template <class Published>
std::string notes_of(const Style& style, const Published& what) {
    const auto note = [&](std::string_view name, const api::ListNote& from) {
        return field(
            style, name,
            "by your list " + from.name() + (from.reason().empty() ? "" : ": " + from.reason()));
    };
    return (what.has_hidden_by() ? note("hidden", what.hidden_by()) : "") +
           (what.has_recommended_by() ? note("good", what.recommended_by()) : "");
}
// The same for a column of a table.
template <class Published>
std::string short_note(const Published& what) {
    return what.has_hidden_by() ? "hidden" : what.has_recommended_by() ? "recommended" : "";
}
// What was left out of a list: "3 hidden by list X"; a line each.
template <class List>
std::string hidden_lines(const Style& style, const List& list) {
    std::string out;
    for (const api::HiddenCount& each : list.hidden())
        out += heading(style, std::to_string(each.count()) + " hidden by list " + each.name() +
                                  ": --show-hidden shows them.");
    return out;
}
// What somebody wrote, on lines of its own.
std::string text_lines(const Style& style, const std::string& text, std::size_t indent);
std::string text_below(const Style& style, const std::string& text);

// Two lines about a persona.
std::string persona_lines(const api::Persona& persona, const Style& style);

}  // namespace hearsay::app::cli
