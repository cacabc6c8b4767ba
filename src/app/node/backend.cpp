#include "app/node/backend.hpp"

#include <algorithm>
#include <cmath>
#include <iomanip>
#include <span>
#include <sstream>
#include <unistd.h>

#include "api/encode/sentences.hpp"
#include "api/figures.hpp"
#include "app/node/backup_file.hpp"
#include "app/node/peer_views.hpp"
#include "app/node/views.hpp"
#include "base/encoding.hpp"

namespace hearsay::app {
namespace {

// An hour is more than any honest clock error that does no harm; items tolerate two.
constexpr base::Seconds clock_warning = base::Seconds(3600);

void set(api::Progress* progress, std::string state, std::uint32_t percent, std::string detail) {
    progress->set_state(std::move(state));
    progress->set_percent(percent);
    progress->set_detail(std::move(detail));
}

// The codes of what it says, when all is said.
void code(api::Status& status) {
    for (api::Progress* part :
         {status.mutable_tor(), status.mutable_onion_descriptor(), status.mutable_reachability(),
          status.mutable_peers(), status.mutable_sync(), status.mutable_store()})
        if (auto said = api::recognize(part->detail())) *part->mutable_said() = *std::move(said);
    for (const std::string& warning : status.warnings())
        *status.add_warnings_said() = api::recognize(warning).value_or(api::Sentence());
    if (auto said = api::recognize(status.clock_doubt()))
        *status.mutable_clock_said() = *std::move(said);
    if (auto said = api::recognize(status.sandbox()))
        *status.mutable_sandbox_said() = *std::move(said);
}

std::string hours_of(base::Seconds span) {
    const auto hours = std::max<std::int64_t>(span.count() / 3600, 1);
    return std::to_string(hours) + (hours == 1 ? " hour" : " hours");
}

}  // namespace

Backend::Backend(Shell& shell, const net::Links& links, const store::Flood& flood, Facts facts,
                 std::function<void(api::Status&)> describe, std::function<void()> stop)
    : shell_(shell),
      links_(links),
      flood_(flood),
      facts_(std::move(facts)),
      describe_(std::move(describe)),
      stop_(std::move(stop)) {
    shell_.on_judged([this](const core::Judged& judged) { bringing_.on_judged(judged); });
    shell_.on_audited([this](const core::Audited& audited) { audits_.on_audited(audited); });
}

// ---- status -------------------------------------------------------------------------------------

void Backend::status(api::Reply<api::Status> reply) {
    show<api::Status>(std::move(reply), [this](Shell::Turn& turn) -> base::Result<api::Status> {
        api::Status status;
        status.set_onion(facts_.onion);
        status.mutable_now()->set_seconds(base::unix_seconds(turn.instant.wall));
        describe_(status);
        fill_links(status);
        fill_store(status, turn);
        fill_budget(status, turn);
        fill_traffic(status);
        fill_person(status, turn);
        for (const auto& [fault, count] : shell_.refused())
            (*status.mutable_refused())[std::string(base::name(fault))] = count;
        fill_warnings(status, turn);
        code(status);
        return status;
    });
}

void Backend::figures(api::Reply<api::Figures> reply) {
    status([this, reply = std::move(reply)](const base::Result<api::Status>& status) {
        if (!status) return reply(std::unexpected(status.error()));
        api::Figures out;
        out.status = *status;
        fill_figures(shell_.counters(), out);
        reply(std::move(out));
    });
}

void Backend::fill_links(api::Status& status) const {
    const core::Node& node = shell_.node();
    fill_peers(status, node, shell_.network_ready());
    const auto [matching, greeted] = node.view_matches();
    status.set_view_matching(static_cast<std::uint32_t>(matching));
    status.set_view_peers(static_cast<std::uint32_t>(greeted));
    // By a wrong clock things seem over, or not made yet: what peers hold then is not all here.
    const auto offset = node.links().clock_offset();
    const bool clock_differs = offset && (*offset > clock_warning || *offset < -clock_warning);
    if (greeted == 0)
        set(status.mutable_sync(), "waiting", 0, "for a peer");
    else if (clock_differs || shell_.clock_doubt())
        set(status.mutable_sync(), "comparing", 0,
            "not complete for sure: this machine's clock is not that of its peers");
    else
        set(status.mutable_sync(), matching == greeted ? "complete" : "comparing",
            static_cast<std::uint32_t>(matching * 100 / greeted),
            "your view matches " + std::to_string(matching) + " of " + std::to_string(greeted) +
                (greeted == 1 ? " peer" : " peers"));
}

void Backend::take_sample() {
    shell_.look([this](Shell::Turn& turn) -> Shell::Finish {
        const net::Traffic traffic = links_.traffic();
        const core::Links& links = shell_.node().links();
        history_.add({.received_bytes = traffic.bytes_in,
                      .sent_bytes = traffic.bytes_out,
                      .items = static_cast<std::uint32_t>(turn.flood_txn.view().alive_count()),
                      .links_outbound = static_cast<std::uint32_t>(links.count(true)),
                      .links_inbound = static_cast<std::uint32_t>(links.count(false))},
                     turn.instant.mono);
        return [](const std::optional<base::Error>&) {};
    });
}

void Backend::history(api::Reply<api::History> reply) {
    show<api::History>(std::move(reply), [this](Shell::Turn& turn) -> base::Result<api::History> {
        api::History out;
        out.mutable_now()->set_seconds(base::unix_seconds(turn.instant.wall));
        for (const History::Sample& sample : history_.samples()) {
            const auto age =
                std::chrono::duration_cast<base::Seconds>(turn.instant.mono - sample.at);
            out.add_seconds_ago(static_cast<std::uint32_t>(std::max<std::int64_t>(0, age.count())));
            out.add_received_rate(sample.received_rate);
            out.add_sent_rate(sample.sent_rate);
            out.add_items(sample.items);
            out.add_links_outbound(sample.links_outbound);
            out.add_links_inbound(sample.links_inbound);
        }
        return out;
    });
}

// After its answer; what is under way is ended in order.
void Backend::stop(api::Reply<api::Stopping> reply) {
    api::Stopping out;
    out.set_pid(static_cast<std::uint32_t>(getpid()));
    reply(out);
    stop_();
}

void Backend::fill_person(api::Status& status, Shell::Turn& turn) const {
    const market::Counts counts = turn.market.counts();
    status.set_mail_unread(counts.unread);
    status.set_outbox_pending(counts.pending);
    status.set_trades_waiting(counts.turns);
    status.set_sealed(turn.market.vault().has_passphrase());
    if (const auto made = last_backup(turn.store))
        status.mutable_last_backup()->set_seconds(base::unix_seconds(*made));
}

// More than a thousand are counted without looking at each: removals are among them then.
Backend::Total Backend::total_of(std::string_view kind, Shell::Turn& turn) const {
    const auto found =
        turn.market.search({.kind = std::string(kind), .limit = 1}, turn.store, turn.flood);
    if (!found) return {};
    return {static_cast<std::uint32_t>(found->total), found->is_more_than};
}

void Backend::fill_store(api::Status& status, Shell::Turn& turn) const {
    const store::FloodStats stats = flood_.stats();
    status.set_items(static_cast<std::uint32_t>(turn.flood_txn.view().alive_count()));
    const Total offers = total_of("offer", turn);
    status.set_offers(offers.is_more
                          ? static_cast<std::uint32_t>(turn.flood.count_of_kind(item::kind_offer))
                          : offers.count);
    status.set_disk_free_bytes(shell_.disk_free_bytes());
    status.set_store_bytes(stats.disk_bytes);
    const std::string held =
        counted(status.items(), "item") + ", " + counted(status.offers(), "offer");
    switch (shell_.storage()) {
        case StorageState::ready:
            set(status.mutable_store(), "ready", 100, held);
            break;
        case StorageState::full:
            set(status.mutable_store(), "full", 0, shell_.storage_text());
            break;
        case StorageState::failed:
            set(status.mutable_store(), "failed", 0, shell_.storage_text());
            break;
    }
}

void Backend::fill_budget(api::Status& status, const Shell::Turn& turn) const {
    const core::Node& node = shell_.node();
    const core::Shelves& shelves = turn.flood_txn.view().shelves();
    status.set_store_budget(node.retention().budget_bytes());
    for (std::size_t at = 0; at < item::store_classes; ++at) {
        const auto of = static_cast<item::StoreClass>(at);
        api::StoreClass& out = *status.add_store_classes();
        out.set_name(std::string(item::name(of)));
        out.set_bytes(shelves.bytes(of));
        out.set_share(node.retention().share(of));
        out.set_floor(times_of(node.retention().floors()[at]));
        out.set_price(times_of(node.price()[at]));
        out.set_closed(node.retention().is_closed(of));
    }
}

void Backend::fill_traffic(api::Status& status) const {
    const core::Node& node = shell_.node();
    if (node.lays_aside()) {
        status.set_laid_aside(static_cast<std::uint32_t>(node.laid_aside().size()));
        status.set_laid_aside_kept(static_cast<std::uint32_t>(node.laid_aside().kept()));
    }
    status.set_upload_limit(node.traffic_limits().upload);
    status.set_upload_waiting(static_cast<std::uint32_t>(node.waiting_to_send()));
    status.set_download_limit(node.traffic_limits().download);
    status.set_download_waiting(static_cast<std::uint32_t>(node.waiting_to_ask()));
}

void Backend::fill_warnings(api::Status& status, const Shell::Turn& turn) const {
    for (const api::StoreClass& of : status.store_classes()) {
        if (of.price() <= 1) continue;
        std::ostringstream text;
        text << "The network is full of " << of.name() << ": what you publish takes " << std::fixed
             << std::setprecision(1) << of.price() << " times the usual work.";
        status.add_warnings(text.str());
    }
    if (shell_.storage() != StorageState::ready)
        status.add_warnings("The node pauses: " + shell_.storage_text() +
                            ". It goes on by itself when there is room.");
    if (!shell_.quarantine().all().empty()) status.add_warnings(shell_.quarantine().summary());
    if (const auto doubt = shell_.clock_doubt()) {
        status.set_clock_doubt(*doubt);
        status.add_warnings("The clock is doubted: " + *doubt + ".");
    }
    if (status.trades_waiting() > 0)
        status.add_warnings(status.trades_waiting() == 1
                                ? "A trade waits for you: hearsay trade list."
                                : std::to_string(status.trades_waiting()) +
                                      " trades wait for you: hearsay trade list.");
    if (!status.tor_hindrance().empty()) status.add_warnings(status.tor_hindrance());
    const auto offset = shell_.node().links().clock_offset();
    if (offset) status.set_clock_offset_seconds(static_cast<std::int32_t>(offset->count()));
    if (offset && (*offset > clock_warning || *offset < -clock_warning))
        status.add_warnings("This machine's clock differs from most peers' by " +
                            std::to_string(std::abs(offset->count()) / 60) +
                            " minutes. Please check it: wrong by more than " +
                            "two hours, others refuse what you publish.");
    const auto ending_soon = turn.market.ending_soon(turn.store, turn.now);
    constexpr std::size_t endings_told = 3;
    for (const market::EndingView& ending :
         std::span(ending_soon).first(std::min(ending_soon.size(), endings_told)))
        status.add_warnings("Your " + std::string(ending.kind) + " \"" + ending.title +
                            "\" ends in " + hours_of(ending.expires - turn.now) +
                            ". It is not renewed: hearsay offer renew " +
                            base::to_hex(ending.thing).substr(0, 12));
    if (ending_soon.size() > endings_told)
        status.add_warnings(std::to_string(ending_soon.size() - endings_told) +
                            " more of yours end within a day and are not renewed.");
    if (!status.sealed())
        status.add_warnings("The keys on disk are not protected by a passphrase.");
    if (const auto search = shell_.searching(); search && search->expected > 0) {
        const double share =
            static_cast<double>(search->tried) / static_cast<double>(search->expected);
        status.add_warnings(
            "Searching proof of work: " + std::to_string(static_cast<int>(share * 100)) +
            " % of the expected effort spent.");
    }
}

// ---- identity -----------------------------------------------------------------------------------

void Backend::identity(api::Reply<api::Identity> reply) {
    show<api::Identity>(std::move(reply), [this](Shell::Turn& turn) -> base::Result<api::Identity> {
        return identity_of(turn);
    });
}

api::Identity Backend::identity_of(Shell::Turn& turn) const {
    api::Identity out;
    out.set_onion(facts_.onion);
    out.set_sealed(turn.market.vault().has_passphrase());
    for (const auto& persona : turn.market.personas(turn.store))
        *out.add_personas() = to_api(persona);
    for (const auto& mailbox : turn.market.mailboxes()) *out.add_mailboxes() = to_api(mailbox);
    return out;
}

}  // namespace hearsay::app
