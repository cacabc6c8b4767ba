// app/node/group.hpp - the directory in which members of a group find the node's interface.
#pragma once

#include <string>
#include <sys/types.h>

#include "base/error.hpp"
#include "base/unique_fd.hpp"

namespace hearsay::app {

struct GroupPlace {
    base::UniqueFd run;  // DIR/run, mode 0750, of the group
    gid_t group;
};

// Makes DIR/run; DIR is there, and its owner says who may enter it. `invalid`: no such group.
// Reads the system's groups, so it is for before the sandbox.
base::Result<GroupPlace> group_place(const std::string& group, const std::string& dir);

}  // namespace hearsay::app
