// item/kinds/profile.hpp - kind 6: how a persona presents itself. docs/protocol.md, "Profiles".
//
// A nickname proves nothing: anybody may take any. So it is never shown without a fingerprint of
// the persona. Rules, for everybody who relays:
//   1. the payload parses; a picture's hash is 32 bytes or not there
//   2. nickname of 1 to 40 bytes on one line, about up to 2,000; clean text
//   3. up to 8 different languages
//   4. the slot is all zero, so a persona has one profile, and its newest version counts
//   5. the header's mailbox and its key are both there or neither (item/mailbox.hpp)
// The mailbox, if there is one, is where to write to the persona.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "item/item.hpp"

namespace hearsay::item {

inline constexpr Kind kind_profile = 6;
inline constexpr std::size_t nickname_bytes_max = 40;
inline constexpr std::size_t about_bytes_max = 2000;
inline constexpr std::size_t profile_languages_max = 8;

struct Profile {
    std::string nickname{};
    std::string about{};
    std::vector<std::string> languages{};
    std::optional<base::Digest> picture{};
    std::optional<base::MailboxKey> mailbox{};  // the key of the header's mailbox
    base::Bytes later{};                        // fields of later texts, as they came
    bool operator==(const Profile&) const = default;
};

// Rules 2 and 3, as a sentence for the user, or nothing.
std::optional<std::string> profile_problem(const Profile& profile);
base::Bytes write_profile(const Profile& profile);
std::optional<Profile> read_profile(base::ByteView payload);
// Rules 1 to 5.
std::optional<std::string> profile_content_problem(const Read& item);

}  // namespace hearsay::item
