// app/standard_files.hpp - the descriptors 0, 1 and 2 are never anything else.
//
// Whoever starts a program with one of them closed has the next file that it opens get that number,
// so that what it means to print goes into a database or to a peer. Therefore first thing in
// main(): where none is open, an empty input stands, an output that cannot be written to, and for
// what is said on the side, one that takes all.
#pragma once

namespace hearsay::app {

void keep_standard_files();

}  // namespace hearsay::app
