// How dialling through Tor succeeds and fails.
#include <sys/socket.h>

#include <doctest/doctest.h>

#include "crypto/onion.hpp"
#include "net/links.hpp"
#include "net_support.hpp"

using namespace hearsay::net;
using namespace hearsay::net::test;
using hearsay::base::Millis;
using hearsay::crypto::onion_address;

namespace {

LinksOptions short_waits() {
    LinksOptions options = Fixture::options();
    options.dial_wait = Millis(100);
    options.handshake_wait = Millis(100);
    return options;
}

}  // namespace

TEST_CASE_FIXTURE(Fixture, "each dial has credentials of its own and asks for port 7788") {
    connect(DialKind::listed);
    connect(DialKind::listed);
    connect(DialKind::anonymous);
    CHECK(tor.passwords.size() == 3);
    CHECK(tor.ports == std::set<std::uint16_t>{7788});
    for (const std::string& user : tor.users) CHECK(!user.starts_with("<torS0X>"));
}

TEST_CASE_FIXTURE(Fixture, "a dial that Tor refuses fails with Tor's reason and no fault") {
    tor.refused[onion_address(bob.id)] = 0xF2;
    alice.dial(bob.id, DialKind::anonymous);
    REQUIRE(wait([&] { return alice.news.failures.size() == 1; }));
    CHECK(alice.news.failures[0].peer == bob.id);
    CHECK(alice.news.failures[0].kind == DialKind::anonymous);
    CHECK(!alice.news.failures[0].fault);
    CHECK(alice.news.failures[0].why ==
          "the onion service did not answer the introduction: it is probably offline (SOCKS error "
          "0xf2)");
}

TEST_CASE_FIXTURE(Fixture, "a dial that Tor never answers ends after dial_wait") {
    Node hasty(loop, tor, tor_directory.fd(), 4, short_waits());
    tor.silent.insert(onion_address(bob.id));
    hasty.dial(bob.id);
    REQUIRE(wait([&] { return hasty.news.failures.size() == 1; }));
    CHECK(hasty.news.failures[0].why == "no connection in time");
    CHECK(!hasty.news.failures[0].fault);
}

TEST_CASE_FIXTURE(Fixture, "a service that never shakes hands ends the dial after handshake_wait") {
    const Directory directory;
    const auto mute = listen_unix(directory.fd(), "s");
    REQUIRE(mute.has_value());
    tor.services[onion_address(bob.id)] = {directory.fd(), "s"};
    Node hasty(loop, tor, tor_directory.fd(), 4, short_waits());
    hasty.dial(bob.id);
    REQUIRE(wait([&] { return hasty.news.failures.size() == 1; }));
    CHECK(hasty.news.failures[0].why == "no TLS handshake in time");
    CHECK(!hasty.news.failures[0].fault);
}

TEST_CASE_FIXTURE(Fixture, "a service that hangs up during the handshake is not blamed") {
    const Directory directory;
    auto brief = listen_unix(directory.fd(), "s");
    REQUIRE(brief.has_value());
    tor.services[onion_address(bob.id)] = {directory.fd(), "s"};
    alice.dial(bob.id);
    int accepted = -1;
    REQUIRE(wait([&] { return (accepted = ::accept4(brief->get(), nullptr, nullptr, 0)) >= 0; }));
    UniqueFd(accepted).reset();
    REQUIRE(wait([&] { return alice.news.failures.size() == 1; }));
    CHECK(alice.news.failures[0].why == "the stream ended during the TLS handshake");
    CHECK(!alice.news.failures[0].fault);
}

TEST_CASE_FIXTURE(Fixture, "a service that answers with something else than TLS is bad_handshake") {
    const Directory directory;
    auto other = listen_unix(directory.fd(), "s");
    REQUIRE(other.has_value());
    tor.services[onion_address(bob.id)] = {directory.fd(), "s"};
    alice.dial(bob.id);
    int accepted = -1;
    REQUIRE(wait([&] { return (accepted = ::accept4(other->get(), nullptr, nullptr, 0)) >= 0; }));
    RawPeer peer{UniqueFd(accepted)};
    peer.write_plain(hearsay::base::as_bytes("SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3\r\n"));
    REQUIRE(wait([&] { return alice.news.failures.size() == 1; }));
    CHECK(alice.news.failures[0].fault == hearsay::base::Fault::bad_handshake);
}

TEST_CASE("a dial without Tor fails at once and says that Tor is not there") {
    Loop loop;
    const Directory tor_directory;
    FakeTor tor(loop, tor_directory.fd());
    LinksOptions options;
    options.socks_name = "elsewhere";
    Node alice(loop, tor, tor_directory.fd(), 1, options);
    alice.dial(peer_of(2));
    CHECK(alice.news.failures.empty());  // never from inside the call
    REQUIRE(wait_until(loop, [&] { return alice.news.failures.size() == 1; }));
    CHECK(alice.news.failures[0].why.starts_with("Tor is not there: "));
}

TEST_CASE_FIXTURE(Fixture, "many dials at once are each answered once") {
    for (int i = 0; i < 10; ++i) {
        alice.dial(bob.id, DialKind::listed);
        alice.dial(bob.id, DialKind::anonymous);
        alice.dial(peer_of(9));  // no such service
    }
    REQUIRE(wait([&] { return alice.news.ups.size() == 20 && alice.news.failures.size() == 10; }));
    REQUIRE(wait([&] { return bob.news.ups.size() == 20; }));
    CHECK(tor.passwords.size() == 30);
    std::size_t named = 0;
    for (const Up& up : bob.news.ups) named += up.peer == alice.id;
    CHECK(named == 10);
    CHECK(alice.links->list().size() == 20);
}

TEST_CASE_FIXTURE(Fixture, "a dial knows the id of its link, and a failed one is named by it") {
    const LinkId good = alice.dial(bob.id, DialKind::anonymous);
    const LinkId bad = alice.dial(peer_of(9), DialKind::anonymous);  // no such service
    CHECK(good != bad);
    REQUIRE(wait([&] { return alice.news.ups.size() == 1 && alice.news.failures.size() == 1; }));
    CHECK(alice.news.ups[0].link == good);
    CHECK(alice.news.failures[0].link == bad);
}

TEST_CASE_FIXTURE(Fixture, "dials beyond dials_max fail, the others succeed") {
    LinksOptions few = options();
    few.dials_max = 3;
    Node modest(loop, tor, tor_directory.fd(), 4, few);
    for (int i = 0; i < 5; ++i) modest.dial(bob.id);
    REQUIRE(wait([&] { return modest.news.ups.size() == 3 && modest.news.failures.size() == 2; }));
    CHECK(modest.news.failures[0].why == "too many dials at once");
    modest.dial(bob.id);  // links that are up count no more
    CHECK(wait([&] { return modest.news.ups.size() == 4; }));
}
