// Offers in the words of the local API, and back.
#include <doctest/doctest.h>

#include "app/node/views.hpp"

namespace hearsay::app {
namespace {

api::OfferDraft draft() {
    api::OfferDraft out;
    out.set_title("Bicycle");
    out.set_text("Blue.");
    out.add_tags("bike");
    out.set_side("wanted");
    out.mutable_price()->set_mode("negotiable");
    out.mutable_price()->set_amount(2550);
    out.mutable_price()->set_amount_most(3000);
    out.mutable_price()->set_currency("EUR");
    out.mutable_price()->set_decimals(2);
    out.mutable_price()->set_per("hour");
    out.set_quantity(3);
    out.set_condition("for-parts");
    out.set_category("sport/bicycles");
    out.set_country("DE");
    out.set_geohash("u281");
    out.add_delivery("post");
    out.add_payment("cash");
    out.set_language("de");
    out.set_status("sold");
    out.add_details()->set_name("Frame");
    out.mutable_details(0)->set_value("56 cm");
    out.set_warning("rust");
    out.add_pictures(std::string(64, 'a'));
    return out;
}

std::string refusal(const api::OfferDraft& draft) {
    const auto text = from_api(draft);
    if (text) return "";
    CHECK(text.error().code == base::ErrorCode::invalid);
    return text.error().text;
}

}  // namespace

TEST_CASE("what a draft says, the offer says in the same words") {
    const auto text = from_api(draft());
    REQUIRE(text);
    CHECK_FALSE(item::offer_problem(*text));
    market::OfferView view{};
    view.text = *text;
    const api::Offer offer = to_api(view);
    const api::OfferDraft expected = draft();
    CHECK(offer.side() == expected.side());
    CHECK(offer.price().SerializeAsString() == expected.price().SerializeAsString());
    CHECK(offer.quantity() == expected.quantity());
    CHECK(offer.condition() == expected.condition());
    CHECK(offer.category() == expected.category());
    CHECK(offer.country() == expected.country());
    CHECK(offer.geohash() == expected.geohash());
    CHECK(offer.delivery(0) == expected.delivery(0));
    CHECK(offer.payment(0) == expected.payment(0));
    CHECK(offer.language() == expected.language());
    CHECK(offer.status() == expected.status());
    CHECK(offer.details(0).SerializeAsString() == expected.details(0).SerializeAsString());
    CHECK(offer.warning() == expected.warning());
    CHECK(offer.pictures(0) == expected.pictures(0));
    CHECK(offer.price_text() == "25.50-30.00 EUR per hour, negotiable");
}

TEST_CASE("what a draft leaves out is the usual, and no price is no price") {
    api::OfferDraft bare;
    bare.set_title("Bicycle");
    const auto text = from_api(bare);
    REQUIRE(text);
    CHECK(*text == item::OfferText{"Bicycle", "", "", ""});
    bare.mutable_price()->set_amount(5);
    CHECK(from_api(bare)->price->mode == item::PriceMode::fixed);
    market::OfferView view{};
    view.text = *text;
    CHECK(to_api(view).side() == "offered");
    CHECK(to_api(view).status() == "active");
    CHECK_FALSE(to_api(view).has_price());
}

TEST_CASE("a word that stands for nothing is refused with those that do") {
    const auto with = [](auto change) {
        api::OfferDraft out = draft();
        change(out);
        return refusal(out);
    };
    CHECK(with([](auto& d) { d.set_side("both"); }).find("offered or wanted") != std::string::npos);
    CHECK(with([](auto& d) { d.set_condition("mint"); }).find("like-new") != std::string::npos);
    CHECK(with([](auto& d) { d.set_status("gone"); }).find("reserved") != std::string::npos);
    CHECK(with([](auto& d) { d.mutable_price()->set_mode("auction"); }).find("negotiable") !=
          std::string::npos);
    CHECK(with([](auto& d) { d.set_pictures(0, "xyz"); }).find("SHA-256") != std::string::npos);
    CHECK(with([](auto& d) { d.set_pictures(0, "abcd"); }).find("SHA-256") != std::string::npos);
}

}  // namespace hearsay::app
