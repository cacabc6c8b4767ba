// bench/host.hpp - a whole node without Tor: the app's Shell with its workers, stores and loop, and
// a stand-in for the links that hands it frames as fast as it takes them.
#pragma once

#include <memory>
#include <string>

#include "app/node/shell.hpp"
#include "bench/supply.hpp"

namespace hearsay::bench {

class NoLog final : public base::Log {
public:
    void write(base::LogLevel, std::string_view, std::string_view) override {}
};

// Every rule of item::check_costly; that of the work is computed and not heeded (bench/supply.hpp).
std::optional<base::Fault> check_without_work(const item::Read& item);

struct HostOptions {
    std::string directory;        // own store and vault; made if missing
    std::string flood_directory;  // the flood store
    base::Secret seed;            // of the node's key and every random choice
    unsigned checking_threads = 2;
    core::DiscoverySettings discovery{};
    bool search = true;  // whether the flood store keeps its index of words
};

// Stores, market and shell on a loop of the caller's.
class Host {
public:
    static base::Result<std::unique_ptr<Host>> open(const HostOptions& options, net::Loop& loop);
    app::Shell& shell() { return *shell_; }
    net::LinkEvents& events() { return *shell_; }
    store::Flood& flood() { return *flood_; }
    const base::PeerId& self() const { return self_; }
    const base::Secret& onion_seed() const { return onion_seed_; }

private:
    Host() = default;
    NoLog log_;
    base::Secret onion_seed_;
    base::PeerId self_;
    std::unique_ptr<store::Own> own_;
    std::unique_ptr<store::Flood> flood_;
    std::unique_ptr<app::Shell> shell_;
};

// What a peer says first.
core::FramePtr hello_frame(base::Rng& rng, base::WallTime now, bool listening);

// Links that end in nothing: what is sent is counted, what is received the caller hands in.
class DeadLinks final : public net::Links {
public:
    explicit DeadLinks(net::LinkEvents& events) : events_(events) {}

    // So many greeted links, numbered from 1, of peers drawn from `rng`.
    void greet(std::size_t peers, base::Rng& rng, base::WallTime now);
    bool throttled() const { return throttled_; }
    std::function<void()> on_unthrottled;
    std::uint64_t frames_out = 0;
    std::uint64_t bytes_out = 0;

    base::Result<void> listen(int, const std::string&) override { return {}; }
    base::LinkId dial(const base::PeerId&, net::DialKind, std::optional<base::Millis>) override {
        return {};
    }
    void send(base::LinkId link, net::FramePtr frame) override;
    void close(base::LinkId, bool) override {}
    void throttle(bool on) override;
    std::vector<net::LinkInfo> list() const override { return {}; }
    net::Traffic traffic() const override { return {}; }
    std::size_t handshakes() const override { return 0; }
    std::size_t dials() const override { return 0; }

private:
    net::LinkEvents& events_;
    bool throttled_ = false;
};

// The loop's turns until `done`, looked at every `interval`; false after `seconds`.
bool run_until(net::Loop& loop, const std::function<bool()>& done, double seconds,
               base::Millis interval = base::Millis(1));

}  // namespace hearsay::bench
