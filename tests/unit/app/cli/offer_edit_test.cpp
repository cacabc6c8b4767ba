// What a command line says about an offer, and what becomes of a draft by it.
#include "app/cli/offer_edit.hpp"

#include <doctest/doctest.h>
#include <google/protobuf/descriptor.h>

#include "api.pb.h"
#include "app/cli/invocation.hpp"

namespace hearsay::app::cli {
namespace {

const Environment home{std::nullopt, std::nullopt, "/home/ann"};

std::expected<OfferPublish, std::string> published(std::vector<std::string> words) {
    std::vector<std::string> all{"offer", "publish", "--title", "x"};
    all.insert(all.end(), words.begin(), words.end());
    const auto invocation = parse(all, home);
    if (!invocation) return std::unexpected(invocation.error().text);
    return std::get<OfferPublish>(invocation->command);
}
api::OfferDraft drafted(std::vector<std::string> words, api::OfferDraft draft = {}) {
    const auto offer = published(std::move(words));
    REQUIRE_MESSAGE(offer.has_value(), offer.error());
    apply(offer->edit, draft);
    return draft;
}
bool complains(std::vector<std::string> words, std::string_view about) {
    const auto offer = published(std::move(words));
    const std::string text = offer ? "" : offer.error();
    INFO(text);
    CHECK(text.find(about) != std::string::npos);
    return !text.empty();
}

}  // namespace

TEST_CASE("an amount has the decimals that were typed") {
    CHECK(parse_amount("25") == Amount{25, 0, 0});
    CHECK(parse_amount("25.50") == Amount{2550, 0, 2});
    CHECK(parse_amount("0.00000005") == Amount{5, 0, 8});
    CHECK(parse_amount("18446744073709551615") == Amount{UINT64_MAX, 0, 0});
    CHECK(parse_amount("0.000000000000000001") == Amount{1, 0, 18});
}

TEST_CASE("a range has the decimals of its longer side") {
    CHECK(parse_amount("20-30") == Amount{20, 30, 0});
    CHECK(parse_amount("20-30.50") == Amount{2000, 3050, 2});
    CHECK(parse_amount("0.5-1") == Amount{5, 10, 1});
}

TEST_CASE("what is no amount is not guessed at") {
    for (const char* text : {"",
                             "0",
                             "0.00",
                             ".5",
                             "5.",
                             "05",
                             "+5",
                             "-5",
                             "5,50",
                             "5 ",
                             "1e3",
                             "1.2.3",
                             "EUR",
                             "30-20",
                             "20-20",
                             "20-",
                             "-",
                             "20-30-40",
                             "0-5",
                             "18446744073709551616",
                             "0.0000000000000000001",
                             "1-18446744073709551615.5"}) {
        CAPTURE(text);
        CHECK(!parse_amount(text));
    }
}

TEST_CASE("a premium is in percent, to the hundredth") {
    CHECK(parse_premium("+2.5%") == 250);
    CHECK(parse_premium("-1%") == -100);
    CHECK(parse_premium("0") == 0);
    CHECK(parse_premium("1000%") == 100'000);
    CHECK(parse_premium("-99.99") == -9999);
    for (const char* text : {"", "%", "+", "2.555", "1000.01", "-100", "two", "+-2", "2%%", "02"}) {
        CAPTURE(text);
        CHECK(!parse_premium(text));
    }
}

TEST_CASE("a detail is a name and a value, and only the first = parts them") {
    CHECK(parse_detail("Frame=56 cm") == std::pair<std::string, std::string>{"Frame", "56 cm"});
    CHECK(parse_detail("a=b=c") == std::pair<std::string, std::string>{"a", "b=c"});
    CHECK(!parse_detail("Frame"));
    CHECK(!parse_detail("=56 cm"));
    CHECK(!parse_detail("Frame="));
}

TEST_CASE("a command line says all that an offer has") {
    const api::OfferDraft draft =
        drafted({"--side",     "wanted",       "--price",   "20-30.50",    "--currency",
                 "EUR",        "--negotiable", "--per",     "hour",        "--quantity",
                 "3",          "--condition",  "like-new",  "--category",  "sport/bicycles",
                 "--country",  "DE",           "--geohash", "u281",        "--delivery",
                 "pickup",     "--delivery",   "post",      "--payment",   "cash",
                 "--language", "de",           "--detail",  "Frame=56 cm", "--warning",
                 "rust"});
    CHECK(draft.side() == "wanted");
    CHECK(draft.price().mode() == "negotiable");
    CHECK(draft.price().amount() == 2000);
    CHECK(draft.price().amount_most() == 3050);
    CHECK(draft.price().decimals() == 2);
    CHECK(draft.price().currency() == "EUR");
    CHECK(draft.price().per() == "hour");
    CHECK(draft.quantity() == 3);
    CHECK(draft.condition() == "like-new");
    CHECK(draft.category() == "sport/bicycles");
    CHECK(draft.country() == "DE");
    CHECK(draft.geohash() == "u281");
    CHECK(draft.delivery_size() == 2);
    CHECK(draft.payment(0) == "cash");
    CHECK(draft.language() == "de");
    CHECK(draft.details(0).name() == "Frame");
    CHECK(draft.details(0).value() == "56 cm");
    CHECK(draft.warning() == "rust");
}

TEST_CASE("a price is of one mode, and what goes with another is a usage error") {
    CHECK(drafted({"--price", "5", "--currency", "EUR"}).price().mode() == "fixed");
    CHECK(drafted({"--free"}).price().mode() == "free");
    CHECK(drafted({"--market", "-1%", "--currency", "XMR"}).price().premium_bp() == -100);
    CHECK_FALSE(drafted({}).has_price());
    CHECK(complains({"--free", "--negotiable"}, "one of --fixed"));
    CHECK(complains({"--market", "1", "--fixed"}, "one of --fixed"));
    CHECK(complains({"--free", "--price", "5"}, "what is --free"));
    CHECK(complains({"--market", "1", "--price", "5"}, "not both"));
    CHECK(complains({"--market", "much"}, "+2.5%"));
    CHECK(complains({"--price", "5,50"}, "with a point"));
    CHECK(complains({"--price", "0"}, "--free"));
    CHECK(complains({"--price", "", "--per", "hour"}, "nothing else"));
}

TEST_CASE("what is no word of the list, no number and no pair is a usage error") {
    CHECK(complains({"--side", "seller"}, "offered or wanted"));
    CHECK(complains({"--condition", "shiny"}, "like-new"));
    CHECK(complains({"--quantity", "0"}, "from 1 to"));
    CHECK(complains({"--quantity", "many"}, "from 1 to"));
    CHECK(complains({"--detail", "56 cm"}, "NAME=VALUE"));
}

TEST_CASE("an update changes what is named, and an empty value takes away") {
    api::OfferDraft before =
        drafted({"--price", "25.50", "--currency", "EUR", "--negotiable", "--tag", "a", "--detail",
                 "n=v", "--give", "g", "--quantity", "2"});
    before.add_pictures("aa");
    api::OfferDraft after = drafted({"--price", "20"}, before);
    CHECK(after.price().mode() == "negotiable");
    CHECK(after.price().amount() == 20);
    CHECK(after.price().decimals() == 0);
    CHECK(after.price().currency() == "EUR");
    CHECK(after.tags_size() == 1);
    CHECK(after.pictures_size() == 1);
    CHECK(drafted({"--fixed"}, before).price().amount() == 2550);
    CHECK(drafted({"--currency", "CHF"}, before).price().mode() == "negotiable");

    const api::OfferDraft market = drafted({"--market", "+1"}, before);
    CHECK(market.price().amount() == 0);
    CHECK(market.price().decimals() == 0);
    CHECK(market.price().currency() == "EUR");
    CHECK(drafted({"--price", "7"}, market).price().mode() == "fixed");
    CHECK(drafted({"--price", "7"}, market).price().premium_bp() == 0);
    const api::OfferDraft free = drafted({"--free"}, before);
    CHECK(free.price().currency().empty());

    after = drafted({"--price", "", "--tag", "", "--detail", "", "--give", "", "--quantity", ""},
                    before);
    CHECK_FALSE(after.has_price());
    CHECK(after.tags().empty());
    CHECK(after.details().empty());
    CHECK(after.give().empty());
    CHECK(after.quantity() == 0);
}

TEST_CASE("an offer is the draft that says the same") {
    api::Offer offer;
    offer.set_title("Bicycle");
    offer.set_text("Blue.");
    offer.mutable_price()->set_amount(5);
    offer.add_details()->set_name("n");
    offer.add_pictures("aa");
    offer.set_status("sold");
    offer.set_stamp_bits(20);
    const api::OfferDraft draft = draft_of(offer);
    CHECK(draft.title() == "Bicycle");
    CHECK(draft.text() == "Blue.");
    CHECK(draft.price().amount() == 5);
    CHECK(draft.details_size() == 1);
    CHECK(draft.pictures_size() == 1);
    CHECK(draft.status() == "sold");
    CHECK(draft.stamp_bits() == 20);
    CHECK(draft.lifetime_seconds() == 0);
}

TEST_CASE("every field of an offer that its maker says is in the draft, too") {
    const auto& offer = *api::Offer::descriptor();
    const auto& draft = *api::OfferDraft::descriptor();
    for (int i = 0; i < draft.field_count(); ++i) {
        const std::string& name = draft.field(i)->name();
        // Files become pictures, which the offer names by their hashes.
        if (name == "lifetime_seconds" || name == "persona" || name == "picture_files") continue;
        CAPTURE(name);
        CHECK(offer.FindFieldByName(name) != nullptr);
    }
}

TEST_CASE("an update without a change, and a mark that is none, are usage errors") {
    const auto text = [](std::vector<std::string> words) {
        const auto invocation = parse(words, home);
        return invocation ? std::string() : invocation.error().text;
    };
    CHECK(text({"offer", "update", "abcdef12"}).find("says what changes") != std::string::npos);
    CHECK(text({"offer", "update"}).find("offer list --mine") != std::string::npos);
    CHECK(text({"offer", "update", "abcdef12", "--as", "x"}).find("--as") != std::string::npos);
    CHECK(text({"offer", "mark", "abcdef12"}).find("reserved or sold") != std::string::npos);
    CHECK(text({"offer", "mark", "abcdef12", "gone"}).find("reserved") != std::string::npos);
    const auto mark = parse({"offer", "mark", "abcdef12", "sold"}, home);
    REQUIRE(mark.has_value());
    CHECK(std::get<OfferUpdate>(mark->command).offer.edit == OfferEdit{.status = "sold"});
}

}  // namespace hearsay::app::cli
