#include "app/cli/run.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>

#include "api/encode/json.hpp"
#include "api/encode/utf8.hpp"
#include "app/cli/asker.hpp"
#include "app/cli/attachments.hpp"
#include "app/cli/client.hpp"
#include "app/cli/commands_search.hpp"
#include "app/cli/doctor.hpp"
#include "app/cli/new_file.hpp"
#include "app/cli/open_page.hpp"
#include "app/cli/qr.hpp"
#include "app/cli/report.hpp"
#include "app/cli/run_bulk.hpp"
#include "app/cli/run_keys.hpp"
#include "app/cli/run_lists.hpp"
#include "app/cli/run_mail.hpp"
#include "app/cli/run_offers.hpp"
#include "app/cli/run_pages.hpp"
#include "app/cli/run_posts.hpp"
#include "app/cli/run_trade.hpp"
#include "app/cli/run_watches.hpp"
#include "app/cli/secrets.hpp"
#include "app/cli/show.hpp"
#include "app/cli/text.hpp"
#include "app/cli/watch.hpp"
#include "base/limits/api.hpp"

namespace hearsay::app::cli {

namespace {

// More than any text may have; what exactly is too much for an offer or a mail, the node says.
constexpr std::size_t text_bytes_max = base::limits::api_body_bytes_max / 4;

struct Failure {
    Exit code = exit_usage;
    std::string text;
};

std::expected<std::string, Failure> read_all(std::istream& in, const std::string& name) {
    std::string out;
    std::array<char, 4096> part;
    while (in.read(part.data(), part.size()) || in.gcount() > 0) {
        out.append(part.data(), static_cast<std::size_t>(in.gcount()));
        if (out.size() > text_bytes_max)
            return std::unexpected(Failure{
                exit_usage, name + " is longer than " + std::to_string(text_bytes_max) + " bytes"});
    }
    if (in.bad()) return std::unexpected(Failure{exit_failed, "cannot read " + name});
    return out;
}

// Line ends as items want them, none at the end.
std::string tidy(const std::string& text) {
    std::string out;
    constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";  // some editors write it
    for (std::size_t i = text.starts_with(byte_order_mark) ? byte_order_mark.size() : 0;
         i < text.size(); ++i)
        if (text[i] != '\r' || i + 1 == text.size() || text[i + 1] != '\n') out += text[i];
    while (!out.empty() && out.back() == '\n') out.pop_back();
    return out;
}

std::expected<std::string, Failure> read_text(const TextSource& source, bool stdin_if_none,
                                              Terminal& terminal) {
    const bool from_stdin = source.file == "-" || (stdin_if_none && !source.text && !source.file);
    std::expected<std::string, Failure> out;
    if (source.text) {
        out = *source.text;
    } else if (from_stdin) {
        if (terminal.in_is_tty && !source.file)
            return std::unexpected(
                Failure{exit_usage,
                        "expected --text TEXT, --text-file FILE, or the text on standard input"});
        out = read_all(terminal.in, "the text on standard input");
    } else if (source.file) {
        std::ifstream file(*source.file, std::ios::binary);
        if (!file || std::filesystem::is_directory(*source.file))
            return std::unexpected(
                Failure{exit_usage, "--text-file: " + cannot_read(*source.file)});
        out = read_all(file, *source.file);
    }
    if (out) out = tidy(*out);
    if (out && !api::is_utf8(*out))
        return std::unexpected(Failure{exit_usage, "the text is not UTF-8"});
    return out;
}

template <class List>
std::string filters_of(const List& command) {
    return std::string(command.mine ? "&mine=true" : "") +
           (command.show_hidden ? "&show_hidden=true" : "");
}

class Runner {
public:
    Runner(const Invocation& invocation, Terminal& terminal)
        : client_(invocation.data_dir), json_(invocation.json), terminal_(terminal) {}

