// The benchmarks' command. docs/benchmarks.md.
#include "bench/command.hpp"

int main(int argc, char** argv) {
    return hearsay::bench::command(argc, argv);
}
