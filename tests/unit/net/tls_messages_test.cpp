// Messages of TLS itself on an open link: KeyUpdate and the like, which bring nothing and cost a
// key derivation.
#include <array>

#include <doctest/doctest.h>
#include <openssl/ssl.h>

#include "base/limits/links.hpp"
#include "net_support.hpp"

using namespace hearsay::net;
using namespace hearsay::net::test;
using hearsay::base::Fault;
namespace limits = hearsay::base::limits;

namespace {

// As many as the socket takes.
std::size_t send_key_updates(RawPeer& peer, std::size_t most,
                             int kind = SSL_KEY_UPDATE_NOT_REQUESTED) {
    std::size_t sent = 0;
    while (sent < most && SSL_key_update(peer.tls(), kind) == 1 &&
           SSL_do_handshake(peer.tls()) == 1)
        ++sent;
    return sent;
}

}  // namespace

TEST_CASE_FIXTURE(RawVisitor,
                  "a link may change its keys now and then, also between the bytes of a frame") {
    const std::array<std::uint8_t, 4> length{0, 0, 0, 2};
    const std::array<std::uint8_t, 1> half{7};
    REQUIRE(peer->write(length));
    REQUIRE(send_key_updates(*peer, 8) == 8);
    REQUIRE(peer->write(half));
    REQUIRE(send_key_updates(*peer, 8, SSL_KEY_UPDATE_REQUESTED) == 8);
    REQUIRE(peer->write(half));
    REQUIRE(wait([&] { return bob.news.frame_count() == 1; }));
    CHECK(bob.news.frames[link][0] == Bytes{7, 7});
    CHECK(bob.news.downs.empty());
}

TEST_CASE_FIXTURE(RawVisitor,
                  "key updates without end end the link, and hold nobody up meanwhile") {
    const auto [a, b] = connect();  // an honest link beside it
    alice.send(a, bytes_of(1, 1));
    std::size_t sent = 0;
    REQUIRE(wait([&] {
        sent += send_key_updates(*peer, 1000);
        return !bob.news.downs.empty();
    }));
    CHECK(bob.news.downs[0].link == link);
    CHECK(bob.news.downs[0].fault == Fault::too_many_requests);
    REQUIRE(wait([&] { return bob.news.frames[b].size() == 1; }));
}

TEST_CASE_FIXTURE(RawVisitor,
                  "of what TLS has read ahead one reading takes no more than there is") {
    // More than OpenSSL reads ahead, all there before Bob looks; a frame behind it is not lost.
    REQUIRE(send_key_updates(*peer, static_cast<std::size_t>(limits::tls_messages_rate.burst)) ==
            static_cast<std::size_t>(limits::tls_messages_rate.burst));
    const std::array<std::uint8_t, 5> frame{0, 0, 0, 1, 9};
    REQUIRE(peer->write(frame));
    REQUIRE(wait([&] { return bob.news.frame_count() == 1; }));
    CHECK(bob.news.downs.empty());
}
