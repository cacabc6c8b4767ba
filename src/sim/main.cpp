// The simulator's command: hearsay-sim run | swarm | list. docs/simulator.md.
#include "sim/command.hpp"

int main(int argc, char** argv) {
    return hearsay::sim::command(argc, argv);
}
