// bench/network.hpp - nodes of one process linked with each other for real: TLS over Unix sockets
// through src/net, each with its shell, workers and LMDB stores; only Tor is a stand-in
// (bench/tor_stand_in.hpp).
#pragma once

#include <memory>
#include <vector>

#include "bench/benches.hpp"
#include "bench/host.hpp"
#include "bench/tor_stand_in.hpp"

namespace hearsay::bench {

// Passes news of links on to a shell, and counts items.
class Tap final : public net::LinkEvents {
public:
    explicit Tap(net::LinkEvents& to) : to_(to) {}
    std::uint64_t copies() const { return copies_; }

private:
    void on_link_up(base::LinkId link, std::optional<base::PeerId> peer, bool outbound,
                    std::optional<std::uint64_t> circuit) override {
        to_.on_link_up(link, peer, outbound, circuit);
    }
    void on_dial_failed(base::LinkId link, base::PeerId peer, net::DialKind kind,
                        std::optional<base::Fault> fault, std::string why) override {
        to_.on_dial_failed(link, peer, kind, fault, std::move(why));
    }
    void on_frame(base::LinkId link, base::Bytes frame) override;
    void on_link_down(base::LinkId link, std::optional<base::Fault> fault) override {
        to_.on_link_down(link, fault);
    }
    void on_drained(base::LinkId link) override { to_.on_drained(link); }
    void on_self_check(bool ok, std::string why) override { to_.on_self_check(ok, std::move(why)); }
    void on_inbound_refused(std::optional<std::uint64_t> circuit, std::optional<base::Fault> fault,
                            std::string why) override {
        to_.on_inbound_refused(circuit, fault, std::move(why));
    }

    net::LinkEvents& to_;
    std::uint64_t copies_ = 0;
};

class Network {
public:
    // One node for each flood store (made if missing), listening; `on_item` hears of every offer
    // that one of them stored. `search`: whether they keep an index of words.
    static base::Result<std::unique_ptr<Network>> open(Bench& bench,
                                                       const std::vector<std::string>& stores,
                                                       std::function<void()> on_item,
                                                       bool search = true);
    ~Network();
    Network(const Network&) = delete;
    Network& operator=(const Network&) = delete;

    net::Loop& loop() { return loop_; }
    Host& host(std::size_t node) { return *members_[node]->host; }
    std::size_t size() const { return members_.size(); }

    void connect(std::size_t dialler, std::size_t acceptor);
    // All links of connect() up and greeted on both sides; false after `seconds`.
    bool settle(double seconds);
    // Gives an item to a node as a visitor does who has no name and goes at once.
    void inject(std::size_t node, const core::FramePtr& items);

    std::uint64_t copies() const;  // of items, received over links so far
    std::uint64_t bytes() const { return tor_->bytes(); }

private:
    struct Member {
        std::unique_ptr<Host> host;
        std::unique_ptr<Tap> tap;
        std::unique_ptr<net::Links> links;
    };
    explicit Network(base::Rng rng) : rng_(std::move(rng)) {}
    base::Result<void> add(Bench& bench, const std::string& store, bool search);

    base::Rng rng_;
    int dir_fd_ = -1;
    std::unique_ptr<TorStandIn> tor_;
    NoLog log_;
    net::Loop loop_;
    std::function<void()> on_item_;
    std::vector<std::unique_ptr<Member>> members_;
    std::size_t links_wanted_ = 0;
    std::uint64_t visitors_ = 0;
};

}  // namespace hearsay::bench
