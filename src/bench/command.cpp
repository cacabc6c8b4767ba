#include "bench/command.hpp"

#include <algorithm>
#include <iostream>

#include <boost/program_options.hpp>

#include "bench/benches.hpp"
#include "bench/measure.hpp"

namespace hearsay::bench {
namespace {

namespace po = boost::program_options;

struct Request {
    std::vector<Named> benches;
    bool json = false;
    bool small = false;
    bool help = false;
    bool list = false;
    std::uint64_t seed = 1;
};

base::Result<std::vector<Named>> chosen(const std::vector<std::string>& names) {
    const std::vector<Named>& all = all_benches();
    if (names.empty() || std::find(names.begin(), names.end(), "all") != names.end()) return all;
    std::vector<Named> out;
    for (const std::string& name : names) {
        const auto found = std::find_if(all.begin(), all.end(),
                                        [&](const Named& each) { return each.name == name; });
        if (found == all.end())
            return base::fail(base::ErrorCode::invalid,
                              "no benchmark " + name + "; hearsay-bench list names them");
        out.push_back(*found);
    }
    return out;
}

base::Result<Request> parse(int argc, char** argv, po::options_description& visible) {
    Request out;
    std::vector<std::string> names;
    visible.add_options()("json", po::bool_switch(&out.json),
                          "a list of objects instead of a table")(
        "small", po::bool_switch(&out.small),
        "small sizes: shows that everything runs, not how fast")(
        "seed", po::value(&out.seed)->default_value(1), "of all data")(
        "help,h", po::bool_switch(&out.help), "this text");
    po::options_description all(visible);
    all.add_options()("name", po::value(&names));
    po::positional_options_description places;
    places.add("name", -1);
    try {
        po::variables_map given;
        po::store(po::command_line_parser(argc, argv).options(all).positional(places).run(), given);
        po::notify(given);
    } catch (const po::error& error) {
        return base::fail(base::ErrorCode::invalid, error.what());
    }
    out.list = names == std::vector<std::string>{"list"};
    if (out.help || out.list) return out;
    auto benches = chosen(names);
    if (!benches) return std::unexpected(benches.error());
    out.benches = std::move(*benches);
    return out;
}

int run(const Request& request, const std::string& directory) {
    Bench bench(directory, request.small ? small_sizes() : Sizes{}, request.seed);
    std::vector<Figure> figures;
    int status = 0;
    for (const Named& each : request.benches) {
        auto figure = each.run(bench);
        if (!figure) {
            std::cerr << "hearsay-bench: " << each.name << ": " << figure.error().text << std::endl;
            status = 1;
            continue;
        }
        if (!request.json) std::cout << to_text(*figure) << std::flush;
        figures.push_back(std::move(*figure));
    }
    if (request.json) std::cout << to_json(figures) << std::flush;
    return status;
}

}  // namespace

int command(int argc, char** argv) {
    po::options_description visible("hearsay-bench [all|NAME...], or hearsay-bench list");
    const auto request = parse(argc, argv, visible);
    if (!request) {
        std::cerr << "hearsay-bench: " << request.error().text << "\n";
        return 2;
    }
    if (request->help) std::cout << visible;
    if (request->list)
        for (const Named& each : all_benches()) std::cout << each.name << "\n";
    if (request->help || request->list) return 0;
    const auto directory = make_directory();
    if (!directory) {
        std::cerr << "hearsay-bench: " << directory.error().text << "\n";
        return 1;
    }
    return supervised(*directory, [&] { return run(*request, *directory); });
}

}  // namespace hearsay::bench
