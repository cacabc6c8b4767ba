#include "app/cli/commands_trade.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "app/cli/command_parts.hpp"

namespace hearsay::app::cli {
namespace {

void add_text(po::options_description& options, const char* name, const char* value,
              const char* what) {
    options.add_options()(name, po::value<std::string>()->value_name(value), what);
}
void say_options(po::options_description& options) {
    add_text(options, "text", "TEXT", "what to say with it");
    add_text(options, "text-file", "FILE",
             "read that from FILE, or from standard input if it is -");
}
void payload_options(po::options_description& options) {
    say_options(options);
    add_text(options, "payload", "FILE", "pass on this file untouched, at most 24576 bytes");
    add_text(options, "type", "TYPE", "the payload's media type (application/octet-stream)");
}
void terms_options(po::options_description& options) {
    say_options(options);
    add_text(options, "give", "WHAT",
             "what the maker gives, if not as the offer says; with --want");
    add_text(options, "want", "WHAT", "what the taker gives for it; with --give");
    add_text(options, "terms", "TEXT", "what else is to be agreed on");
    add_text(options, "ships", "WHO",
             "whose sending the other side has to confirm: both (usual), maker or taker");
    add_text(options, "arbiter", "hsp1.../hsm1...", "persona and mailbox of who decides a dispute");
}
void show_options(po::options_description& options) {
    options.add_options()("all", po::bool_switch(), "show the arbiter every message");
    add_text(options, "show", "NAME,NAME...",
             "show it those of these names, such as maker-2, and what it needs in any case");
    add_text(options, "arbiter-mailbox", "hsm1...",
             "the arbiter's mailbox, if not the one in the terms");
}
void dispute_options(po::options_description& options) {
    say_options(options);
    show_options(options);
}
void ruling_options(po::options_description& options) {
    say_options(options);
    add_text(options, "right", "WHO", "who is right: maker, taker or neither");
}
void rate_options(po::options_description& options) {
    say_options(options);
    add_text(options, "stars", "N", "1 to 5");
    options.add_options()("thing", po::bool_switch(),
                          "rate what was traded, not the partner; only who took the offer can");
    options.add_options()("remove", po::bool_switch(), "take your rating of this trade back");
}
bool is_word(const std::string& text) {
    return !text.empty() && text.size() <= 100 && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    });
}

std::optional<std::uint32_t> positive(std::string_view text) {
    std::uint32_t out = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    if (error != std::errc() || end != text.data() + text.size() || out == 0) return std::nullopt;
    return out;
}

// Who signed it, and as which of theirs: the same on all sides.
bool is_message_name(std::string_view text) {
    for (const std::string_view who : {"maker-", "taker-", "arbiter-"})
        if (text.starts_with(who)) return positive(text.substr(who.size())).has_value();
    return false;
}

std::expected<std::vector<std::string>, std::string> names_of(const std::string& text) {
    std::vector<std::string> out;
    std::string_view left = text;
    while (!left.empty()) {
        const std::size_t end = std::min(left.find(','), left.size());
        const std::string_view name = left.substr(0, end);
        if (!is_message_name(name))
            return std::unexpected(
                "--show: expected names of messages with commas between, such as maker-2,taker-1; "
                "\"hearsay trade show\" shows them");
        out.emplace_back(name);
        left.remove_prefix(std::min(end + 1, left.size()));
    }
    return out;
}

// Everything that any of the trade's commands may take; what it does not take its options do not
// have.
std::expected<TradeCommand, std::string> read(const po::variables_map& given, const char* move,
                                              const char* what) {
    TradeCommand out;
    out.move = move;
    out.id = text_of(given, "id");
    if (!is_word(out.id)) return std::unexpected(std::string("expected ") + what);
    if (given.count("text") != 0) out.text.text = text_of(given, "text");
    if (given.count("text-file") != 0) out.text.file = text_of(given, "text-file");
    if (out.text.text && out.text.file)
        return std::unexpected("give --text or --text-file, not both");
    out.payload_file = text_of(given, "payload");
    out.payload_type =
        given.count("type") != 0 ? text_of(given, "type") : "application/octet-stream";
    for (const char* name : {"give", "want", "terms", "ships", "arbiter"})
        out.changes_terms |= given.count(name) != 0;
    out.give = text_of(given, "give");
    out.want = text_of(given, "want");
    out.terms = text_of(given, "terms");
    out.ships = text_of(given, "ships");
    if (const std::string both = text_of(given, "arbiter"); !both.empty()) {
        const std::size_t slash = both.find('/');
        if (slash == std::string::npos)
            return std::unexpected(
                "--arbiter: expected a persona and a mailbox with a slash between: "
                "hsp1.../hsm1...");
        out.arbiter = both.substr(0, slash);
        out.arbiter_mailbox = both.substr(slash + 1);
    }
    if (given.count("arbiter-mailbox") != 0)
        out.arbiter_mailbox = text_of(given, "arbiter-mailbox");
    out.right = text_of(given, "right");
    out.show_all = given.count("all") != 0 && given["all"].as<bool>();
    auto names = names_of(text_of(given, "show"));
    if (!names) return std::unexpected(names.error());
    out.show = *std::move(names);
    return out;
}

