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
#include "app/layout.hpp"

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

struct PrintText {  // help, --help, version
    std::string text;
};
enum class Until { never, ready, reachable, connected, synced };
struct StatusCommand {
    bool watch = false;
    Until until = Until::never;
    std::uint32_t timeout_seconds = 0;  // 0: no end
};
struct DoctorCommand {};
struct StopCommand {};
struct IdentityShow {
    std::string persona;  // empty: the whole
    bool qr = false;
    bool all = false;  // each persona and mailbox, not those only that a person made
};
struct IdentityWords {};  // --check: are these the ones of this node?
struct IdentityPassphrase {
    std::string before_file, after_file;  // empty: asked for
    bool none = false;                    // from now on
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
    bool estimate = false;  // only say what it would cost
    std::optional<bool> renew;
    std::optional<std::vector<std::string>> pictures;  // files, in place of what is shown
};
// As the offer is, but for what is said here. A lifetime of 0: it ends when it would have ended.
struct OfferUpdate {
    std::string id;
    OfferPublish offer;
};
// Which part of a list: one page, or all.
struct ListPart {
    std::size_t limit = 0;
    std::size_t page = 1;
    bool all = false;
};
struct OfferList {
    ListPart part;
    bool mine = false;
    bool show_hidden = false;
};
struct OfferShow {
    std::string id;
    bool audit = false;  // nodes are asked whether they hold it
};
struct OfferPicture {
    std::string id;
    std::uint32_t number = 1;
    std::string file;  // "-" is standard output
};
struct OfferRemove {
    std::string id;
};
// Of an offer or a post.
struct Renew {
    std::string id;
    bool stop = false;
};
// As the profile is, but for what is said here.
struct ProfileSet {
    std::string persona;
    std::optional<std::string> nickname;
    TextSource about;
    std::optional<std::vector<std::string>> languages;
    std::optional<bool> contact;
    std::optional<std::string> picture;  // a file; empty: none from now on
};
struct ProfileShow {
    std::string persona;
};
struct ProfileList {
    ListPart part;
    bool mine = false;
    bool show_hidden = false;
};
struct ProfileRemove {
    std::string persona;
};
struct PostPublish {
    std::string title, answer_to, language, persona;
    TextSource text;
    std::vector<std::string> tags;
    std::uint32_t lifetime_seconds = 0;  // 0: the node's default
    bool renew = false;
};
struct PostList {
    ListPart part;
    bool mine = false;
    bool show_hidden = false;
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
    bool show_hidden = false;
};
// Lists of what is hidden or recommended.
struct ListEntries {
    bool recommends = false;
    std::vector<std::string> items, publishers, words, kinds;
    std::string reason;
    bool empty() const {
        return items.empty() && publishers.empty() && words.empty() && kinds.empty();
    }
};
struct ListCommand {
    // "list", "show", "new", "add", "remove", "delete", "publish", "unpublish", "subscribe",
    // "unsubscribe", "subscribed" or "why"
    std::string what;
    std::string which;  // a list's name or id; what "why" asks about
    TextSource about;
    ListEntries entries;
    std::string persona;
    ListPart part;
    bool mine = false;
};
struct WatchCommand {
    std::string what;  // "list", "show", "add", "remove" or "run"
    std::vector<std::string> names;
    SearchCommand search;
    std::string program;  // of "run"; empty: matches are printed
    std::uint32_t timeout_seconds = 0;
};
// What is written into one file, or read from one; "-" is standard output or input.
struct BundleExport {
    std::string file;
    std::optional<SearchCommand> search;  // nothing: all that is alive
    std::size_t items = 0;                // at most so many; 0: as many as fit
    std::size_t contacts = 0;
    bool myself = false;  // this node's address is among them
};
struct BundleImport {
    std::string file;
};
struct OffersImport {
    std::string file;
    std::size_t from = 1;  // the first line that counts
};
struct OffersExport {
    std::string file;
    bool csv = false;
};
struct TradesExport {
    std::string file;
    bool csv = false;
};
using BulkCommand =
    std::variant<BundleExport, BundleImport, OffersImport, OffersExport, TradesExport>;
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
    ListPart part;
    bool unread = false;
    bool trades = false;
    std::string from, about;
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
// What is not said stays; with nothing said it is only shown.
struct MailboxRule {
    std::string address;
    std::optional<std::string> who{};
    std::optional<std::uint32_t> stamp_bits{};     // 0: the usual
    std::optional<std::uint32_t> strangers_max{};  // likewise
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
    std::string who;  // address or name
};
struct TradeList {
    ListPart part;
};
struct TradeCommand {
    std::string move;  // "take", "show", "payload", "remove", or a move of the trade
    std::string id;    // of the trade; of the offer that is taken
    TextSource text;
    std::string payload_file, payload_type;
    bool changes_terms = false;
    std::string give, want, terms, ships, arbiter, arbiter_mailbox;
    std::string right;
    bool show_all = false;
    std::vector<std::string> show;  // names of messages, such as maker-2
    std::string message;            // the name of one
};
struct RateCommand {
    std::string id;
    std::uint32_t stars = 0;
    TextSource text;
    bool remove = false;
    bool thing = false;  // of what was traded; else of the partner
};
struct RatingsShow {
    std::string persona;  // empty: one's own
    std::string offer;    // its thing; then there is no persona
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
    std::variant<PrintText, StatusCommand, DoctorCommand, StopCommand, IdentityWords,
                 IdentityPassphrase, IdentityShow, IdentityList, IdentityNew, IdentityExport,
                 IdentityImport, IdentityRetire, IdentityRecover, OfferPublish, OfferUpdate,
                 OfferList, OfferShow, OfferPicture, OfferRemove, SearchCommand, ProfileSet,
                 ProfileShow, ProfileList, ProfileRemove, PostPublish, PostList, PostShow,
                 PostRemove, Renew, ListCommand, WatchCommand, MailSend, MailList, MailRead,
                 MailWithdraw, MailRemove, MailQuarantine, MailboxRule, MailboxPublish,
                 MailboxWithdraw, FriendsList, FriendsAdd, FriendsRemove, TradeList, TradeCommand,
                 RateCommand, RatingsShow, PeersList, PeersShow, PeersAdd, PeersRemove, PeersBan,
                 PeersUnban, BackupCommand, OpenPage, BulkCommand>;

struct Invocation {
    std::string data_dir;
    bool json = false;
    Command command;
};
struct UsageError {
    std::string text;  // what was wrong and what was expected
    bool json = false;
};

// `words` without the program's name; `width` is what help is laid out for.
std::expected<Invocation, UsageError> parse(const std::vector<std::string>& words,
                                            const Environment& environment,
                                            std::size_t width = width_usual);

}  // namespace hearsay::app::cli
