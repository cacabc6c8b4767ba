// Fields of later texts: docs/protocol.md, section 9.
#include <doctest/doctest.h>

#include "base/limits/items.hpp"
#include "item/kinds/app_data.hpp"
#include "item/kinds/list.hpp"
#include "item/kinds/mailbox.hpp"
#include "item/kinds/post.hpp"
#include "item/kinds/profile.hpp"
#include "item/kinds/rating.hpp"
#include "samples.hpp"

namespace hearsay {
namespace {

using namespace samples;

// Fields 30 and 31: a number, and so many bytes.
base::Bytes later(std::size_t size = 3) {
    base::Bytes out{0xf0, 0x01, 0x07, 0xfa, 0x01};
    if (size >= 128) out.push_back(static_cast<std::uint8_t>(0x80 | (size & 0x7f)));
    out.push_back(static_cast<std::uint8_t>(size >= 128 ? size >> 7 : size));
    out.resize(out.size() + size, 'z');
    return out;
}
base::Bytes joined(base::Bytes payload, const base::Bytes& end) {
    base::append(payload, end);
    return payload;
}
item::Rating sample_rating() {
    item::Rating out;
    out.token = {filled<item::TokenId>(3), persona(1), persona(2)};
    out.stars = 5;
    out.text = "Quick";
    return out;
}

// What is read of `payload` and more, and written again, is that; without the more it is the same
// but for that.
template <class Content>
void check_carried(const base::Bytes& payload, std::optional<Content> (*read)(base::ByteView),
                   base::Bytes (*write)(const Content&)) {
    const auto before = read(payload);
    REQUIRE(before);
    CHECK(before->later.empty());
    const base::Bytes whole = joined(payload, later());
    auto after = read(whole);
    REQUIRE(after);
    CHECK(after->later == later());
    CHECK(write(*after) == whole);
    after->later.clear();
    CHECK(*after == *before);
    constexpr std::size_t room = base::limits::later_bytes_max - 7;
    CHECK(read(joined(payload, later(room))).has_value());
    CHECK(!read(joined(payload, later(room + 1))));
}

}  // namespace

TEST_CASE("offers, ratings, profiles, posts and lists carry fields of later texts") {
    check_carried(item::write_offer({"x", "", "", "", {}}), &item::read_offer, &item::write_offer);
    check_carried(item::write_rating(sample_rating()), &item::read_rating, &item::write_rating);
    check_carried(item::write_profile({"Ann"}), &item::read_profile, &item::write_profile);
    check_carried(item::write_post({"a"}), &item::read_post, &item::write_post);
    check_carried(item::write_list({"a", "", {{"b", false, ""}}}), &item::read_list,
                  &item::write_list);
}

TEST_CASE("what is known of them is judged as if nothing followed") {
    const auto problem = [](const base::Bytes& payload) {
        return item::offer_problem(*item::read_offer(payload));
    };
    CHECK(!problem(joined(item::write_offer({"x", "", "", "", {}}), later())));
    CHECK(problem(joined(item::write_offer({"", "", "", "", {}}), later())));
}

TEST_CASE("a mailbox and an application's data have no later fields") {
    CHECK(!item::read_mailbox(joined(item::write_mailbox({}), later())));
    CHECK(!item::read_app_data(joined(item::write_app_data({1, {2}}), later())));
}

TEST_CASE("a list with later fields keeps to the size of a list") {
    item::CuratedList list{"a", "", {}};
    for (int at = 0; at < 240; ++at)
        list.entries.push_back({"a" + std::to_string(at), false, std::string(119, 'r')});
    const std::size_t size = item::write_list(list).size();
    REQUIRE(size < item::list_bytes_max);
    REQUIRE(item::list_bytes_max - size < base::limits::later_bytes_max);
    const std::size_t room = item::list_bytes_max - size - 7;
    CHECK(item::read_list(joined(item::write_list(list), later(room))).has_value());
    CHECK(!item::read_list(joined(item::write_list(list), later(room + 1))));
}

}  // namespace hearsay
