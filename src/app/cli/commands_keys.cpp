#include "app/cli/commands_keys.hpp"

#include <array>

#include "app/cli/command_parts.hpp"

namespace hearsay::app::cli {

namespace {

void identity_show_options(po::options_description& options) {
    options.add_options()("qr", po::bool_switch(), "the address also as a QR code");
    options.add_options()("all", po::bool_switch(),
                          "also personas and mailboxes that were made for one offer or mail, or "
                          "came back with a recovery");
}
Built build_identity_show(const po::variables_map& given) {
    IdentityShow out;
    out.qr = given["qr"].as<bool>();
    out.all = given["all"].as<bool>();
    if (given.count("persona") == 0) return out;
    const auto persona = named_persona(given);
    if (!persona) return std::unexpected(persona.error());
    out.persona = *persona;
    return out;
}
template <class T>
Built build_with_persona(const po::variables_map& given) {
    auto persona = named_persona(given);
    if (!persona) return std::unexpected(persona.error());
    return T{*std::move(persona)};
}
void words_options(po::options_description& options) {
    options.add_options()("check", po::bool_switch(), "test the words that you have on paper");
}
Built build_words(const po::variables_map& given) {
    if (given["check"].as<bool>()) return IdentityWords{};
    return std::unexpected(
        "the twelve words are on your paper only: the node keeps what derives from them, so that a "
        "seized disk opens no old mail. --check tests what you wrote down");
}
void passphrase_options(po::options_description& options) {
    options.add_options()("passphrase-file", po::value<std::string>()->value_name("FILE"),
                          "the first line of FILE is the passphrase of now");
    options.add_options()("new-passphrase-file", po::value<std::string>()->value_name("FILE"),
                          "the first line of FILE is the new one");
    options.add_options()("none", po::bool_switch(),
                          "keep the keys without a passphrase from now on");
}
Built build_passphrase(const po::variables_map& given) {
    IdentityPassphrase out{text_of(given, "passphrase-file"), text_of(given, "new-passphrase-file"),
                           given["none"].as<bool>()};
    if (out.none && !out.after_file.empty())
        return std::unexpected("give at most one of --new-passphrase-file and --none");
    return out;
}
void export_options(po::options_description& options) {
    options.add_options()("file", po::value<std::string>()->value_name("FILE"),
                          "write it into FILE, which is new and which only you may read");
}
Built build_export(const po::variables_map& given) {
    const auto persona = named_persona(given);
    if (!persona) return std::unexpected(persona.error());
    if (given.count("file") != 0 && text_of(given, "file").empty())
        return std::unexpected("--file: expected the name of a file");
    return IdentityExport{*persona, text_of(given, "file")};
}
void import_options(po::options_description& options) {
    options.add_options()("name", po::value<std::string>()->value_name("NAME"), "what you call it");
}
Built build_import(const po::variables_map& given) {
    return IdentityImport{text_of(given, "secret"), text_of(given, "name")};
}
void backup_options(po::options_description& options) {
    options.add_options()("passphrase-file", po::value<std::string>()->value_name("FILE"),
                          "read the backup's passphrase from the first line of FILE");
}
template <bool restore>
Built build_backup(const po::variables_map& given) {
    BackupCommand out{restore, text_of(given, "file"), text_of(given, "passphrase-file")};
    if (out.file.empty()) return std::unexpected("expected FILE, the backup");
    return out;
}

constexpr std::array<CommandSpec, 9> identity_table{{
    {"identity", "show", "persona", "[PERSONA] [--qr] [--all]",
     "your addresses: node, personas, mailboxes",
     "The node's onion address is for peers, a persona signs offers, a mailbox receives mail.\n"
     "Nothing links them but this list. With --qr also the address of your main mailbox as a QR "
     "code, or "
     "that of\n"
     "the persona.\n\nExamples:\n  hearsay identity show\n  hearsay identity show shop --qr\n",
     identity_show_options, build_identity_show},
    {"identity", "list", "", "", "your personas", "Examples:\n  hearsay identity list\n",
     no_options, [](const po::variables_map&) -> Built { return IdentityList{}; }},
    {"identity", "new", "name", "[NAME]", "make a persona that stays until you retire it",
     "Without it each offer is signed by a fresh persona, so that nothing links two of them. What "
     "one "
     "persona\n"
     "signs (--as) is linked, and may earn a reputation. NAME is for you only; nobody else ever "
     "sees it.\n\n"
     "Examples:\n  hearsay identity new shop\n  hearsay offer publish --as shop --title Bicycle\n",
     no_options,
     [](const po::variables_map& given) -> Built { return IdentityNew{text_of(given, "name")}; }},
    {"identity", "words", "", "--check", "test the recovery words on your paper",
     "They are asked for, or read from standard input, and go to your node only. The node tells "
     "whether they bring back this person. They cannot be shown again.\n\n"
     "Examples:\n  hearsay identity words --check\n",
     words_options, build_words},
    {"identity", "passphrase", "", "[--passphrase-file FILE] [--new-passphrase-file FILE | --none]",
     "set or change the passphrase of the keys on disk",
     "Asks for the one of now, if there is one, and twice for the new one. A service that reads it "
     "from a file needs the new one there before its next start. Backups keep their own.\n\n"
     "Examples:\n  hearsay identity passphrase\n",
     passphrase_options, build_passphrase},
    {"identity", "export", "persona", "PERSONA [--file FILE]", "print the secret key of a persona",
     "Whoever has this text signs as that persona. It does not open its mail. With --file it goes "
     "into a new "
     "file of\n"
     "mode 0600; what a shell's > makes may be for everybody to read.\n\n"
     "Examples:\n  hearsay identity export shop --file shop.secret\n",
     export_options, build_export},
    {"identity", "import", "secret", "[SECRET] [--name NAME]",
     "take in a persona that was exported",
     "SECRET is the text that begins with hssec1; without it, it is asked for or read from "
     "standard input, "
     "where\n"
     "other users of this machine do not see it. The twelve words do not bring an imported persona "
     "back, a "
     "backup\n"
     "does.\n\nExamples:\n  hearsay identity import --name shop < shop.secret\n",
     import_options, build_import},
    {"identity", "retire", "persona", "PERSONA", "let a persona sign nothing new",
     "Refused while it has offers that are alive. The main persona stays.\n\n"
     "Examples:\n  hearsay identity retire shop\n",
     no_options, build_with_persona<IdentityRetire>},
    {"identity", "recover", "", "", "become who you were, from the twelve words",
     "On a new node, which has no offers and no mail yet. The words are asked for, or read from "
     "standard "
     "input.\n"
     "They bring back your personas, the offers and ratings that are alive and the mail that still "
     "lives in "
     "the "
     "network\n"
     "(15 days). They do not bring back what you read before, names of personas, or personas that "
     "were "
     "imported: "
     "that\n"
     "takes a backup. The offers are found in the minutes after.\n\nExamples:\n  hearsay identity "
     "recover\n",
     no_options, [](const po::variables_map&) -> Built { return IdentityRecover{}; }},
}};

constexpr std::array<CommandSpec, 2> backup_table{{
    {"backup", "create", "file", "FILE [--passphrase-file FILE]",
     "everything of yours in one encrypted file",
     "Keys, personas, mail and trades, sealed with a passphrase of the backup's own: asked for "
     "twice, or the "
     "first\n"
     "line of standard input. Whoever has the file and its passphrase reads all mail that was on "
     "the node "
     "that day,\n"
     "also what you remove later: destroy old backups. It never replaces a file.\n\n"
     "Examples:\n  hearsay backup create ~/hearsay-2026-11-21.backup\n",
     backup_options, build_backup<false>},
    {"backup", "restore", "file", "FILE [--passphrase-file FILE]",
     "become who you were, from a backup",
     "On a new node, which has no offers and no mail yet. The whole file is verified first. Mail "
     "and offers "
     "since\n"
     "the backup are found in the network, as long as they live there. Let the old node never run "
     "again: two "
     "nodes\n"
     "with the same keys are linked to each other.\n\n"
     "Examples:\n  hearsay backup restore ~/hearsay-2026-11-21.backup\n",
     backup_options, build_backup<true>},
}};

}  // namespace

std::span<const CommandSpec> identity_commands() {
    return identity_table;
}

std::span<const CommandSpec> backup_commands() {
    return backup_table;
}

}  // namespace hearsay::app::cli
