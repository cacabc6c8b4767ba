#include "app/node/counters.hpp"

#include <charconv>
#include <dirent.h>
#include <sys/resource.h>
#include <unistd.h>

#include "api/figures.hpp"
#include "store/file.hpp"

namespace hearsay::app {
namespace {

double seconds_of(const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

// proc(5), statm: pages in all, pages in memory, ...
std::uint64_t resident_bytes() {
    constexpr std::size_t bytes_max = 256;
    const auto text = store::read_file("/proc/self/statm", bytes_max);
    if (!text) return 0;
    const std::string_view line = base::as_text(*text);
    const std::size_t blank = line.find(' ');
    if (blank == line.npos) return 0;
    std::uint64_t pages = 0;
    std::from_chars(line.data() + blank + 1, line.data() + line.size(), pages);
    return pages * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
}

std::uint64_t open_files() {
    DIR* const directory = opendir("/proc/self/fd");
    if (directory == nullptr) return 0;
    std::uint64_t count = 0;
    while (const dirent* const entry = readdir(directory))  // ends with the list
        if (entry->d_name[0] != '.') ++count;
    closedir(directory);
    return count == 0 ? 0 : count - 1;  // without the one for reading it
}

}  // namespace

void fill_figures(const Counters& counters, api::Figures& out) {
    out.links_opened_in = counters.links_opened_in;
    out.links_opened_out = counters.links_opened_out;
    out.dials_failed = counters.dials_failed;
    out.frames_received = counters.frames_received;
    out.frames_sent = counters.frames_sent;
    out.bytes_received = counters.bytes_received;
    out.bytes_sent = counters.bytes_sent;
    out.turns = counters.turns;
    out.turn_seconds = counters.turn_seconds;
    rusage used{};
    if (getrusage(RUSAGE_SELF, &used) == 0)
        out.cpu_seconds = seconds_of(used.ru_utime) + seconds_of(used.ru_stime);
    out.memory_bytes = resident_bytes();
    out.open_files = open_files();
}

}  // namespace hearsay::app
