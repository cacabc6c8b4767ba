#include "app/node/log.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>

#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include "api/encode/utf8.hpp"
#include "base/unique_fd.hpp"

namespace hearsay::app {
namespace {

spdlog::level::level_enum translate(base::LogLevel level) {
    switch (level) {
        case base::LogLevel::debug:
            return spdlog::level::debug;
        case base::LogLevel::info:
            return spdlog::level::info;
        case base::LogLevel::warning:
            return spdlog::level::warn;
        case base::LogLevel::error:
            return spdlog::level::err;
    }
    return spdlog::level::err;
}

// Made by us, because spdlog would make it for everybody to read.
base::Result<void> make_private_file(const std::string& path) {
    const base::UniqueFd file(
        ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY, 0600));
    if (file.valid()) return {};
    return base::fail(base::ErrorCode::io,
                      "cannot open the log " + path + ": " + std::strerror(errno));
}

class SpdLog final : public NodeLog {
public:
    explicit SpdLog(const LogSettings& settings)
        : settings_(settings),
          logger_("hearsayd", std::make_shared<spdlog::sinks::stderr_color_sink_mt>()) {
        logger_.set_level(translate(settings.least));
        logger_.flush_on(spdlog::level::debug);
        set_pattern();
    }

    base::Result<void> open_file() {
        if (settings_.file.empty()) return {};
        if (const auto made = make_private_file(settings_.file); !made) return made;
        try {
            logger_.sinks().front() =
                std::make_shared<spdlog::sinks::basic_file_sink_mt>(settings_.file, false);
        } catch (const spdlog::spdlog_ex& error) {
            return base::fail(base::ErrorCode::io, error.what());
        }
        set_pattern();
        return {};
    }

    void open_anew() override {
        if (settings_.file.empty())
            return write(base::LogLevel::info, "node", "SIGHUP: there is no log file to open anew");
        if (const auto opened = open_file(); !opened)
            return write(base::LogLevel::error, "node", opened.error().text);
        write(base::LogLevel::info, "node", "the log was opened anew");
    }

    void write(base::LogLevel level, std::string_view room, std::string_view text) override {
        if (settings_.json)
            logger_.log(translate(level), "\"room\":\"{}\",\"text\":\"{}\"}}", json_escaped(room),
                        json_escaped(text));
        else
            logger_.log(translate(level), "{}: {}", room, text);
    }

private:
    void set_pattern() {
        if (settings_.json)
            logger_.set_pattern("{\"time\":\"%Y-%m-%dT%H:%M:%S.%eZ\",\"level\":\"%l\",%v",
                                spdlog::pattern_time_type::utc);
        else
            logger_.set_pattern("%Y-%m-%d %H:%M:%S.%e %^%-7l%$ %v");
    }

    const LogSettings settings_;
    spdlog::logger logger_;
};

}  // namespace

std::string json_escaped(std::string_view text) {
    constexpr std::string_view digits = "0123456789abcdef";
    const bool whole = api::is_utf8(text);
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            out += {'\\', c};
        } else if (byte < 0x20 || byte == 0x7f) {
            out += "\\u00";
            out += {digits[byte >> 4], digits[byte & 0x0FU]};
        } else if (byte >= 0x80 && !whole) {
            out += "\\ufffd";
        } else {
            out += c;
        }
    }
    return out;
}

base::Result<std::unique_ptr<NodeLog>> make_log(const LogSettings& settings) {
    auto out = std::make_unique<SpdLog>(settings);
    if (const auto opened = out->open_file(); !opened) return std::unexpected(opened.error());
    return out;
}

}  // namespace hearsay::app
