// store/file.hpp - small files that are either the old or the new one, and directories nobody else
// may touch.
//
// Everything the node keeps lies in one data directory of mode 0700 that belongs to the user who
// runs it. Files are of mode 0600. A file is replaced by writing a temporary one beside it, fsync,
// rename, fsync of the directory: a crash or a full disk at any moment leaves the old file or the
// new one, whole.
#pragma once

#include <string>

#include "base/bytes.hpp"
#include "base/error.hpp"
#include "base/limits/store.hpp"

namespace hearsay::store {

// Creates `path` (and what is missing above it) with mode 0700. An existing one is refused
// (ErrorCode::denied) if it belongs to somebody else or if group or others may write to it.
base::Result<void> prepare_directory(const std::string& path);

base::Result<void> replace_file(const std::string& path, base::ByteView content);
// not_found, or `corrupt` when it is longer than `bytes_max`.
base::Result<base::Bytes> read_file(const std::string& path, std::size_t bytes_max);
// The same for a file of the node's own. It is opened without waiting (a pipe has no writer), and
// refused as `denied` or `corrupt`, with the reason, unless it is a regular file - no link, no
// pipe, no directory - of the user who runs this. `mode`: its permissions, for who cares that
// others may read it.
base::Result<base::Bytes> read_private_file(const std::string& path, std::size_t bytes_max,
                                            unsigned* mode = nullptr);
// Durable too. No error if there is none.
base::Result<void> remove_file(const std::string& path);
// Makes new, renamed and removed names in it durable.
base::Result<void> sync_directory(const std::string& path);
bool file_exists(const std::string& path);

// What an ordinary user may still write there, in bytes (compare
// base::limits::free_disk_bytes_min).
base::Result<std::uint64_t> free_disk_bytes(const std::string& path);

}  // namespace hearsay::store
