#include "app/standard_files.hpp"

#include <array>
#include <fcntl.h>
#include <unistd.h>

namespace hearsay::app {

void keep_standard_files() {
    constexpr std::array modes{O_RDONLY, O_RDONLY, O_WRONLY};
    for (int fd = 0; fd < static_cast<int>(modes.size()); ++fd)
        if (fcntl(fd, F_GETFD) < 0)  // the lowest that is free: this one
            (void)open("/dev/null", modes.at(static_cast<std::size_t>(fd)) | O_NOCTTY);
}

}  // namespace hearsay::app