    int operator()(const PrintText& command) {
        terminal_.out << command.text << std::flush;
        return exit_ok;
    }
    int operator()(const StatusCommand& command) {
        return run_status(command, client_, json_, terminal_);
    }
    int operator()(const DoctorCommand&) { return run_doctor(client_, json_, terminal_); }
    int operator()(const StopCommand&) { return run_stop(asker()); }
    int operator()(const IdentityWords&) { return run_word_check(asker()); }
    int operator()(const IdentityPassphrase& command) { return run_passphrase(command, asker()); }
    int operator()(const IdentityShow& command) {
        const auto qr = [&](std::string_view address) {
            if (!command.qr || json_) return;
            const std::string code = qr_code(address, terminal_.colour, terminal_.width);
            terminal_.out << (code.empty() ? "" : "\n") << code << std::flush;
            if (code.empty()) note(terminal_, "there is not room for a QR code in so few columns");
        };
        if (!command.persona.empty())
            return ask_then<api::Persona>(
                "/v1/personas/" + command.persona,
                [&](const api::Persona& persona) { qr(persona.address()); });
        std::string raw;
        const auto identity = fetch<api::Identity>("GET", "/v1/identity", "", raw);
        if (!identity) return identity.error();
        if (json_)
            terminal_.out << raw << std::endl;
        else
            terminal_.out << (command.all ? show(*identity, style()) : summary(*identity, style()))
                          << std::flush;
        qr(main_mailbox(*identity));
        return exit_ok;
    }
    int operator()(const IdentityList&) { return ask<api::PersonaList>("GET", "/v1/personas"); }
    int operator()(const IdentityNew& command) {
        api::PersonaDraft draft;
        draft.set_name(command.name);
        return send<api::Persona>("/v1/personas", draft, "Made: ");
    }
    int operator()(const IdentityExport& command) { return run_export(command, asker()); }
    int operator()(const IdentityImport& command) {
        const auto secret = command.secret.empty()
                                ? read_secret("Secret key (hssec1...): ", {}, terminal_)
                                : std::expected<std::string, SecretProblem>(command.secret);
        if (!secret)
            return report(terminal_, json_, secret.error().code, "usage", secret.error().text);
        api::PersonaImport import;
        import.set_secret(*secret);
        import.set_name(command.name);
        return send<api::Persona>("/v1/persona-imports", import, "Imported: ");
    }
    int operator()(const IdentityRetire& command) {
        return ask<api::Persona>("DELETE", "/v1/personas/" + command.persona, "Retired: ");
    }
    int operator()(const IdentityRecover&) {
        const auto words = read_words(terminal_);
        if (!words)
            return report(terminal_, json_, words.error().code, "usage", words.error().text);
        api::Recovery recovery;
        recovery.set_words(*words);
        return send<api::Identity>(
            "/v1/recoveries", recovery,
            "Recovered. Offers of yours that are alive are looked for now; mail comes as the "
            "node finds it.\n\n");
    }
    int operator()(const BackupCommand& command) {
        const auto passphrase = read_passphrase(command, terminal_);
        if (!passphrase)
            return report(terminal_, json_, passphrase.error().code, "usage",
                          passphrase.error().text);
        api::BackupDraft draft;
        draft.set_path(absolute_path(command.file));
        draft.set_passphrase(*passphrase);
        if (command.restore)
            return send<api::Backup>("/v1/restores", draft,
                                     "Restored. Let the old node never run again.\n");
        return send<api::Backup>(
            "/v1/backups", draft,
            "Written. It opens all mail of today: keep it as safe as the node.\n");
    }
    int operator()(const BulkCommand& command) {
        return run_bulk(command, client_, json_, terminal_);
    }
    int operator()(const OpenPage& command) { return run_open(command, client_, json_, terminal_); }
    int operator()(const MailRemove& command) {
        return ask<api::Mail>("DELETE", "/v1/mail/" + command.id, "Removed: ");
    }

    int operator()(const OfferPublish& command) {
        const auto text = read_text(command.text, false, terminal_);
        if (!text) return report(terminal_, json_, text.error().code, "usage", text.error().text);
        return run_publish(command, *text, client_, json_, terminal_);
    }
    int operator()(const OfferUpdate& command) {
        const auto text = read_text(command.offer.text, false, terminal_);
        if (!text) return report(terminal_, json_, text.error().code, "usage", text.error().text);
        return run_update(command, *text, client_, json_, terminal_);
    }
    int operator()(const OfferList& command) {
        return run_pages<api::OfferList>(asker(), "/v1/offers", filters_of(command), command.part);
    }
    int operator()(const OfferShow& command) {
        if (command.audit) return run_audit(command, client_, json_, terminal_);
        return ask<api::Offer>("GET", "/v1/offers/" + command.id);
    }
    int operator()(const OfferPicture& command) {
        return run_picture(command, client_, json_, terminal_);
    }
    int operator()(const OfferRemove& command) {
        return ask<api::Offer>("DELETE", "/v1/offers/" + command.id, "Removed: ");
    }

