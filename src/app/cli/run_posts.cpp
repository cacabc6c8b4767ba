#include "app/cli/run_posts.hpp"

#include "app/cli/asker.hpp"
#include "app/cli/picture_file.hpp"

namespace hearsay::app::cli {
namespace {

api::ProfileDraft draft_of(const api::Profile& profile) {
    api::ProfileDraft out;
    out.set_nickname(profile.nickname());
    out.set_about(profile.about());
    *out.mutable_languages() = profile.languages();
    out.set_picture(profile.picture());
    out.set_contact(!profile.mailbox().empty());
    return out;
}

}  // namespace

int run_profile_set(const ProfileSet& command, const std::string& about, const Client& client,
                    bool json, Terminal& terminal) {
    const std::string target = "/v1/profiles/" + command.persona;
    const std::expected<Answer, ClientError> answer = client.ask("GET", target);
    if (!answer) return report(terminal, json, answer.error());
    api::Profile before;
    constexpr int not_found = 404;  // it has none yet
    if (answer->status >= 400 && answer->status != not_found)
        return report(terminal, json, *answer);
    if (answer->status < 400 && !api::from_json(answer->body, before, api::Unknown::ignore))
        return report_nonsense(terminal, json);
    api::ProfileDraft draft = draft_of(before);
    if (command.nickname) draft.set_nickname(*command.nickname);
    if (command.about.text || command.about.file) draft.set_about(about);
    if (command.languages) {
        draft.clear_languages();
        for (const std::string& language : *command.languages) draft.add_languages(language);
    }
    if (command.picture) {
        draft.clear_picture();
        const auto pictures =
            load_pictures(command.picture->empty() ? std::vector<std::string>{}
                                                   : std::vector<std::string>{*command.picture});
        if (!pictures) return Asker{client, json, terminal}.usage(pictures.error());
        for (const std::string& picture : *pictures) draft.set_picture_file(picture);
    }
    if (command.contact) draft.set_contact(*command.contact);
    return Asker{client, json, terminal}.ask<api::Profile>("PUT", target, &draft);
}

int run_post(const PostPublish& command, const std::string& text, const Client& client, bool json,
             Terminal& terminal) {
    api::PostDraft draft;
    draft.set_title(command.title);
    draft.set_text(text);
    for (const std::string& tag : command.tags) draft.add_tags(tag);
    draft.set_answer_to(command.answer_to);
    draft.set_language(command.language);
    draft.set_lifetime_seconds(command.lifetime_seconds);
    draft.set_persona(command.persona);
    draft.set_renew(command.renew);
    return Asker{client, json, terminal}.ask<api::Post>("POST", "/v1/posts", &draft);
}

}  // namespace hearsay::app::cli
