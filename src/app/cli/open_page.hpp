// app/cli/open_page.hpp - leads the user's browser to the node's page, and lets it in.
//
// The code that lets it in must not stand in a command line, which every user of the machine can
// read. So it goes into a file, DIR/run/page.html with mode 0600, which leads on to the page; the
// browser is started with the file's name. There is one such file at a time. It is removed when
// the code was used or its minute is over, at the latest by the next call.
#pragma once

#include <string>

#include "app/cli/client.hpp"
#include "app/cli/invocation.hpp"
#include "app/cli/run.hpp"

namespace hearsay::app::cli {

int run_open(const OpenPage& command, const Client& client, bool json, Terminal& terminal);

// What leads to `url` with the code behind its '#', which browsers send to nobody.
std::string redirect_file(const std::string& url, const std::string& code);

// By xdg-open, in the background; false if there is no such program.
bool show_on_desktop(const std::string& path);

}  // namespace hearsay::app::cli
