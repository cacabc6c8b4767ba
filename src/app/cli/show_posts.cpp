// Profiles and posts as text for a person.
#include "app/cli/show.hpp"
#include "app/cli/show_parts.hpp"
#include "app/cli/text.hpp"
#include "base/limits/items.hpp"

namespace hearsay::app::cli {
namespace {

// A title for what has none.
std::string beginning_of(const std::string& text) {
    constexpr std::size_t most = 60;
    const std::string line = safe_line(text);
    return columns(line) > most ? fit(line, most) : line;
}

}  // namespace

std::string show(const api::Profile& profile, const Style& style) {
    const std::string& called = profile.name().empty() ? profile.nickname() : profile.name();
    std::string out = heading(style, called + yours(profile));
    const bool renewed = profile.mine() && profile.state() != "removed";
    out += field(style, "persona", profile.persona());
    out += optional_field(style, "languages", joined(profile.languages()));
    if (profile.has_shown_picture())
        out += field(style, "picture", picture_line(profile.shown_picture()));
    out += optional_field(style, "mailbox", profile.mailbox());
    out += times_of(profile, style, renewed ? ", renewed before that" : "");
    return out + notes_of(style, profile) + own_state(style, profile) +
           text_below(style, profile.about());
}

std::string show(const api::ProfileList& profiles, const Style& style) {
    if (profiles.profiles().empty()) return "No profiles.\n" + hidden_lines(style, profiles);
    Table table({{"WHO", 16}, {"PERSONA"}, {""}});
    for (const api::Profile& profile : profiles.profiles())
        table.add({safe_line(profile.name()), safe_line(profile.persona()),
                   own_in_list(profile) + short_note(profile)});
    return table.print(style.width) + hidden_lines(style, profiles);
}

std::string show(const api::Post& post, const Style& style) {
    std::string out = heading(style, safe_title(post.title()) + yours(post));
    out += field(style, "id", post.id());
    out += optional_field(style, "answers", post.answer_to());
    out += optional_field(style, "tags", joined(post.tags()));
    out += optional_field(style, "language", post.language());
    out += times_of(post, style, post.renew() ? ", renewed before that" : "");
    out += publisher_fields(style, post);
    return out + notes_of(style, post) + own_state(style, post) + text_below(style, post.text());
}

std::string show(const api::PostList& posts, const Style& style) {
    if (posts.posts().empty()) return "No posts.\n" + hidden_lines(style, posts);
    Table table({{"ID"},
                 {"TITLE", 16},
                 {"BY", 14, 2},
                 {"ANSWERS", unbroken, 1},
                 {"MADE", unbroken, 3},
                 {"", 12}});
    for (const api::Post& post : posts.posts())
        table.add({short_id(post.id()),
                   post.title().empty() ? beginning_of(post.text()) : safe_title(post.title()),
                   safe_line(post.publisher_name()), short_id(post.answer_to()),
                   describe_made(time_of(post.created()), style.now, base::limits::created_step),
                   own_in_list(post) + short_note(post)});
    return table.print(style.width) + hidden_lines(style, posts);
}

}  // namespace hearsay::app::cli
