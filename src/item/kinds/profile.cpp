#include "item/kinds/profile.hpp"

#include <algorithm>

#include "base/canonical.hpp"
#include "item/kinds/parts.hpp"
#include "item/mailbox.hpp"
#include "profile.pb.h"

namespace hearsay::item {

std::optional<std::string> profile_problem(const Profile& profile) {
    if (profile.nickname.empty()) return "a profile needs a nickname";
    if (auto problem = text_problem("nickname", profile.nickname, nickname_bytes_max, false))
        return problem;
    if (auto problem = text_problem("text about you", profile.about, about_bytes_max, true))
        return problem;
    if (auto problem = different_words_problem("language", "languages", profile.languages,
                                               profile_languages_max))
        return problem;
    if (!std::ranges::all_of(profile.languages, is_language))
        return "a language is two or three small letters, such as en or deu";
    return std::nullopt;
}

base::Bytes write_profile(const Profile& profile) {
    wire::Profile out;
    out.set_nickname(profile.nickname);
    out.set_about(profile.about);
    for (const std::string& language : profile.languages) out.add_languages(language);
    if (profile.picture) out.set_picture(base::to_text(profile.picture->view()));
    if (profile.mailbox) out.set_mailbox(base::to_text(profile.mailbox->view()));
    return serialized(out, profile.later);
}

std::optional<Profile> read_profile(base::ByteView payload) {
    base::CanonicalReader in(payload);
    Profile out;
    out.nickname = base::to_text(in.bytes(1));
    out.about = base::to_text(in.bytes(2));
    while (const auto language = in.part(3)) out.languages.push_back(base::to_text(*language));
    const base::ByteView picture = in.bytes(4);
    const base::ByteView mailbox = in.bytes(5);
    out.later = later_fields(in, 5);
    if (!in.is_whole()) return std::nullopt;
    out.picture = base::Digest::from(picture);
    if (!picture.empty() && !out.picture) return std::nullopt;
    out.mailbox = base::MailboxKey::from(mailbox);
    if (!mailbox.empty() && !out.mailbox) return std::nullopt;
    return out;
}

std::optional<std::string> profile_content_problem(const Read& item) {
    const Publication* claim = item.header.publication();
    const auto profile = read_profile(item.item.payload);
    if (!claim || !profile) return "a profile that does not parse";
    if (!claim->slot.is_zero()) return "a profile in another slot than 0";
    if (auto problem = mailbox_key_problem(item, profile->mailbox)) return problem;
    return profile_problem(*profile);
}

}  // namespace hearsay::item
