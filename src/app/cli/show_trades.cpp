// Trades and ratings as text for a person.
#include "app/cli/show.hpp"
#include "app/cli/show_parts.hpp"
#include "app/cli/text.hpp"
#include "base/limits/items.hpp"

namespace hearsay::app::cli {
namespace {

std::string terms_of(const api::TradeTerms& terms) {
    std::string out;
    if (!terms.give().empty()) out += "the maker gives " + terms.give() + " for " + terms.want();
    if (terms.ships() == "maker" || terms.ships() == "taker")
        out += (out.empty() ? "" : "; ") + std::string("only the ") + terms.ships() + " ships";
    if (!terms.text().empty()) out += (out.empty() ? "" : "; ") + terms.text();
    return out.empty() ? "as the offer says" : out;
}

std::string message_of(const api::TradeMessage& message, const Style& style) {
    std::string said =
        "  " + (message.name().empty() ? "somebody's" : message.name()) + ": " + message.move();
    if (!message.right().empty()) said += ", right: " + message.right();
    said += ", " + describe_when(time_of(message.at()), style.now);
    if (message.shown()) said += ", shown to the arbiter";
    if (message.waiting()) said += " (it waits for an earlier message)";
    std::string out = wrapped(safe_line(said), 6, style.width) + "\n";
    if (!message.problem().empty())
        out += remark(style, "not allowed, it changes nothing: " + message.problem());
    if (message.has_terms()) out += remark(style, terms_of(message.terms()));
    if (message.has_payload())
        out += remark(style, "payload: " + std::to_string(message.payload().content().size()) +
                                 " bytes of " + message.payload().media_type());
    return out + text_lines(style, message.text(), 6);
}

// What was agreed on, or proposed last; else what the offer says.
std::string deal_of(const api::Trade& trade) {
    const bool said = !trade.terms().give().empty();
    const std::string& give = said ? trade.terms().give() : trade.give();
    const std::string& want = said ? trade.terms().want() : trade.want();
    if (give.empty() || want.empty()) return give + want;
    return give + " for " + want;
}

bool is_settled(const api::Trade& trade) {
    return trade.state() != "proposed" && trade.state() != "declined" &&
           trade.state() != "withdrawn" && !trade.state().empty();
}

// As the commands are called.
std::string moves_of(const api::Trade& trade) {
    std::string out;
    for (const std::string& move : trade.possible())
        out += (out.empty() ? "" : ", ") + (move == "ruling" ? std::string("rule") : move);
    return out;
}

std::string stars_of(std::uint32_t stars) {
    std::string out;
    for (std::uint32_t i = 1; i <= 5; ++i) out += i <= stars ? '*' : '.';
    return out;
}

}  // namespace

std::string show(const api::Trade& trade, const Style& style) {
    std::string out = heading(style, trade.title().empty() ? "A trade whose offer was not shown"
                                                           : safe_title(trade.title()));
    if (const std::string deal = deal_of(trade); !deal.empty())
        out += field(style, is_settled(trade) ? "agreed" : "proposed",
                     deal + (is_settled(trade) || trade.proposer().empty()
                                 ? ""
                                 : ", by the " + trade.proposer()));
    out += field(style, "id", trade.id());
    out += field(style, "you are", "the " + trade.role());
    out += field(style, "state",
                 trade.state() + (trade.right().empty() ? "" : ", right: " + trade.right()));
    out += optional_field(style, "offer", trade.offer());
    if (!trade.give().empty() && !trade.terms().give().empty())
        out += field(style, "offered", trade.give() + " for " + trade.want());
    out += field(style, "terms", terms_of(trade.terms()));
    out += named_fields(style, "arbiter", trade.arbiter_name(), trade.terms().arbiter());
    out += named_fields(style, "maker", trade.maker_name(), trade.maker());
    out += named_fields(style, "taker", trade.taker_name(), trade.taker());
    out += optional_field(style, "done", joined(trade.done()));
    out += field(style, "you can", trade.possible().empty() ? "do nothing more" : moves_of(trade));
    if (trade.turn()) out += field(style, "", "it waits for you");
    out += optional_field(style, "you rated", trade.rating());
    for (const std::string& warning : trade.warnings()) out += "\n" + heading(style, warning);
    for (const api::TradeMissing& missing : trade.missing()) {
        std::string numbers;
        for (std::uint32_t number : missing.numbers())
            numbers += (numbers.empty() ? "" : ", ") + safe_line(missing.by()) + "-" +
                       std::to_string(number);
        out += "\n" + heading(style, "Not here: " + numbers);
    }
    if (!trade.messages().empty()) out += "\n";
    for (const api::TradeMessage& message : trade.messages()) out += message_of(message, style);
    return out;
}

std::string show(const api::TradeList& trades, const Style& style) {
    if (trades.trades().empty()) return "No trades.\n";
    Table table({{"ID"},
                 {"TITLE", 16},
                 {"FOR", 12},
                 {"YOU ARE", unbroken, 2},
                 {"STATE"},
                 {"CHANGED", unbroken, 3},
                 {""},
                 {"YOU CAN", unbroken, 4}});
    for (const api::Trade& trade : trades.trades()) {
        const bool said = !trade.terms().want().empty();
        table.add({short_id(trade.id()), safe_title(trade.title()),
                   safe_line(said ? trade.terms().want() : trade.want()), safe_line(trade.role()),
                   safe_line(trade.state()), describe_when(time_of(trade.changed()), style.now),
                   trade.turn() ? "your turn" : "", safe_line(moves_of(trade))});
    }
    return table.print(style.width);
}

std::string show(const api::Rating& rating, const Style& style) {
    std::string out = heading(style, stars_of(rating.stars()) + (rating.mine() ? "  (yours)" : ""));
    out += field(style, "id", rating.id());
    out += optional_field(style, "of thing", rating.thing());
    out += named_fields(style, rating.thing().empty() ? "about" : "of", rating.about_name(),
                        rating.about());
    out += named_fields(style, "by", rating.by_name(), rating.by());
    out += field(style, "", "the " + rating.by_role() + " of the trade");
    out += field(style, "made", when_made(rating.created(), style));
    out += optional_field(style, "state", rating.state());
    return out + text_below(style, rating.text());
}

std::string show(const api::RatingList& ratings, const Style& style) {
    if (ratings.ratings().empty()) return "No ratings.\n";
    std::string out = heading(
        style, counted(ratings.count(), "rating") + ", " + stars_on_average(ratings.mean()));
    for (const api::Rating& rating : ratings.ratings()) {
        const std::string line =
            "  " + stars_of(rating.stars()) + "  by " +
            (rating.by_name().empty() ? rating.by() : rating.by_name()) + ", " +
            describe_made(time_of(rating.created()), style.now, base::limits::created_step) +
            (rating.mine() ? ", yours: " + rating.id() : "");
        out += "\n" + wrapped(safe_line(line), 6, style.width) + "\n" +
               text_lines(style, rating.text(), 6);
    }
    return out;
}

}  // namespace hearsay::app::cli
