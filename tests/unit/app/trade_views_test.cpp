// What the local API's words about trades become.
#include "app/node/trade_views.hpp"

#include <doctest/doctest.h>

namespace hearsay::app {
namespace {

TEST_CASE("a ruling without who is right is refused, not taken for neither") {
    api::TradeMove move;
    move.set_move("ruling");
    move.set_text("so be it");
    const auto refused = from_api(move);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == base::ErrorCode::invalid);
    CHECK(refused.error().text.find("neither") != std::string::npos);
    move.set_right("both");
    CHECK_FALSE(from_api(move));
    move.set_right("neither");
    REQUIRE(from_api(move));
    CHECK(from_api(move)->draft.right == market::trade::Finding::neither);
    move.set_right("taker");
    CHECK(from_api(move)->draft.right == market::trade::Finding::taker);
}

TEST_CASE("other moves say nothing of who is right") {
    api::TradeMove move;
    move.set_move("accept");
    CHECK(from_api(move));
}

}  // namespace
}  // namespace hearsay::app
