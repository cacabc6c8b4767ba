// Profiles and posts as text for a person.
#include "app/cli/show.hpp"
#include "app/cli/show_parts.hpp"
#include "app/cli/text.hpp"
#include "base/limits/items.hpp"

namespace hearsay::app::cli {

std::string show(const api::Profile& profile, const Style& style) {
    const std::string& called = profile.name().empty() ? profile.nickname() : profile.name();
    std::string out = safe_line(called) + (profile.mine() ? "  (yours)" : "") + "\n";
    const bool renewed = profile.mine() && profile.state() != "removed";
    out += field("persona", profile.persona());
    out += optional_field("languages", joined(profile.languages()));
    out += optional_field("picture", profile.picture());
    out += optional_field("mailbox", profile.mailbox());
    out += field("made", when_made(profile.created(), style));
    if (profile.state() != "removed")
        out += field("expires",
                     when(profile.expires(), style) + (renewed ? ", renewed before that" : ""));
    if (profile.mine()) out += field("state", state_of(profile));
    if (!profile.about().empty()) out += "\n" + safe_lines(profile.about(), text_indent);
    return out;
}

std::string show(const api::ProfileList& profiles, const Style& style) {
    if (profiles.profiles().empty()) return "No profiles.\n";
    Table table{{{"WHO", "PERSONA", ""}}};
    for (const api::Profile& profile : profiles.profiles())
        table.rows.push_back({safe_line(profile.name()), safe_line(profile.persona()),
                              profile.mine() ? "yours, " + short_state(profile) : ""});
    return table.print(0, style.width);
}

std::string show(const api::Post& post, const Style& style) {
    std::string out = safe_title(post.title()) + (post.mine() ? "  (yours)" : "") + "\n";
    out += field("id", post.id());
    out += optional_field("answers", post.answer_to());
    out += optional_field("tags", joined(post.tags()));
    out += optional_field("language", post.language());
    out += field("made", when_made(post.created(), style));
    if (post.state() != "removed") out += field("expires", when(post.expires(), style));
    out += publisher_fields(post);
    if (post.mine()) out += field("state", state_of(post));
    if (!post.text().empty()) out += "\n" + safe_lines(post.text(), text_indent);
    return out;
}

std::string show(const api::PostList& posts, const Style& style) {
    if (posts.posts().empty()) return "No posts.\n";
    Table table{{{"ID", "TITLE", "BY", "ANSWERS", "MADE", ""}}};
    for (const api::Post& post : posts.posts())
        table.rows.push_back(
            {short_id(post.id()),
             post.title().empty() ? safe_line(post.text()) : safe_title(post.title()),
             cut(safe_line(post.publisher_name()), 28), short_id(post.answer_to()),
             describe_made(time_of(post.created()), style.now, base::limits::created_step),
             post.mine() ? "yours, " + short_state(post) : ""});
    for (const std::size_t column : {std::size_t{3}, std::size_t{2}}) table.drop_if_empty(column);
    return table.print(1, style.width);
}

}  // namespace hearsay::app::cli
