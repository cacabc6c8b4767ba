// tests/kill/poison.hpp - faults at which a node dies of a letter:
// those of a program that cannot read it.
//
// A letter whose subject begins with "poison" ends the node once poison(true) was called; how,
// its subject says:
//   poison-worker    SIGSEGV in a worker, when a key has opened it
//   poison-throw     an exception there
//   poison-turn      SIGSEGV in the turn, when the market has taken it and before anything is
//                    committed
//   poison-memory    std::bad_alloc there
//   poison-record    SIGSEGV whenever the market reads the record that it left in the own store
// The linker puts these in the way of the product's own functions (--wrap,
// tests/kill/CMakeLists.txt): the product has no place for faults. The last words of an exception
// go to standard output, as "killed ended by ...".
#pragma once

namespace hearsay::kill {

void poison(bool on);

}  // namespace hearsay::kill
