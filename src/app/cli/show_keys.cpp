// Personas and backups as text.
#include <string>

#include "app/cli/show.hpp"
#include "app/cli/show_parts.hpp"
#include "app/cli/text.hpp"

namespace hearsay::app::cli {

std::string persona_lines(const api::Persona& persona, const Style& style) {
    const std::string called = persona.name().empty() ? "" : "\"" + persona.name() + "\", ";
    return heading(style, "  " + persona.address()) +
           remark(style, called + persona.purpose() + (persona.retired() ? ", retired" : "") +
                             ", made " + describe_when(time_of(persona.created()), style.now));
}

std::string show(const api::Persona& persona, const Style& style) {
    std::string out = heading(style, persona.name().empty() ? persona.purpose() : persona.name());
    out += field(style, "address", persona.address());
    out += field(style, "purpose", persona.purpose() + (persona.retired() ? ", retired" : ""));
    return out + field(style, "made", when(persona.created(), style));
}

// Kept ones first: the others come and go with their offers and mails.
std::string show(const api::PersonaList& personas, const Style& style) {
    if (personas.personas().empty()) return "No personas.\n";
    std::string kept;
    std::string passing;
    for (const api::Persona& persona : personas.personas())
        (persona.kept() || persona.purpose() == "main" ? kept : passing) +=
            persona_lines(persona, style);
    if (!passing.empty())
        passing = "\nMade for one purpose, and gone when that is over\n" + passing;
    return "Yours to use with --as\n" + kept + passing;
}

std::string show(const api::PersonaSecret& secret, const Style&) {
    return safe_line(secret.secret()) + "\n";
}

std::string show(const api::Backup& backup, const Style& style) {
    std::string out = field(style, "file", backup.path());
    out += field(style, "made", when(backup.made(), style));
    out += field(style, "records", std::to_string(backup.records()));
    if (backup.bytes() != 0) out += field(style, "size", describe_bytes(backup.bytes()));
    return out;
}

std::string main_mailbox(const api::Identity& identity) {
    for (const api::Mailbox& mailbox : identity.mailboxes())  // newest first
        if (mailbox.purpose() == "main") return mailbox.address();
    return {};
}

}  // namespace hearsay::app::cli
