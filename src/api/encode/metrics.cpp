#include "api/encode/metrics.hpp"

#include <array>
#include <charconv>
#include <map>
#include <optional>
#include <utility>

#include "api/figures.hpp"

namespace hearsay::api {
namespace {

using Labels = std::initializer_list<std::pair<std::string_view, std::string_view>>;

std::string escaped(std::string_view value) {
    std::string out;
    for (const char c : value) {
        if (c == '\n') {
            out += "\\n";
            continue;
        }
        if (c == '\\' || c == '"') out += '\\';
        out += c;
    }
    return out;
}

// The shortest that reads back as the same; whole numbers without a point.
std::string number(double value) {
    std::array<char, 40> digits{};
    const auto done = std::to_chars(digits.data(), digits.data() + digits.size(), value);
    return {digits.data(), done.ptr};
}

class Text {
public:
    // Of what follows until the next one.
    Text& gauge(std::string_view name, std::string_view help) {
        return family(name, help, "gauge");
    }
    Text& counter(std::string_view name, std::string_view help) {
        return family(name, help, "counter");
    }
    template <class Number>
    Text& value(Number value, Labels labels = {}) {
        out_ += name_;
        std::string_view before = "{";
        for (const auto& [label, text] : labels) {
            out_ += std::string(before) + std::string(label) + "=\"" + escaped(text) + "\"";
            before = ",";
        }
        if (labels.size() != 0) out_ += "}";
        out_ += " " + number(static_cast<double>(value)) + "\n";
        return *this;
    }
    std::string take() { return std::move(out_); }

private:
    Text& family(std::string_view name, std::string_view help, std::string_view type) {
        name_ = "hearsay_" + std::string(name);
        out_ += "# HELP " + name_ + " " + std::string(help) + "\n# TYPE " + name_ + " " +
                std::string(type) + "\n";
        return *this;
    }
    std::string name_;
    std::string out_;
};

// 1 or 0 of a part that is in this state; nothing while it does not know.
std::optional<bool> known(const Progress& part, std::string_view good,
                          std::initializer_list<std::string_view> bad) {
    if (part.state() == good) return true;
    for (const std::string_view each : bad)
        if (part.state() == each) return false;
    return std::nullopt;
}

void tell_tor(const Status& status, Text& out) {
    out.gauge("tor_ready", "Whether Tor is in its network.").value(status.tor().state() == "ready");
    out.gauge("tor_bootstrap_ratio", "How far Tor is on its way into its network.")
        .value(status.tor().percent() / 100.0);
    out.counter("tor_restarts_total", "Times that Tor was started again.")
        .value(status.tor_restarts());
    if (!status.tor_standing().empty())
        out.gauge("tor_version_recommended",
                  "Whether Tor's directory recommends the version of Tor, or one before it.")
            .value(status.tor_standing() == "current" || status.tor_standing() == "newer");
    out.gauge("onion_published", "Whether the onion service can be found.")
        .value(status.onion_descriptor().state() == "published");
    if (const auto reachable = known(status.reachability(), "reachable", {"unreachable"}))
        out.gauge("reachable", "Whether strangers can connect, as the node last tried it.")
            .value(*reachable);
}

void tell_peers(const Figures& figures, Text& out) {
    const Status& status = figures.status;
    out.gauge("links", "Links that are up.")
        .value(status.links_inbound(), {{"direction", "in"}})
        .value(status.links_outbound(), {{"direction", "out"}});
    out.gauge("links_wanted", "Outbound links that the node strives for.")
        .value(status.links_wanted());
    out.counter("links_opened_total", "Links that came up.")
        .value(figures.links_opened_in, {{"direction", "in"}})
        .value(figures.links_opened_out, {{"direction", "out"}});
    out.counter("dials_failed_total", "Dials that became no link.").value(figures.dials_failed);
    out.gauge("peers_known", "Nodes that proved who they are, or that the user added.")
        .value(status.peers_known());
    out.gauge("peers_heard_of", "Further nodes that others named.").value(status.peers_heard_of());
    out.gauge("view_peers", "Linked nodes that the store was compared with.")
        .value(status.view_peers());
    out.gauge("view_matching", "Those of them that held exactly what this node holds.")
        .value(status.view_matching());
}

void tell_traffic(const Figures& figures, Text& out) {
    const Status& status = figures.status;
    out.counter("received_bytes_total", "Frames that came over links, before TLS and Tor.")
        .value(figures.bytes_received);
    out.counter("sent_bytes_total", "Frames that were given to links, before TLS and Tor.")
        .value(figures.bytes_sent);
    out.counter("received_frames_total", "The number of frames that came.")
        .value(figures.frames_received);
    out.counter("sent_frames_total", "The number of frames that were given to links.")
        .value(figures.frames_sent);
    out.gauge("waiting_items", "Items that a limit of traffic holds back.")
        .value(status.download_waiting(), {{"direction", "in"}})
        .value(status.upload_waiting(), {{"direction", "out"}});
    out.counter("refused_total", "Items, frames and visitors that were refused, by fault.");
    for (const auto& [fault, count] :
         std::map<std::string, std::uint32_t>(status.refused().begin(), status.refused().end()))
        out.value(count, {{"fault", fault}});
}

void tell_store(const Status& status, Text& out) {
    out.gauge("items", "Items of the network that are alive here.").value(status.items());
    out.gauge("offers", "Offers among them.").value(status.offers());
    out.gauge("store_ready", "Whether what comes can be kept.")
        .value(status.store().state() == "ready");
    out.gauge("store_bytes", "What the store takes of the disk.").value(status.store_bytes());
    out.gauge("store_budget_bytes", "What the network's items may take.")
        .value(status.store_budget());
    out.gauge("store_class_bytes", "What a class of items takes.");
    for (const StoreClass& each : status.store_classes())
        out.value(each.bytes(), {{"class", each.name()}});
    out.gauge("store_class_share_bytes", "What a class may take while others want theirs.");
    for (const StoreClass& each : status.store_classes())
        out.value(each.share(), {{"class", each.name()}});
    out.gauge("store_class_price_ratio", "So many times the usual work keeps an item of a class.");
    for (const StoreClass& each : status.store_classes())
        out.value(each.price(), {{"class", each.name()}});
    if (status.disk_free_bytes() != 0)
        out.gauge("disk_free_bytes", "What is free on the data directory's disk.")
            .value(status.disk_free_bytes());
    if (status.has_last_backup())
        out.gauge("last_backup_timestamp_seconds", "When this node last wrote a backup.")
            .value(status.last_backup().seconds());
}

void tell_process(const Figures& figures, Text& out) {
    const Status& status = figures.status;
    out.gauge("build_info", "The versions of this program and of the Tor in it.")
        .value(1, {{"version", status.version()}, {"tor_version", status.tor_version()}});
    out.gauge("uptime_seconds", "Since the node's start.").value(status.uptime_seconds());
    if (!status.sandbox().empty())
        out.gauge("sandboxed", "Whether the node gave up what it does not need.")
            .value(status.sandbox() == "on");
    out.gauge("clock_doubted", "Whether the machine's clock is not believed.")
        .value(!status.clock_doubt().empty());
    if (status.view_peers() != 0)
        out.gauge("clock_offset_seconds", "What most peers' clocks say, minus this machine's.")
            .value(status.clock_offset_seconds());
    out.counter("turns_total", "Turns of the node.").value(figures.turns);
    out.counter("turn_seconds_total", "The time that they took.").value(figures.turn_seconds);
    out.counter("cpu_seconds_total", "The time of processors that the node took, without Tor.")
        .value(figures.cpu_seconds);
    out.gauge("memory_bytes", "The memory that the node has, without Tor.")
        .value(figures.memory_bytes);
    out.gauge("open_files", "Descriptors that the node has open.").value(figures.open_files);
}

}  // namespace

std::string metrics_text(const Figures& figures) {
    Text out;
    tell_process(figures, out);
    tell_tor(figures.status, out);
    tell_peers(figures, out);
    tell_traffic(figures, out);
    tell_store(figures.status, out);
    return out.take();
}

}  // namespace hearsay::api