    int operator()(const ProfileSet& command) {
        const auto about = read_text(command.about, false, terminal_);
        if (!about)
            return report(terminal_, json_, about.error().code, "usage", about.error().text);
        return run_profile_set(command, *about, client_, json_, terminal_);
    }
    int operator()(const ProfileShow& command) {
        const auto address = friends_address(asker(), command.persona);
        if (!address) return address.error();
        return ask<api::Profile>("GET", "/v1/profiles/" + *address);
    }
    int operator()(const ProfileList& command) {
        return run_pages<api::ProfileList>(asker(), "/v1/profiles", filters_of(command),
                                           command.part);
    }
    int operator()(const ProfileRemove& command) {
        return ask<api::Profile>("DELETE", "/v1/profiles/" + command.persona, "Removed: ");
    }
    int operator()(const PostPublish& command) {
        const auto text = read_text(command.text, false, terminal_);
        if (!text) return report(terminal_, json_, text.error().code, "usage", text.error().text);
        return run_post(command, *text, client_, json_, terminal_);
    }
    int operator()(const PostList& command) {
        return run_pages<api::PostList>(asker(), "/v1/posts", filters_of(command), command.part);
    }
    int operator()(const PostShow& command) {
        return ask<api::Post>("GET", "/v1/posts/" + command.id);
    }
    int operator()(const PostRemove& command) {
        return ask<api::Post>("DELETE", "/v1/posts/" + command.id, "Removed: ");
    }
    int operator()(const Renew& command) {
        return ask<api::Renewal>(command.stop ? "DELETE" : "POST", "/v1/renewals/" + command.id);
    }
    int operator()(const ListCommand& command) {
        const auto about = read_text(command.about, false, terminal_);
        if (!about)
            return report(terminal_, json_, about.error().code, "usage", about.error().text);
        return run_list(command, *about, client_, json_, terminal_);
    }
    int operator()(const WatchCommand& command) {
        return run_watches(command, client_, json_, terminal_);
    }
    int operator()(const SearchCommand& command) {
        SearchCommand named = command;
        if (!command.by.empty()) {
            const auto address = friends_address(asker(), command.by);
            if (!address) return address.error();
            named.by = *address;
        }
        const std::string target = "/v1/search?" + search_query(named);
        std::string cursor;
        for (;;) {  // ends with the store's last match, or with the node
            std::optional<api::SearchAnswer> page;
            const int code = ask<api::SearchAnswer>("GET", target + cursor, "", "", &page);
            if (code != exit_ok || !page || !command.all || page->cursor().empty()) return code;
            cursor = "&cursor=" + page->cursor();
        }
    }

    int operator()(const MailSend& command) {
        const auto text = read_text(command.text, true, terminal_);
        if (!text) return report(terminal_, json_, text.error().code, "usage", text.error().text);
        api::MailDraft draft;
        draft.set_to(command.to);
        draft.set_subject(command.subject);
        draft.set_text(*text);
        draft.set_lifetime_seconds(command.lifetime_seconds);
        const auto notes = attach(command.attachments, draft);
        if (!notes) return report(terminal_, json_, exit_usage, "usage", notes.error());
        draft.set_persona(command.persona);
        const int code = send<api::Mail>("/v1/mail", draft);
        if (code == exit_ok)
            for (const std::string& each : *notes) note(terminal_, each);
        return code;
    }
    int operator()(const MailList& command) {
        std::string filters = command.unread ? "&unread=true" : "";
        if (command.trades) filters += "&trades=true";
        if (!command.from.empty()) filters += "&from=" + percent_encoded(command.from);
        if (!command.about.empty()) filters += "&about=" + percent_encoded(command.about);
        return run_pages<api::MailList>(asker(), "/v1/mail", filters, command.part);
    }
    int operator()(const MailRead& command) { return run_mail_read(command, asker()); }
    int operator()(const MailWithdraw& command) {
        return ask<api::Mail>("POST", "/v1/withdrawals/" + command.id, "Withdrawn: ");
    }

    int operator()(const MailQuarantine& command) {
        if (!command.retry.empty())
            return ask<api::SetAside>("POST", "/v1/quarantine/" + command.retry + "/retries",
                                      "It is read again.\n");
        if (!command.remove.empty())
            return ask<api::SetAside>("DELETE", "/v1/quarantine/" + command.remove, "Removed.\n");
        return ask<api::SetAsideList>("GET", "/v1/quarantine");
    }
    int operator()(const MailboxRule& command) { return run_rule(command, asker()); }
    int operator()(const MailboxPublish& command) {
        return ask<api::Mailbox>("POST", "/v1/mailboxes/" + command.address + "/key",
                                 "Published: ");
    }
    int operator()(const MailboxWithdraw& command) {
        return ask<api::Mailbox>("DELETE", "/v1/mailboxes/" + command.address + "/key",
                                 "Withdrawn: ");
    }
    int operator()(const FriendsList&) { return ask<api::FriendList>("GET", "/v1/friends"); }
    int operator()(const FriendsAdd& command) {
        api::Friend known;
        known.set_address(command.address);
        known.set_name(command.name);
        return send<api::Friend>("/v1/friends", known, "Added: ");
    }
    int operator()(const FriendsRemove& command) {
        const auto address = friends_address(asker(), command.who, Known::friends);
        if (!address) return address.error();
        return ask<api::Friend>("DELETE", "/v1/friends/" + *address, "Removed: ");
    }

