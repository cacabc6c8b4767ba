#include "app/cli/commands_mail.hpp"

#include <algorithm>
#include <array>

#include "app/cli/command_parts.hpp"
#include "base/limits/items.hpp"

namespace hearsay::app::cli {

namespace {

void mail_list_options(po::options_description& options) {
    options.add_options()("unread", po::bool_switch(), "only received mail that you have not read");
    options.add_options()("from", po::value<std::string>()->value_name("WHO"),
                          "only from this persona: its address, or what you call it");
    options.add_options()("about", po::value<std::string>()->value_name("OFFER"),
                          "only about this offer: its id or the beginning of it");
    options.add_options()("trades", po::bool_switch(),
                          "the letters of trades, which \"hearsay trade show\" shows better");
    part_options(options);
}
Built build_mail_list(const po::variables_map& given) {
    const auto part = list_part_of(given);
    if (!part) return std::unexpected(part.error());
    MailList out{*part, given["unread"].as<bool>(), given["trades"].as<bool>(), {}, {}};
    const auto from = anybody_of(given, "from");
    if (!from) return std::unexpected("--from: " + from.error());
    out.from = *from;
    if (given.count("about") == 0) return out;
    auto about = id_of(given, "about", "an offer's id after --about");
    if (!about) return std::unexpected(about.error());
    const bool hex = about->find_first_not_of("0123456789abcdefABCDEF") == about->npos;
    if (!hex) return std::unexpected("--about: expected an offer's id or the beginning of it");
    out.about = *std::move(about);
    return out;
}

void send_options(po::options_description& options) {
    options.add_options()("subject", po::value<std::string>()->value_name("SUBJECT"),
                          "one line, up to 200 bytes (required)");
    text_options(options);
    options.add_options()("lifetime", po::value<std::string>()->value_name("TIME"),
                          "how long it waits for its reader: 1d, 3d, 7d or 15d, which is usual");
    options.add_options()(
        "attach", po::value<std::vector<std::string>>()->composing()->value_name("FILE"),
        "a file to go with it; may be repeated, up to 16, and 32 KiB in all with the "
        "text");
    as_option(options);
}
Built build_send(const po::variables_map& given) {
    MailSend out;
    out.to = text_of(given, "to");
    out.subject = text_of(given, "subject");
    out.persona = text_of(given, "as");
    if (out.to.empty())
        return std::unexpected(
            "expected TO: an offer's id, a mailbox address (hsm1...) or the id of a mail to "
            "answer");
    if (out.subject.empty()) return std::unexpected("a mail needs a subject: --subject SUBJECT");
    const auto text = text_source_of(given);
    if (!text) return std::unexpected(text.error());
    out.text = *text;
    const auto lifetime = lifetime_of(given);
    if (!lifetime) return std::unexpected(lifetime.error());
    const auto& allowed = base::limits::mail_lifetimes;
    if (*lifetime != 0 && std::ranges::find(allowed, base::Seconds(*lifetime)) == allowed.end())
        return std::unexpected("--lifetime: mail lives 1d, 3d, 7d or 15d");
    out.lifetime_seconds = *lifetime;
    if (given.count("attach") != 0)
        out.attachments = given["attach"].as<std::vector<std::string>>();
    return out;
}

std::expected<std::string, std::string> mail_id_of(const po::variables_map& given) {
    return id_of(given, "id",
                 "a mail's id or its first 8 digits or more; \"hearsay mail list\" shows them");
}
void read_mail_options(po::options_description& options) {
    options.add_options()("save", po::value<std::string>()->value_name("DIR"),
                          "write its attachments into DIR, under names that are safe and not "
                          "taken");
}
Built build_mail_read(const po::variables_map& given) {
    auto id = mail_id_of(given);
    if (!id) return std::unexpected(id.error());
    return MailRead{*std::move(id), text_of(given, "save")};
}
template <class T>
Built build_with_mail_id(const po::variables_map& given) {
    auto id = mail_id_of(given);
    if (!id) return std::unexpected(id.error());
    return T{*std::move(id)};
}

void quarantine_options(po::options_description& options) {
    options.add_options()("retry", po::value<std::string>()->value_name("ID"), "read it again");
    options.add_options()("remove", po::value<std::string>()->value_name("ID"),
                          "give it up for good");
}
Built build_quarantine(const po::variables_map& given) {
    MailQuarantine out;
    for (const auto& [name, id] :
         {std::pair{"retry", &out.retry}, std::pair{"remove", &out.remove}}) {
        if (given.count(name) == 0) continue;
        auto named =
            id_of(given, name, "the id of what was set aside, or its first 8 digits or more");
        if (!named) return std::unexpected(named.error());
        *id = *std::move(named);
    }
    if (!out.retry.empty() && !out.remove.empty())
        return std::unexpected("--retry and --remove exclude each other");
    return out;
}

void rule_options(po::options_description& options) {
    options.add_options()(
        "who", po::value<std::string>()->value_name("WHO"),
        "anyone; takers: who takes the offer that the mailbox belongs to; friends");
    options.add_options()("stamp-bits", po::value<std::string>()->value_name("N"),
                          "work of 2^N hashes that strangers' mail carries, 1 to 36; 0: the usual, "
                          "24");
    options.add_options()("at-most", po::value<std::string>()->value_name("N"),
                          "unread mails of strangers that it takes, 1 to 100000; 0: the usual, "
                          "500");
}
Built build_rule(const po::variables_map& given) {
    auto address = id_of(given, "address",
                         "a mailbox of yours: main, or its address (hsm1...); \"hearsay identity "
                         "show\" shows them");
    if (!address) return std::unexpected(address.error());
    MailboxRule out{*std::move(address)};
    if (given.count("who") != 0) out.who = text_of(given, "who");
    if (out.who && out.who != "anyone" && out.who != "takers" && out.who != "friends")
        return std::unexpected("--who: expected anyone, takers or friends");
    const auto bits = number_of(given, "stamp-bits", 0, 36);
    if (!bits) return std::unexpected(bits.error());
    if (given.count("stamp-bits") != 0) out.stamp_bits = *bits;
    const auto most = number_of(given, "at-most", 0, 100000);
    if (!most) return std::unexpected(most.error());
    if (given.count("at-most") != 0) out.strangers_max = *most;
    return out;
}

template <class Mailbox>
Built build_mailbox(const po::variables_map& given) {
    std::string address = text_of(given, "address");
    return Mailbox{address.empty() ? "main" : std::move(address)};
}

std::expected<std::string, std::string> persona_of(const po::variables_map& given) {
    return id_of(given, "address", "the address of a persona (hsp1...)");
}
void friend_options(po::options_description& options) {
    options.add_options()("name", po::value<std::string>()->value_name("NAME"),
                          "what you call them; nobody else sees it (required)");
}
Built build_friend_add(const po::variables_map& given) {
    auto address = persona_of(given);
    if (!address) return std::unexpected(address.error());
    FriendsAdd out{*std::move(address), text_of(given, "name")};
    if (out.name.empty()) return std::unexpected("a friend needs a name: --name NAME");
    return out;
}
Built build_friend_remove(const po::variables_map& given) {
    auto who = anybody_of(given, "who");
    if (!who) return std::unexpected(who.error());
    if (who->empty()) return std::unexpected("expected the address (hsp1...) or name of a friend");
    return FriendsRemove{*std::move(who)};
}

constexpr std::array<CommandSpec, 12> table{{
    {"mail", "send", "to",
     "TO --subject SUBJECT [--text TEXT | --text-file FILE] [--attach FILE...]",
     "send an encrypted mail",
     "TO is an offer's id (or its first 8 digits or more), a mailbox address (hsm1...), or the id "
     "of a\n"
     "received mail to answer. Without --text the text is read from standard input, unless that is "
     "a\n"
     "terminal. The reader may be offline; the network keeps the mail until it is read or "
     "expires.\n"
     "A mail to an address whose key is not known yet waits as a draft.\n"
     "\"hearsay mail list\" tells how far it is: draft, working, queued, injected, heard, "
     "delivered or "
     "failed.\n\n"
     "Examples:\n  hearsay mail send 3f2a9c1e --subject \"Your bicycle\" --text \"Is it still "
     "there?\"\n"
     "  hearsay mail send 3f2a9c1e --subject \"Your bicycle\" < letter.txt\n",
     send_options, build_send},
    {"mail", "list", "", "[--unread] [--from WHO] [--about OFFER] [--trades] [--page N | --all]",
     "received and sent mail, newest first",
     "What trades send stands with the trades: hearsay trade list.\n\n"
     "Examples:\n  hearsay mail list\n  hearsay mail list --unread --from Anna\n",
     mail_list_options, build_mail_list},
    {"mail", "read", "id", "ID [--save DIR]", "read one mail",
     "Examples:\n  hearsay mail read 77b01d52\n  hearsay mail read 77b01d52 --save ~/received\n",
     read_mail_options, build_mail_read},
    {"mail", "withdraw", "id", "ID", "take back a mail that nobody has read yet",
     "Removes it from all nodes. Whoever has read it keeps it.\n\n"
     "Examples:\n  hearsay mail withdraw 77b01d52\n",
     no_options, build_with_mail_id<MailWithdraw>},
    {"mail", "remove", "id", "ID", "delete your copy of a mail, for good",
     "After some minutes nobody can read it on this disk any more, with all its keys. It is not "
     "taken back "
     "from\n"
     "the network or from its reader.\n\nExamples:\n  hearsay mail remove 77b01d52\n",
     no_options, build_with_mail_id<MailRemove>},
    {"mail", "quarantine", "", "[--retry ID | --remove ID]",
     "letters that were set aside because reading them failed",
     "The node ended twice while it read such a letter, so it does not read it any more. A program "
     "that is\n"
     "newer may: --retry reads it again. If the node ends once more, the letter is set aside "
     "again.\n\n"
     "Examples:\n  hearsay mail quarantine\n  hearsay mail quarantine --retry 3f2a9c1e\n",
     quarantine_options, build_quarantine},
    {"mailbox", "rule", "address", "main|ADDRESS [--who WHO] [--stamp-bits N] [--at-most N]",
     "who may write to a mailbox of yours",
     "Answers to your mail always come through. Of strangers, work is asked that their machine "
     "spends some\n"
     "seconds on; friends (hearsay friends add) need none. Without an option the rule is only "
     "shown; what is not named stays.\n\n"
     "Examples:\n  hearsay mailbox rule main\n  hearsay mailbox rule main --who friends\n  hearsay "
     "mailbox rule hsm1... "
     "--stamp-bits "
     "28\n",
     rule_options, build_rule},
    {"mailbox", "publish", "address", "[ADDRESS]",
     "let everybody who has a mailbox's address write to it",
     "An address names the key of a mailbox and does not contain it. Whoever writes to it finds "
     "the "
     "key\n"
     "in the network once it is published. An offer or a profile with a mailbox has the key "
     "already. It\n"
     "is renewed until you withdraw it, and signed by a persona made for it alone. Without ADDRESS "
     "it is\n"
     "your main mailbox, and each that takes its place.\n\n"
     "Examples:\n  hearsay mailbox publish\n  hearsay mailbox publish hsm1...\n",
     no_options, build_mailbox<MailboxPublish>},
    {"mailbox", "withdraw", "address", "[ADDRESS]", "stop publishing a mailbox's key",
     "Whoever has it can still write. Without ADDRESS it is your main mailbox.\n\n"
     "Examples:\n  hearsay mailbox withdraw\n",
     no_options, build_mailbox<MailboxWithdraw>},
    {"friends", "list", "", "", "the personas whose mail always comes through",
     "Examples:\n  hearsay friends list\n", no_options,
     [](const po::variables_map&) -> Built { return FriendsList{}; }},
    {"friends", "add", "address", "ADDRESS --name NAME", "let a persona's mail always come through",
     "Examples:\n  hearsay friends add hsp1... --name Anna\n", friend_options, build_friend_add},
    {"friends", "remove", "who", "ADDRESS|NAME", "make a persona a stranger again",
     "Examples:\n  hearsay friends remove Anna\n", no_options, build_friend_remove},
}};

}  // namespace

std::span<const CommandSpec> mail_commands() {
    return table;
}

}  // namespace hearsay::app::cli