constexpr const char* trade_wanted =
    "a trade's id or its first 8 digits or more; \"hearsay trade list\" shows them";

Built take(const po::variables_map& given) {
    auto out =
        read(given, "take",
             "an offer's id or its first 8 digits or more; \"hearsay offer list\" shows them");
    if (!out) return std::unexpected(out.error());
    return *std::move(out);
}
Built list(const po::variables_map& given) {
    const auto part = list_part_of(given);
    if (!part) return std::unexpected(part.error());
    return TradeList{*part};
}
template <const char* const& Move>
Built move(const po::variables_map& given) {
    auto out = read(given, Move, trade_wanted);
    if (!out) return std::unexpected(out.error());
    return *std::move(out);
}
constexpr const char* word_show = "show";
constexpr const char* word_accept = "accept";
constexpr const char* word_decline = "decline";
constexpr const char* word_counter = "counter";
constexpr const char* word_confirm = "confirm";
constexpr const char* word_pay_info = "pay-info";
constexpr const char* word_shipped = "shipped";
constexpr const char* word_received = "received";
constexpr const char* word_dispute = "dispute";
constexpr const char* word_evidence = "evidence";
constexpr const char* word_text = "text";
constexpr const char* word_close = "close";
constexpr const char* word_remove = "remove";

Built rule(const po::variables_map& given) {
    auto out = read(given, "ruling", trade_wanted);
    if (!out) return std::unexpected(out.error());
    if (out->right != "maker" && out->right != "taker" && out->right != "neither")
        return std::unexpected("expected --right with maker, taker or neither");
    return *std::move(out);
}
Built payload(const po::variables_map& given) {
    auto out = read(given, "payload", trade_wanted);
    if (!out) return std::unexpected(out.error());
    out->message = text_of(given, "message");
    if (!is_message_name(out->message))
        return std::unexpected(
            "expected the name of a message, such as maker-2; \"hearsay trade show\" shows them");
    return *std::move(out);
}
Built rate(const po::variables_map& given) {
    const auto read_words = read(given, "rate", trade_wanted);
    if (!read_words) return std::unexpected(read_words.error());
    RateCommand out{read_words->id, 0, read_words->text, given["remove"].as<bool>(),
                    given["thing"].as<bool>()};
    const auto stars = positive(text_of(given, "stars"));
    if (out.remove == stars.has_value() || (stars && *stars > 5))
        return std::unexpected("expected --stars with a number from 1 to 5, or --remove");
    out.stars = stars.value_or(0);
    return out;
}
void ratings_options(po::options_description& options) {
    add_text(options, "thing", "OFFER", "what was said of the thing that this offer offers");
}
Built ratings(const po::variables_map& given) {
    if (given.count("thing") != 0) {
        if (given.count("id") != 0)
            return std::unexpected("expected a persona or --thing OFFER, not both");
        auto offer = id_of(given, "thing", "an offer's id after --thing");
        if (!offer) return std::unexpected(offer.error());
        return RatingsShow{"", *std::move(offer)};
    }
    auto persona = anybody_of(given, "id");
    if (!persona) return std::unexpected(persona.error());
    return RatingsShow{*std::move(persona), ""};
}

