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
    std::string out = "  " + (message.name().empty() ? "somebody's" : safe_line(message.name())) +
                      ": " + safe_line(message.move());
    if (!message.right().empty()) out += ", right: " + safe_line(message.right());
    out += ", " + describe_when(time_of(message.at()), style.now);
    if (message.shown()) out += ", shown to the arbiter";
    if (message.waiting()) out += " (it waits for an earlier message)";
    out += "\n";
    if (!message.problem().empty())
        out += "      not allowed, it changes nothing: " + safe_line(message.problem()) + "\n";
    if (message.has_terms()) out += "      " + safe_line(terms_of(message.terms())) + "\n";
    if (message.has_payload())
        out += "      payload: " + std::to_string(message.payload().content().size()) +
               " bytes of " + safe_line(message.payload().media_type()) + "\n";
    if (!message.text().empty()) out += safe_lines(message.text(), "      ");
    return out;
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
    std::string out = trade.title().empty() ? "A trade whose offer was not shown\n"
                                            : safe_title(trade.title()) + "\n";
    if (const std::string deal = deal_of(trade); !deal.empty())
        out += field(is_settled(trade) ? "agreed" : "proposed",
                     deal + (is_settled(trade) || trade.proposer().empty()
                                 ? ""
                                 : ", by the " + trade.proposer()));
    out += field("id", trade.id());
    out += field("you are", "the " + trade.role());
    out +=
        field("state", trade.state() + (trade.right().empty() ? "" : ", right: " + trade.right()));
    out += optional_field("offer", trade.offer());
    if (!trade.give().empty() && !trade.terms().give().empty())
        out += field("offered", trade.give() + " for " + trade.want());
    out += field("terms", terms_of(trade.terms()));
    out += named_fields("arbiter", trade.arbiter_name(), trade.terms().arbiter());
    out += named_fields("maker", trade.maker_name(), trade.maker());
    out += named_fields("taker", trade.taker_name(), trade.taker());
    out += optional_field("done", joined(trade.done()));
    out += field("you can", trade.possible().empty() ? "do nothing more" : moves_of(trade));
    if (trade.turn()) out += field("", "it waits for you");
    out += optional_field("your rating", trade.rating());
    for (const std::string& warning : trade.warnings()) out += "\n" + safe_line(warning) + "\n";
    for (const api::TradeMissing& missing : trade.missing()) {
        std::string numbers;
        for (std::uint32_t number : missing.numbers())
            numbers += (numbers.empty() ? "" : ", ") + safe_line(missing.by()) + "-" +
                       std::to_string(number);
        out += "\nNot here: " + numbers + "\n";
    }
    if (!trade.messages().empty()) out += "\n";
    for (const api::TradeMessage& message : trade.messages()) out += message_of(message, style);
    return out;
}

std::string show(const api::TradeList& trades, const Style& style) {
    if (trades.trades().empty()) return "No trades.\n";
    Table table{{{"ID", "TITLE", "FOR", "YOU ARE", "STATE", "CHANGED", "YOU CAN"}}};
    constexpr std::size_t price_columns = 24;
    for (const api::Trade& trade : trades.trades()) {
        const bool said = !trade.terms().want().empty();
        table.rows.push_back(
            {safe_line(trade.id().substr(0, 12)), safe_title(trade.title()),
             cut(safe_line(said ? trade.terms().want() : trade.want()), price_columns),
             safe_line(trade.role()), safe_line(trade.state()),
             describe_when(time_of(trade.changed()), style.now),
             (trade.turn() ? "your turn: " : "") + safe_line(moves_of(trade))});
    }
    return table.print(1, style.width);
}

std::string show(const api::Rating& rating, const Style& style) {
    std::string out = stars_of(rating.stars()) + (rating.mine() ? "  (yours)" : "") + "\n";
    out += field("id", rating.id());
    out += optional_field("of the thing", rating.thing());
    out +=
        named_fields(rating.thing().empty() ? "about" : "of", rating.about_name(), rating.about());
    out += named_fields("by", rating.by_name(), rating.by());
    out += field("", "the " + rating.by_role() + " of the trade");
    out += field("made", when_made(rating.created(), style));
    out += optional_field("state", rating.state());
    if (!rating.text().empty()) out += "\n" + safe_lines(rating.text(), "    ");
    return out;
}

std::string show(const api::RatingList& ratings, const Style& style) {
    if (ratings.ratings().empty()) return "No ratings.\n";
    std::string out =
        counted(ratings.count(), "rating") + ", " + stars_on_average(ratings.mean()) + "\n";
    for (const api::Rating& rating : ratings.ratings()) {
        out += "\n  " + stars_of(rating.stars()) + "  by " +
               safe_line(rating.by_name().empty() ? rating.by() : rating.by_name()) + ", " +
               describe_made(time_of(rating.created()), style.now, base::limits::created_step) +
               (rating.mine() ? ", yours: " + safe_line(rating.id()) : "") + "\n";
        if (!rating.text().empty()) out += safe_lines(rating.text(), "      ");
    }
    return out;
}

}  // namespace hearsay::app::cli
