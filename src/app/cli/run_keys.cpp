#include "app/cli/run_keys.hpp"

#include <cerrno>
#include <chrono>
#include <csignal>
#include <fstream>
#include <ostream>
#include <thread>

#include "api.pb.h"
#include "app/cli/new_file.hpp"
#include "app/cli/secrets.hpp"
#include "app/cli/text.hpp"

namespace hearsay::app::cli {
namespace {

constexpr std::chrono::milliseconds end_look{50};
constexpr int end_looks_max = 600;

bool is_there(std::uint32_t pid) {
    if (kill(static_cast<pid_t>(pid), 0) != 0 && errno != EPERM) return false;
    // One that has ended stays in the list until its parent asks for it.
    std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
    std::string stat;
    std::getline(file, stat);
    const auto name_end = stat.rfind(')');
    return name_end == std::string::npos || stat.compare(name_end, 3, ") Z") != 0;
}

void tell(const Asker& asker, const std::string& raw, std::string_view text) {
    if (asker.json)
        asker.terminal.out << raw << std::endl;
    else
        say(asker.terminal, text);
}

// A new one, from its file, or asked for twice.
std::expected<std::string, SecretProblem> new_passphrase(const IdentityPassphrase& command,
                                                         Terminal& terminal) {
    if (command.none) return std::string();
    if (command.after_file.empty() && !terminal.in_is_tty)
        return std::unexpected(SecretProblem{
            exit_usage,
            "there is no terminal to ask on: give --new-passphrase-file FILE, or --none"});
    auto once = read_secret("New passphrase for this node's keys: ", command.after_file, terminal);
    if (!once || !command.after_file.empty()) return once;
    const auto twice = read_secret("The same again: ", {}, terminal);
    if (!twice || *twice != *once)
        return std::unexpected(SecretProblem{exit_usage, "the two passphrases differ"});
    return once;
}

int export_to(const std::string& file, const api::PersonaRef& persona, const Asker& asker) {
    std::string raw;
    auto secret = asker.get<api::PersonaSecret>("POST", "/v1/persona-exports", &persona, raw);
    if (!secret) return secret.error();
    if (const auto written = write_new(file, secret->secret() + "\n"); !written)
        return report(asker.terminal, asker.json, exit_failed, "io", written.error());
    secret->clear_secret();
    tell(asker, api::to_json(*secret).value_or("{}"),
         "Written into " + safe_line(file) + ": the key of " + safe_line(secret->address()));
    return exit_ok;
}

}  // namespace

int run_export(const IdentityExport& command, const Asker& asker) {
    api::PersonaRef persona;
    persona.set_persona(command.persona);
    const int code = command.file.empty()
                         ? asker.ask<api::PersonaSecret>("POST", "/v1/persona-exports", &persona)
                         : export_to(command.file, persona, asker);
    if (code == exit_ok)
        note(asker.terminal,
             "this is the persona's secret key: whoever reads it signs in its name for ever. Keep "
             "it off clipboards, chats and shell histories.");
    return code;
}

int run_word_check(const Asker& asker) {
    const bool json = asker.json;
    Terminal& terminal = asker.terminal;
    const auto words = read_words(terminal);
    if (!words) return report(terminal, json, words.error().code, "usage", words.error().text);
    api::Recovery recovery;
    recovery.set_words(*words);
    std::string raw;
    const auto check = asker.get<api::WordCheck>("POST", "/v1/word-checks", &recovery, raw);
    if (!check) return check.error();
    if (!check->right())
        return report(terminal, json, exit_failed, "refused",
                      "these are twelve recovery words, but not those of this node's person");
    tell(asker, raw, "These are the words that bring this node's person back.");
    return exit_ok;
}

int run_passphrase(const IdentityPassphrase& command, const Asker& asker) {
    const bool json = asker.json;
    Terminal& terminal = asker.terminal;
    std::string raw;
    const auto identity = asker.get<api::Identity>("GET", "/v1/identity", nullptr, raw);
    if (!identity) return identity.error();
    api::PassphraseChange change;
    if (identity->sealed()) {
        if (command.before_file.empty() && !terminal.in_is_tty)
            return report(terminal, json, exit_usage, "usage",
                          "there is no terminal to ask on: give --passphrase-file FILE");
        const auto before = read_secret("Passphrase of now: ", command.before_file, terminal);
        if (!before)
            return report(terminal, json, before.error().code, "usage", before.error().text);
        change.set_before(*before);
    }
    const auto after = new_passphrase(command, terminal);
    if (!after) return report(terminal, json, after.error().code, "usage", after.error().text);
    change.set_after(*after);
    const auto done = asker.get<api::Protection>("PUT", "/v1/passphrase", &change, raw);
    if (!done) return done.error();
    tell(asker, raw,
         done->sealed()
             ? "The keys on disk are sealed with the new passphrase. The next start asks "
               "for it."
             : "The keys on disk are not sealed any more: whoever reads them has them.");
    return exit_ok;
}

int run_stop(const Asker& asker) {
    const bool json = asker.json;
    Terminal& terminal = asker.terminal;
    std::string raw;
    const auto stopping = asker.get<api::Stopping>("POST", "/v1/stop", nullptr, raw);
    if (!stopping) return stopping.error();
    for (int look = 0; is_there(stopping->pid()); ++look) {
        if (look == end_looks_max || terminal.interrupted())
            return report(terminal, json, exit_unavailable, "unavailable",
                          "the node was asked to end and is still there (process " +
                              std::to_string(stopping->pid()) + ")");
        std::this_thread::sleep_for(end_look);
    }
    tell(asker, raw, "The node has ended.");
    return exit_ok;
}

}  // namespace hearsay::app::cli
