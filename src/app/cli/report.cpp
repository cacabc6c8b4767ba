#include "app/cli/report.hpp"

#include <cerrno>
#include <cstring>
#include <ostream>

#include "api.pb.h"
#include "api/encode/json.hpp"
#include "api/encode/utf8.hpp"
#include "app/cli/text.hpp"
#include "app/layout.hpp"

namespace hearsay::app::cli {
namespace {

Exit exit_for(std::string_view code) {
    if (code == "not_found") return exit_not_found;
    if (code == "unavailable") return exit_unavailable;
    if (code == "denied") return exit_denied;
    return exit_failed;
}

}  // namespace

void note(Terminal& terminal, std::string_view text) {
    terminal.err << sentence("hearsay: " + safe_line(text), terminal.err_width) << std::flush;
}

void say(Terminal& terminal, std::string_view text) {
    terminal.out << sentence(text, terminal.width) << std::flush;
}

int report(Terminal& terminal, bool json, Exit code, std::string_view name, std::string_view text) {
    if (json) {
        api::Error error;
        error.set_code(std::string(name));
        error.set_message(api::is_utf8(text) ? std::string(text) : safe_line(text));
        terminal.out << "{\"error\":" << api::to_json(error).value_or("{}") << "}\n" << std::flush;
    }
    note(terminal, text);
    return code;
}

int report_unwritable(Terminal& terminal) {
    const int number = errno;
    note(terminal, std::string("cannot write the output") + (number == 0 ? "" : ": ") +
                       (number == 0 ? "" : std::strerror(number)));
    return exit_failed;
}

int report(Terminal& terminal, bool json, const ClientError& error) {
    switch (error.kind) {
        case ClientError::Kind::denied:
            return report(terminal, json, exit_denied, "denied", error.text);
        case ClientError::Kind::timed_out:
            return report(terminal, json, exit_unavailable, "unavailable", error.text);
        case ClientError::Kind::broken:
        case ClientError::Kind::not_running:
            break;
    }
    return report(terminal, json, exit_not_running, "not_running", error.text);
}

int report(Terminal& terminal, bool json, const Answer& answer) {
    api::Error error;
    if (!api::from_json(answer.body, error, api::Unknown::ignore))
        return report_nonsense(terminal, json);
    return report(terminal, json, exit_for(error.code()), error.code(), error.message());
}

int report_nonsense(Terminal& terminal, bool json) {
    return report(terminal, json, exit_failed, "io",
                  "the node's answer makes no sense to this command; are hearsay and hearsayd of "
                  "the same version?");
}

}  // namespace hearsay::app::cli
