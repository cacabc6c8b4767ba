// bench/command.hpp - what `hearsay-bench` understands, what it prints and how it ends.
//
//   hearsay-bench [all|NAME...] [--json] [--small] [--seed S]
//   hearsay-bench list
// Without names: all. A table, or with --json a list of objects (bench/figure.hpp). Ends 0 when
// every benchmark ran, whether or not it reached its target, 1 when one could not run,
// 2 for a wrong request.
#pragma once

namespace hearsay::bench {

int command(int argc, char** argv);

}  // namespace hearsay::bench
