// Kind 2: the fields that people filter and sort by, and which combinations make sense.
#include <functional>

#include <doctest/doctest.h>

#include "item/kinds.hpp"
#include "offer.pb.h"

namespace hearsay {
namespace {

using item::OfferText;
using item::Price;
using item::PriceMode;

base::Digest picture(std::uint8_t byte) {
    base::Digest out;
    out.data.fill(byte);
    return out;
}

Price euros() {
    return {PriceMode::negotiable, 2550, 3000, "EUR", 2, 0, "hour"};
}

// Everything that an offer can say.
OfferText full() {
    OfferText out{"Bicycle", "Blue.", "", "", {"bicycle"}, 20};
    out.side = item::Side::wanted;
    out.price = euros();
    out.quantity = 3;
    out.condition = item::Condition::like_new;
    out.category = "sport/bicycles/city";
    out.country = "DE";
    out.geohash = "u281";
    out.delivery = {"pickup", "post"};
    out.payment = {"cash", "sepa"};
    out.language = "de";
    out.status = item::OfferStatus::reserved;
    out.details = {{"Frame", "56 cm"}, {"Colour", "blue"}};
    out.warning = "Rust";
    out.pictures = {picture(1), picture(2)};
    return out;
}

std::string problem(const std::function<void(OfferText&)>& change) {
    OfferText offer = full();
    change(offer);
    return item::offer_problem(offer).value_or("");
}
std::string problem_of(const Price& price) {
    return item::price_problem(price).value_or("");
}
bool says(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("an offer with every field is fine, and read back as it was written") {
    CHECK(problem([](OfferText&) {}).empty());
    CHECK(item::read_offer(item::write_offer(full())) == full());
}

TEST_CASE("an offer of old, with no later field, is written with the same bytes as ever") {
    const OfferText offer{"x", "y", "a", "b", {"t"}, 20};
    CHECK(base::as_text(item::write_offer(offer)) ==
          "\x0a\x01x\x12\x01y\x1a\x01"
          "a\x22\x01"
          "b\x2a\x01t\x30\x14");
}

TEST_CASE("a number that stands for no word is refused") {
    CHECK(says(problem([](OfferText& offer) { offer.side = static_cast<item::Side>(2); }), "side"));
    CHECK(says(problem([](OfferText& offer) { offer.condition = static_cast<item::Condition>(6); }),
               "condition"));
    CHECK(says(problem([](OfferText& offer) { offer.status = static_cast<item::OfferStatus>(3); }),
               "status"));
    CHECK(says(problem([](OfferText& offer) { offer.price->mode = static_cast<PriceMode>(4); }),
               "none of fixed"));
}

TEST_CASE("a word stands for its number and back") {
    CHECK(item::name(item::Condition::for_parts) == "for-parts");
    CHECK(item::condition_of("for-parts") == item::Condition::for_parts);
    CHECK(item::condition_of("") == item::Condition::unsaid);
    CHECK(item::side_of("wanted") == item::Side::wanted);
    CHECK(item::status_of("sold") == item::OfferStatus::sold);
    CHECK(item::price_mode_of("market") == PriceMode::market);
    CHECK(!item::condition_of("shiny"));
    CHECK(!item::status_of("Sold"));
}

TEST_CASE("what is free has nothing else") {
    CHECK(problem_of({PriceMode::free}).empty());
    CHECK(says(problem_of({PriceMode::free, 1}), "free"));
    CHECK(says(problem_of({PriceMode::free, 0, 1}), "free"));
    CHECK(says(problem_of({PriceMode::free, 0, 0, "EUR"}), "free"));
    CHECK(says(problem_of({PriceMode::free, 0, 0, "", 2}), "free"));
    CHECK(says(problem_of({PriceMode::free, 0, 0, "", 0, 5}), "free"));
    CHECK(says(problem_of({PriceMode::free, 0, 0, "", 0, 0, "hour"}), "free"));
}

TEST_CASE("the market's price has a currency and a premium, and no amount") {
    CHECK(problem_of({PriceMode::market, 0, 0, "XMR", 0, -9999}).empty());
    CHECK(problem_of({PriceMode::market, 0, 0, "XMR", 0, 100'000, "g"}).empty());
    CHECK(says(problem_of({PriceMode::market, 0, 0, ""}), "needs a currency"));
    CHECK(says(problem_of({PriceMode::market, 1, 0, "XMR"}), "no amount"));
    CHECK(says(problem_of({PriceMode::market, 0, 1, "XMR"}), "no amount"));
    CHECK(says(problem_of({PriceMode::market, 0, 0, "XMR", 1}), "no amount"));
    CHECK(says(problem_of({PriceMode::market, 0, 0, "XMR", 0, -10'000}), "-99.99"));
    CHECK(says(problem_of({PriceMode::market, 0, 0, "XMR", 0, 100'001}), "1000 percent"));
    CHECK(says(problem_of({PriceMode::fixed, 1, 0, "XMR", 0, 1}), "only the market"));
}

TEST_CASE("an amount has a currency, and a range ends above its beginning") {
    CHECK(problem_of({PriceMode::fixed, UINT64_MAX - 1, UINT64_MAX, "EUR", 18}).empty());
    CHECK(says(problem_of({}), "needs an amount"));
    CHECK(says(problem_of({PriceMode::fixed, 5}), "needs a currency"));
    CHECK(says(problem_of({PriceMode::fixed, 5, 5, "EUR"}), "range ends above"));
    CHECK(says(problem_of({PriceMode::fixed, 5, 4, "EUR"}), "range ends above"));
    CHECK(says(problem_of({PriceMode::fixed, 5, 0, "EUR", 19}), "at most 18 decimals"));
    CHECK(problem_of({PriceMode::negotiable}).empty());
    CHECK(problem_of({PriceMode::negotiable, 0, 0, "EUR", 0, 0, "hour"}).empty());
    CHECK(says(problem_of({PriceMode::negotiable, 0, 7, "EUR"}), "both of its ends"));
    CHECK(says(problem_of({PriceMode::negotiable, 0, 0, "EUR", 2}), "no amount"));
}

TEST_CASE("a currency is 1 to 10 capital letters and digits") {
    const auto fits = [](const std::string& currency) {
        return problem_of({PriceMode::fixed, 1, 0, currency}).empty();
    };
    CHECK(fits("A"));
    CHECK(fits("0123456789"));
    CHECK(!fits("01234567890"));
    CHECK(!fits("eur"));
    CHECK(!fits("E R"));
    CHECK(!fits("\xe2\x82\xac"));
}

TEST_CASE("what a price is for is one line of up to 32 bytes") {
    Price price = euros();
    price.per = std::string(32, 'x');
    CHECK(problem_of(price).empty());
    price.per.push_back('x');
    CHECK(says(problem_of(price), "at most 32"));
    price.per = "two\nlines";
    CHECK(says(problem_of(price), "one line"));
}

TEST_CASE("a category is a path of up to four words") {
    const auto fits = [](const std::string& path) {
        return problem([&](OfferText& offer) { offer.category = path; }).empty();
    };
    CHECK(fits(""));
    CHECK(fits("a/b/c/d"));
    CHECK(fits(std::string(32, 'x') + "/8-bit"));
    CHECK(!fits("a/b/c/d/e"));
    CHECK(!fits(std::string(33, 'x')));
    CHECK(!fits("/a"));
    CHECK(!fits("a/"));
    CHECK(!fits("a//b"));
    CHECK(!fits("Sport"));
    CHECK(!fits("a b"));
    CHECK(!fits("caf\xc3\xa9"));
}

TEST_CASE("a place is no finer than four letters of a geohash, and has a country") {
    const auto place = [](const std::string& country, const std::string& geohash) {
        return problem([&](OfferText& offer) {
            offer.country = country;
            offer.geohash = geohash;
        });
    };
    CHECK(place("", "").empty());
    CHECK(place("BR", "").empty());
    CHECK(place("BR", "6").empty());
    CHECK(place("BR", "6gyf").empty());
    CHECK(says(place("BR", "6gyf4"), "five letters are a neighbourhood"));
    CHECK(says(place("", "6gyf"), "needs a country"));
    CHECK(says(place("BR", "6gya"), "but a, i, l and o"));
    CHECK(says(place("BR", "6GYF"), "but a, i, l and o"));
    for (const char* country : {"de", "D", "DEU", "D1"})
        CHECK(says(place(country, ""), "two capital letters"));
}

TEST_CASE("ways of delivery and payment are different words, as many as there may be") {
    const auto many = [](int count) {
        std::vector<std::string> out;
        for (int i = 0; i < count; ++i) out.push_back("way" + std::to_string(i));
        return out;
    };
    CHECK(problem([&](OfferText& offer) { offer.delivery = many(8); }).empty());
    CHECK(
        says(problem([&](OfferText& offer) { offer.delivery = many(9); }), "delivery; at most 8"));
    CHECK(problem([&](OfferText& offer) { offer.payment = many(16); }).empty());
    CHECK(says(problem([&](OfferText& offer) { offer.payment = many(17); }), "at most 16"));
    CHECK(says(problem([](OfferText& offer) { offer.payment = {"cash", "cash"}; }), "twice"));
    CHECK(says(problem([](OfferText& offer) { offer.payment = {"Cash"}; }), "lower-case"));
    CHECK(says(problem([](OfferText& offer) { offer.delivery = {""}; }), "lower-case"));
}

TEST_CASE("a language is two or three small letters") {
    const auto fits = [](const std::string& language) {
        return problem([&](OfferText& offer) { offer.language = language; }).empty();
    };
    CHECK(fits("de"));
    CHECK(fits("gsw"));
    CHECK(!fits("d"));
    CHECK(!fits("DE"));
    CHECK(!fits("de-AT"));
}

TEST_CASE("sixteen details fit, each with a name of its own and a value") {
    const auto pairs = [](int count) {
        std::vector<item::Detail> out;
        for (int i = 0; i < count; ++i) out.push_back({"name" + std::to_string(i), "value"});
        return out;
    };
    const auto with = [](const std::vector<item::Detail>& details) {
        return problem([&](OfferText& offer) { offer.details = details; });
    };
    CHECK(with(pairs(16)).empty());
    CHECK(says(with(pairs(17)), "at most 16"));
    CHECK(with({{std::string(40, 'n'), std::string(120, 'v')}}).empty());
    CHECK(says(with({{std::string(41, 'n'), "v"}}), "at most 40"));
    CHECK(says(with({{"n", std::string(121, 'v')}}), "at most 120"));
    CHECK(says(with({{"", "v"}}), "needs a name"));
    CHECK(says(with({{"n", ""}}), "needs a name"));
    CHECK(says(with({{"n", "a"}, {"n", "b"}}), "twice"));
    CHECK(says(with({{"n", "a\nb"}}), "one line"));
}

TEST_CASE("a warning is one line, and four different pictures fit") {
    const auto warned = [](const std::string& warning) {
        return problem([&](OfferText& offer) { offer.warning = warning; });
    };
    CHECK(warned(std::string(120, 'x')).empty());
    CHECK(says(warned(std::string(121, 'x')), "at most 120"));
    CHECK(says(warned("a\nb"), "one line"));
    const auto shown = [](const std::vector<base::Digest>& pictures) {
        return problem([&](OfferText& offer) { offer.pictures = pictures; });
    };
    CHECK(shown({picture(1), picture(2), picture(3), picture(4)}).empty());
    CHECK(says(shown({picture(1), picture(2), picture(3), picture(4), picture(5)}), "at most 4"));
    CHECK(says(shown({picture(1), picture(1)}), "twice"));
}

TEST_CASE("what is in another encoding than the one is not read") {
    wire::Offer offer;
    offer.set_title("x");
    const auto read = [&](const std::string& behind) {
        const std::string bytes = offer.SerializeAsString() + behind;
        return item::read_offer(base::as_bytes(bytes)).has_value();
    };
    CHECK(read(""));
    CHECK(read(std::string("\x42\x00", 2)));           // a price that says nothing is read,
    CHECK(says(problem_of({}), "needs an amount"));    // and then refused
    CHECK(!read(std::string("\x38\x00", 2)));          // the side's default, said
    CHECK(!read("\x42\x02\x30\x80"));                  // a premium that is cut off
    CHECK(!read(std::string("\x42\x02\x30\x00", 4)));  // a premium of 0, said
    CHECK(!read("\xa2\x01\x01x"));                     // a picture of one byte
    CHECK(!read("\xa8\x01\x01"));                      // a field 21
    CHECK(!read("\x92\x01\x02\x18\x01"));              // a detail with a field 3
}

TEST_CASE("a premium below the market's is read back") {
    OfferText offer = full();
    for (const std::int32_t premium : {-9999, -1, 1, 100'000}) {
        offer.price = Price{PriceMode::market, 0, 0, "XMR", 0, premium, ""};
        CHECK(item::read_offer(item::write_offer(offer)) == offer);
    }
    // What no rule lets through is read all the same, and never by accident as something else.
    for (const std::int32_t premium : {INT32_MIN, INT32_MAX}) {
        offer.price->premium_bp = premium;
        CHECK(item::read_offer(item::write_offer(offer)) == offer);
    }
}

TEST_CASE("a price reads as people write it") {
    CHECK(item::describe(euros()) == "25.50-30.00 EUR per hour, negotiable");
    CHECK(item::describe({PriceMode::fixed, 5, 0, "BTC", 8}) == "0.00000005 BTC");
    CHECK(item::describe({PriceMode::fixed, 20, 30, "EUR"}) == "20-30 EUR");
    CHECK(item::describe({PriceMode::negotiable}) == "negotiable");
    CHECK(item::describe({PriceMode::negotiable, 0, 0, "EUR"}) == "negotiable in EUR");
    CHECK(item::describe({PriceMode::free}) == "free");
    CHECK(item::describe({PriceMode::market, 0, 0, "EUR", 0, 250}) == "market price +2.5% in EUR");
    CHECK(item::describe({PriceMode::market, 0, 0, "EUR", 0, -5}) == "market price -0.05% in EUR");
    CHECK(item::describe({PriceMode::market, 0, 0, "EUR", 0, 1000}) == "market price +10% in EUR");
    CHECK(item::describe({PriceMode::market, 0, 0, "EUR"}) == "market price in EUR");
}

TEST_CASE("a price stands for what is not said of giving and wanting") {
    OfferText offer{"Bicycle", "", "", ""};
    CHECK(item::exchange_of(offer) == item::Exchange{"", ""});
    offer.price = Price{PriceMode::fixed, 80, 0, "EUR"};
    CHECK(item::exchange_of(offer) == item::Exchange{"Bicycle", "80 EUR"});
    offer.side = item::Side::wanted;
    CHECK(item::exchange_of(offer) == item::Exchange{"80 EUR", "Bicycle"});
    offer.give = "a horse";
    CHECK(item::exchange_of(offer) == item::Exchange{"a horse", ""});
}

}  // namespace hearsay
