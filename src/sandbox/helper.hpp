// sandbox/helper.hpp - the process that does for a confined node what it gave up: two things.
//
//   1. It starts Tor (tor/child.hpp), as often as the node asks, with the descriptors that the node
//      hands it. Which program that is, and with which arguments, the node cannot say. The new
//      process is the node's own child (CLONE_PARENT): the node watches, ends and reaps it, and
//      the kernel ends it with the node.
//   2. It binds sockets to the loopback, for the page and for nothing else. Binding is all that it
//      does; the node listens on them.
// It is the node's own program, executed again before the node reads anything of a stranger's, has
// one thread, and reads nothing but the node's questions. It lives as long as the node: it ends
// when the other end of its socket closes, and the kernel ends it with the thread that started
// it.
//
// Private protocol, same executable, so without versions:
//     argv   <program> helper <pid of the node> free|confined|confined-transports
//     3      its end of a SEQPACKET socket (message.hpp); one answer to each question
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <vector>

#include "base/error.hpp"
#include "base/unique_fd.hpp"

namespace hearsay::sandbox {

inline constexpr std::string_view helper_command = "helper";
inline constexpr int helper_fd = 3;

enum class Confinement { none, without_programs, with_transports };
std::string_view word_of(Confinement what);  // as the arguments say it
std::optional<Confinement> confinement_of(std::string_view word);

struct Bound {
    std::uint16_t port = 0;
    std::vector<base::UniqueFd> sockets;
};
using Bind = std::function<base::Result<Bound>(std::uint16_t port)>;

// What Tor inherits, as tor/child.hpp numbers it.
struct TorDescriptors {
    int null = -1;
    int log = -1;
    int control = -1;
    int directory = -1;
};

// The node's end.
class Helper {
public:
    // `executable`: its main() hands "helper" to run_helper. Errors: io.
    static base::Result<std::unique_ptr<Helper>> start(const std::string& executable,
                                                       Confinement tor);
    ~Helper();
    Helper(const Helper&) = delete;
    Helper& operator=(const Helper&) = delete;

    // Each waits for the answer, which takes milliseconds. `unavailable` when the helper is gone.
    base::Result<pid_t> start_tor(const TorDescriptors& inherited);
    base::Result<Bound> bind_loopback(std::uint16_t port);

    pid_t pid() const { return pid_; }

private:
    Helper(pid_t pid, base::UniqueFd socket) : pid_(pid), socket_(std::move(socket)) {}

    pid_t pid_;
    base::UniqueFd socket_;
};

bool is_helper(int argc, char** argv);
// To be called first thing in main(). `tor_command`: the argument by which this program becomes
// Tor, which gets the node's process id and the confinement as further ones. Returns when the node
// is gone: with 0; with 2 when no node has started it.
int run_helper(int argc, char** argv, const std::string& tor_command, const Bind& bind);

}  // namespace hearsay::sandbox
