// app/node/confinement.hpp - how the node gives up what it does not need (sandbox/filter.hpp), and
// who does the rest (sandbox/helper.hpp).
//
// Order, in a start:
//   1. The helper, before anything else of the node: it inherits nothing.
//   2. Stores, listeners, threads, Tor's child.
//   3. The filter, for all threads, before the first byte of a stranger's is read.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "api/door/door.hpp"
#include "sandbox/helper.hpp"
#include "tor/extra_lines.hpp"
#include "tor/process.hpp"

namespace hearsay::app {

// The processes that hearsayd becomes by itself: Tor and the helper.
bool is_own_child(int argc, char** argv);
int run_own_child(int argc, char** argv);

class Confinement {
public:
    // `wanted`: what --sandbox says. The user's lines say whether Tor has to start other programs.
    static base::Result<Confinement> begin(bool wanted, const std::vector<tor::ConfigLine>& lines);

    tor::Spawner spawner() const;
    std::function<base::Result<api::Loopback>(std::uint16_t)> binder() const;

    void close();  // rule 3
    // "on", "off" as was asked, or why the kernel does not take it.
    const std::string& state() const { return state_; }
    bool failed() const { return wanted_ && state_ != "on"; }

private:
    bool wanted_ = true;
    std::string state_ = "off";
    std::shared_ptr<sandbox::Helper> helper_;
};

}  // namespace hearsay::app
