#include "item/kinds/post.hpp"

#include "base/canonical.hpp"
#include "item/kinds/parts.hpp"
#include "post.pb.h"

namespace hearsay::item {

std::optional<std::string> post_problem(const PostText& post) {
    if (post.title.empty() && !post.answer_to) return "a post needs a title";
    if (post.title.empty() && post.text.empty()) return "an answer needs a title or a text";
    if (auto problem = text_problem("title", post.title, post_title_bytes_max, false))
        return problem;
    if (auto problem = text_problem("text", post.text, post_text_bytes_max, true)) return problem;
    if (auto problem = words_problem("tag", "tags", post.tags, post_tags_max)) return problem;
    if (!post.language.empty() && !is_language(post.language))
        return "a language is two or three small letters, such as en or deu";
    return std::nullopt;
}

base::Bytes write_post(const PostText& post) {
    wire::Post out;
    out.set_title(post.title);
    out.set_text(post.text);
    for (const std::string& tag : post.tags) out.add_tags(tag);
    if (post.answer_to) out.set_answer_to(base::to_text(post.answer_to->view()));
    out.set_language(post.language);
    return serialized(out, post.later);
}

std::optional<PostText> read_post(base::ByteView payload) {
    base::CanonicalReader in(payload);
    PostText out;
    out.title = base::to_text(in.bytes(1));
    out.text = base::to_text(in.bytes(2));
    while (const auto tag = in.part(3)) out.tags.push_back(base::to_text(*tag));
    const base::ByteView answered = in.bytes(4);
    out.language = base::to_text(in.bytes(5));
    out.later = later_fields(in, 5);
    if (!in.is_whole()) return std::nullopt;
    out.answer_to = ThingId::from(answered);
    if (!answered.empty() && !out.answer_to) return std::nullopt;
    return out;
}

}  // namespace hearsay::item
