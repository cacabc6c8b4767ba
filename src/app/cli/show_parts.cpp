#include "app/cli/show_parts.hpp"

#include <algorithm>

#include "app/cli/run.hpp"
#include "app/cli/text.hpp"
#include "app/layout.hpp"
#include "base/limits/items.hpp"

namespace hearsay::app::cli {

Style style_of(const Terminal& terminal) {
    return {terminal.colour, terminal.width, terminal.now()};
}

base::WallTime time_of(const google::protobuf::Timestamp& time) {
    return base::from_unix_seconds(time.seconds());
}

std::string when(const google::protobuf::Timestamp& time, const Style& style) {
    return describe_when(time_of(time), style.now) + " (" + describe_date(time_of(time)) + ")";
}

std::string heading(const Style& style, std::string_view text) {
    return sentence(safe_line(text), style.width);
}

std::string field(const Style& style, std::string_view name, std::string_view value) {
    constexpr std::size_t value_column = 13;
    return beside("  " + std::string(name), value_column, safe_line(value), style.width);
}

std::string optional_field(const Style& style, std::string_view name, std::string_view value) {
    return value.empty() ? "" : field(style, name, value);
}

std::string remark(const Style& style, std::string_view text) {
    return indented(safe_line(text), 6, style.width);
}

std::string text_lines(const Style& style, const std::string& text, std::size_t indent) {
    return indented(safe_lines(text), indent, style.width);
}

std::string text_below(const Style& style, const std::string& text) {
    constexpr std::size_t text_indent = 4;
    return text.empty() ? "" : "\n" + text_lines(style, text, text_indent);
}

std::string introduced(std::string_view before, std::string_view shown, std::size_t width) {
    if (before.empty()) return std::string(shown);
    const std::size_t end = std::min(before.find('\n'), before.size());
    if (end < before.size())
        return sentence(before.substr(0, end), width) + std::string(before.substr(end + 1)) +
               std::string(shown);
    const std::size_t line = std::min(shown.find('\n'), shown.size());
    return sentence(std::string(before) + std::string(shown.substr(0, line)), width) +
           std::string(shown.substr(std::min(line + 1, shown.size())));
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
    return name.empty() ? short_address(address) : safe_line(name);
}

std::string named_fields(const Style& style, std::string_view field_name, std::string_view name,
                         std::string_view address) {
    if (address.empty()) return "";
    return optional_field(style, field_name, name) +
           field(style, name.empty() ? field_name : "", address);
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
