// item/kinds/post.hpp - kind 7: what somebody has to say, to all or to something that was said.
// docs/protocol.md, "Posts". Rules, for everybody who relays:
//   1. the payload parses; what it answers is named by 32 bytes or not at all
//   2. title up to 120 bytes on one line, text up to 8,192, tags as an offer's; clean text
//   3. a post has a title. One that answers something has a title or a text
// What is answered need not be here, or anywhere: things end, and answers stay.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "item/item.hpp"

namespace hearsay::item {

inline constexpr Kind kind_post = 7;
inline constexpr std::size_t post_title_bytes_max = 120;
inline constexpr std::size_t post_text_bytes_max = 8192;
inline constexpr std::size_t post_tags_max = 8;

struct PostText {
    std::string title{};
    std::string text{};
    std::vector<std::string> tags{};
    std::optional<ThingId> answer_to{};
    std::string language{};
    base::Bytes later{};  // fields of later texts, as they came
    bool operator==(const PostText&) const = default;
};

// Rules 2 and 3, as a sentence for the user, or nothing.
std::optional<std::string> post_problem(const PostText& post);
base::Bytes write_post(const PostText& post);
std::optional<PostText> read_post(base::ByteView payload);

}  // namespace hearsay::item
