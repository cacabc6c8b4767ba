// app/cli/invocation.hpp - what the user asked for, read from the words of the command line.
//
// Options may stand before or after the command. Anything unknown is a usage error that says what
// was expected and names the nearest word that exists; nothing is guessed and then done.
// Pure: the environment is an argument.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "app/cli/offer_edit.hpp"
#include "app/environment.hpp"

namespace hearsay::app::cli {

// Exit codes; --help and docs/api.md list them.
enum Exit : int {
    exit_ok = 0,
    exit_failed = 1,       // the node refused or failed
    exit_usage = 2,        // the command line makes no sense
    exit_not_running = 3,  // no node answers on the socket
    exit_not_found = 4,
    exit_unavailable = 5,  // not now, or the time is over
    exit_denied = 6,
};

struct PrintText {  // --help, --version
    std::string text;
};
enum class Until { never, ready, reachable, connected, synced };
struct StatusCommand {
    bool watch = false;
    Until until = Until::never;
    std::uint32_t timeout_seconds = 0;  // 0: no end
};
struct IdentityShow {
    std::string persona;  // empty: all of it
    bool qr = false;
};
struct IdentityList {};
struct IdentityNew {
    std::string name;
};
struct IdentityExport {
    std::string persona;
    std::string file;  // empty: standard output
};
struct IdentityImport {
    std::string secret;  // empty: standard input, or asked for
    std::string name;
};
struct IdentityRetire {
    std::string persona;
};
struct IdentityRecover {};
struct BackupCommand {
    bool restore = false;
    std::string file;
    std::string passphrase_file;  // empty: standard input, or asked for
};
// At most one of the two; neither means empty (offers) or standard input (mail).
struct TextSource {
    std::optional<std::string> text;
    std::optional<std::string> file;  // "-" is standard input
};
struct OfferPublish {
    OfferEdit edit;
    TextSource text;
    std::uint32_t lifetime_seconds = 0;  // 0: the node's default
    std::string persona;
};
// As the offer is, but for what is said here. A lifetime of 0: it ends when it would have ended.
struct OfferUpdate {
    std::string id;
    OfferPublish offer;
};
struct OfferList {
    std::size_t limit = 0;
    bool mine = false;
};
struct OfferShow {
    std::string id;
};
struct OfferRemove {
    std::string id;
};
// As the profile is, but for what is said here.
struct ProfileSet {
    std::string persona;
    std::optional<std::string> nickname;
    TextSource about;
    std::optional<std::vector<std::string>> languages;
    std::optional<bool> contact;
};
struct ProfileShow {
    std::string persona;
};
struct ProfileList {
    std::size_t limit = 0;
    bool mine = false;
};
struct ProfileRemove {
    std::string persona;
};
struct PostPublish {
    std::string title, answer_to, language, persona;
    TextSource text;
    std::vector<std::string> tags;
    std::uint32_t lifetime_seconds = 0;  // 0: the node's default
};
struct PostList {
    std::size_t limit = 0;
    bool mine = false;
};
struct PostShow {
    std::string id;
};
struct PostRemove {
    std::string id;
};
struct SearchCommand {
    std::string words, by, kind, tag, sort, currency;
    // The other parameters of GET /v1/search, by their names there.
    std::vector<std::pair<std::string, std::string>> fields;
    std::size_t limit = 0;
    bool all = false;
};
struct MailSend {
    std::string to, subject;
    TextSource text;
    std::uint32_t lifetime_seconds = 0;
    std::vector<std::string> attachments;  // files
    std::string persona;
};
struct MailRemove {
    std::string id;
};
struct MailList {
    std::size_t limit = 0;
};
struct MailRead {
    std::string id;
    std::string save;  // a directory for the attachments, or empty
};
struct MailWithdraw {
    std::string id;
};
struct MailQuarantine {
    std::string retry, remove;  // ids; both empty: the list
};
struct MailboxRule {
    std::string address, who;
    std::uint32_t stamp_bits = 0;     // 0: the usual
    std::uint32_t strangers_max = 0;  // likewise
};
struct MailboxPublish {
    std::string address;  // or "main"
};
struct MailboxWithdraw {
    std::string address;
};
struct FriendsList {};
struct FriendsAdd {
    std::string address, name;
};
struct FriendsRemove {
    std::string address;
};
struct TradeCommand {
    std::string move;  // "take", "list", "show", "payload", "remove", or a move of the trade
    std::string id;    // of the trade; of the offer that is taken
    TextSource text;
    std::string payload_file, payload_type;
    bool changes_terms = false;
    std::string give, want, terms, ships, arbiter, arbiter_mailbox;
    std::string right;
    bool show_all = false;
    std::vector<std::uint32_t> show;
    std::uint32_t number = 0;  // of a message
};
struct RateCommand {
    std::string id;
    std::uint32_t stars = 0;
    TextSource text;
    bool remove = false;
};
struct RatingsShow {
    std::string persona;  // empty: one's own
};
struct PeersList {
    bool all = false;
};
struct PeersShow {
    std::string onion;
};
struct PeersAdd {
    std::string onion;
};
struct PeersRemove {
    std::string onion;
};
struct PeersBan {
    std::string onion;
    std::uint32_t seconds = 0;  // 0: the node's default
    std::string reason;
};
struct PeersUnban {
    std::string onion;
};
struct OpenPage {
    bool print = false;  // the file's path, instead of a browser
    bool close = false;  // let nobody in any more
};
using Command =
    std::variant<PrintText, StatusCommand, IdentityShow, IdentityList, IdentityNew, IdentityExport,
                 IdentityImport, IdentityRetire, IdentityRecover, OfferPublish, OfferUpdate,
                 OfferList, OfferShow, OfferRemove, SearchCommand, ProfileSet, ProfileShow,
                 ProfileList, ProfileRemove, PostPublish, PostList, PostShow, PostRemove, MailSend,
                 MailList, MailRead, MailWithdraw, MailRemove, MailQuarantine, MailboxRule,
                 MailboxPublish, MailboxWithdraw, FriendsList, FriendsAdd, FriendsRemove,
                 TradeCommand, RateCommand, RatingsShow, PeersList, PeersShow, PeersAdd,
                 PeersRemove, PeersBan, PeersUnban, BackupCommand, OpenPage>;

struct Invocation {
    std::string data_dir;
    bool json = false;
    Command command;
};
struct UsageError {
    std::string text;  // what was wrong and what was expected
    bool json = false;
};

// `words` without the program's name.
std::expected<Invocation, UsageError> parse(const std::vector<std::string>& words,
                                            const Environment& environment);

}  // namespace hearsay::app::cli
