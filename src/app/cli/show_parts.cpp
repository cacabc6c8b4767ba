#include "app/cli/show_parts.hpp"

#include <algorithm>

#include "app/cli/text.hpp"
#include "base/limits/items.hpp"

namespace hearsay::app::cli {

base::WallTime time_of(const google::protobuf::Timestamp& time) {
    return base::from_unix_seconds(time.seconds());
}

std::string when(const google::protobuf::Timestamp& time, const Style& style) {
    return describe_when(time_of(time), style.now) + " (" + describe_date(time_of(time)) + ")";
}

std::string field(std::string_view name, std::string_view value) {
    return "  " + fit(name, 10) + " " + safe_line(value) + "\n";
}

std::string optional_field(std::string_view name, std::string_view value) {
    return value.empty() ? "" : field(name, value);
}

std::string counted(std::uint64_t count, std::string_view noun) {
    return std::to_string(count) + " " + std::string(noun) + (count == 1 ? "" : "s");
}

std::string short_id(std::string_view id) {
    return safe_line(id.substr(0, 12));
}

std::string short_address(std::string_view address) {
    return address.size() <= 20 ? safe_line(address) : safe_line(address.substr(0, 17)) + "...";
}

std::string name_or_address(std::string_view name, std::string_view address) {
    constexpr std::size_t most = 28;
    return name.empty() ? short_address(address) : cut(safe_line(name), most);
}

std::string named_fields(std::string_view field_name, std::string_view name,
                         std::string_view address) {
    if (address.empty()) return "";
    return name.empty() ? field(field_name, address) : field(field_name, name) + field("", address);
}

std::string when_made(const google::protobuf::Timestamp& time, const Style& style) {
    return describe_made(time_of(time), style.now, base::limits::created_step) + " (" +
           describe_date(time_of(time)) + ")";
}

std::string joined(const google::protobuf::RepeatedPtrField<std::string>& words) {
    std::string out;
    for (const std::string& word : words) out += (out.empty() ? "" : ", ") + word;
    return out;
}

std::string cut(const std::string& text, std::size_t most) {
    return columns(text) > most ? fit(text, most) : text;
}

void Table::drop_if_empty(std::size_t column) {
    if (std::any_of(rows.begin() + 1, rows.end(),
                    [&](const auto& row) { return !row[column].empty(); }))
        return;
    for (auto& row : rows) row.erase(row.begin() + static_cast<std::ptrdiff_t>(column));
}

std::string Table::print(std::size_t flexible, std::size_t width) const {
    std::vector<std::size_t> widths(rows.front().size());
    for (const auto& row : rows)
        for (std::size_t i = 0; i < row.size(); ++i)
            widths[i] = std::max(widths[i], columns(row[i]));
    std::size_t sum = 2 * (widths.size() - 1);
    for (const std::size_t each : widths) sum += each;
    constexpr std::size_t least = 12;
    if (sum > width && widths[flexible] > least) {
        const std::size_t excess = sum - width;
        widths[flexible] = std::max(least, widths[flexible] - std::min(excess, widths[flexible]));
    }
    std::string out;
    for (const auto& row : rows) {
        std::string line;
        for (std::size_t i = 0; i < row.size(); ++i) line += fit(row[i], widths[i]) + "  ";
        line.erase(line.find_last_not_of(' ') + 1);
        out += line + "\n";
    }
    return out;
}

std::string stars_on_average(double mean) {
    const auto tenths = static_cast<std::uint32_t>(mean * 10 + 0.5);
    return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " stars on average";
}

std::string picture_line(const api::Picture& picture) {
    if (!picture.here()) return picture.hash() + "  not here";
    return picture.hash() + "  here: " + picture.format() + ", " + std::to_string(picture.width()) +
           "x" + std::to_string(picture.height());
}

}  // namespace hearsay::app::cli
