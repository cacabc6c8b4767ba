#include "app/cli/show.hpp"
#include "app/cli/show_parts.hpp"
#include "app/cli/text.hpp"
#include "base/limits/search.hpp"

namespace hearsay::app::cli {

namespace {

// What was left out because nobody rated it; empty: nothing was.
std::string unrated_line(const Style& style, const api::SearchAnswer& answer) {
    if (answer.unrated() == 0) return "";
    const bool is_one = answer.unrated() == 1;
    return heading(style,
                   (answer.unrated() >= base::limits::search_counted_max ? "At least " : "") +
                       std::to_string(answer.unrated()) + (is_one ? " more is" : " more are") +
                       " left out: nobody has rated " + (is_one ? "it" : "them") + " yet.");
}

std::string nothing_line(const Style& style, const api::SearchAnswer& answer) {
    return heading(style, answer.more_than()
                              ? "Nothing found among the newest that could be read. Without --sort "
                                "the search goes on."
                              : "Nothing found.");
}

}  // namespace

std::string show(const api::SearchAnswer& answer, const Style& style) {
    std::string out;
    for (const api::Correction& correction : answer.corrected())
        out += heading(style, "Nothing has \"" + correction.written() + "\"; searched for \"" +
                                  correction.found() + "\".");
    if (answer.results().empty() && answer.posts().empty() && answer.profiles().empty() &&
        answer.cursor().empty())
        return out + nothing_line(style, answer) + unrated_line(style, answer) +
               hidden_lines(style, answer);
    std::string found =
        (answer.more_than() ? "More than " : "") + std::to_string(answer.total()) + " found";
    if (answer.ranked() > 0)
        found += ", the newest " + std::to_string(answer.ranked()) + " of them sorted";
    out += heading(style, found + ".");
    api::OfferList offers;
    *offers.mutable_offers() = answer.results();
    if (!answer.results().empty()) out += show(offers, style);
    api::PostList posts;
    *posts.mutable_posts() = answer.posts();
    if (!answer.posts().empty()) out += show(posts, style);
    api::ProfileList profiles;
    *profiles.mutable_profiles() = answer.profiles();
    if (!answer.profiles().empty()) out += show(profiles, style);
    out += unrated_line(style, answer) + hidden_lines(style, answer);
    if (!answer.cursor().empty()) out += "There is more: --all shows it.\n";
    return out;
}

}  // namespace hearsay::app::cli
