// Kind 10: what a list may say.
#include "item/kinds/list.hpp"

#include <doctest/doctest.h>

#include "item/kinds.hpp"
#include "item/standing.hpp"
#include "samples.hpp"

namespace hearsay {
namespace {

using item::CuratedList;
using item::ListEntry;

bool says(const std::optional<std::string>& problem, std::string_view part) {
    return problem && problem->find(part) != std::string::npos;
}

CuratedList of_words(std::size_t count) {
    CuratedList out{"Words", "", {}};
    for (std::size_t at = 0; at < count; ++at)
        out.entries.push_back({"w" + std::to_string(at), false, ""});
    return out;
}

std::optional<std::string> problem_as_received(base::Bytes payload) {
    item::Read read;
    read.header.kind = item::kind_list;
    read.header.claim = item::Publication{};
    read.item.payload = std::move(payload);
    return item::content_problem(read);
}

}  // namespace

TEST_CASE("a list is read back as it was written") {
    const CuratedList list{"Bad deals",
                           "Who did not send.",
                           {{samples::filled<item::ThingId>(8), false, "sold"},
                            {samples::persona(2), false, ""},
                            {"kittens", true, "good"},
                            {item::Kind{9}, false, ""}}};
    CHECK_FALSE(item::list_problem(list));
    CHECK(item::read_list(item::write_list(list)) == list);
    CHECK_FALSE(problem_as_received(item::write_list(list)));
    CHECK(item::store_class(item::kind_list) == item::StoreClass::ratings);
}

TEST_CASE("a list has at most 256 entries, when it is made and as it is received") {
    CHECK_FALSE(item::list_problem(of_words(256)));
    CHECK_FALSE(problem_as_received(item::write_list(of_words(256))));
    for (const std::size_t count : {std::size_t{257}, std::size_t{10'000}}) {
        CHECK(says(item::list_problem(of_words(count)), "at most 256"));
        CHECK(problem_as_received(item::write_list(of_words(count))));
    }
}

TEST_CASE("a list has at most 32 KiB") {
    CuratedList list = of_words(0);
    for (std::uint8_t at = 0; at < 250; ++at)
        list.entries.push_back({samples::filled<item::ThingId>(at), false, std::string(110, 'x')});
    REQUIRE(item::write_list(list).size() > item::list_bytes_max);
    CHECK(says(item::list_problem(list), "at most 32768"));
    CHECK(problem_as_received(item::write_list(list)));
}

TEST_CASE("an entry is about one thing, and nothing is said of twice") {
    CHECK(says(item::list_problem({"a", "", {{"b", false, ""}, {"b", true, ""}}}), "the same"));
    CHECK(says(item::list_problem({"a", "", {{"B", false, ""}}}), "lower-case"));
    CHECK(says(item::list_problem({"a", "", {{item::Kind{0}, false, ""}}}), "about"));
    CHECK(says(item::list_problem({"a", "", {{"b", false, "x\ny"}}}), "one line"));
    CHECK(says(item::list_problem({"", "", {}}), "name"));
    CHECK(says(item::list_problem({std::string(61, 'a'), "", {}}), "at most 60"));
}

}  // namespace hearsay
