#include <algorithm>
#include <chrono>
#include <map>
#include <random>
#include <set>
#include <thread>

#include "app/cli/asker.hpp"
#include "app/cli/run_bulk.hpp"
#include "app/cli/text.hpp"
#include "base/limits/api.hpp"
#include "crypto/onion.hpp"
#include "item/bundle.hpp"

namespace hearsay::app::cli {
namespace {

// Of one request: what the node takes, and its 256 KiB in base64.
constexpr std::size_t batch_bytes_max = 128 * 1024;
// A node that is busy checking is asked again; its queue of 4,096 items takes seconds.
constexpr int patience = 60;
constexpr auto pause = std::chrono::milliseconds(250);

int failed(Terminal& terminal, bool json, const base::Error& error) {
    return report(terminal, json, exit_failed, base::name(error.code), error.text);
}

std::expected<item::Network, int> network_of(const Asker& asker, std::string& own_onion) {
    std::string raw;
    const auto status = asker.get<api::Status>("GET", "/v1/status", nullptr, raw);
    if (!status) return std::unexpected(status.error());
    own_onion = status->onion();
    return status->network() == "main" ? item::Network::main : item::Network::local;
}

// Nodes that answered once and are not pinned, by chance: who pinned them would tell who made the
// bundle. Banned ones are left out, too.
std::expected<std::vector<base::PeerId>, int> contacts_of(const BundleExport& command,
                                                          const std::string& own_onion,
                                                          const Asker& asker) {
    std::vector<base::PeerId> out;
    if (command.contacts > 0) {
        std::string raw;
        const auto peers = asker.get<api::PeerList>("GET", "/v1/peers?all=true", nullptr, raw);
        if (!peers) return std::unexpected(peers.error());
        for (const api::Peer& peer : peers->peers()) {
            const bool fit = peer.has_first_proved() && !peer.manual() && peer.state() != "banned";
            if (const auto id = crypto::parse_onion(peer.onion()); fit && id) out.push_back(*id);
        }
        std::ranges::shuffle(out, std::random_device());
        out.resize(std::min(out.size(), command.contacts));
    }
    if (command.myself)
        if (const auto self = crypto::parse_onion(own_onion)) out.push_back(*self);
    return out;
}

struct Collected {
    std::set<base::Bytes> items;  // pages may overlap while the store changes
    bool complete = true;
};

std::expected<Collected, int> collect(const BundleExport& command, std::size_t room,
                                      const Asker& asker) {
    const std::string query = command.search ? search_query(*command.search) : "limit=1000";
    const std::size_t most = command.items == 0 ? item::bundle_items_max : command.items;
    Collected out;
    std::string cursor;
    do {  // ends with the store's last item, or with the bundle's room
        std::string raw;
        const auto page =
            asker.get<api::ItemPage>("GET", "/v1/items?" + query + cursor, nullptr, raw);
        if (!page) return std::unexpected(page.error());
        for (const std::string& item : page->items()) {
            const std::size_t bytes = 4 + item.size();
            if (bytes > room || out.items.size() >= most) {
                out.complete = command.items != 0 && out.items.size() >= most;
                return out;
            }
            if (item.empty() || item.size() > item::bundle_item_bytes_max) continue;
            if (out.items.insert(base::to_bytes(item)).second) room -= bytes;
        }
        cursor = page->cursor().empty() ? "" : "&cursor=" + page->cursor();
    } while (!cursor.empty());
    return out;
}

// ---- import -------------------------------------------------------------------------------------

struct Tally {
    std::size_t stored = 0, held = 0, contacts = 0;
    std::map<std::string, std::size_t> refused;  // by the rule
};

std::string json_of(const Tally& tally) {
    std::string refused;
    for (const auto& [why, count] : tally.refused)
        refused += (refused.empty() ? "\"" : ",\"") + why + "\":" + std::to_string(count);
    return "{\"stored\":" + std::to_string(tally.stored) +
           ",\"held\":" + std::to_string(tally.held) + ",\"refused\":{" + refused +
           "},\"contacts\":" + std::to_string(tally.contacts) + "}\n";
}

void say_all(const Tally& tally, Terminal& terminal) {
    say(terminal, std::to_string(tally.stored) + " items are new, " + std::to_string(tally.held) +
                      " were here already.");
    for (const auto& [why, count] : tally.refused)
        say(terminal, std::to_string(count) + " refused: " + safe_line(why) +
                          (why == "item_expired" ? " (their time is over)" : ""));
    if (tally.contacts > 0) say(terminal, std::to_string(tally.contacts) + " nodes to try.");
}

class Import {
public:
    Import(const Asker& asker, Tally& tally) : asker_(asker), tally_(tally) {}

