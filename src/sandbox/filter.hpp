// sandbox/filter.hpp - what a process gives up for the rest of its life, by seccomp.
//
// A node reads what strangers send. Should one of them ever make it run code of theirs, that code
// shall find a process that can do little more than a node does. The kernel refuses with EPERM:
//   1. everybody: to look into other processes (ptrace, process_vm_readv, pidfd_getfd, ...),
//      io_uring, bpf, perf, userfaultfd, keyrings, namespaces, mounts, modules, clocks, the ids of
//      other users, devices, and what else no node needs. A call of another architecture (32 bits,
//      x32) ends the process: its numbers mean other calls.
//   2. the node: any socket but a Unix one, so it reaches nobody but through Tor; to run a program
//      or to make a process; to send signals by number; memory that can be executed.
//   3. Tor: to run a program or to make a process, unless the user's configuration names a
//      pluggable transport, which is one. Tor makes executable memory for its proof of work.
//   4. the helper (helper.hpp), which starts Tor: nothing more than rule 1.
// What is not named is allowed: a list of what is allowed would have to change with each C library.
//
// What the filter cannot see: whom a Unix socket is connected with, and which file is opened. And
// the node commands its Tor: see docs/security.md.
//
// A filter holds for all threads, is inherited, and nobody takes it back. It also gives up
// set-user-id programs (no_new_privs).
#pragma once

#include "base/error.hpp"

namespace hearsay::sandbox {

enum class Confined { node, tor, tor_with_transports, helper };

// For the calling process from now on. `unavailable` if the kernel does not take it; then nothing
// has changed, but for no_new_privs.
base::Result<void> confine(Confined what);

}  // namespace hearsay::sandbox
