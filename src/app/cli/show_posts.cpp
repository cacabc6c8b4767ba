// Profiles and posts as text for a person.
#include "app/cli/show.hpp"
#include "app/cli/show_parts.hpp"
#include "app/cli/text.hpp"
#include "base/limits/items.hpp"

namespace hearsay::app::cli {

std::string show(const api::Profile& profile, const Style& style) {
    const std::string& called = profile.name().empty() ? profile.nickname() : profile.name();
    std::string out = safe_line(called) + yours(profile);
    const bool renewed = profile.mine() && profile.state() != "removed";
    out += field("persona", profile.persona());
    out += optional_field("languages", joined(profile.languages()));
    if (profile.has_shown_picture()) out += field("picture", picture_line(profile.shown_picture()));
    out += optional_field("mailbox", profile.mailbox());
    out += times_of(profile, style, renewed ? ", renewed before that" : "");
    return out + notes_of(profile) + own_state(profile) + text_below(profile.about());
}

std::string show(const api::ProfileList& profiles, const Style& style) {
    if (profiles.profiles().empty()) return "No profiles.\n" + hidden_lines(profiles);
    Table table{{{"WHO", "PERSONA", ""}}};
    for (const api::Profile& profile : profiles.profiles())
        table.rows.push_back({safe_line(profile.name()), safe_line(profile.persona()),
                              own_in_list(profile) + short_note(profile)});
    return table.print(0, style.width) + hidden_lines(profiles);
}

std::string show(const api::Post& post, const Style& style) {
    std::string out = safe_title(post.title()) + yours(post);
    out += field("id", post.id());
    out += optional_field("answers", post.answer_to());
    out += optional_field("tags", joined(post.tags()));
    out += optional_field("language", post.language());
    out += times_of(post, style, post.renew() ? ", renewed before that" : "");
    out += publisher_fields(post);
    return out + notes_of(post) + own_state(post) + text_below(post.text());
}

std::string show(const api::PostList& posts, const Style& style) {
    if (posts.posts().empty()) return "No posts.\n" + hidden_lines(posts);
    Table table{{{"ID", "TITLE", "BY", "ANSWERS", "MADE", ""}}};
    for (const api::Post& post : posts.posts())
        table.rows.push_back(
            {short_id(post.id()),
             post.title().empty() ? safe_line(post.text()) : safe_title(post.title()),
             cut(safe_line(post.publisher_name()), 28), short_id(post.answer_to()),
             describe_made(time_of(post.created()), style.now, base::limits::created_step),
             own_in_list(post) + short_note(post)});
    for (const std::size_t column : {std::size_t{3}, std::size_t{2}}) table.drop_if_empty(column);
    return table.print(1, style.width) + hidden_lines(posts);
}

}  // namespace hearsay::app::cli