constexpr std::array<CommandSpec, 19> table{{
    {"trade", "take", "id",
     "OFFER [--text TEXT] [--give WHAT --want WHAT] [--ships WHO] [--arbiter hsp1.../hsm1...]",
     "take an offer: propose a trade to its maker",
     "The maker accepts, declines or counters. A fresh persona signs for you and a fresh mailbox "
     "takes the\n"
     "answers. Whether you want an arbiter has to be said now, or in a counter: later nobody can "
     "add one.\n\n"
     "Examples:\n  hearsay trade take 3f2a9c1e --text \"On Friday?\"\n"
     "  hearsay trade take 3f2a9c1e --give bicycle --want \"70 EUR\"\n",
     terms_options, take},
    {"trade", "list", "", "[--page N | --all]", "your trades, newest first",
     "Examples:\n  hearsay trade list\n", part_options, list},
    {"trade", "show", "id", "TRADE", "one trade with its messages, and what you can do now",
     "Examples:\n  hearsay trade show 81c0ffee\n", no_options, move<word_show>},
    {"trade", "accept", "id", "TRADE [--text TEXT] [--payload FILE]",
     "accept the other side's proposal",
     "This binds you. It is agreed when the other side's node has confirmed it, which it does by "
     "itself; "
     "ship\n"
     "nothing before.\n\nExamples:\n  hearsay trade accept 81c0ffee\n",
     payload_options, move<word_accept>},
    {"trade", "decline", "id", "TRADE [--text TEXT]",
     "decline the other side's proposal; the trade is over",
     "Examples:\n  hearsay trade decline 81c0ffee --text \"Sold already\"\n", say_options,
     move<word_decline>},
    {"trade", "counter", "id",
     "TRADE [--give WHAT --want WHAT] [--terms TEXT] [--ships WHO] [--arbiter A/M]",
     "answer a proposal with another one",
     "What is not given stays as it was proposed, if nothing is given at all.\n\n"
     "Examples:\n  hearsay trade counter 81c0ffee --give bicycle --want \"75 EUR\"\n",
     terms_options, move<word_counter>},
    {"trade", "confirm", "id", "TRADE", "confirm that your proposal was accepted",
     "Your node does this by itself. Only if it could not (the outbox was full) you do.\n\n"
     "Examples:\n  hearsay trade confirm 81c0ffee\n",
     no_options, move<word_confirm>},
    {"trade", "pay-info", "id", "TRADE [--text TEXT] [--payload FILE [--type TYPE]]",
     "say how to pay",
     "A payload is a file for the other side's wallet, such as a PSBT; it arrives byte for "
     "byte.\n\n"
     "Examples:\n  hearsay trade pay-info 81c0ffee --payload tx.psbt --type application/psbt\n",
     payload_options, move<word_pay_info>},
    {"trade", "shipped", "id", "TRADE [--text TEXT] [--payload FILE]",
     "say that your part is on its way",
     "After this the trade cannot be cancelled.\n\n"
     "Examples:\n  hearsay trade shipped 81c0ffee --text \"RR123456789\"\n",
     payload_options, move<word_shipped>},
    {"trade", "received", "id", "TRADE [--text TEXT]", "say that the other side's part has arrived",
     "Examples:\n  hearsay trade received 81c0ffee\n", say_options, move<word_received>},
    {"trade", "dispute", "id", "TRADE --text TEXT [--all | --show NAME,NAME]", "call the arbiter",
     "Only if the terms name one. The arbiter is shown what was agreed, the dispute and what you "
     "choose.\n\n"
     "Examples:\n  hearsay trade dispute 81c0ffee --text \"Nothing came\" --show maker-3\n",
     dispute_options, move<word_dispute>},
    {"trade", "evidence", "id", "TRADE --all | --show NAME,NAME",
     "show the arbiter more, in a dispute",
     "Without an option it says what the arbiter was shown and what not, and sends nothing.\n\n"
     "Examples:\n  hearsay trade evidence 81c0ffee --all\n",
     show_options, move<word_evidence>},
    {"trade", "text", "id", "TRADE [--text TEXT] [--payload FILE]", "write to the other side",
     "Examples:\n  hearsay trade text 81c0ffee --text \"Tomorrow at noon\"\n", payload_options,
     move<word_text>},
    {"trade", "close", "id", "TRADE [--text TEXT]", "withdraw, ask to cancel, or say good-bye",
     "Before the agreement it withdraws. In it, as long as nothing is shipped, it asks to cancel: "
     "when both\n"
     "sides have, the trade is cancelled. When the trade is over it says that you will write no "
     "more.\n\n"
     "Examples:\n  hearsay trade close 81c0ffee\n",
     say_options, move<word_close>},
    {"trade", "rule", "id", "TRADE --right WHO [--text TEXT]",
     "as the arbiter: decide, once, for both sides",
     "Examples:\n  hearsay trade rule 81c0ffee --right taker --text \"The parcel was empty\"\n",
     ruling_options, rule},
    {"trade", "payload", "id message", "TRADE MESSAGE",
     "write a message's payload to standard output, byte for byte",
     "Not to a terminal, which another's bytes could command.\n\n"
     "Examples:\n  hearsay trade payload 81c0ffee maker-2 > tx.psbt\n",
     no_options, payload},
    {"trade", "remove", "id", "TRADE", "forget a trade that is over",
     "Your rating of it stays.\n\nExamples:\n  hearsay trade remove 81c0ffee\n", no_options,
     move<word_remove>},
    {"rate", "", "id", "TRADE [--thing] --stars N [--text TEXT] | TRADE [--thing] --remove",
     "rate the other side of a trade, or what was traded, for everybody",
     "The rating carries the proof that both of you agreed on a trade, and tells neither which nor "
     "about "
     "what.\n"
     "With --thing it is about what was traded: it names the offer, and no other trade.\n"
     "It names your persona of this trade. Again: it replaces the one before. To remove it the "
     "rating's own "
     "id "
     "will do,\n"
     "where the trade is not here any more.\n\n"
     "Examples:\n  hearsay rate 81c0ffee --stars 5 --text \"Quick\"\n"
     "  hearsay rate 81c0ffee --thing --stars 3 --text \"Rusty\"\n",
     rate_options, rate},
    {"ratings", "", "id", "[PERSONA | --thing OFFER]",
     "what was said about a persona or a thing; without one, what you said",
     "Mind that a persona can be rated by others that belong to the same person.\n\n"
     "Examples:\n  hearsay ratings hsp1...\n  hearsay ratings Anna\n  hearsay ratings main\n"
     "  hearsay ratings --thing 3f2a9c1e\n",
     ratings_options, ratings},
}};

}  // namespace

std::span<const CommandSpec> trade_commands() {
    return table;
}

}  // namespace hearsay::app::cli
