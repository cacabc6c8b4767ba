// tests/kill/points.hpp - counts the moments at which this program may be killed,
// and kills it at a chosen one.
//
// A point is a system call after which the world is another: a write to a file or a socket, a sync,
// a new or a removed name. Each has two sides, before and after it. The program defines these calls
// itself (points.cpp) and passes them on, so that all of it is counted, LMDB and OpenSSL included.
// What goes through pipes and eventfds is not: there the test talks to the program,
// and its threads to each other.
//
// SIGKILL ends a process and leaves the kernel: what was written before is there afterwards, synced
// or not. So this finds wrong orders and half-done steps; a machine that loses its power is another
// test's.
#pragma once

#include <cstdint>
#include <string>

namespace hearsay::kill {

enum class Side { before, after };

// From now on points are counted from 1; at number `at` the process is killed, never for 0. The
// last thing it writes to standard output is "killed SIDE NAME", NAME as in passed().
void arm(std::uint64_t at, Side side);
// Ends the counting: the names of the points passed, each followed by a blank,
// as "fdatasync:own/data.mdb".
std::string disarm();

}  // namespace hearsay::kill
