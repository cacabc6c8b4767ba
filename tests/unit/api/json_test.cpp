#include "api/encode/json.hpp"

#include <doctest/doctest.h>

#include "api.pb.h"
#include "api/encode/ndjson.hpp"
#include "api/encode/utf8.hpp"

namespace hearsay::api {
namespace {

TEST_CASE("field names are those of api.proto and defaults are printed") {
    MailDraft draft;
    draft.set_subject("Bicycle");
    CHECK(to_json(draft).value() ==
          R"({"to":"","subject":"Bicycle","text":"","lifetime_seconds":0,)"
          R"("attachments":[],"persona":""})");
}

TEST_CASE("bytes are base64, whatever they are, and texts are UTF-8") {
    MailDraft draft;
    draft.add_attachments()->set_content("\xff\xd8\xff\xe0");
    const std::string json = to_json(draft).value();
    CHECK(json.find(R"("content":"/9j/4A==")") != std::string::npos);
    MailDraft read;
    REQUIRE(from_json(json, read, Unknown::refuse));
    CHECK(read.attachments(0).content() == "\xff\xd8\xff\xe0");
    draft.mutable_attachments(0)->set_name("\xff");
    CHECK_FALSE(to_json(draft));
}

TEST_CASE("times are RFC 3339") {
    Event event;
    event.mutable_at()->set_seconds(0);
    CHECK(to_json(event).value().find("1970-01-01T00:00:00Z") != std::string::npos);
}

TEST_CASE("what cannot be read says which fields were expected") {
    for (const std::string_view bad :
         {"", "  ", "null", "[]", "5", "{", "{} x", R"({"titel":"x"})", R"({"title":5})",
          R"({"tags":[7]})", R"({"lifetime_seconds":-1})", R"({"lifetime_seconds":"soon"})",
          "{\"title\":\"\xff\"}"}) {
        CAPTURE(bad);
        OfferDraft draft;
        const base::Result<void> result = from_json(bad, draft, Unknown::refuse);
        REQUIRE_FALSE(result.has_value());
        CHECK(result.error().code == base::ErrorCode::invalid);
        CHECK(result.error().text.find("title (text)") != std::string::npos);
        CHECK(result.error().text.find("tags (list of text)") != std::string::npos);
    }
}

TEST_CASE("a single value where a list is expected is a list of one, as protobuf reads it") {
    OfferDraft draft;
    REQUIRE(from_json(R"({"tags":"bike"})", draft, Unknown::refuse).has_value());
    CHECK(draft.tags_size() == 1);
}

TEST_CASE("deep nesting is refused, not followed") {
    Event event;
    CHECK_FALSE(
        from_json("{\"at\":" + std::string(100'000, '['), event, Unknown::refuse).has_value());
}

TEST_CASE("a newer node's fields are ignored where that is asked for") {
    Error error;
    CHECK(from_json(R"({"code":"refused","newer":[1,{}]})", error, Unknown::ignore).has_value());
    CHECK(error.code() == "refused");
}

TEST_CASE("a text that is not UTF-8 is not written") {
    Offer offer;
    offer.set_title("\xff");
    CHECK_FALSE(to_json(offer).has_value());
    OfferList list;
    *list.add_offers() = offer;
    CHECK_FALSE(to_json(list).has_value());
    Offer tagged;
    tagged.add_tags("fine");
    CHECK(to_json(tagged).has_value());
    tagged.add_tags("\x80");
    CHECK_FALSE(to_json(tagged).has_value());
    CHECK(error_json({base::ErrorCode::io, "\xff"}).find("\"io\"") != std::string::npos);
}

TEST_CASE("UTF-8 is told from what only looks like it") {
    CHECK(is_utf8("gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x9a\xb2"));
    CHECK_FALSE(is_utf8("\xc0\xaf"));          // too long a form
    CHECK_FALSE(is_utf8("\xed\xa0\x80"));      // a surrogate
    CHECK_FALSE(is_utf8("\xf4\x90\x80\x80"));  // beyond U+10FFFF
    CHECK_FALSE(is_utf8("\xe2\x82"));          // cut short
    CHECK_FALSE(is_utf8("\x80"));
    CHECK(is_utf8(""));
    CHECK(is_utf8(std::string_view("a\0b", 3)));
    CHECK(is_utf8("\xf4\x8f\xbf\xbf"));  // U+10FFFF
}

TEST_CASE("a line of NDJSON ends with the only line feed in it") {
    Event event;
    event.set_text("two\nlines\r\nand a \xe2\x80\xa8 separator");
    const std::string line = to_ndjson(event).value();
    CHECK(line.find('\n') == line.size() - 1);
    CHECK(line.find('\r') == std::string::npos);
    Event read;
    REQUIRE(from_json(line, read, Unknown::refuse));
    CHECK(read.text() == event.text());
    event.set_text("\xff");
    CHECK_FALSE(to_ndjson(event));
}

}  // namespace
}  // namespace hearsay::api
