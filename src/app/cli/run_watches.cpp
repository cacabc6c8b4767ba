#include "app/cli/run_watches.hpp"

#include <algorithm>
#include <array>

#include "app/cli/asker.hpp"
#include "app/cli/commands_search.hpp"
#include "app/cli/event_stream.hpp"
#include "app/cli/run_mail.hpp"
#include "app/cli/run_program.hpp"
#include "app/cli/text.hpp"

namespace hearsay::app::cli {
namespace {

constexpr std::chrono::milliseconds look_every{500};  // whether Ctrl-C was pressed

// {"watch":"bikes","kind":"offer","match":{...}}, the match as the node tells of it.
std::optional<std::string> match_of(const api::Event& event, const Client& client) {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 3> kinds{
        {{"offer", "/v1/offers/"}, {"post", "/v1/posts/"}, {"profile", "/v1/profiles/"}}};
    const bool is_persona = event.id().starts_with("hsp1");
    for (const auto& [kind, path] : kinds) {
        if (is_persona != (kind == "profile")) continue;
        const auto answer = client.ask("GET", std::string(path) + event.id());
        if (!answer || answer->status != 200) continue;
        // Names of watches need no escapes.
        return "{\"watch\":\"" + event.topic() + "\",\"kind\":\"" + std::string(kind) +
               "\",\"match\":" + answer->body + "}\n";
    }
    return std::nullopt;  // it is gone already
}

int run_on(const WatchCommand& command, const Client& client, bool json, Terminal& terminal) {
    const Asker asker{client, json, terminal};
    std::string raw;
    const auto watches = asker.get<api::WatchList>("GET", "/v1/watches", nullptr, raw);
    if (!watches) return watches.error();
    for (const std::string& name : command.names)
        if (std::ranges::none_of(watches->watches(),
                                 [&](const api::Watch& watch) { return watch.name() == name; }))
            return report(terminal, json, exit_not_found, "not_found",
                          "no watch is called " + name);
    EventStream events(client, "watch");
    while (!terminal.interrupted || !terminal.interrupted()) {
        const auto line = events.next(look_every);
        if (!line) continue;
        api::Event event;
        if (!api::from_json(*line, event, api::Unknown::ignore)) continue;
        if (event.type() == "lost") {
            note(terminal, "some matches are lost: too many came at once");
            continue;
        }
        events.read_up_to(event.number());
        const bool wanted = command.names.empty() ||
                            std::ranges::find(command.names, event.topic()) != command.names.end();
        const auto match = wanted ? match_of(event, client) : std::nullopt;
        if (!match) continue;
        if (command.program.empty()) {
            terminal.out << *match << std::flush;
            if (!terminal.out) return report_unwritable(terminal);
            continue;
        }
        const auto problem =
            run_program(command.program, *match, std::chrono::seconds(command.timeout_seconds));
        if (problem) note(terminal, *problem);
    }
    return exit_ok;
}

}  // namespace

int run_watches(const WatchCommand& command, const Client& client, bool json, Terminal& terminal) {
    const Asker asker{client, json, terminal};
    if (command.what == "run") return run_on(command, client, json, terminal);
    if (command.what == "list") return asker.ask<api::WatchList>("GET", "/v1/watches");
    if (command.names.empty()) return asker.usage("expected the name of a watch");
    const std::string& name = command.names.front();
    if (command.what == "show") return asker.ask<api::Watch>("GET", "/v1/watches/" + name);
    if (command.what == "remove")
        return asker.ask<api::Watch>("DELETE", "/v1/watches/" + name, nullptr, "Removed: ");
    api::WatchDraft draft;
    draft.set_name(name);
    SearchCommand search = command.search;
    if (!search.by.empty()) {
        const auto address = friends_address(asker, search.by);
        if (!address) return address.error();
        search.by = *address;
    }
    for (const auto& [parameter, value] : parameters_of(search))
        (*draft.mutable_search())[parameter] = value;
    return asker.ask<api::Watch>("POST", "/v1/watches", &draft);
}

}  // namespace hearsay::app::cli
