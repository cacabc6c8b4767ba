#include "app/cli/show.hpp"

#include <algorithm>
#include <string_view>

#include <google/protobuf/descriptor.h>

#include "app/cli/show_parts.hpp"
#include "app/cli/text.hpp"

namespace hearsay::app::cli {

namespace {

// Of the status: what its names and bars take, and from where on bars leave the words beside_min.
constexpr std::size_t name_columns = 16;
constexpr std::size_t bar_columns = 20;
constexpr std::size_t width_with_bar = 69;
constexpr std::string_view plain = "\x1b[0m";

struct Part {
    std::string name;
    api::Progress progress;
};

// Every field of Status that is a Progress, in the order of the message.
std::vector<Part> parts_of(const api::Status& status) {
    std::vector<Part> out;
    const google::protobuf::Descriptor& type = *api::Status::GetDescriptor();
    const google::protobuf::Reflection& reflection = *status.GetReflection();
    for (int i = 0; i < type.field_count(); ++i) {
        const google::protobuf::FieldDescriptor& each = *type.field(i);
        if (each.is_repeated() || each.message_type() != api::Progress::GetDescriptor()) continue;
        std::string name = each.name();
        std::replace(name.begin(), name.end(), '_', ' ');
        const google::protobuf::Message& message = reflection.GetMessage(status, &each);
        out.push_back({std::move(name), dynamic_cast<const api::Progress&>(message)});
    }
    return out;
}

std::string_view colour_of(const api::Progress& progress) {
    if (progress.state() == "failed" || progress.state() == "silent" ||
        progress.state() == "unreachable" || progress.state() == "full")
        return "\x1b[31m";
    return progress.percent() >= 100 ? "\x1b[32m" : "\x1b[33m";
}

std::string describe(const api::Progress& progress) {
    std::string out = safe_line(progress.state());
    if (!progress.detail().empty()) out += (out.empty() ? "" : ": ") + safe_line(progress.detail());
    return out;
}

// Where a bar would leave the words too little room there is none. On a screen that is drawn again
// and again a part has one line, so that no line moves.
std::string progress_line(const Part& part, const Style& style) {
    const std::string name = "  " + fit(part.name, name_columns) + " ";
    const std::string percent = std::to_string(std::min(part.progress.percent(), 100U));
    const std::string measure = std::string(3 - percent.size(), ' ') + percent + " %";
    std::string bar;
    if (style.width >= width_with_bar) bar = progress_bar(part.progress.percent(), bar_columns);
    const std::string left = name + bar + (bar.empty() ? "" : " ") + measure;
    const std::size_t column = columns(left) + 2;
    const std::string words = describe(part.progress);
    std::string out;
    if (style.one_screen)
        out = fit(left, column) +
              (column + columns(words) > style.width ? fit(words, style.width - column) : words) +
              "\n";
    else
        out = beside(left, column, words, style.width);
    if (!style.colour) return out;
    out.insert(name.size() + (bar.empty() ? measure : bar).size(), plain);
    return out.insert(name.size(), colour_of(part.progress));
}

// What a limit of traffic holds back; nothing where there is none.
void add_limit(std::vector<std::string>& out, const char* name, std::uint64_t limit,
               std::uint32_t waiting, const char* what) {
    if (limit == 0) return;
    out.push_back(std::string(name) + ": at most " + std::to_string(limit / 1024) +
                  " KiB a second, " + counted(waiting, "item") + " " + what);
}

// What lists hide, where that is not relayed.
void add_laid_aside(std::vector<std::string>& out, const api::Status& status) {
    if (!status.has_laid_aside()) return;
    const std::uint32_t kept = status.laid_aside_kept();
    out.push_back("laid aside: " + counted(status.laid_aside(), "item") +
                  " that your lists hide, neither kept nor passed on" +
                  (kept == 0 ? ""
                             : "; " + std::to_string(kept) +
                                   " more are kept, because no more can be remembered"));
}

// What Tor's directory says of the version; an upgrade that is due is a warning besides.
std::string describe_standing(const api::Status& status) {
    const std::string& standing = status.tor_standing();
    if (standing == "current") return ", recommended by Tor's directory";
    if (standing == "newer") return ", newer than what Tor's directory recommends";
    if (standing.empty()) return ", not known yet whether it is current";
    return ", not recommended by Tor's directory any more";
}

std::vector<std::string> counts_of(const api::Status& status) {
    std::vector<std::string> out;
    out.push_back("links: " + std::to_string(status.links_outbound()) + " outbound, " +
                  std::to_string(status.links_inbound()) + " inbound");
    out.push_back("knows: " + counted(status.peers_known(), "node") + ", heard of " +
                  std::to_string(status.peers_heard_of()) + " more");
    out.push_back("holds: " + counted(status.items(), "item") + ", " +
                  counted(status.offers(), "offer") + ", " + describe_bytes(status.store_bytes()));
    out.push_back("mail: " + std::to_string(status.mail_unread()) + " unread");
    if (status.trades_waiting() != 0)
        out.push_back("trades: " + counted(status.trades_waiting(), "trade") +
                      (status.trades_waiting() == 1 ? " waits" : " wait") + " for you");
    // Offers, posts, profiles, ratings and mails of one's own.
    out.push_back("outgoing: " + counted(status.outbox_pending(), "item") +
                  " of yours not heard back yet");
    add_limit(out, "upload", status.upload_limit(), status.upload_waiting(), "wait to be sent");
    add_limit(out, "download", status.download_limit(), status.download_waiting(),
              "wait to be asked for");
    add_laid_aside(out, status);
    if (!status.tor_version().empty())
        out.push_back("tor version: " + status.tor_version() + describe_standing(status));
    if (!status.sandbox().empty()) out.push_back("sandbox: " + status.sandbox());
    if (status.tor_restarts() != 0)
        out.push_back("tor: restarted " + counted(status.tor_restarts(), "time"));
    return out;
}

// Where a mailbox differs from the usual; else empty.
std::string rule_of(const api::Mailbox& mailbox) {
    std::string out;
    if (mailbox.rule() != "anyone" && !mailbox.rule().empty())
        out = "for " + safe_line(mailbox.rule()) + " only";
    if (mailbox.stamp_bits() != 0)
        out += (out.empty() ? "" : ", ") + std::string("strangers stamp ") +
               std::to_string(mailbox.stamp_bits()) + " bits";
    if (mailbox.refused() != 0)
        out += (out.empty() ? "" : ", ") + counted(mailbox.refused(), "mail") + " refused";
    return out;
}

// Whether an address is enough to write to it.
std::string key_of(const api::Mailbox& mailbox) {
    if (!mailbox.published())
        return "its key is not published: hearsay mailbox publish lets others write to it";
    if (mailbox.published_heard() == 0) return "its key is being published";
    return "its key is published, heard back from " + counted(mailbox.published_heard(), "peer");
}

}  // namespace

namespace {

std::string node_lines(const api::Identity& identity, const Style& style) {
    return heading(style, "Node (for peers only, never in offers or mail)") +
           field(style, "onion", identity.onion()) +
           field(style, "keys",
                 identity.sealed() ? "sealed with a passphrase"
                                   : "not sealed: anyone who reads the disk has them");
}

std::string mailbox_lines(const api::Mailbox& mailbox, const Style& style) {
    std::string use = mailbox.purpose();
    if (mailbox.has_destroyed_after())
        use += ", its key is destroyed " +
               describe_when(time_of(mailbox.destroyed_after()), style.now);
    std::string out = heading(style, "  " + mailbox.address()) + remark(style, use);
    if (const std::string rule = rule_of(mailbox); !rule.empty()) out += remark(style, rule);
    if (mailbox.main() || mailbox.published()) out += remark(style, key_of(mailbox));
    return out;
}

constexpr std::string_view personas_heading = "Personas (sign offers)";
constexpr std::string_view mailboxes_heading = "Mailboxes (receive mail)";

}  // namespace

std::string show(const api::Identity& identity, const Style& style) {
    std::string out = node_lines(identity, style) + "\n" + heading(style, personas_heading);
    for (const api::Persona& persona : identity.personas()) out += persona_lines(persona, style);
    out += "\n" + heading(style, mailboxes_heading);
    for (const api::Mailbox& mailbox : identity.mailboxes()) out += mailbox_lines(mailbox, style);
    return out;
}

std::string summary(const api::Identity& identity, const Style& style) {
    std::string out = node_lines(identity, style) + "\n" + heading(style, personas_heading);
    std::size_t others = 0;
    for (const api::Persona& persona : identity.personas())
        if (persona.kept() || persona.purpose() == "main")
            out += persona_lines(persona, style);
        else
            ++others;
    if (others > 0)
        out +=
            heading(style, "  and " + grouped(others) + (others == 1 ? " that was" : " that were") +
                               " made for one offer or mail each");
    out += "\n" + heading(style, mailboxes_heading);
    std::size_t passing = 0, recovered = 0;
    for (const api::Mailbox& mailbox : identity.mailboxes())
        if (mailbox.main() || !rule_of(mailbox).empty())
            out += mailbox_lines(mailbox, style);
        else
            ++(mailbox.purpose() == "recovered" ? recovered : passing);
    if (passing > 0)
        out += heading(style,
                       "  and " + grouped(passing) + " for the answers to one offer or mail each");
    if (recovered > 0)
        out += heading(style, "  and " + grouped(recovered) +
                                  " that came back with a recovery: one of them may have been "
                                  "given to somebody");
    if (others + passing + recovered > 0) out += "\n" + heading(style, "--all lists each.");
    return out;
}

std::string show(const api::Mailbox& mailbox, const Style& style) {
    std::string out = heading(style, mailbox.address());
    out += field(style, "for", mailbox.purpose());
    out += field(style, "key", key_of(mailbox));
    out += field(style, "writers", mailbox.rule());
    out += field(
        style, "stamp",
        mailbox.stamp_bits() == 0 ? "the usual" : std::to_string(mailbox.stamp_bits()) + " bits");
    out += field(style, "strangers",
                 std::to_string(mailbox.strangers_unread()) + " unread of at most " +
                     std::to_string(mailbox.strangers_max()));
    out += field(style, "refused", counted(mailbox.refused(), "mail"));
    if (mailbox.has_destroyed_after())
        out += field(style, "destroyed", when(mailbox.destroyed_after(), style));
    return out;
}

std::string show(const api::Friend& known, const Style& style) {
    return heading(style, known.name() + "  " + known.address());
}

std::string show(const api::FriendList& friends, const Style& style) {
    if (friends.friends().empty()) return "No friends.\n";
    Table table({{"NAME", 16}, {"PERSONA"}});
    for (const api::Friend& known : friends.friends())
        table.add({safe_line(known.name()), safe_line(known.address())});
    return table.print(style.width);
}

std::string show(const api::Mail& mail, const Style& style) {
    std::string out =
        heading(style, mail.subject().empty() ? "(no subject)" : safe_title(mail.subject()));
    out += field(style, "id", mail.id());
    const bool in = mail.direction() == "in";
    const char* const from = in ? "from" : "from you";
    out += optional_field(style, from, mail.from_name());
    out += field(style, mail.from_name().empty() ? from : "persona", mail.from());
    out += field(style, in ? "to you" : "to", mail.to());
    out += optional_field(style, "about", mail.about());
    out += optional_field(style, "answers", mail.in_reply_to());
    out += field(style, "written", when(mail.written(), style));
    if (mail.has_received()) out += field(style, "received", when(mail.received(), style));
    if (mail.has_expires()) out += field(style, "expires", when(mail.expires(), style));
    out += optional_field(style, "state", state_of(mail));
    for (const api::Attachment& attachment : mail.attachments())
        out +=
            field(style, "attached", attachment.name() + ", " + describe_bytes(attachment.size()));
    return out + text_below(style, mail.text());
}

std::string show(const api::MailList& mails, const Style& style) {
    if (mails.mail().empty()) return "No mail.\n";
    Table table(
        {{"ID"}, {""}, {"STATE"}, {"SUBJECT", 16}, {"FROM OR TO", 14}, {"WRITTEN", unbroken, 1}});
    for (const api::Mail& mail : mails.mail()) {
        const bool in = mail.direction() == "in";
        table.add({short_id(mail.id()), in ? "in" : "out", short_state(mail),
                   mail.subject().empty() ? "(no subject)" : safe_title(mail.subject()),
                   in ? name_or_address(mail.from_name(), mail.from()) : short_address(mail.to()),
                   describe_when(time_of(mail.written()), style.now)});
    }
    return table.print(style.width);
}

std::string show(const api::SetAside& entry, const Style& style) {
    std::string out = field(style, "id", entry.id());
    out += field(style, "kind", entry.kind());
    out +=
        field(style, "set aside", when(entry.at(), style) + ", " + counted(entry.times(), "time"));
    out += field(style, "why", entry.why());
    return out;
}

std::string show(const api::SetAsideList& entries, const Style& style) {
    if (entries.set_aside().empty()) return "Nothing is set aside.\n";
    Table table({{"ID"}, {""}, {"SET ASIDE", unbroken, 2}, {"TIMES", unbroken, 1}, {"WHY", 20}});
    for (const api::SetAside& entry : entries.set_aside())
        table.add({short_id(entry.id()), safe_line(entry.kind()),
                   describe_when(time_of(entry.at()), style.now), std::to_string(entry.times()),
                   entry.retried() ? "it is being read again" : safe_line(entry.why())});
    return table.print(style.width);
}

std::string show(const api::Status& status, const Style& style) {
    std::string out =
        heading(style, "Hearsay " + status.version() + " on the " + status.network() +
                           " network, up " + describe_span(base::Seconds(status.uptime_seconds())));
    // Whole, however long: it is there to be copied.
    out += heading(style, status.onion().empty() ? "no address yet" : status.onion()) + "\n";
    for (const Part& part : parts_of(status)) out += progress_line(part, style);
    out += "\n";
    for (const std::string& line : counts_of(status)) {
        const std::size_t colon = line.find(':');
        out += beside("  " + line.substr(0, colon), name_columns + 3, line.substr(colon + 2),
                      style.width);
    }
    for (const std::string& warning : status.warnings())
        out += "\n" + wrapped("  ! " + safe_line(warning), 4, style.width) + "\n";
    return out;
}

std::vector<std::string> status_lines(const api::Status& status) {
    std::vector<std::string> out;
    for (const Part& part : parts_of(status))
        out.push_back(part.name + ": " + std::to_string(std::min(part.progress.percent(), 100U)) +
                      " % " + describe(part.progress));
    for (const std::string& line : counts_of(status)) out.push_back(line);
    for (const std::string& warning : status.warnings())
        out.push_back("warning: " + safe_line(warning));
    return out;
}

}  // namespace hearsay::app::cli
