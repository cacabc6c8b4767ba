// app/node/options_table.hpp - which options hearsayd takes, with what is said of each. What they
// mean: options.cpp.
#pragma once

#include <string>
#include <vector>

#include <boost/program_options.hpp>

namespace hearsay::app {

struct OptionGroup {
    std::string title;
    boost::program_options::options_description options;
};

// As help lists them.
std::vector<OptionGroup> option_groups();
boost::program_options::options_description all_options();

}  // namespace hearsay::app
