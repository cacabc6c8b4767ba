#include "app/cli/run_mail.hpp"

#include <algorithm>

#include "app/cli/attachments.hpp"
#include "base/limits/api.hpp"

namespace hearsay::app::cli {
namespace {

bool fits_a_path(const std::string& text) {
    return !text.empty() && text.size() <= base::limits::api_id_letters_max &&
           std::ranges::all_of(text, [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      c == '.' || c == '_' || c == '-';
           });
}

std::expected<api::Mail, int> marked(const std::string& target, const Asker& asker,
                                     std::string& raw) {
    const std::expected<Answer, ClientError> answer = asker.client.ask("POST", target + "/read");
    api::Mail mail;
    if (!answer || answer->status >= 400 ||
        !api::from_json(answer->body, mail, api::Unknown::ignore))
        return asker.get<api::Mail>("GET", target, nullptr, raw);
    raw = answer->body;
    return mail;
}

}  // namespace

int run_mail_read(const MailRead& command, const Asker& asker) {
    std::string raw;
    const auto mail = marked("/v1/mail/" + command.id, asker, raw);
    if (!mail) return mail.error();
    Terminal& terminal = asker.terminal;
    terminal.out << (asker.json ? raw + "\n" : show(*mail, style_of(terminal))) << std::flush;
    if (command.save.empty()) return exit_ok;
    const auto saved = save_attachments(*mail, command.save);
    if (!saved) return report(terminal, asker.json, exit_failed, "io", saved.error());
    for (const std::string& line : saved->lines) terminal.err << sentence(line, terminal.err_width);
    return saved->whole ? exit_ok : exit_failed;
}

int run_rule(const MailboxRule& command, const Asker& asker) {
    const std::string target = "/v1/mailboxes/" + command.address;
    if (!command.who && !command.stamp_bits && !command.strangers_max)
        return asker.ask<api::Mailbox>("GET", target);
    std::string raw;
    const auto now = asker.get<api::Mailbox>("GET", target, nullptr, raw);
    if (!now) return now.error();
    api::MailboxRule rule;
    rule.set_rule(command.who.value_or(now->rule()));
    rule.set_stamp_bits(command.stamp_bits.value_or(now->stamp_bits()));
    rule.set_strangers_max(command.strangers_max.value_or(now->strangers_max()));
    return asker.ask<api::Mailbox>("PUT", "/v1/mailboxes/" + now->address(), &rule);
}

std::expected<std::string, int> friends_address(const Asker& asker, const std::string& who,
                                                Known known_by) {
    if (who.starts_with("hsp1") && fits_a_path(who)) return who;
    std::string raw;
    const auto known = asker.get<api::FriendList>("GET", "/v1/friends", nullptr, raw);
    if (!known) return std::unexpected(known.error());
    for (const api::Friend& each : known->friends())
        if (each.name() == who) return each.address();
    if (known_by == Known::anywhere && fits_a_path(who)) return who;
    return std::unexpected(
        report(asker.terminal, asker.json, exit_not_found, "not_found",
               "no friend is called " + who + "; \"hearsay friends list\" shows them"));
}

}  // namespace hearsay::app::cli
