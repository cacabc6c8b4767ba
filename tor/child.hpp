// tor/child.hpp - what runs in the process that is Tor.
//
// Tor cannot be started twice in one process, takes over signal handlers and calls exit(): so
// hearsayd executes itself again, and that process calls tor_run_main. It lives exactly as long as
// the node: the control socket that it inherits owns it (Tor ends when the other end closes), and
// the kernel kills it should the node's thread that started it end without a word.
//
// Private protocol between supervisor and child, same executable, so without versions:
//     argv   <program> tor-child <pid of the node>
//     0      /dev/null
//     1, 2   the pipe that takes Tor's log
//     3      the owning control socket
//     4      the data directory, opened with O_PATH
// Through descriptor 4 the child reaches its sockets as /proc/self/fd/4/run/..., which keeps them
// below the 108 bytes of a socket address however long the data directory's path is. Tor's own
// files go by their full names: pluggable transports get those and inherit no descriptor.
#pragma once

#include <string_view>

namespace hearsay::tor {

inline constexpr std::string_view child_command = "tor-child";
inline constexpr int child_control_fd = 3;
inline constexpr int child_directory_fd = 4;

// Below the data directory.
inline constexpr std::string_view run_name = "run";          // 0700, the sockets
inline constexpr std::string_view socks_name = "run/socks";  // Tor listens
inline constexpr std::string_view onion_name = "run/onion";  // the node listens, Tor connects
inline constexpr std::string_view tor_name = "tor";          // 0700, Tor's own files
inline constexpr std::string_view onion_key_name = "tor/onion";
inline constexpr std::string_view torrc_name = "tor/torrc";

bool is_tor_child(int argc, char** argv);

// To be called first thing in main(), before any thread, descriptor or event loop exists.
// Does not return once Tor has run: the process ends with 0 after an orderly end and with 1 when
// Tor refused its configuration or could not run.
// Returns 2 when it was not started by a supervisor.
int run_tor_child(int argc, char** argv);

}  // namespace hearsay::tor
