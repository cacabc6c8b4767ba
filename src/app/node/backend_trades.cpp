// Trades and ratings: what the local API asks about them.
#include <tuple>

#include "api/encode/sentences.hpp"
#include "app/node/backend.hpp"
#include "app/node/trade_views.hpp"
#include "base/encoding.hpp"
#include "base/limits/api.hpp"

namespace hearsay::app {
namespace {

// Whoever takes an offer shows the version that is taken, and every one that its maker signed will
// do: the cheapest, too. What is over needs no warning any more.
std::optional<std::string> earlier_version(const market::TradeView& view, Shell::Turn& turn) {
    const market::trade::Move* const take = view.take();
    const bool mine = view.role == market::trade::Role::maker;
    if (!take || !mine || market::trade::is_over(view.phase)) return std::nullopt;
    const item::Read& taken = *take->offer;  // total: read() lets no Take without one through
    const auto id = base::to_hex(item::thing_of(*taken.header.publication()));
    const auto now = turn.market.offer(id, turn.store, turn.flood);
    const auto then = item::read_offer(taken.item.payload);
    if (!now || !then || now->item == taken.id) return std::nullopt;
    const auto terms = [](const item::OfferText& text) {
        const item::Exchange exchange = item::exchange_of(text);
        return std::tuple(text.title, text.text, exchange.give, exchange.want);
    };
    if (terms(*then) == terms(now->text)) return std::nullopt;  // it was renewed
    return "An earlier version of your offer was taken: see what it gives and wants before you "
           "accept.";
}

}  // namespace

api::Trade Backend::trade(const market::TradeView& view, bool with_messages,
                          Shell::Turn& turn) const {
    api::Trade out = to_api(view, with_messages);
    if (const auto maker = view.machine.maker()) out.set_maker_name(name_of(*maker, turn));
    if (const auto taker = view.machine.taker()) out.set_taker_name(name_of(*taker, turn));
    if (const auto& arbiter = view.machine.state().terms.arbiter)
        out.set_arbiter_name(name_of(arbiter->persona, turn));
    if (const auto warning = earlier_version(view, turn)) {
        out.add_warnings(*warning);
        *out.add_warnings_said() = api::recognize(*warning).value_or(api::Sentence());
    }
    return out;
}

base::Result<api::Trade> Backend::trade_answer(const base::Result<market::TradeView>& found,
                                               Shell::Turn& turn) const {
    if (!found) return std::unexpected(found.error());
    return trade(*found, true, turn);
}

api::Rating Backend::rating(const market::RatingView& view, Shell::Turn& turn) const {
    api::Rating out = to_api(view);
    out.set_by_name(name_of(view.publisher, turn));
    out.set_about_name(name_of(view.about, turn));
    return out;
}

base::Result<api::Rating> Backend::rating_answer(const base::Result<market::RatingView>& found,
                                                 Shell::Turn& turn) const {
    if (!found) return std::unexpected(found.error());
    return rating(*found, turn);
}

api::RatingList Backend::rating_list(const market::RatingsView& view, Shell::Turn& turn) const {
    api::RatingList out;
    for (const market::RatingView& each : view.newest) *out.add_ratings() = rating(each, turn);
    out.set_count(view.all.count);
    out.set_mean(view.all.mean());
    return out;
}

void Backend::take_offer(const api::TradeDraft& draft, api::Reply<api::Trade> reply) {
    const auto wish = from_api(draft);
    if (!wish) return reply(std::unexpected(wish.error()));
    make<api::Trade>(std::move(reply), [this, wish = *wish](Shell::Turn& turn) {
        return trade_answer(turn.market.take_offer(wish, turn), turn);
    });
}

void Backend::list_trades(const api::TradeQuery& query, api::Reply<api::TradeList> reply) {
    const auto make = [this](const market::trade::TradeId& id, Shell::Turn& turn) {
        const auto view = turn.market.trade(id, turn.store);
        return view ? std::optional(trade(*view, false, turn)) : std::nullopt;
    };
    shell_.look([this, query, make, reply = std::move(reply)](Shell::Turn& turn) -> Shell::Finish {
        return [this, query, make, reply,
                ids = turn.market.trades()](const std::optional<base::Error>&) mutable {
            const auto total = static_cast<std::uint32_t>(ids.size());
            keep_page(ids, query);
            show_rows<api::Trade>(std::move(ids), make,
                                  [reply, total](std::vector<api::Trade> rows) {
                                      api::TradeList out;
                                      for (api::Trade& row : rows)
                                          *out.add_trades() = std::move(row);
                                      out.set_total(total);
                                      reply(std::move(out));
                                  });
        };
    });
}

void Backend::show_trade(const std::string& id, api::Reply<api::Trade> reply) {
    show<api::Trade>(std::move(reply), [this, id](Shell::Turn& turn) {
        return trade_answer(turn.market.trade(id, turn.store), turn);
    });
}

void Backend::read_trade(const std::string& id, api::Reply<api::Trade> reply) {
    answer<api::Trade>(std::move(reply), [this, id](Shell::Turn& turn) {
        return trade_answer(turn.market.read_trade(id, turn), turn);
    });
}

void Backend::move_trade(const std::string& id, const api::TradeMove& move,
                         api::Reply<api::Trade> reply) {
    const auto wish = from_api(move);
    if (!wish) return reply(std::unexpected(wish.error()));
    make<api::Trade>(std::move(reply), [this, id, wish = *wish](Shell::Turn& turn) {
        // Who moves has seen what there is.
        if (const auto seen = turn.market.read_trade(id, turn); !seen)
            return trade_answer(seen, turn);
        return trade_answer(wish.evidence ? turn.market.show_to_arbiter(id, wish.draft, turn)
                                          : turn.market.move_trade(id, wish.draft, turn),
                            turn);
    });
}

void Backend::remove_trade(const std::string& id, api::Reply<api::Trade> reply) {
    answer<api::Trade>(std::move(reply), [this, id](Shell::Turn& turn) {
        return trade_answer(turn.market.remove_trade(id, turn), turn);
    });
}

void Backend::rate(const api::RatingDraft& draft, api::Reply<api::Rating> reply) {
    make<api::Rating>(std::move(reply), [this, draft](Shell::Turn& turn) {
        return rating_answer(
            turn.market.rate(draft.trade(), draft.stars(), draft.text(), turn,
                             draft.thing() ? market::RatingOf::thing : market::RatingOf::partner),
            turn);
    });
}

void Backend::own_ratings(api::Reply<api::RatingList> reply) {
    show<api::RatingList>(std::move(reply),
                          [this](Shell::Turn& turn) -> base::Result<api::RatingList> {
                              market::RatingsView view{turn.market.own_ratings(turn.store), {}};
                              for (const auto& each : view.newest) view.all.add(each.stars);
                              keep_page(view.newest, api::Page{base::limits::api_list_max});
                              return rating_list(view, turn);
                          });
}

void Backend::ratings(const std::string& persona, api::Reply<api::RatingList> reply) {
    show_rated<api::RatingList>(
        std::move(reply), [this, persona](Shell::Turn& turn) -> base::Result<api::RatingList> {
            const auto about = persona_named(persona, turn);
            if (!about) return std::unexpected(about.error());
            return rating_list(turn.market.ratings(*about, turn.flood), turn);
        });
}

void Backend::offer_ratings(const std::string& id, api::Reply<api::RatingList> reply) {
    show_rated<api::RatingList>(
        std::move(reply), [this, id](Shell::Turn& turn) -> base::Result<api::RatingList> {
            const auto offer = turn.market.offer(id, turn.store, turn.flood);
            if (!offer) return std::unexpected(offer.error());
            return rating_list(turn.market.ratings(offer->thing, turn.flood), turn);
        });
}

void Backend::remove_rating(const std::string& id, api::Reply<api::Rating> reply) {
    make<api::Rating>(std::move(reply), [this, id](Shell::Turn& turn) {
        return rating_answer(turn.market.remove_rating(id, turn), turn);
    });
}

}  // namespace hearsay::app
