// app/cli/asker.hpp - one question to the node, for commands that ask more than one.
#pragma once

#include <expected>
#include <ostream>
#include <string>
#include <string_view>

#include "api/encode/json.hpp"
#include "app/cli/client.hpp"
#include "app/cli/report.hpp"
#include "app/cli/show.hpp"

namespace hearsay::app::cli {

struct Asker {
    const Client& client;
    bool json;
    Terminal& terminal;

    int usage(const std::string& text) const {
        return report(terminal, json, exit_usage, "usage", text);
    }

    // The answer's message; else the exit code, and the error is told.
    template <class T>
    std::expected<T, int> get(std::string_view method, const std::string& target,
                              const google::protobuf::Message* body, std::string& raw) const {
        std::string text;
        if (body != nullptr) {
            const auto written = api::to_json(*body);
            if (!written) return std::unexpected(usage("an argument is not UTF-8"));
            text = *written;
        }
        const std::expected<Answer, ClientError> answer = client.ask(method, target, text);
        if (!answer) return std::unexpected(report(terminal, json, answer.error()));
        if (answer->status >= 400) return std::unexpected(report(terminal, json, *answer));
        T message;
        if (!api::from_json(answer->body, message, api::Unknown::ignore))
            return std::unexpected(report_nonsense(terminal, json));
        raw = answer->body;
        return message;
    }

    template <class T>
    int ask(std::string_view method, const std::string& target,
            const google::protobuf::Message* body = nullptr, std::string_view before = "") const {
        std::string raw;
        const auto message = get<T>(method, target, body, raw);
        if (!message) return message.error();
        if (json)
            terminal.out << raw << "\n";
        else
            terminal.out << introduced(before, show(*message, style_of(terminal)), terminal.width);
        terminal.out << std::flush;
        return exit_ok;
    }
};

}  // namespace hearsay::app::cli