    // The exit code. What the node is too busy for is brought again.
    int bring(api::ItemBatch batch) {
        for (int tries = 0; tries < patience; ++tries) {
            std::string raw;
            const auto answer = asker_.get<api::ItemVerdicts>("POST", "/v1/items", &batch, raw);
            if (!answer) return answer.error();
            if (answer->verdicts_size() != batch.items_size())
                return report_nonsense(asker_.terminal, asker_.json);
            tally_.contacts += answer->contacts();
            api::ItemBatch left;
            for (int at = 0; at < answer->verdicts_size(); ++at)
                if (!count(answer->verdicts(at))) *left.add_items() = batch.items(at);
            if (left.items().empty()) return exit_ok;
            batch = std::move(left);
            std::this_thread::sleep_for(pause);
        }
        return report(asker_.terminal, asker_.json, exit_unavailable, "unavailable",
                      "the node is too busy to check more; what it has taken it keeps, and the "
                      "same bundle can be imported again");
    }

private:
    // False: it is to be brought again.
    bool count(const api::ItemVerdict& verdict) {
        if (verdict.verdict() == "busy") return false;
        if (verdict.verdict() == "stored")
            ++tally_.stored;
        else if (verdict.verdict() == "held")
            ++tally_.held;
        else
            ++tally_.refused[verdict.why()];
        return true;
    }

    const Asker& asker_;
    Tally& tally_;
};

int bring_all(const item::Bundle& bundle, const Asker& asker, Tally& tally) {
    Import import(asker, tally);
    api::ItemBatch batch;
    std::size_t bytes = 0;
    for (const base::PeerId& contact : bundle.contacts) {
        batch.add_contacts(crypto::onion_address(contact));
        if (static_cast<std::size_t>(batch.contacts_size()) < base::limits::api_batch_max) continue;
        if (const int code = import.bring(std::exchange(batch, {})); code != exit_ok) return code;
    }
    for (const base::Bytes& item : bundle.items) {
        const bool full =
            bytes + item.size() > batch_bytes_max ||
            static_cast<std::size_t>(batch.items_size()) >= base::limits::api_batch_max;
        if (full) {
            bytes = 0;
            if (const int code = import.bring(std::exchange(batch, {})); code != exit_ok)
                return code;
        }
        bytes += item.size();
        batch.add_items(base::to_text(item));
    }
    return import.bring(std::move(batch));
}

}  // namespace

int run_bundle_export(const BundleExport& command, const Client& client, bool json,
                      Terminal& terminal) {
    const Asker asker{client, json, terminal};
    if (command.file == "-" && terminal.out_is_tty)
        return asker.usage("a bundle is no text: expected a file, or a pipe for -");
    item::Bundle bundle;
    std::string own_onion;
    const auto network = network_of(asker, own_onion);
    if (!network) return network.error();
    bundle.network = *network;
    auto contacts = contacts_of(command, own_onion, asker);
    if (!contacts) return contacts.error();
    bundle.contacts = *std::move(contacts);
    const std::size_t taken =
        item::bundle_frame_bytes + bundle.contacts.size() * base::PeerId::size;
    auto collected = collect(command, item::bundle_bytes_max - taken, asker);
    if (!collected) return collected.error();
    const bool complete = collected->complete;
    bundle.items.assign(collected->items.begin(), collected->items.end());
    collected->items.clear();
    const std::size_t items = bundle.items.size();
    const std::size_t named = bundle.contacts.size();
    const base::Bytes bytes = item::write_bundle(std::move(bundle));
    if (const int code = write_output(command.file, base::to_text(bytes), json, terminal);
        code != exit_ok)
        return code;
    const bool to_stream = command.file == "-";
    if (json) {
        (to_stream ? terminal.err : terminal.out)
            << "{\"items\":" << items << ",\"contacts\":" << named << ",\"bytes\":" << bytes.size()
            << ",\"complete\":" << (complete ? "true" : "false") << "}" << std::endl;
        return exit_ok;
    }
    const std::string told =
        std::to_string(items) + " items and " + std::to_string(named) + " nodes to try, " +
        std::to_string(bytes.size()) + " bytes." +
        (complete ? "" : " The store holds more than fits into a bundle; the newest are in it.");
    if (to_stream)
        note(terminal, told);
    else
        say(terminal, told);
    return exit_ok;
}

int run_bundle_import(const BundleImport& command, const Client& client, bool json,
                      Terminal& terminal) {
    const Asker asker{client, json, terminal};
    const auto text = read_input(command.file, item::bundle_bytes_max, terminal);
    if (!text) return asker.usage(text.error());
    const auto bundle = item::read_bundle(base::as_bytes(*text));
    if (!bundle) return failed(terminal, json, bundle.error());
    std::string own_onion;
    const auto network = network_of(asker, own_onion);
    if (!network) return network.error();
    if (bundle->network != *network)
        return failed(terminal, json,
                      {base::ErrorCode::refused, "this bundle is of another network"});
    Tally tally;
    const int code = bring_all(*bundle, asker, tally);
    // Also where it ended early: what was taken is kept.
    if (!json)
        say_all(tally, terminal);
    else if (code == exit_ok)
        terminal.out << json_of(tally) << std::flush;
    return code;
}

}  // namespace hearsay::app::cli
