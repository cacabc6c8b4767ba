// app/signals.hpp - signals that wait until the node takes them.
//
// SIGINT and SIGTERM end a node in order, whenever they come:
//   1. Before anything lasts or is written there is nothing to put in order: end_at_once() ends the
//      process with status 0.
//   2. hold() keeps them, and SIGHUP, from everybody from then on, before the first thread: none
//      is a thread's business. One that comes waits in the kernel (signals are "pending"). Between
//      two steps of a start it is looked whether one does; whoever waits for a person meanwhile,
//      waits for signals, too.
//   3. The loop takes them (Loop::on_stop_signal). A start that ends early leaves them waiting, so
//      the process ends with the status that it says itself.
#pragma once

#include <csignal>

namespace hearsay::app::signals {

void end_at_once();
void hold();
// They are held while this lives: whoever asks for a secret puts the terminal in order first. What
// came meanwhile is taken at its end.
class Held {
public:
    Held();
    ~Held();
    Held(const Held&) = delete;
    Held& operator=(const Held&) = delete;

private:
    sigset_t before_{};
};
// SIGINT or SIGTERM came while they were held.
bool end_is_asked();
// Until there is something to read, or the end of it. False: first came SIGINT or SIGTERM.
bool wait_for_input(int fd);

}  // namespace hearsay::app::signals
