#include "app/cli/run_trade.hpp"

#include <fstream>
#include <iostream>

#include "app/cli/asker.hpp"
#include "app/cli/new_file.hpp"
#include "base/limits/trades.hpp"

namespace hearsay::app::cli {
namespace {

void fill(api::TradeTerms* out, const TradeCommand& command) {
    out->set_give(command.give);
    out->set_want(command.want);
    out->set_text(command.terms);
    out->set_ships(command.ships);
    out->set_arbiter(command.arbiter);
    if (!command.arbiter.empty()) out->set_arbiter_mailbox(command.arbiter_mailbox);
}

std::expected<std::string, std::string> read_payload(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) return std::unexpected("--payload: " + cannot_read(path));
    std::string out(base::limits::trade_payload_bytes_max + 1, '\0');
    file.read(out.data(), static_cast<std::streamsize>(out.size()));
    out.resize(static_cast<std::size_t>(file.gcount()));
    if (file.bad()) return std::unexpected("--payload: " + cannot_read(path));
    if (out.size() > base::limits::trade_payload_bytes_max)
        return std::unexpected("--payload: " + path + " is longer than " +
                               std::to_string(base::limits::trade_payload_bytes_max) +
                               " bytes, which fit a letter");
    return out;
}

int print_payload(const TradeCommand& command, const Asker& asker) {
    // Somebody else's bytes, untouched: they could move the cursor, set titles, type commands.
    if (asker.terminal.out_is_tty)
        return asker.usage(
            "a payload is not written to a terminal, which it could command; redirect it into a "
            "file: "
            "hearsay trade payload " +
            command.id + " " + command.message + " > FILE");
    std::string raw;
    const auto trade = asker.get<api::Trade>("GET", "/v1/trades/" + command.id, nullptr, raw);
    if (!trade) return trade.error();
    for (const api::TradeMessage& message : trade->messages()) {
        if (message.name() != command.message || !message.has_payload()) continue;
        asker.terminal.out << message.payload().content() << std::flush;
        return exit_ok;
    }
    return report(asker.terminal, asker.json, exit_not_found, "not_found",
                  "message " + command.message + " of this trade carries no payload");
}

std::string named(const std::vector<std::string>& names) {
    std::string out;
    for (const std::string& name : names) out += (out.empty() ? "" : ", ") + name;
    return out.empty() ? "nothing" : out;
}

// Nothing to show was named: says what there is, and sends nothing.
int tell_evidence(const TradeCommand& command, const Asker& asker) {
    std::string raw;
    const auto trade = asker.get<api::Trade>("GET", "/v1/trades/" + command.id, nullptr, raw);
    if (!trade) return trade.error();
    std::vector<std::string> shown, others;
    for (const api::TradeMessage& message : trade->messages())
        if (!message.name().empty()) (message.shown() ? shown : others).push_back(message.name());
    return asker.usage(
        "say what the arbiter is to be shown: --all, or --show NAME,NAME. It was shown " +
        named(shown) + "; not shown: " + named(others));
}

// Its letters count as read from now on; where nothing can be kept it is shown all the same.
int show_trade(const std::string& target, const Asker& asker) {
    const auto marked = asker.client.ask("POST", target + "/read", "");
    if (!marked || marked->status >= 400) return asker.ask<api::Trade>("GET", target);
    api::Trade trade;
    if (!api::from_json(marked->body, trade, api::Unknown::ignore))
        return report_nonsense(asker.terminal, asker.json);
    asker.terminal.out << (asker.json ? marked->body + "\n" : show(trade, style_of(asker.terminal)))
                       << std::flush;
    return exit_ok;
}

}  // namespace

int run_trade(const TradeCommand& command, const std::string& text, const Client& client, bool json,
              Terminal& terminal) {
    const Asker asker{client, json, terminal};
    const std::string target = "/v1/trades/" + command.id;
    if (command.move == "show") return show_trade(target, asker);
    if (command.move == "evidence" && !command.show_all && command.show.empty())
        return tell_evidence(command, asker);
    if (command.move == "remove")
        return asker.ask<api::Trade>("DELETE", target, nullptr, "Removed: ");
    if (command.move == "payload") return print_payload(command, asker);
    if (command.move == "take") {
        api::TradeDraft draft;
        draft.set_offer(command.id);
        draft.set_text(text);
        fill(draft.mutable_terms(), command);
        return asker.ask<api::Trade>("POST", "/v1/trades", &draft);
    }
    api::TradeMove move;
    move.set_move(command.move);
    move.set_text(text);
    if (!command.payload_file.empty()) {
        const auto content = read_payload(command.payload_file);
        if (!content) return asker.usage(content.error());
        move.mutable_payload()->set_media_type(command.payload_type);
        move.mutable_payload()->set_content(*content);
    }
    if (command.changes_terms) fill(move.mutable_terms(), command);
    move.set_right(command.right);
    move.set_show_all(command.show_all);
    for (const std::string& name : command.show) move.add_show(name);
    if (command.arbiter.empty()) move.set_arbiter_mailbox(command.arbiter_mailbox);
    return asker.ask<api::Trade>("POST", target + "/moves", &move);
}

namespace {

// The trade does not know it; the offer and the taker do.
int remove_thing_rating(const api::Trade& trade, const Asker& asker) {
    std::string raw;
    const auto mine = asker.get<api::RatingList>("GET", "/v1/ratings", nullptr, raw);
    if (!mine) return mine.error();
    for (const api::Rating& rating : mine->ratings())
        if (!rating.thing().empty() && rating.thing() == trade.offer() &&
            rating.by() == trade.taker() && rating.state() != "removed")
            return asker.ask<api::Rating>("DELETE", "/v1/ratings/" + rating.id(), nullptr,
                                          "Removed: ");
    return report(asker.terminal, asker.json, exit_not_found, "not_found",
                  "you have not rated what was traded");
}

}  // namespace

int run_rate(const RateCommand& command, const std::string& text, const Client& client, bool json,
             Terminal& terminal) {
    const Asker asker{client, json, terminal};
    if (!command.remove) {
        api::RatingDraft draft;
        draft.set_trade(command.id);
        draft.set_stars(command.stars);
        draft.set_text(text);
        draft.set_thing(command.thing);
        return asker.ask<api::Rating>("POST", "/v1/ratings", &draft);
    }
    // A rating outlives its trade, which may be removed, or not be back after a recovery:
    // then it is told by its own id.
    if (const auto known = client.ask("GET", "/v1/trades/" + command.id, "");
        known && known->status == 404)
        return asker.ask<api::Rating>("DELETE", "/v1/ratings/" + command.id, nullptr, "Removed: ");
    std::string raw;
    const auto trade = asker.get<api::Trade>("GET", "/v1/trades/" + command.id, nullptr, raw);
    if (!trade) return trade.error();
    if (command.thing) return remove_thing_rating(*trade, asker);
    if (trade->rating().empty())
        return report(terminal, json, exit_not_found, "not_found", "you have not rated this trade");
    return asker.ask<api::Rating>("DELETE", "/v1/ratings/" + trade->rating(), nullptr, "Removed: ");
}

}  // namespace hearsay::app::cli
