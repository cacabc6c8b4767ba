// Trades and ratings: what the local API asks about them.
#include "app/node/backend.hpp"
#include "app/node/trade_views.hpp"
#include "market/address.hpp"

namespace hearsay::app {
namespace {

base::Result<api::Trade> shown(const base::Result<market::TradeView>& found) {
    if (!found) return std::unexpected(found.error());
    return to_api(*found, true);
}
base::Result<api::Rating> shown(const base::Result<market::RatingView>& found) {
    if (!found) return std::unexpected(found.error());
    return to_api(*found);
}

}  // namespace

void Backend::take_offer(const api::TradeDraft& draft, api::Reply<api::Trade> reply) {
    const auto wish = from_api(draft);
    if (!wish) return reply(std::unexpected(wish.error()));
    make<api::Trade>(std::move(reply), [wish = *wish](Shell::Turn& turn) {
        return shown(turn.market.take_offer(wish, turn));
    });
}

void Backend::list_trades(api::Reply<api::TradeList> reply) {
    show<api::TradeList>(std::move(reply), [](Shell::Turn& turn) -> base::Result<api::TradeList> {
        api::TradeList out;
        for (const market::TradeView& view : turn.market.trades(turn.store))
            *out.add_trades() = to_api(view, false);
        return out;
    });
}

void Backend::show_trade(const std::string& id, api::Reply<api::Trade> reply) {
    show<api::Trade>(std::move(reply),
                     [id](Shell::Turn& turn) { return shown(turn.market.trade(id, turn.store)); });
}

void Backend::move_trade(const std::string& id, const api::TradeMove& move,
                         api::Reply<api::Trade> reply) {
    const auto wish = from_api(move);
    if (!wish) return reply(std::unexpected(wish.error()));
    make<api::Trade>(std::move(reply), [id, wish = *wish](Shell::Turn& turn) {
        return shown(wish.evidence ? turn.market.show_to_arbiter(id, wish.draft, turn)
                                   : turn.market.move_trade(id, wish.draft, turn));
    });
}

void Backend::remove_trade(const std::string& id, api::Reply<api::Trade> reply) {
    answer<api::Trade>(std::move(reply), [id](Shell::Turn& turn) {
        return shown(turn.market.remove_trade(id, turn));
    });
}

void Backend::rate(const api::RatingDraft& draft, api::Reply<api::Rating> reply) {
    make<api::Rating>(std::move(reply), [draft](Shell::Turn& turn) {
        return shown(turn.market.rate(draft.trade(), draft.stars(), draft.text(), turn));
    });
}

void Backend::own_ratings(api::Reply<api::RatingList> reply) {
    show<api::RatingList>(std::move(reply), [](Shell::Turn& turn) -> base::Result<api::RatingList> {
        return to_api(turn.market.own_ratings(turn.store));
    });
}

void Backend::ratings(const std::string& persona, api::Reply<api::RatingList> reply) {
    const auto about = market::parse_persona(persona);
    if (!about) return reply(std::unexpected(about.error()));
    show<api::RatingList>(std::move(reply),
                          [about = *about](Shell::Turn& turn) -> base::Result<api::RatingList> {
                              return to_api(turn.market.ratings(about, turn.flood));
                          });
}

void Backend::remove_rating(const std::string& id, api::Reply<api::Rating> reply) {
    make<api::Rating>(std::move(reply), [id](Shell::Turn& turn) {
        return shown(turn.market.remove_rating(id, turn));
    });
}

}  // namespace hearsay::app
