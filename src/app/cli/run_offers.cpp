#include "app/cli/run_offers.hpp"

#include <algorithm>
#include <chrono>
#include <thread>

#include "app/cli/asker.hpp"
#include "app/cli/show_parts.hpp"
#include "base/limits/items.hpp"

namespace hearsay::app::cli {
namespace {

// Ten nodes, four at a time, each with a dial's patience and some seconds to answer.
constexpr std::chrono::milliseconds audit_look{500};
constexpr int audit_looks_max = 720;

// So that the new version ends when the old one would have. The node rounds both of its times
// alike, so nothing is gained or lost by doing this often.
std::uint32_t lifetime_left(const api::Offer& offer, base::WallTime now) {
    const base::Seconds left = std::clamp(time_of(offer.expires()) - now,
                                          base::limits::created_step, base::limits::lifetime_max);
    return static_cast<std::uint32_t>(left.count());
}

// A draft in its encoding is about as large as the offer's content.
std::string estimate_of(const api::OfferDraft& draft) {
    const std::size_t bytes = std::min(draft.ByteSizeLong(), base::limits::payload_bytes_max);
    std::string out = "/v1/work-estimate?kind=offer&bytes=" + std::to_string(bytes);
    if (draft.lifetime_seconds() > 0)
        out += "&lifetime_seconds=" + std::to_string(draft.lifetime_seconds());
    return out;
}

// Before it becomes expensive. No estimate is no reason not to publish.
void warn_if_dear(const std::string& target, const Client& client, Terminal& terminal) {
    constexpr double dear_s = 10;
    const auto answer = client.ask("GET", target, "");
    api::WorkEstimate estimate;
    if (!answer || answer->status >= 400 ||
        !api::from_json(answer->body, estimate, api::Unknown::ignore) ||
        (estimate.seconds() <= dear_s && !estimate.too_dear()))
        return;
    terminal.err << show(estimate, {terminal.colour, terminal.width, terminal.now()}) << std::flush;
}

}  // namespace

int run_publish(const OfferPublish& command, const std::string& text, const Client& client,
                bool json, Terminal& terminal) {
    api::OfferDraft draft;
    apply(command.edit, draft);
    draft.set_text(text);
    draft.set_persona(command.persona);
    draft.set_renew(command.renew.value_or(false));
    draft.set_lifetime_seconds(command.lifetime_seconds);
    const Asker asker{client, json, terminal};
    const std::string target = estimate_of(draft);
    if (command.estimate) return asker.ask<api::WorkEstimate>("GET", target);
    if (!json) warn_if_dear(target, client, terminal);
    return asker.ask<api::Offer>("POST", "/v1/offers", &draft);
}

int run_update(const OfferUpdate& command, const std::string& text, const Client& client, bool json,
               Terminal& terminal) {
    const Asker asker{client, json, terminal};
    const std::string target = "/v1/offers/" + command.id;
    std::string raw;
    const auto offer = asker.get<api::Offer>("GET", target, nullptr, raw);
    if (!offer) return offer.error();
    const OfferPublish& change = command.offer;
    api::OfferDraft draft = draft_of(*offer);
    apply(change.edit, draft);
    if (change.renew) draft.set_renew(*change.renew);
    if (change.text.text || change.text.file) draft.set_text(text);
    draft.set_lifetime_seconds(change.lifetime_seconds != 0
                                   ? change.lifetime_seconds
                                   : lifetime_left(*offer, terminal.now()));
    // By its whole id: another one may begin alike since.
    return asker.ask<api::Offer>("PUT", "/v1/offers/" + offer->id(), &draft);
}

// By the offer's whole id: another one may begin alike since.
int run_audit(const OfferShow& command, const Client& client, bool json, Terminal& terminal) {
    const Asker asker{client, json, terminal};
    std::string offer_said;
    std::string said;
    const auto offer =
        asker.get<api::Offer>("GET", "/v1/offers/" + command.id, nullptr, offer_said);
    if (!offer) return offer.error();
    const std::string target = "/v1/audits/" + offer->id();
    auto audit = asker.get<api::Audit>("POST", target, nullptr, said);
    const Style style{terminal.colour, terminal.width, terminal.now()};
    if (audit && !json) terminal.out << show(*offer, style) << std::flush;
    for (int looks = 0; audit && audit->state() == "running" && looks < audit_looks_max; ++looks) {
        std::this_thread::sleep_for(audit_look);
        audit = asker.get<api::Audit>("GET", target, nullptr, said);
    }
    if (!audit) return audit.error();
    if (json)
        terminal.out << "{\"offer\":" << offer_said << ",\"audit\":" << said << "}\n";
    else
        terminal.out << show(*audit, style);
    terminal.out << std::flush;
    return audit->state() == "over" ? exit_ok : exit_unavailable;
}

}  // namespace hearsay::app::cli
