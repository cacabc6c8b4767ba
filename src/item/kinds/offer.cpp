// Kind 2, offer: something given for something wanted. docs/protocol.md, "Offer".
#include "base/canonical.hpp"
#include "base/ensure.hpp"
#include "item/kinds.hpp"
#include "item/text.hpp"
#include "offer.pb.h"

namespace hearsay::item {
namespace {

std::optional<std::string> field_problem(const std::string& name, const std::string& text,
                                         std::size_t most, bool lines) {
    if (text.size() > most)
        return "the " + name + " is " + std::to_string(text.size()) + " bytes long; at most " +
               std::to_string(most) + " fit";
    if (!is_clean_text(text, lines))
        return "the " + name +
               " must be UTF-8 text in normalization form C without control characters" +
               (lines ? "" : ", on one line");
    return std::nullopt;
}

bool is_tag(const std::string& tag) {
    if (tag.empty() || tag.size() > offer_tag_bytes_max || !is_clean_text(tag, false)) return false;
    for (char c : tag)
        if (c == ' ' || c == ',' || (c >= 'A' && c <= 'Z')) return false;
    return true;
}

}  // namespace

std::optional<std::string> offer_problem(const OfferText& offer) {
    if (offer.title.empty()) return "an offer needs a title";
    if (auto problem = field_problem("title", offer.title, offer_title_bytes_max, false))
        return problem;
    if (auto problem = field_problem("text", offer.text, offer_text_bytes_max, true))
        return problem;
    if (auto problem = field_problem("give", offer.give, offer_side_bytes_max, false))
        return problem;
    if (auto problem = field_problem("want", offer.want, offer_side_bytes_max, false))
        return problem;
    if (offer.tags.size() > offer_tags_max)
        return "an offer has at most " + std::to_string(offer_tags_max) + " tags";
    for (const std::string& tag : offer.tags)
        if (!is_tag(tag))
            return "a tag is one lower-case word of 1 to " + std::to_string(offer_tag_bytes_max) +
                   " bytes";
    if (offer.stamp_bits > offer_stamp_bits_max)
        return "a stamp has at most " + std::to_string(offer_stamp_bits_max) + " bits";
    return std::nullopt;
}

base::Bytes write_offer(const OfferText& offer) {
    wire::Offer out;
    out.set_title(offer.title);
    out.set_text(offer.text);
    out.set_give(offer.give);
    out.set_want(offer.want);
    for (const std::string& tag : offer.tags) out.add_tags(tag);
    out.set_stamp_bits(offer.stamp_bits);
    base::Bytes bytes(out.ByteSizeLong());
    ENSURE(out.SerializeToArray(bytes.data(), static_cast<int>(bytes.size())),
           "an offer that does not serialize");
    return bytes;
}

std::optional<OfferText> read_offer(base::ByteView payload) {
    base::CanonicalReader in(payload);
    OfferText out;
    out.title = base::to_text(in.bytes(1));
    out.text = base::to_text(in.bytes(2));
    out.give = base::to_text(in.bytes(3));
    out.want = base::to_text(in.bytes(4));
    while (const auto tag = in.part(5)) out.tags.push_back(base::to_text(*tag));
    out.stamp_bits = in.number32(6);
    if (!in.is_whole()) return std::nullopt;
    return out;
}

}  // namespace hearsay::item
