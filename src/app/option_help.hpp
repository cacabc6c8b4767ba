// app/option_help.hpp - options as the help of both programs lists them.
#pragma once

#include <string>
#include <string_view>

#include <boost/program_options.hpp>

namespace hearsay::app {

// The title, and each option with what is said of it, in at most so many columns.
std::string table_of_options(std::string_view title,
                             const boost::program_options::options_description& options,
                             std::size_t width);

}  // namespace hearsay::app
