#include "app/cli/run_offers.hpp"

#include <algorithm>
#include <chrono>
#include <thread>

#include "app/cli/new_file.hpp"
#include "app/cli/picture_file.hpp"
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
    terminal.err << sentence(told(estimate), terminal.err_width) << std::flush;
}

std::vector<std::string> estimates_of(const api::OfferDraft& draft,
                                      const std::vector<std::string>& pictures) {
    std::vector<std::string> out{estimate_of(draft)};
    for (const std::string& picture : pictures) {
        out.push_back("/v1/work-estimate?kind=picture&bytes=" + std::to_string(picture.size()));
        if (draft.lifetime_seconds() > 0)
            out.back() += "&lifetime_seconds=" + std::to_string(draft.lifetime_seconds());
    }
    return out;
}

void add_pictures(const std::vector<std::string>& pictures, api::OfferDraft& draft) {
    draft.clear_pictures();
    for (const std::string& picture : pictures) draft.add_picture_files(picture);
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
    const auto pictures = load_pictures(command.pictures.value_or(std::vector<std::string>{}));
    if (!pictures) return asker.usage(pictures.error());
    int code = exit_ok;
    for (const std::string& target : estimates_of(draft, *pictures)) {
        if (command.estimate)
            code = std::max(code, asker.ask<api::WorkEstimate>("GET", target));
        else if (!json)
            warn_if_dear(target, client, terminal);
    }
    if (command.estimate) return code;
    add_pictures(*pictures, draft);
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
    if (change.pictures) {
        const auto pictures = load_pictures(*change.pictures);
        if (!pictures) return asker.usage(pictures.error());
        add_pictures(*pictures, draft);
    }
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
    auto offer = asker.get<api::Offer>("GET", "/v1/offers/" + command.id, nullptr, offer_said);
    if (!offer) return offer.error();
    offer->clear_audit();  // it is asked anew
    const std::string target = "/v1/audits/" + offer->id();
    auto audit = asker.get<api::Audit>("POST", target, nullptr, said);
    const Style style = style_of(terminal);
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

std::expected<std::string, int> picture_bytes(const Asker& asker, const std::string& hash,
                                              const std::string& publisher) {
    const auto answer = asker.client.ask("GET", "/v1/pictures/" + hash + "?by=" + publisher, "");
    if (!answer) return std::unexpected(report(asker.terminal, asker.json, answer.error()));
    if (answer->status >= 400) return std::unexpected(report(asker.terminal, asker.json, *answer));
    return answer->body;
}

int run_picture(const OfferPicture& command, const Client& client, bool json, Terminal& terminal) {
    const Asker asker{client, json, terminal};
    std::string raw;
    const auto offer = asker.get<api::Offer>("GET", "/v1/offers/" + command.id, nullptr, raw);
    if (!offer) return offer.error();
    const auto shown = static_cast<std::uint64_t>(offer->pictures_size());
    if (command.number > shown)
        return report(terminal, json, exit_not_found, "not_found",
                      shown == 0 ? "this offer has no pictures"
                                 : "this offer has " + counted(shown, "picture"));
    const auto bytes = picture_bytes(asker, offer->pictures(static_cast<int>(command.number) - 1),
                                     offer->publisher());
    if (!bytes) return bytes.error();
    if (command.file == "-") {
        terminal.out << *bytes << std::flush;
        return exit_ok;
    }
    if (const auto written = write_new(command.file, *bytes); !written)
        return report(terminal, json, exit_failed, "io", written.error());
    if (!json) say(terminal, "Saved " + safe_line(command.file));
    return exit_ok;
}

}  // namespace hearsay::app::cli
