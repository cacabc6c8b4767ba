#include "app/node/log.hpp"

#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

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

class StderrLog final : public base::Log {
public:
    explicit StderrLog(base::LogLevel least)
        : logger_("hearsayd", std::make_shared<spdlog::sinks::stderr_color_sink_mt>()) {
        logger_.set_level(translate(least));
        logger_.set_pattern("%Y-%m-%d %H:%M:%S.%e %^%-7l%$ %v");
        logger_.flush_on(spdlog::level::debug);
    }
    void write(base::LogLevel level, std::string_view room, std::string_view text) override {
        logger_.log(translate(level), "{}: {}", room, text);
    }

private:
    spdlog::logger logger_;
};

}  // namespace

std::unique_ptr<base::Log> make_log(base::LogLevel least) {
    return std::make_unique<StderrLog>(least);
}

}  // namespace hearsay::app
