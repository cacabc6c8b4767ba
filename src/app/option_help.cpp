#include "app/option_help.hpp"

#include "app/layout.hpp"

namespace hearsay::app {

namespace po = boost::program_options;

namespace {

// "-h, --help" or "--limit N".
std::string name_of(const po::option_description& option) {
    const std::string first =
        option.canonical_display_name(po::command_line_style::allow_dash_for_short);
    std::string out = first.starts_with('-') ? first + ", " : "";
    out += "--" + option.long_name();
    const std::string value = option.format_parameter();
    return value.empty() ? out : out + " " + value;
}

}  // namespace

std::string table_of_options(std::string_view title, const po::options_description& options,
                             std::size_t width) {
    constexpr std::size_t text_column = 24;
    std::string out = sentence(title, width);
    for (const auto& option : options.options())
        out += beside("  " + name_of(*option), text_column, option->description(), width);
    return out;
}

}  // namespace hearsay::app
