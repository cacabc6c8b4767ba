#include "app/cli/new_file.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>

#include "app/cli/text.hpp"
#include "base/unique_fd.hpp"

namespace hearsay::app::cli {

std::string cannot_read(const std::string& path) {
    std::string out = "cannot read " + safe_line(path);
    const base::UniqueFd file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    char byte = 0;
    const bool failed = !file || read(file.get(), &byte, 1) < 0;
    return failed ? out + ": " + std::strerror(errno) : out;
}

std::expected<void, std::string> write_new(const std::string& path, const std::string& content) {
    const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (file < 0) return std::unexpected(path + ": " + std::strerror(errno));
    std::size_t done = 0;
    while (done < content.size()) {
        const ssize_t step = write(file, content.data() + done, content.size() - done);
        if (step < 0 && errno == EINTR) continue;
        if (step < 0) break;
        done += static_cast<std::size_t>(step);
    }
    const int failed = done < content.size() ? errno : 0;
    if (close(file) != 0 || failed != 0) {
        const std::string why = std::strerror(failed != 0 ? failed : errno);
        unlink(path.c_str());
        return std::unexpected(path + ": " + why);
    }
    return {};
}

}  // namespace hearsay::app::cli
