// store/reserve.hpp - room on the disk that is kept for the hour in which others fill it.
//
// A file of reserve_bytes whose blocks are taken but mean nothing. When the disk is full it is
// removed, so that the person's records go on being kept; when there is plenty of room again it is
// made anew. It is a courtesy: a reserve that cannot be had is no error.
#pragma once

#include <string>

#include "base/error.hpp"

namespace hearsay::store {

class Reserve {
public:
    explicit Reserve(std::string path) : path_(std::move(path)) {}

    // Takes the blocks, unless that leaves less than free_disk_bytes_min. Cheap if it is there.
    base::Result<void> keep();
    // Whether there was one, and its blocks are free now.
    bool release();

private:
    const std::string path_;
};

}  // namespace hearsay::store
