// app/node/options_table.hpp - which options hearsayd takes, with what is said of each. What they
// mean: options.cpp.
#pragma once

#include <boost/program_options.hpp>

namespace hearsay::app {

boost::program_options::options_description all_options();

}  // namespace hearsay::app
