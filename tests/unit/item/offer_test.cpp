// Kind 2: what an offer may say, and what counts as text.
#include <doctest/doctest.h>

#include "item/kinds.hpp"
#include "item/text.hpp"
#include "offer.pb.h"

namespace hearsay {
namespace {

using item::OfferText;

OfferText good() {
    return {"Two bicycles", "Blue.\nHardly used.\t", "bicycles", "coffee", {"bicycle", "kaffee"}};
}

bool is_fine(const OfferText& offer) {
    return !item::offer_problem(offer);
}

// The problem names the field, so that the user knows where to look.
bool names(const OfferText& offer, std::string_view field) {
    const auto problem = item::offer_problem(offer);
    return problem && problem->find(field) != std::string::npos;
}

TEST_CASE("an offer is read back as it was written") {
    CHECK(item::read_offer(item::write_offer(good())) == good());
}

TEST_CASE("a good offer has no problem") {
    CHECK(is_fine(good()));
}

TEST_CASE("an offer needs a title") {
    OfferText offer = good();
    offer.title.clear();
    CHECK(names(offer, "title"));
}

TEST_CASE("a field at its limit fits and one byte more does not") {
    struct Field {
        std::string OfferText::* field;
        std::size_t most;
        std::string_view name;
    };
    for (const Field& field :
         {Field{&OfferText::title, 120, "title"}, Field{&OfferText::text, 8192, "text"},
          Field{&OfferText::give, 120, "give"}, Field{&OfferText::want, 120, "want"}}) {
        OfferText offer = good();
        CAPTURE(field.name);
        offer.*field.field = std::string(field.most, 'x');
        CHECK(is_fine(offer));
        (offer.*field.field).push_back('x');
        CHECK(names(offer, field.name));
    }
}

TEST_CASE("only the text has several lines") {
    for (auto field : {&OfferText::title, &OfferText::give, &OfferText::want}) {
        OfferText offer = good();
        offer.*field = "two\nlines";
        CHECK(!is_fine(offer));
        offer.*field = "a\ttab";
        CHECK(!is_fine(offer));
    }
}

TEST_CASE("control characters are refused everywhere") {
    for (const char* text :
         {"bell\x07", "escape\x1b[31m", "delete\x7f", "next line\xc2\x85", "return\r\n"}) {
        OfferText offer = good();
        offer.text = text;
        CAPTURE(text);
        CHECK(names(offer, "text"));
    }
    OfferText offer = good();
    offer.text = std::string("zero\0", 5);
    CHECK(names(offer, "text"));
}

TEST_CASE("eight tags fit and a ninth does not") {
    OfferText offer = good();
    offer.tags.assign(8, "tag");
    CHECK(is_fine(offer));
    offer.tags.emplace_back("tag");
    CHECK(names(offer, "tags"));
}

TEST_CASE("a tag is one lower-case word of up to 32 bytes") {
    const auto tagged = [](const std::string& tag) {
        OfferText offer = good();
        offer.tags = {tag};
        return is_fine(offer);
    };
    CHECK(tagged("x"));
    CHECK(tagged(std::string(32, 'x')));
    CHECK(tagged("k\xc3\xa4se"));
    CHECK(!tagged(""));
    CHECK(!tagged(std::string(33, 'x')));
    CHECK(!tagged("two words"));
    CHECK(!tagged("a,b"));
    CHECK(!tagged("Upper"));
    CHECK(!tagged("line\n"));
}

TEST_CASE("bytes that are no offer are not read") {
    CHECK(!item::read_offer(base::as_bytes("\xff\xff\xff")));
    wire::Offer offer;
    offer.set_title("cut off in the middle");
    std::string bytes = offer.SerializeAsString();
    bytes.pop_back();
    CHECK(!item::read_offer(base::as_bytes(bytes)));
}

}  // namespace
}  // namespace hearsay
