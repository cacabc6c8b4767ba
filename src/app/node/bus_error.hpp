// app/node/bus_error.hpp - what happens when the disk does not give back a page of a mapped file.
//
// The stores are mapped files. One that is cut short while the node runs, or a disk that cannot
// read, ends the process by SIGBUS, of which nobody learns why. So the signal says it in one line,
// leaves the flood store's mark (store/lmdb.hpp) so that the next start makes that one anew, and
// ends the process with 1. Nothing else is possible: the page is not there.
#pragma once

#include <string>

namespace hearsay::app {

void end_on_bus_errors(const std::string& data_dir);

}  // namespace hearsay::app
