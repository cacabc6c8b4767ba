// app/environment.hpp - where the data directory is if nobody says: one rule for both programs, so
// that `hearsay` finds the node that `hearsayd` started.
//
// Rules: HEARSAY_DATA_DIR; else $XDG_DATA_HOME/hearsay; else $HOME/.local/share/hearsay. Empty
// variables count as unset, and so does an XDG_DATA_HOME that is no absolute path (XDG Base
// Directory Specification 0.8).
#pragma once

#include <cstdlib>
#include <optional>
#include <string>

namespace hearsay::app {

struct Environment {
    std::optional<std::string> hearsay_data_dir;
    std::optional<std::string> xdg_data_home;
    std::optional<std::string> home;
    std::optional<std::string> xdg_config_home{};
};

inline Environment process_environment() {
    const auto variable = [](const char* name) -> std::optional<std::string> {
        const char* const value = std::getenv(name);
        return value == nullptr ? std::nullopt : std::optional<std::string>(value);
    };
    return {variable("HEARSAY_DATA_DIR"), variable("XDG_DATA_HOME"), variable("HOME"),
            variable("XDG_CONFIG_HOME")};
}

// Nothing if no variable tells.
inline std::optional<std::string> default_data_dir(const Environment& environment) {
    const auto set = [](const std::optional<std::string>& value) {
        return value && !value->empty();
    };
    if (set(environment.hearsay_data_dir)) return environment.hearsay_data_dir;
    if (set(environment.xdg_data_home) && environment.xdg_data_home->starts_with('/'))
        return *environment.xdg_data_home + "/hearsay";
    if (set(environment.home)) return *environment.home + "/.local/share/hearsay";
    return std::nullopt;
}

// Where hearsayd's settings are if nobody says: $XDG_CONFIG_HOME/hearsay/hearsayd.conf, else
// $HOME/.config/hearsay/hearsayd.conf. There need not be such a file.
inline std::optional<std::string> default_settings_file(const Environment& environment) {
    const auto& config = environment.xdg_config_home;
    if (config && config->starts_with('/')) return *config + "/hearsay/hearsayd.conf";
    if (environment.home && !environment.home->empty())
        return *environment.home + "/.config/hearsay/hearsayd.conf";
    return std::nullopt;
}

}  // namespace hearsay::app
