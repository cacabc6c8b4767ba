// store/lock.hpp - one process a data directory.
//
// LMDB itself lets many processes share an environment; two nodes with one identity must not. A
// flock on `<data>/lock` is held as long as the process lives (the kernel drops it however the
// process ends) and the file says who holds it. The file stays behind: removing it would let a
// third process lock a file that is gone.
#pragma once

#include <string>
#include <utility>

#include "base/error.hpp"
#include "base/unique_fd.hpp"

namespace hearsay::store {

class DirectoryLock {
public:
    // ErrorCode::conflict, "<data> is in use by process N", when another holds it.
    static base::Result<DirectoryLock> take(const std::string& data);
    // The same without writing: for who only reads. Without a file there is nobody to be kept out.
    static base::Result<DirectoryLock> look(const std::string& data);
    DirectoryLock(DirectoryLock&&) = default;
    DirectoryLock& operator=(DirectoryLock&&) = delete;

private:
    explicit DirectoryLock(base::UniqueFd fd) : fd_(std::move(fd)) {}
    base::UniqueFd fd_;
};

}  // namespace hearsay::store
