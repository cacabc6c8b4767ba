// bench/measure.hpp - clocks, memory, the page cache, processes and the directory of one run.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/error.hpp"

namespace hearsay::bench {

// Seconds of wall time, and of processor time of this process (all its threads) since some moment.
double wall_seconds();
double cpu_seconds();
double thread_seconds();  // of processor time of this thread

class Stopwatch {
public:
    Stopwatch() : wall_(wall_seconds()), cpu_(cpu_seconds()) {}
    double wall() const { return wall_seconds() - wall_; }
    double cpu() const { return cpu_seconds() - cpu_; }

private:
    double wall_;
    double cpu_;
};

// Resident memory of this process that no file stands behind: what an index in memory costs. Pages
// of a mapped database are the kernel's cache and not counted.
base::Result<std::uint64_t> anonymous_bytes();
// The number after `key` in a text of the form of /proc/<pid>/status, in bytes;
// for anonymous_bytes().
base::Result<std::uint64_t> status_bytes(std::string_view text, std::string_view key);

// Writes the file back and takes it out of the page cache; works for an ordinary user if nobody
// maps it.
base::Result<void> drop_from_cache(const std::string& path);
base::Result<std::uint64_t> disk_bytes(const std::string& path);

// A fresh directory $TMPDIR/hearsay-bench-XXXXXX (else under /tmp).
base::Result<std::string> make_directory();
// Runs `work` in a child and ends with its exit status; `directory` is removed whatever became of
// the child, also when it crashed or somebody sent us SIGINT, SIGTERM or SIGHUP (which the child
// gets too).
int supervised(const std::string& directory, const std::function<int()>& work);

// Runs `work` in a child of its own, for what must begin with clean memory. Its numbers, or why
// there are none. Call it while this process has one thread.
base::Result<std::vector<double>> in_child(
    const std::function<base::Result<std::vector<double>>()>& work);

}  // namespace hearsay::bench
