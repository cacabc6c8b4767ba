#include "api/encode/sentences.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "api.pb.h"
#include "api/encode/utf8.hpp"

namespace hearsay::api {
namespace {

constexpr std::size_t sentence_bytes_max = 2000;

// By what they are about; of two that fit one sentence, the narrower stands first.
constexpr std::array<SentenceRow, 114> rows{{
    // ---- the node's state ----
    {"view", "your view matches {same} of {n} peer{}"},
    {"clock_not_peers", "not complete for sure: this machine's clock is not that of its peers"},
    {"store", "{items} item{}, {n} offer{}"},
    {"no_room", "the store of the network's items has reached its largest size"},
    {"no_room", "the disk of {path} has only {mib} MiB left"},
    {"pauses", "The node pauses: {why}. It goes on by itself when there is room."},
    {"pauses", "nothing can be kept now: {why}"},
    {"directories", "{done} of {n} directories have it, {failed} failed"},
    {"directories", "{done} of {n} directories have it"},
    {"not_reached", "strangers cannot connect: its own address does not answer ({reason})"},
    {"clock_wrong",
     "this machine's clock says {time}, and {}; keys are kept, nothing is made and nothing expires "
     "until the clock is set right, until another node confirms it, or until hearsayd is started "
     "with --clock-is-right"},
    {"clock_doubted", "The clock is doubted: {why}."},
    {"clock_differs",
     "This machine's clock differs from most peers' by {n} minutes. Please check it: wrong by more "
     "than two hours, others refuse what you publish."},
    {"dear",
     "The network is full of {class}: what you publish takes {times} times the usual work."},
    {"set_aside", "{}w{} set aside because reading {} failed: hearsay mail quarantine"},
    {"turns", "A trade waits for you: hearsay trade list."},
    {"turns", "{n} trades wait for you: hearsay trade list."},
    {"ends", "Your {} \"{title}\" ends in {n} hour{}. It is not renewed: hearsay offer renew {id}"},
    {"more_end", "{n} more of yours end within a day and are not renewed."},
    {"unsealed", "The keys on disk are not protected by a passphrase."},
    {"searching", "Searching proof of work: {n} % of the expected effort spent."},
    {"unreachable",
     "Strangers cannot reach this node. It still dials others, and gets and sends everything "
     "through those links."},
    {"tor_old",
     "Tor's directory does not recommend the Tor in this program, {version}, any more: upgrade "
     "Hearsay. It recommends {list}."},

    // ---- what runs beside the node, and its confinement ----
    {"tor_silent", "it does not answer; it is replaced if that lasts"},
    {"tor_refused", "Tor refused its configuration: {words}"},
    {"tor_ended_saying", "Tor ended ({how}); it last said: {words}"},
    {"tor_ended_saying", "Tor ended ({how}): {words}"},
    {"tor_ended", "Tor ended ({how})"},
    {"no_sandbox", "The node runs without its sandbox: {why}."},
    {"no_seccomp", "the kernel takes no seccomp filter: {reason}"},
    {"no_voidphone", "There is no VoidPhone interface: {why}."},
    {"port_taken", "cannot listen on {address}: another program does already"},
    {"no_port", "cannot listen on {address}: {reason}"},

    // ---- what keeps Tor out of its network (tor/hindrance.hpp) ----
    {"offline",
     "This machine has no network: there is no route to the Internet. Connect it; Tor goes on by "
     "itself."},
    {"offline",
     "{} cannot be reached: this machine has no route to them. Check its connection to the "
     "Internet; Tor goes on by itself."},
    {"tor_clock",
     "This machine's clock is {}, by what relays say, and Tor cannot go on so. Set the clock, the "
     "time zone too; Tor goes on by itself."},
    {"transport_missing",
     "A bridge wants a transport that no program here provides: add its \"ClientTransportPlugin "
     "... exec PROGRAM\" line to the file that --tor-config names."},
    {"no_resources",
     "This machine has no memory or no descriptors left for Tor's connections. End other programs, "
     "or raise the limit (ulimit -n)."},
    {"tor_blocked", "{}Try other bridges: the Bridge lines of the file that --tor-config names."},
    {"tor_blocked",
     "{}If a firewall or proxy has to be passed, name it in a file for --tor-config: "
     "FascistFirewall 1, Socks5Proxy or HTTPSProxy. If this network blocks Tor, use bridges: "
     "write \"UseBridges 1\" and the \"Bridge ...\" lines that bridges.torproject.org gives into a "
     "file, and start hearsayd with --tor-config FILE."},

    // ---- texts and fields, as offers, profiles, ratings and lists have them ----
    {"too_long", "the {} is {n} bytes long; at most {most} fit"},
    {"no_text", "the {} must be UTF-8 text in normalization form C without control characters{}"},
    {"too_many", "there are {n} {}; at most {most} fit"},
    {"too_many", "the query has more than {most} words and fields"},
    {"no_word", "a {} is one lower-case word of 1 to {most} bytes"},
    {"twice", "the {} \"{word}\" is said twice"},
    {"details", "a detail needs a name and a value"},
    {"no_currency", "the market's price needs a currency"},
    {"no_currency", "an amount needs a currency"},
    {"no_currency", "prices are compared within one currency: give currency, such as EUR"},
    {"no_amount", "a fixed price needs an amount; what costs nothing is free"},
    {"price_kind", "the market's price has no amount: it is what the market says when it is paid"},
    {"price_kind", "only the market's price has a premium"},
    {"price_kind", "what is free has no amount, no currency and no premium"},
    {"price_range", "a range needs both of its ends"},
    {"price_range", "a range ends above its beginning"},
    {"price_range", "price_min is above price_max: no price is between them"},
    {"price_form", "{} expected a number such as 12 or 12.50, with six decimals at most"},
    {"currency", "a currency is 1 to 10 capital letters and digits, such as EUR or XMR"},
    {"category",
     "a category is a path such as sport/bicycles: up to 4 words of 1 to 32 small letters, digits "
     "and hyphens, with / between them"},
    {"country", "a country is two capital letters, such as DE or BR (ISO 3166-1 alpha-2)"},
    {"geohash", "a geohash has the digits and the small letters but a, i, l and o"},
    {"geohash",
     "the geohash has {n} letters; at most 4 may be published: five letters are a neighbourhood, "
     "and what is published cannot be taken back"},
    {"geohash_alone", "a geohash needs a country, or who looks for a country would miss the offer"},
    {"language", "a language is two or three small letters, such as en or deu"},
    {"query_empty", "the query has no letter and no digit to search for"},

    // ---- names, addresses, and what is there or not ----
    {"name", "a watch's name is 1 to 40 letters, digits, '.', '_' or '-'"},
    {"name", "a friend's name is one line of 1 to {most} bytes"},
    {"name",
     "a persona's name is 1 to {most} letters (a to z), digits, dots, underscores and hyphens, and "
     "does not begin with \"hs\""},
    {"called_so", "a watch is called so already"},
    {"called_so", "there is a persona called {name} already"},
    {"address",
     "the address has {n} letters; a {} address begins with \"{start}\" and has {most} letters"},
    {"address", "this is {}; a {} address begins with \"{start}\" and has {most} letters"},
    {"address", "the address has a typing error: its checksum is wrong"},
    {"address", "an onion address has 56 letters before .onion, this one has {n}"},
    {"address", "the onion address has a wrong checksum: a letter was mistyped"},
    {"no_such", "nothing that is here begins with {id}"},
    {"no_such", "no offer alive and no received mail begins with {id}"},
    {"over", "this {} is removed already"},
    {"over", "this {} has expired; nobody shows it any more"},
    {"over", "the offer {id} is removed or has expired"},
    {"over", "the offer has just expired"},
    {"over", "this mail is delivered: its reader has a copy"},
    {"over", "this mail is withdrawn already"},
    {"over", "this mail has expired; no node has it any more"},
    {"over", "the trade is over: it is {state}"},
    {"full", "there are {n} own {}s already; removed ones count until they expire"},
    {"full", "the outbox holds {n} mails that are still alive; wait until some expire"},
    {"persona_offers", "this persona has {n} offer{} alive; remove first, or wait until expired"},

    // ---- mail and trades ----
    {"no_mailbox", "this offer names no mailbox: its maker takes no mail"},
    {"no_mailbox", "this mail names no mailbox to answer to"},
    {"key_missing",
     "the key of {address} is not here; its owner has to publish it (hearsay mailbox publish)"},
    {"arrived", "a receipt came"},
    {"arrived", "its reader removed it from the network"},
    {"no_receipt", "it expired; the network had it, and no receipt came"},
    {"lost", "it expired before the key of its mailbox was found"},
    {"lost", "it expired; it was handed to other nodes and never heard back"},
    {"lost", "it expired before it could be handed to another node"},
    {"arbiter", "the arbiter is a third, neither maker nor taker"},
    {"arbiter", "an arbiter is a persona (hsp1...) and a mailbox (hsm1...)"},
    {"show_what", "say what to show: all messages, or some by name, such as maker-2"},
    {"fork",
     "The persona {address} signed two different messages {n}: that is cheating, or its node was "
     "restored from an old backup. The one that came first counts; both are kept as a proof."},
    {"stuck",
     "You have signed messages that are not here, as after an old backup. To go on would "
     "contradict them, so this node refuses."},
    {"claimed",
     "The other side claims to have seen messages of yours that this node never signed. If this is "
     "an old copy of your node, say nothing more in this trade; otherwise the claim is false."},
    {"earlier",
     "An earlier version of your offer was taken: see what it gives and wants before you accept."},

    // ---- why another node is not linked (net/socks.cpp) ----
    {"peer_offline",
     "the onion service's descriptor cannot be found: it is offline, new, or does not exist{}"},
    {"peer_offline", "the onion service did not answer the introduction: it is probably offline{}"},
    {"peer_offline", "the introduction to the onion service timed out{}"},
    {"peer_offline", "Tor gave up waiting for the onion service{}"},
    {"peer_no_way", "Tor could not connect{}"},
    {"peer_no_way", "the rendezvous with the onion service failed{}"},

    // ---- the disk, and what is under way ----
    {"path_there", "{path} exists already; a backup replaces no file"},
    {"under_way", "another backup is being written or read; try again when it is done"},
    {"under_way", "other audits are under way; try again in a minute"},
}};
static_assert(!rows.back().code.empty());  // total: a constant

// Control-spec, "Bootstrap phases", but for "done": who is done says so by its state.
constexpr std::array<std::string_view, 25> phases{"starting",
                                                  "conn_pt",
                                                  "conn_done_pt",
                                                  "conn_proxy",
                                                  "conn_done_proxy",
                                                  "conn",
                                                  "conn_done",
                                                  "handshake",
                                                  "handshake_done",
                                                  "onehop_create",
                                                  "requesting_status",
                                                  "loading_status",
                                                  "loading_keys",
                                                  "requesting_descriptors",
                                                  "loading_descriptors",
                                                  "enough_dirinfo",
                                                  "ap_conn_pt",
                                                  "ap_conn_done_pt",
                                                  "ap_conn_proxy",
                                                  "ap_conn_done_proxy",
                                                  "ap_conn",
                                                  "ap_conn_done",
                                                  "ap_handshake",
                                                  "ap_handshake_done",
                                                  "circuit_create"};
static_assert(!phases.back().empty());  // total: a constant

// A sentence's fixed parts, and the names between them: one part more than names.
struct Shape {
    std::vector<std::string_view> parts;
    std::vector<std::string_view> names;
};

Shape shape_of(std::string_view english) {
    Shape out;
    for (;;) {
        const std::size_t open = english.find('{');
        const std::size_t close = english.find('}', open);
        out.parts.push_back(english.substr(0, open));
        if (open == std::string_view::npos || close == std::string_view::npos) return out;
        out.names.push_back(english.substr(open + 1, close - open - 1));
        english.remove_prefix(close + 1);  // total: found in it
    }
}

using Values = std::vector<std::pair<std::string_view, std::string_view>>;

// What stands at the names, if it fits.
std::optional<Values> fit(const Shape& shape, std::string_view text) {
    if (!text.starts_with(shape.parts.front())) return std::nullopt;  // total: always one
    text.remove_prefix(shape.parts.front().size());                   // total: begins with it
    Values out;
    for (std::size_t at = 0; at < shape.names.size(); ++at) {
        const std::string_view next = shape.parts[at + 1];  // total: one more than names
        const bool is_last = at + 1 == shape.names.size();
        if (is_last && !text.ends_with(next)) return std::nullopt;
        const std::size_t end = is_last ? text.size() - next.size() : text.find(next);
        if (end == std::string_view::npos) return std::nullopt;
        out.emplace_back(shape.names[at], text.substr(0, end));  // total: of its size
        text.remove_prefix(end + next.size());                   // total: found in it
    }
    if (!text.empty()) return std::nullopt;
    return out;
}

// A value that is a sentence again.
constexpr std::string_view inner_name = "why";

std::optional<Sentence> read(std::string_view english, bool is_inner) {
    static const std::vector<Shape> shapes = [] {
        std::vector<Shape> made;
        for (const SentenceRow& row : rows) made.push_back(shape_of(row.english));
        return made;
    }();
    for (std::size_t row = 0; row < rows.size(); ++row) {
        const auto values = fit(shapes[row], english);  // total: a shape for each row
        if (!values) continue;
        Sentence out;
        out.set_code(std::string(rows[row].code));  // total: smaller than its size
        for (const auto& [name, value] : *values) {
            if (name.empty() || value.empty()) continue;
            std::string& said = (*out.mutable_values())[std::string(name)];
            said = value;
            if (is_inner || name != inner_name) continue;
            const auto inner = read(value, true);
            if (!inner) continue;
            said = "#" + inner->code();
            out.mutable_values()->insert(inner->values().begin(), inner->values().end());
        }
        return out;
    }
    return std::nullopt;
}

}  // namespace

std::span<const SentenceRow> sentence_rows() {
    return rows;
}

std::optional<Sentence> recognize(std::string_view english) {
    if (english.size() > sentence_bytes_max || !is_utf8(english)) return std::nullopt;
    return read(english, false);
}

std::span<const std::string_view> bootstrap_phases() {
    return phases;
}

std::optional<Sentence> recognize_phase(std::string_view tag) {
    if (std::ranges::find(phases, tag) == phases.end()) return std::nullopt;
    Sentence out;
    out.set_code("phase_" + std::string(tag));
    return out;
}

}  // namespace hearsay::api
