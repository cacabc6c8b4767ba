#include "app/node/group.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <grp.h>
#include <sys/stat.h>
#include <unistd.h>

namespace hearsay::app {

base::Result<GroupPlace> group_place(const std::string& group, const std::string& dir) {
    const ::group* const found = getgrnam(group.c_str());
    if (found == nullptr)
        return base::fail(base::ErrorCode::invalid, "--group: there is no group \"" + group + "\"");
    const std::string run = dir + "/run";
    const auto failure = [&](const char* what) {
        return base::fail(base::ErrorCode::io, "--group-dir: cannot " + std::string(what) + " " +
                                                   run + ": " + std::strerror(errno));
    };
    if (mkdir(run.c_str(), 0700) != 0 && errno != EEXIST) return failure("make");
    base::UniqueFd fd(open(run.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!fd) return failure("open");
    if (fchown(fd.get(), static_cast<uid_t>(-1), found->gr_gid) != 0)
        return failure("give the group");
    if (fchmod(fd.get(), 0750) != 0) return failure("let the group into");
    return GroupPlace{std::move(fd), found->gr_gid};
}

}  // namespace hearsay::app
