// Trades and ratings as text for a person.
#include "app/cli/show.hpp"
#include "app/cli/show_parts.hpp"
#include "app/cli/text.hpp"

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
    std::string out = "  " + std::to_string(message.number()) + "  " +
                      (message.by().empty() ? "somebody" : safe_line(message.by())) + ": " +
                      safe_line(message.move());
    if (!message.right().empty()) out += ", right: " + safe_line(message.right());
    out += ", " + describe_when(time_of(message.at()), style.now);
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

std::string stars_of(std::uint32_t stars) {
    std::string out;
    for (std::uint32_t i = 1; i <= 5; ++i) out += i <= stars ? '*' : '.';
    return out;
}

}  // namespace

std::string show(const api::Trade& trade, const Style& style) {
    std::string out = trade.title().empty() ? "A trade whose offer was not shown\n"
                                            : safe_line(trade.title()) + "\n";
    out += field("id", trade.id());
    out += field("you are", "the " + trade.role());
    out +=
        field("state", trade.state() + (trade.right().empty() ? "" : ", right: " + trade.right()));
    out += optional_field("offer", trade.offer());
    out += optional_field("give", trade.give());
    out += optional_field("want", trade.want());
    out += field("terms", terms_of(trade.terms()));
    out += optional_field("arbiter", trade.terms().arbiter());
    out += optional_field("maker", trade.maker());
    out += optional_field("taker", trade.taker());
    out += optional_field("done", joined(trade.done()));
    out +=
        field("you can", trade.possible().empty() ? "do nothing more" : joined(trade.possible()));
    out += optional_field("your rating", trade.rating());
    for (const std::string& warning : trade.warnings()) out += "\n" + safe_line(warning) + "\n";
    for (const api::TradeMissing& missing : trade.missing()) {
        std::string numbers;
        for (std::uint32_t number : missing.numbers())
            numbers += (numbers.empty() ? "" : ", ") + std::to_string(number);
        out += "\nNot here, of the " + safe_line(missing.by()) + "'s own count: " + numbers + "\n";
    }
    if (!trade.messages().empty()) out += "\n";
    for (const api::TradeMessage& message : trade.messages()) out += message_of(message, style);
    return out;
}

std::string show(const api::TradeList& trades, const Style& style) {
    if (trades.trades().empty()) return "No trades.\n";
    Table table{{{"ID", "TITLE", "YOU ARE", "STATE", "CHANGED", "YOU CAN"}}};
    for (const api::Trade& trade : trades.trades())
        table.rows.push_back({safe_line(trade.id().substr(0, 12)), safe_line(trade.title()),
                              safe_line(trade.role()), safe_line(trade.state()),
                              describe_when(time_of(trade.changed()), style.now),
                              safe_line(joined(trade.possible()))});
    return table.print(1, style.width);
}

std::string show(const api::Rating& rating, const Style& style) {
    std::string out = stars_of(rating.stars()) + (rating.mine() ? "  (yours)" : "") + "\n";
    out += field("id", rating.id());
    out += field("about", rating.about());
    out += field("by", rating.by() + ", the " + rating.by_role() + " of the trade");
    out += field("made", when(rating.created(), style));
    out += optional_field("state", rating.state());
    if (!rating.text().empty()) out += "\n" + safe_lines(rating.text(), "    ");
    return out;
}

std::string show(const api::RatingList& ratings, const Style& style) {
    if (ratings.ratings().empty()) return "No ratings.\n";
    const auto tenths = static_cast<std::uint32_t>(ratings.mean() * 10 + 0.5);
    std::string out = counted(ratings.count(), "rating") + ", " + std::to_string(tenths / 10) +
                      "." + std::to_string(tenths % 10) + " stars on average\n";
    for (const api::Rating& rating : ratings.ratings()) {
        out += "\n  " + stars_of(rating.stars()) + "  by " + safe_line(rating.by()) + ", " +
               describe_when(time_of(rating.created()), style.now) +
               (rating.mine() ? ", yours: " + safe_line(rating.id()) : "") + "\n";
        if (!rating.text().empty()) out += safe_lines(rating.text(), "      ");
    }
    return out;
}

}  // namespace hearsay::app::cli
