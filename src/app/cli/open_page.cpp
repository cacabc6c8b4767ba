#include "app/cli/open_page.hpp"

#include <chrono>
#include <fcntl.h>
#include <ostream>
#include <spawn.h>
#include <thread>
#include <unistd.h>

#include "api.pb.h"
#include "api/encode/json.hpp"
#include "app/cli/new_file.hpp"
#include "app/cli/report.hpp"
#include "app/cli/secrets.hpp"
#include "app/cli/text.hpp"

extern char** environ;

namespace hearsay::app::cli {

namespace {

// A code lives for a minute; a little more, to see its end.
constexpr int looks_max = 310;
constexpr std::chrono::milliseconds look_wait{200};

std::expected<api::PageAccess, int> ask(std::string_view method, const Client& client, bool json,
                                        Terminal& terminal, std::string* raw = nullptr) {
    const std::expected<Answer, ClientError> answer = client.ask(method, "/v1/page");
    if (!answer) return std::unexpected(report(terminal, json, answer.error()));
    if (answer->status >= 400) return std::unexpected(report(terminal, json, *answer));
    api::PageAccess page;
    if (!api::from_json(answer->body, page, api::Unknown::ignore))
        return std::unexpected(report_nonsense(terminal, json));
    if (raw != nullptr) *raw = answer->body;
    return page;
}

// Of use is the file while the code is.
void wait_for_use(const Client& client, Terminal& terminal) {
    for (int look = 0; look < looks_max && !terminal.interrupted(); ++look) {
        std::this_thread::sleep_for(look_wait);
        const std::expected<Answer, ClientError> answer = client.ask("GET", "/v1/page");
        api::PageAccess page;
        if (!answer || answer->status >= 400 ||
            !api::from_json(answer->body, page, api::Unknown::ignore) || page.codes() == 0)
            return;
    }
}

int close_page(const Client& client, bool json, Terminal& terminal) {
    std::string raw;
    const std::expected<api::PageAccess, int> page = ask("DELETE", client, json, terminal, &raw);
    if (!page) return page.error();
    if (json)
        terminal.out << raw << std::endl;
    else
        say(terminal, "The page is closed; every browser is logged out.");
    return exit_ok;
}

}  // namespace

std::string redirect_file(const std::string& url, const std::string& code) {
    const std::string target = url + "open#code=" + code;
    return "<!doctype html>\n<meta charset=\"utf-8\">\n<meta name=\"referrer\" "
           "content=\"no-referrer\">\n<title>Hearsay</title>\n<meta http-equiv=\"refresh\" "
           "content=\"0;url=" +
           target + "\">\n<p><a href=\"" + target + "\">Hearsay</a></p>\n";
}

bool show_on_desktop(const std::string& path) {
    std::string program = "xdg-open";
    std::string argument = path;
    char* const words[] = {program.data(), argument.data(), nullptr};
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    // What a browser says on its way belongs to nobody's output.
    for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
        posix_spawn_file_actions_addopen(&actions, fd, "/dev/null", O_RDWR, 0);
    pid_t child = 0;
    const bool started =
        posix_spawnp(&child, program.c_str(), &actions, nullptr, words, environ) == 0;
    posix_spawn_file_actions_destroy(&actions);
    // It gives the file to a browser and ends, or is one and stays; nobody waits for it.
    return started;
}

int run_open(const OpenPage& command, const Client& client, bool json, Terminal& terminal) {
    const std::string file = absolute_path(
        client.socket_path().substr(0, client.socket_path().rfind('/')) + "/page.html");
    unlink(file.c_str());
    if (command.close) return close_page(client, json, terminal);
    const std::expected<api::PageAccess, int> page = ask("POST", client, json, terminal);
    if (!page) return page.error();
    if (const auto written = write_new(file, redirect_file(page->url(), page->code())); !written)
        return report(terminal, json, exit_failed, "io", written.error());

    api::PageAccess told = *page;
    told.clear_code();  // what is printed may be kept
    if (command.print) {
        terminal.out << (json ? api::to_json(told).value_or("{}") : file) << std::endl;
        return exit_ok;
    }
    if (!terminal.show_file || !terminal.show_file(file)) {
        unlink(file.c_str());
        return report(
            terminal, json, exit_failed, "io",
            "there is no xdg-open to start a browser with; \"hearsay open --print\" names "
            "the file to open");
    }
    if (json)
        terminal.out << api::to_json(told).value_or("{}") << std::endl;
    else
        say(terminal, "The page is at " + safe_line(page->url()) +
                          " for your browser, which is let in within a minute.");
    wait_for_use(client, terminal);
    unlink(file.c_str());
    return exit_ok;
}

}  // namespace hearsay::app::cli
