#include "app/node/trade_views.hpp"

#include <algorithm>
#include <charconv>

#include "api/encode/sentences.hpp"
#include "app/node/publication_views.hpp"
#include "base/limits/api.hpp"
#include "item/mailbox.hpp"
#include "market/address.hpp"

namespace hearsay::app {
namespace {

namespace limits = base::limits;
using base::ErrorCode;
using market::trade::Finding;
using market::trade::Role;
using market::trade::Ships;

constexpr std::size_t missing_shown = 20;
constexpr std::string_view ships_words[] = {"both", "maker", "taker"};
constexpr std::string_view right_words[] = {"neither", "maker", "taker"};

void fill(api::TradeTerms* out, const market::trade::Terms& terms) {
    out->set_give(terms.give);
    out->set_want(terms.want);
    out->set_text(terms.text);
    out->set_ships(std::string(ships_words[static_cast<std::size_t>(terms.ships)]));
    if (!terms.arbiter) return;
    out->set_arbiter(market::persona_address(terms.arbiter->persona));
    out->set_arbiter_mailbox(market::mailbox_address(item::mailbox_id(terms.arbiter->mailbox)));
}

base::Result<market::trade::Terms> from_api(const api::TradeTerms& terms) {
    market::trade::Terms out{terms.give(), terms.want(), terms.text(), Ships::both, std::nullopt};
    const auto word = std::find(std::begin(ships_words), std::end(ships_words), terms.ships());
    if (!terms.ships().empty() && word == std::end(ships_words))
        return base::fail(ErrorCode::invalid, "ships: expected both, maker or taker");
    if (!terms.ships().empty()) out.ships = static_cast<Ships>(word - std::begin(ships_words));
    return out;
}

base::Result<std::optional<market::NamedArbiter>> arbiter_from_api(const api::TradeTerms& terms) {
    if (terms.arbiter().empty() && terms.arbiter_mailbox().empty())
        return std::optional<market::NamedArbiter>();
    if (terms.arbiter().empty() || terms.arbiter_mailbox().empty())
        return base::fail(ErrorCode::invalid,
                          "an arbiter is a persona (hsp1...) and a mailbox (hsm1...)");
    const auto persona = market::parse_persona(terms.arbiter());
    if (!persona) return std::unexpected(persona.error());
    const auto mailbox = market::parse_mailbox(terms.arbiter_mailbox());
    if (!mailbox) return std::unexpected(mailbox.error());
    return market::NamedArbiter{*persona, *mailbox};
}

void fill_message(api::TradeMessage& out, const market::TradeView& trade,
                  const market::trade::Signed& message) {
    const market::trade::Message& in = message.message;
    if (const auto role = trade.machine.role_of(in.sender)) out.set_by(std::string(name(*role)));
    out.set_persona(market::persona_address(in.sender));
    out.set_sender_number(in.number);
    set_time(out.mutable_at(), in.at);
    if (!out.by().empty()) out.set_name(out.by() + "-" + std::to_string(in.number));
    out.set_shown(trade.shown_to_arbiter.contains(message.hash));
    out.set_move(std::string(name(in.move.kind)));
    out.set_text(in.move.text);
    if (in.move.payload) {
        out.mutable_payload()->set_media_type(in.move.payload->media_type);
        out.mutable_payload()->set_content(base::to_text(in.move.payload->content));
    }
    if (in.move.terms) fill(out.mutable_terms(), *in.move.terms);
    if (in.move.kind == market::trade::MoveKind::ruling)
        out.set_right(std::string(right_words[static_cast<std::size_t>(in.move.right)]));
}

void fill_messages(api::Trade& out, const market::TradeView& trade) {
    const auto& steps = trade.machine.steps();
    std::uint32_t number = 0;
    for (const market::trade::Signed& message : trade.messages()) {
        api::TradeMessage& entry = *out.add_messages();
        fill_message(entry, trade, message);
        if (number < steps.size())
            entry.set_problem(steps[number].problem.value_or(""));
        else
            entry.set_waiting(true);
        if (auto said = api::recognize(entry.problem()))
            *entry.mutable_problem_said() = *std::move(said);
        entry.set_number(++number);
    }
    for (Role role : {Role::maker, Role::taker, Role::arbiter}) {
        const auto numbers = trade.machine.missing(role, missing_shown);
        if (numbers.empty()) continue;
        api::TradeMissing& entry = *out.add_missing();
        entry.set_by(std::string(name(role)));
        entry.mutable_numbers()->Add(numbers.begin(), numbers.end());
    }
}

void fill_state(api::Trade& out, const market::TradeView& trade) {
    const market::trade::State& state = trade.machine.state();
    fill(out.mutable_terms(), state.terms);
    out.set_proposer(std::string(name(state.proposer)));
    for (Role role : {Role::maker, Role::taker}) {
        const market::trade::Side& side = state.side(role);
        const auto done = [&](bool really, const char* what) {
            if (really) out.add_done(std::string(name(role)) + " " + what);
        };
        done(side.pay_info, "pay-info");
        done(side.shipped, "shipped");
        done(side.received, "received");
        done(side.dispute.has_value(), "disputed");
        done(side.closing == market::trade::Closing::asked_to_cancel, "asks to cancel");
        done(side.closing == market::trade::Closing::said_goodbye, "closed");
        done(side.closing == market::trade::Closing::withdrew, "withdrew");
    }
    const auto& ruling = state.ruling;
    if (ruling) out.set_right(std::string(right_words[static_cast<std::size_t>(ruling->right)]));
    if (!ruling && trade.shown && trade.shown->ruling)
        out.set_right(std::string(
            right_words[static_cast<std::size_t>(trade.shown->ruling->message.move.right)]));
}

void fill_warnings(api::Trade& out, const market::TradeView& trade) {
    if (trade.case_problem) out.add_warnings("There is no case yet: " + *trade.case_problem + ".");
    for (const market::trade::Signed& fork : trade.machine.forks())
        out.add_warnings("The persona " + market::persona_address(fork.message.sender) +
                         " signed two different messages " + std::to_string(fork.message.number) +
                         ": that is cheating, or its node was restored from an "
                         "old backup. The one that came first counts; both are kept as a proof.");
    const bool stuck = trade.role == Role::arbiter ? trade.shown && trade.shown->lacks_own
                                                   : trade.machine.is_stuck(trade.role);
    if (stuck)
        out.add_warnings(
            "You have signed messages that are not here, as after an old backup. To go on would "
            "contradict "
            "them, so this node refuses.");
    else if (trade.role != Role::arbiter && trade.machine.is_claimed_more(trade.role))
        out.add_warnings(
            "The other side claims to have seen messages of yours that this node never signed. If "
            "this is an "
            "old copy of your node, say nothing more in this trade; otherwise the claim is false.");
}

}  // namespace

api::Trade to_api(const market::TradeView& trade, bool with_messages) {
    api::Trade out;
    out.set_id(base::to_hex(trade.id));
    out.set_role(std::string(name(trade.role)));
    out.set_state(std::string(name(trade.phase)));
    if (const market::trade::Move* take = trade.take()) {
        out.set_offer(base::to_hex(item::thing_of(*take->offer->header.publication())));
        const item::OfferText text =
            item::read_offer(take->offer->item.payload).value_or(item::OfferText{});
        out.set_title(text.title);
        const item::Exchange exchange = item::exchange_of(text);
        out.set_give(exchange.give);
        out.set_want(exchange.want);
    }
    if (trade.machine.maker()) out.set_maker(market::persona_address(*trade.machine.maker()));
    if (trade.machine.taker()) out.set_taker(market::persona_address(*trade.machine.taker()));
    fill_state(out, trade);
    for (market::trade::MoveKind kind : trade.possible) out.add_possible(std::string(name(kind)));
    fill_warnings(out, trade);
    for (const std::string& warning : out.warnings())
        *out.add_warnings_said() = api::recognize(warning).value_or(api::Sentence());
    if (with_messages) fill_messages(out, trade);
    if (trade.rating) out.set_rating(base::to_hex(*trade.rating));
    set_time(out.mutable_created(), trade.created);
    set_time(out.mutable_changed(), trade.changed);
    out.set_turn(trade.turn);
    out.set_message_count(static_cast<std::uint32_t>(trade.messages().size()));
    return out;
}

api::Rating to_api(const market::RatingView& rating) {
    api::Rating out;
    fill_publication(out, rating);
    out.set_id(base::to_hex(rating.thing));
    out.set_by(market::persona_address(rating.publisher));
    out.set_about(market::persona_address(rating.about));
    out.set_by_role(std::string(name(rating.by_role)));
    if (rating.traded) out.set_thing(base::to_hex(*rating.traded));
    out.set_stars(rating.stars);
    out.set_text(rating.text);
    return out;
}

namespace {

// "maker-2"
std::optional<market::MessageName> message_name(std::string_view text) {
    for (Role role : {Role::maker, Role::taker, Role::arbiter}) {
        const std::string before = std::string(name(role)) + "-";
        if (!text.starts_with(before)) continue;
        const std::string_view digits = text.substr(before.size());
        market::MessageName out{role, 0};
        const auto [end, error] =
            std::from_chars(digits.data(), digits.data() + digits.size(), out.number);
        if (error == std::errc() && end == digits.data() + digits.size() && out.number > 0)
            return out;
    }
    return std::nullopt;
}

}  // namespace

base::Result<market::TakeDraft> from_api(const api::TradeDraft& draft) {
    const auto terms = from_api(draft.terms());
    if (!terms) return std::unexpected(terms.error());
    const auto arbiter = arbiter_from_api(draft.terms());
    if (!arbiter) return std::unexpected(arbiter.error());
    return market::TakeDraft{draft.offer(), *terms, draft.text(), *arbiter};
}

base::Result<TradeWish> from_api(const api::TradeMove& move) {
    TradeWish out;
    out.evidence = move.move() == "evidence";
    const auto kind = market::trade::move_kind(move.move());
    if (!kind && !out.evidence)
        return base::fail(ErrorCode::invalid,
                          "move: expected accept, decline, counter, confirm, pay-info, shipped, "
                          "received, dispute, "
                          "evidence, ruling, text or close");
    out.draft.kind = kind.value_or(market::trade::MoveKind::text);
    out.draft.text = move.text();
    if (move.has_payload())
        out.draft.payload = market::trade::Payload{move.payload().media_type(),
                                                   base::to_bytes(move.payload().content())};
    if (move.has_terms()) {
        const auto terms = from_api(move.terms());
        if (!terms) return std::unexpected(terms.error());
        out.draft.terms = *terms;
        const auto arbiter = arbiter_from_api(move.terms());
        if (!arbiter) return std::unexpected(arbiter.error());
        out.draft.arbiter = *arbiter;
    }
    const auto right = std::find(std::begin(right_words), std::end(right_words), move.right());
    // A ruling cannot be taken back: what is not said is not guessed.
    if ((out.draft.kind == market::trade::MoveKind::ruling || !move.right().empty()) &&
        right == std::end(right_words))
        return base::fail(ErrorCode::invalid, "right: expected maker, taker or neither");
    if (!move.right().empty())
        out.draft.right = static_cast<Finding>(right - std::begin(right_words));
    out.draft.show_all = move.show_all();
    for (const std::string& name : move.show()) {
        const auto message = message_name(name);
        if (!message)
            return base::fail(ErrorCode::invalid,
                              "show: expected names of messages, such as maker-2");
        out.draft.show.push_back(*message);
    }
    if (!move.arbiter_mailbox().empty()) {
        const auto mailbox = market::parse_mailbox(move.arbiter_mailbox());
        if (!mailbox) return std::unexpected(mailbox.error());
        out.draft.arbiter_mailbox = *mailbox;
    }
    return out;
}

}  // namespace hearsay::app
