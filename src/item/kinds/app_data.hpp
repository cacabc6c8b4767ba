// item/kinds/app_data.hpp - kind 9: bytes that an application wants carried. docs/protocol.md,
// "Data of applications". Rules, for everybody who relays:
//   1. the payload parses
//   2. there are at most 16 KiB of data: half of what a payload may have, because nobody but an
//      application can tell what it is worth
// What the data are is nobody's business but the application's.
#pragma once

#include <optional>
#include <string>

#include "item/item.hpp"

namespace hearsay::item {

inline constexpr Kind kind_app_data = 9;
inline constexpr std::size_t app_data_bytes_max = 16 * 1024;

struct AppData {
    std::uint32_t type = 0;
    base::Bytes data{};
    bool operator==(const AppData&) const = default;
};

// Rule 2, as a sentence for the user, or nothing.
std::optional<std::string> app_data_problem(const AppData& data);
base::Bytes write_app_data(const AppData& data);
std::optional<AppData> read_app_data(base::ByteView payload);

}  // namespace hearsay::item