    int operator()(const TradeList& command) {
        return run_pages<api::TradeList>(asker(), "/v1/trades", "", command.part);
    }
    int operator()(const TradeCommand& command) {
        const auto text = read_text(command.text, false, terminal_);
        if (!text) return report(terminal_, json_, text.error().code, "usage", text.error().text);
        return run_trade(command, *text, client_, json_, terminal_);
    }
    int operator()(const RateCommand& command) {
        const auto text = read_text(command.text, false, terminal_);
        if (!text) return report(terminal_, json_, text.error().code, "usage", text.error().text);
        return run_rate(command, *text, client_, json_, terminal_);
    }
    int operator()(const RatingsShow& command) {
        if (!command.offer.empty())
            return ask<api::RatingList>("GET", "/v1/offers/" + command.offer + "/ratings");
        if (command.persona.empty()) return ask<api::RatingList>("GET", "/v1/ratings");
        const auto address = friends_address(asker(), command.persona);
        if (!address) return address.error();
        return ask<api::RatingList>("GET", "/v1/ratings/" + *address);
    }

    int operator()(const PeersList& command) {
        return ask<api::PeerList>("GET", command.all ? "/v1/peers?all=true" : "/v1/peers");
    }
    int operator()(const PeersShow& command) {
        return ask<api::Peer>("GET", "/v1/peers/" + command.onion);
    }
    int operator()(const PeersAdd& command) {
        api::PeerAdd peer;
        peer.set_onion(command.onion);
        return send<api::Peer>("/v1/peers", peer, "Added: ");
    }
    int operator()(const PeersRemove& command) {
        return ask<api::Peer>("DELETE", "/v1/peers/" + command.onion, "Removed: ");
    }
    int operator()(const PeersBan& command) {
        api::PeerBan ban;
        ban.set_onion(command.onion);
        ban.set_duration_seconds(command.seconds);
        ban.set_reason(command.reason);
        return send<api::Peer>("/v1/bans", ban, "Banned: ");
    }
    int operator()(const PeersUnban& command) {
        return ask<api::Peer>("DELETE", "/v1/bans/" + command.onion, "Not banned any more: ");
    }

private:
    Asker asker() const { return {client_, json_, terminal_}; }
    Style style() const { return style_of(terminal_); }

    template <class T, class Then>
    int ask_then(const std::string& target, Then then) {
        std::optional<T> got;
        const int code = ask<T>("GET", target, "", "", &got);
        if (code == exit_ok && got) then(*got);
        return code;
    }

    template <class T>
    int ask(std::string_view method, const std::string& target, std::string_view before = "",
            const std::string& body = "", std::optional<T>* got = nullptr) {
        std::string raw;
        const std::expected<T, int> message = fetch<T>(method, target, body, raw);
        if (!message) return message.error();
        if (json_)
            terminal_.out << raw << "\n";
        else
            terminal_.out << introduced(before, show(*message, style()), terminal_.width);
        terminal_.out << std::flush;
        if (got != nullptr) *got = *message;
        return exit_ok;
    }

    // The answer, and as the node wrote it; else the exit code, and the error is told.
    template <class T>
    std::expected<T, int> fetch(std::string_view method, const std::string& target,
                                const std::string& body, std::string& raw) {
        const std::expected<Answer, ClientError> answer = client_.ask(method, target, body);
        if (!answer) return std::unexpected(report(terminal_, json_, answer.error()));
        if (answer->status >= 400) return std::unexpected(report(terminal_, json_, *answer));
        T message;
        if (!api::from_json(answer->body, message, api::Unknown::ignore))
            return std::unexpected(report_nonsense(terminal_, json_));
        raw = answer->body;
        return message;
    }

    // Options come from the user's shell, in whatever encoding it has.
    std::expected<std::string, int> to_body(const google::protobuf::Message& draft) {
        base::Result<std::string> body = api::to_json(draft);
        if (!body)
            return std::unexpected(
                report(terminal_, json_, exit_usage, "usage", "an argument is not UTF-8"));
        return *std::move(body);
    }

    template <class T>
    int send(const std::string& target, const google::protobuf::Message& draft,
             std::string_view before = "", std::string_view method = "POST") {
        const std::expected<std::string, int> body = to_body(draft);
        return body ? ask<T>(method, target, before, *body) : body.error();
    }

    const Client client_;
    const bool json_;
    Terminal& terminal_;
};

}  // namespace

int run(const std::vector<std::string>& words, const Environment& environment, Terminal& terminal) {
    const std::expected<Invocation, UsageError> invocation =
        parse(words, environment, terminal.width);
    if (!invocation)
        return report(terminal, invocation.error().json, exit_usage, "usage",
                      invocation.error().text);
    const int code = std::visit(Runner(*invocation, terminal), invocation->command);
    terminal.out.flush();
    // A full disk must not look like success.
    return terminal.out || code != exit_ok ? code : report_unwritable(terminal);
}

}  // namespace hearsay::app::cli
