// app/node/check.hpp - hearsayd --check:
// reads everything that a data directory keeps and says what is damaged.
//
// It changes nothing, makes nothing, and works without the passphrase; with one (an option that
// names it, or keys that have none) it opens every record of the person as well. A node that runs
// in the directory is a reason not to look:
//   what is read while it changes is neither one thing nor the other.
//   node.key   a regular file of 32 bytes that fits its checksum
//   vault      it opens; without the passphrase: it has a vault's head
//   own, flood every page (store/pages.hpp); then every record, as the node would read it
#pragma once

#include <iosfwd>

#include "app/node/options.hpp"

namespace hearsay::app {

// What is said of each part goes to `out`, laid out for `width` columns (app/layout.hpp). True:
// nothing is damaged. An error: it could not be found out.
base::Result<bool> check_home(const Options& options, std::ostream& out, std::size_t width);

}  // namespace hearsay::app
