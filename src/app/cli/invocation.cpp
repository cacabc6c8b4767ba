#include "app/cli/invocation.hpp"

#include <algorithm>
#include <set>
#include <sstream>

#include "app/cli/command_parts.hpp"
#include "app/cli/commands.hpp"
#include "app/cli/text.hpp"

#ifndef HEARSAY_VERSION
#error "CMake defines HEARSAY_VERSION"
#endif

namespace hearsay::app::cli {

namespace {

std::string suggestion(std::string_view word, const std::vector<std::string>& candidates) {
    const std::optional<std::string> best = nearest(word, candidates);
    return best ? "; did you mean \"" + *best + "\"?" : ".";
}

std::string join(const std::vector<std::string>& words) {
    std::string out;
    for (const std::string& word : words) out += (out.empty() ? "" : ", ") + word;
    return out;
}

std::vector<std::string> groups() {
    std::vector<std::string> out;
    for (const CommandSpec& spec : commands())
        if (std::find(out.begin(), out.end(), spec.group) == out.end())
            out.emplace_back(spec.group);
    return out;
}
std::vector<std::string> verbs(std::string_view group) {
    std::vector<std::string> out;
    for (const CommandSpec& spec : commands())
        if (spec.group == group) out.emplace_back(spec.verb);
    return out;
}

// Where the next word stands that is no option and no option's value; words.size() if none.
std::size_t next_word(const std::vector<std::string>& words, std::size_t from) {
    std::size_t i = from;
    while (i < words.size() && words[i].size() > 1 && words[i].front() == '-')
        i += words[i] == "--data-dir" ? 2 : 1;
    return std::min(i, words.size());
}

std::string version_answer(const std::vector<std::string>& words) {
    const bool json = std::find(words.begin(), words.end(), "--json") != words.end();
    return json ? "{\"version\":\"" HEARSAY_VERSION "\"}\n" : version_text();
}

struct Found {
    const CommandSpec* spec = nullptr;  // or a text instead
    std::string help;
    std::vector<std::string> rest;
};

// Takes the command's words out and leaves the options and arguments.
// A value of an option may look like a command's word, so --help anywhere is enough.
std::expected<Found, std::string> find_command(std::vector<std::string> words, bool help,
                                               std::size_t width) {
    const std::size_t at = next_word(words, 0);
    if (at == words.size()) {
        if (!help && !words.empty() && words.back() == "--data-dir")
            return std::unexpected("--data-dir needs a directory behind it");
        for (const std::string& word : words) {
            const std::string name = word.substr(0, word.find('='));
            const std::vector<std::string> known{"--data-dir", "--json", "--help", "-h",
                                                 "--version"};
            if (name.starts_with("-") && std::find(known.begin(), known.end(), name) == known.end())
                return std::unexpected("unknown option " + safe_line(name) +
                                       suggestion(name, known));
        }
        return Found{nullptr, general_help(width), {}};  // also for nothing at all
    }
    if (words[at] == "help" || words[at] == "version") {
        const bool version = words[at] == "version";
        words.erase(words.begin() + static_cast<std::ptrdiff_t>(at));
        if (version) return Found{nullptr, version_answer(words), {}};
        return find_command(std::move(words), true, width);
    }
    const std::string group = words[at];
    words.erase(words.begin() + static_cast<std::ptrdiff_t>(at));
    const std::vector<std::string> known = verbs(group);
    if (known.empty())
        return std::unexpected("unknown command \"" + safe_line(group) + "\"" +
                               suggestion(group, groups()) + " Expected one of: " + join(groups()));
    std::string verb;
    if (known != std::vector<std::string>{""}) {
        const std::size_t second = next_word(words, at);
        if (second == words.size()) {
            if (help) return Found{nullptr, group_help(group, width), {}};
            return std::unexpected("expected a word after \"" + group + "\": " + join(known));
        }
        verb = words[second];
        words.erase(words.begin() + static_cast<std::ptrdiff_t>(second));
    }
    for (const CommandSpec& spec : commands())
        if (spec.group == group && spec.verb == verb) {
            if (help) return Found{nullptr, command_help(spec, width), {}};
            return Found{&spec, {}, std::move(words)};
        }
    return std::unexpected("unknown command \"" + group + " " + safe_line(verb) + "\"" +
                           suggestion(verb, known) + " Expected one of: " + join(known));
}

// An empty word is a script's mistake: to take the usual directory could mean another node.
std::expected<std::string, std::string> data_dir_of(const po::variables_map& given,
                                                    const Environment& environment) {
    const std::string named = text_of(given, "data-dir");
    if (!named.empty()) return named;
    if (given.count("data-dir") != 0)
        return std::unexpected("--data-dir is empty: expected a directory");
    if (const std::optional<std::string> usual = default_data_dir(environment)) return *usual;
    return std::unexpected(
        "cannot tell where the data directory is: give --data-dir DIR or set HOME");
}

std::string expected_by(const CommandSpec& spec) {
    return "; expected: hearsay " + spec.words() + (spec.usage.empty() ? "" : " ") +
           std::string(spec.usage);
}

// A script's variable that is not set. What no command takes as something of its own is a mistake.
bool has_empty_argument(const CommandSpec& spec, const po::variables_map& given) {
    std::istringstream names{std::string(spec.argument)};
    for (std::string name; names >> name;)
        if (!name.ends_with("...") && given.count(name) != 0 &&
            given[name].as<std::string>().empty())
            return true;
    return false;
}

std::expected<po::variables_map, std::string> read_options(const CommandSpec& spec,
                                                           const std::vector<std::string>& rest) {
    po::options_description all;
    spec.add_options(all);
    all.add(common_options());
    std::vector<std::string> names;
    for (const auto& option : all.options()) names.push_back("--" + option->long_name());
    po::positional_options_description positions;
    std::string_view arguments = spec.argument;
    while (!arguments.empty()) {
        const std::size_t end = std::min(arguments.find(' '), arguments.size());
        const std::string name(arguments.substr(0, end));
        arguments.remove_prefix(std::min(end + 1, arguments.size()));
        if (name.ends_with("...")) {  // all that follow
            const std::string bare = name.substr(0, name.size() - 3);
            all.add_options()(bare.c_str(), po::value<std::vector<std::string>>());
            positions.add(bare.c_str(), -1);
            continue;
        }
        all.add_options()(name.c_str(), po::value<std::string>());
        positions.add(name.c_str(), 1);
    }
    const std::string expected = expected_by(spec);
    po::variables_map given;
    try {
        const int style =
            po::command_line_style::unix_style & ~po::command_line_style::allow_guessing;
        po::store(
            po::command_line_parser(rest).options(all).positional(positions).style(style).run(),
            given);
        po::notify(given);
    } catch (const po::unknown_option& error) {
        return std::unexpected("unknown option " + safe_line(error.get_option_name()) +
                               suggestion(error.get_option_name(), names) + " See hearsay " +
                               spec.words() + " --help");
    } catch (const po::too_many_positional_options_error&) {
        return std::unexpected("too many arguments" + expected);
    } catch (const po::error& error) {
        return std::unexpected(safe_line(error.what()) + expected);
    }
    return given;
}

}  // namespace

std::expected<Invocation, UsageError> parse(const std::vector<std::string>& words,
                                            const Environment& environment, std::size_t width) {
    // --json decides how errors are told, so it is looked for before anything can fail.
    const auto has = [&](std::string_view word) {
        return std::find(words.begin(), words.end(), word) != words.end();
    };
    const auto fail = [&](std::string text) {
        return std::unexpected(UsageError{std::move(text), has("--json")});
    };

    if (next_word(words, 0) == words.size() && has("--version"))
        return Invocation{{}, false, PrintText{version_answer(words)}};
    std::expected<Found, std::string> found =
        find_command(words, has("--help") || has("-h"), width);
    if (!found) return fail(found.error());
    if (found->spec == nullptr) return Invocation{{}, false, PrintText{found->help}};

    const std::expected<po::variables_map, std::string> given =
        read_options(*found->spec, found->rest);
    if (!given) return fail(given.error());
    if ((*given)["version"].as<bool>())
        return Invocation{{}, false, PrintText{version_answer(words)}};

    std::expected<std::string, std::string> data_dir = data_dir_of(*given, environment);
    if (!data_dir) return fail(data_dir.error());
    Built built = found->spec->build(*given);
    if (built && has_empty_argument(*found->spec, *given))
        return fail("an argument is empty" + expected_by(*found->spec));
    if (!built) return fail(built.error() + " (see hearsay " + found->spec->words() + " --help)");
    return Invocation{*std::move(data_dir), (*given)["json"].as<bool>(), *std::move(built)};
}

}  // namespace hearsay::app::cli
