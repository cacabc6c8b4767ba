// app/cli/show_parts.hpp - pieces that the texts of show.hpp are made of.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "app/cli/show.hpp"

namespace hearsay::app::cli {

base::WallTime time_of(const google::protobuf::Timestamp& time);
// "in 6 days (2026-11-27 10:27 UTC)"
std::string when(const google::protobuf::Timestamp& time, const Style& style);
// A line of its own, made safe; nothing for an empty value if optional.
std::string field(std::string_view name, std::string_view value);
std::string optional_field(std::string_view name, std::string_view value);
std::string counted(std::uint64_t count, std::string_view noun);  // "3 times"

// Two lines about a persona.
std::string persona_lines(const api::Persona& persona, const Style& style);

struct Table {
    std::vector<std::vector<std::string>> rows;  // the first is the heading

    // Columns as wide as their content, the flexible one shortened until the row fits.
    std::string print(std::size_t flexible, std::size_t width) const;
};

}  // namespace hearsay::app::cli
