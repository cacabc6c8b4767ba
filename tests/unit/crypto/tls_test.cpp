#include <doctest/doctest.h>

#include "crypto/certificate.hpp"
#include "crypto_support.hpp"
#include "tls_support.hpp"

using namespace hearsay;
using namespace hearsay::crypto;
using test::Alpn;
using test::Joined;
using test::Shown;

namespace {

const base::Secret alice = test::seed_of(1);  // the client
const base::Secret bob = test::seed_of(2);    // the server

base::PeerId id_of(const base::Secret& seed) {
    return base::PeerId{ed25519_public_key(seed).data};
}
std::expected<base::PeerId, PeerKeyProblem> refused_as(PeerKeyProblem problem) {
    return std::unexpected(problem);
}

TlsContext our_server() {
    auto context = server_context(bob);
    REQUIRE(context);
    return std::move(*context);
}
TlsContext our_client(const std::optional<base::Secret>& seed = alice) {
    auto context = client_context(seed);
    REQUIRE(context);
    return std::move(*context);
}
Shown self_signed(openssl::Pkey key) {
    Shown out{std::move(key), nullptr, nullptr};
    out.certificate = test::certificate_of(out.key.get(), out.key.get());
    return out;
}
Shown shown_by(const base::Secret& seed) {
    return self_signed(test::ed25519_pkey(seed));
}

// What two ends use to agree on a key.
std::string_view group_of(const Joined& link) {
    const std::string_view group = SSL_get0_group_name(link.client());
    CHECK(group == SSL_get0_group_name(link.server()));
    return group;
}
// Hellos that a server sends: two if it had to ask for another key share.
int server_hellos(const TlsContext& client, const TlsContext& server, std::string_view group) {
    Joined link(client.get(), server.get());
    int hellos = 0;
    SSL_set_msg_callback(link.client(), [](int write, int, int type, const void* data,
                                           std::size_t size, SSL*, void* count) {
        if (write == 0 && type == SSL3_RT_HANDSHAKE && size > 0 &&
            *static_cast<const unsigned char*>(data) == SSL3_MT_SERVER_HELLO)
            ++*static_cast<int*>(count);
    });
    SSL_set_msg_callback_arg(link.client(), &hellos);
    REQUIRE(link.shake_hands());
    CHECK(group_of(link) == group);
    return hellos;
}
void restrict_to(const TlsContext& context, const char* groups) {
    REQUIRE(SSL_CTX_set1_groups_list(context.get(), groups) == 1);
}

void count_tickets(int write, int, int type, const void* data, std::size_t size, SSL*,
                   void* count) {
    if (write == 0 && type == SSL3_RT_HANDSHAKE && size > 0 &&
        *static_cast<const unsigned char*>(data) == SSL3_MT_NEWSESSION_TICKET)
        ++*static_cast<int*>(count);
}
int tickets_from(SSL_CTX* server) {
    const TlsContext client = test::foreign_client(nullptr);
    Joined link(client.get(), server);
    int tickets = 0;
    SSL_set_msg_callback(link.client(), count_tickets);
    SSL_set_msg_callback_arg(link.client(), &tickets);
    REQUIRE(link.shake_hands());
    return tickets;
}

}  // namespace

TEST_CASE("two listed peers see each other's keys") {
    const TlsContext client = our_client();
    const TlsContext server = our_server();
    Joined link(client.get(), server.get());
    REQUIRE(link.shake_hands());
    CHECK(peer_key(link.client()) == id_of(bob));
    CHECK(peer_key(link.server()) == id_of(alice));
    CHECK(std::string_view(SSL_get_version(link.client())) == "TLSv1.3");
}

TEST_CASE("an anonymous client shows no certificate and still sees the server's key") {
    const TlsContext client = our_client(std::nullopt);
    const TlsContext server = our_server();
    Joined link(client.get(), server.get());
    REQUIRE(link.shake_hands());
    CHECK(peer_key(link.client()) == id_of(bob));
    CHECK(peer_key(link.server()) == refused_as(PeerKeyProblem::none_shown));
}

TEST_CASE("two of ours agree by X25519 and ML-KEM-768 together, in one round trip") {
    CHECK(server_hellos(our_client(), our_server(), "X25519MLKEM768") == 1);
    CHECK(server_hellos(our_client(std::nullopt), our_server(), "X25519MLKEM768") == 1);
}

TEST_CASE("an end that knows X25519 only is linked with, in one round trip") {
    const TlsContext old_client = test::foreign_client(nullptr);
    restrict_to(old_client, "X25519");
    CHECK(server_hellos(old_client, our_server(), "x25519") == 1);
    const TlsContext old_server = test::foreign_server(shown_by(bob));
    restrict_to(old_server, "X25519");
    CHECK(server_hellos(our_client(), old_server, "x25519") == 1);
}

TEST_CASE("a client that likes X25519 better is asked for the hybrid key") {
    const TlsContext client = test::foreign_client(nullptr);
    restrict_to(client, "X25519:X25519MLKEM768");
    CHECK(server_hellos(client, our_server(), "X25519MLKEM768") == 2);
}

// Who stands between two ends that both know the hybrid exchange can make them believe that the
// other does not. It cannot make them sign it.
TEST_CASE("an exchange that is struck out on the way ends the handshake") {
    const TlsContext client = our_client();
    const TlsContext server = our_server();
    for (const bool strikes : {false, true}) {
        Joined link(client.get(), server.get(), [&](base::Bytes& hello) {
            if (!strikes) return;
            int struck = 0;
            for (std::size_t at = 0; at + 1 < hello.size(); ++at)
                if (hello[at] == 0x11 && hello[at + 1] == 0xec) {  // X25519MLKEM768 becomes
                    hello[at] = hello[at + 1] = 0x2a;              // a group that nobody knows
                    ++struck;
                }
            CHECK(struck >= 2);  // the list of groups, and the key share
        });
        CHECK(link.shake_hands() == !strikes);
        if (strikes) CHECK(std::string_view(SSL_get0_group_name(link.server())) == "x25519");
    }
}

TEST_CASE("no other key exchange is taken by either end") {
    for (const char* other : {"P-256", "X448", "SecP256r1MLKEM768", "MLKEM768"}) {
        const TlsContext client = test::foreign_client(nullptr);
        restrict_to(client, other);
        CHECK_FALSE(Joined(client.get(), our_server().get()).shake_hands());
        const TlsContext server = test::foreign_server(shown_by(bob));
        restrict_to(server, other);
        CHECK_FALSE(Joined(our_client().get(), server.get()).shake_hands());
        // it is the key exchange that stops them
        CHECK(Joined(client.get(), server.get()).shake_hands());
    }
}

// A handshake is bounded (net/stream_tls.cpp, handshake_bytes_max), and Tor carries it in cells of
// some 500 bytes.
TEST_CASE("either end's part of a handshake is less than 2 KiB") {
    const TlsContext client = our_client();
    const TlsContext server = our_server();
    Joined link(client.get(), server.get());
    REQUIRE(link.shake_hands());
    CHECK(BIO_number_written(SSL_get_wbio(link.client())) < 2048);
    CHECK(BIO_number_written(SSL_get_wbio(link.server())) < 2048);
}

TEST_CASE("contexts serve many links") {
    const TlsContext client = our_client();
    const TlsContext server = our_server();
    for (int i = 0; i < 5; ++i) {
        Joined link(client.get(), server.get());
        REQUIRE(link.shake_hands());
        CHECK(SSL_session_reused(link.client()) == 0);
        CHECK(peer_key(link.server()) == id_of(alice));
    }
}

TEST_CASE("a P-256 certificate is told as such on both sides") {
    const Shown p256 = self_signed(test::p256_key());
    {
        const TlsContext client = test::foreign_client(&p256);
        const TlsContext server = our_server();
        Joined link(client.get(), server.get());
        REQUIRE(link.shake_hands());
        CHECK(peer_key(link.server()) == refused_as(PeerKeyProblem::not_ed25519));
    }
    const TlsContext client = our_client();
    const TlsContext server = test::foreign_server(p256);
    Joined link(client.get(), server.get());
    REQUIRE(link.shake_hands());
    CHECK(peer_key(link.client()) == refused_as(PeerKeyProblem::not_ed25519));
}

TEST_CASE("a chain of two certificates has the wrong shape on both sides") {
    Shown chain = shown_by(test::seed_of(3));
    chain.further = test::certificate_of(chain.key.get(), chain.key.get(), 2);
    {
        const TlsContext client = test::foreign_client(&chain);
        const TlsContext server = our_server();
        Joined link(client.get(), server.get());
        REQUIRE(link.shake_hands());
        CHECK(peer_key(link.server()) == refused_as(PeerKeyProblem::wrong_shape));
    }
    const TlsContext client = our_client();
    const TlsContext server = test::foreign_server(chain);
    Joined link(client.get(), server.get());
    REQUIRE(link.shake_hands());
    CHECK(peer_key(link.client()) == refused_as(PeerKeyProblem::wrong_shape));
}

TEST_CASE("a chain over 8 KiB ends the handshake") {
    Shown large = shown_by(test::seed_of(3));
    large.further = test::certificate_of(large.key.get(), large.key.get(), 2, "hearsay", 300);
    const TlsContext client = test::foreign_client(&large);
    const TlsContext server = our_server();
    CHECK_FALSE(Joined(client.get(), server.get()).shake_hands());
}

TEST_CASE("a certificate that another key signed has the wrong shape") {
    Shown shown{test::ed25519_pkey(test::seed_of(3)), nullptr, nullptr};
    shown.certificate =
        test::certificate_of(shown.key.get(), test::ed25519_pkey(test::seed_of(4)).get());
    const TlsContext client = test::foreign_client(&shown);
    const TlsContext server = our_server();
    Joined link(client.get(), server.get());
    REQUIRE(link.shake_hands());
    CHECK(peer_key(link.server()) == refused_as(PeerKeyProblem::wrong_shape));
}

TEST_CASE("showing somebody else's certificate without its secret fails the handshake") {
    const Shown stolen{
        test::mismatched_key(test::seed_of(3), ed25519_public_key(alice)),
        test::certificate_of(test::ed25519_pkey(alice).get(), test::ed25519_pkey(alice).get()),
        nullptr};
    {
        const TlsContext client = test::foreign_client(&stolen);
        const TlsContext server = our_server();
        CHECK_FALSE(Joined(client.get(), server.get()).shake_hands());
    }
    const TlsContext client = our_client();
    const TlsContext server = test::foreign_server(stolen);
    CHECK_FALSE(Joined(client.get(), server.get()).shake_hands());
}

// A + T with T of order 2: the owner of A can sign for it whenever the hash k is even, so about one
// certificate and one handshake in two get past OpenSSL.
TEST_CASE("a key with a part of small order passes TLS and is refused by peer_key") {
    const base::Secret seed = test::seed_of(3);
    Shown twin{test::mismatched_key(seed, test::plus_order_two(ed25519_public_key(seed))), nullptr,
               nullptr};
    constexpr long tries = 100;
    for (long serial = 1; serial <= tries; ++serial) {
        twin.certificate = test::certificate_of(twin.key.get(), twin.key.get(), serial);
        if (X509_verify(twin.certificate.get(), twin.key.get()) == 1) break;
    }
    REQUIRE(X509_verify(twin.certificate.get(), twin.key.get()) == 1);
    const TlsContext client = test::foreign_client(&twin);
    const TlsContext server = our_server();
    bool shaken = false;
    for (long i = 0; i < tries && !shaken; ++i) {
        Joined link(client.get(), server.get());
        if (!link.shake_hands()) continue;
        shaken = true;
        CHECK(peer_key(link.server()) == refused_as(PeerKeyProblem::unacceptable));
    }
    CHECK(shaken);
}

TEST_CASE("another application protocol fails the handshake") {
    const TlsContext client = test::foreign_client(nullptr, Alpn::foreign);
    const TlsContext server = our_server();
    CHECK_FALSE(Joined(client.get(), server.get()).shake_hands());
}

TEST_CASE("an end that names no protocol is not one of ours") {
    {
        const TlsContext client = test::foreign_client(nullptr, Alpn::absent);
        const TlsContext server = our_server();
        Joined link(client.get(), server.get());
        REQUIRE(link.shake_hands());
        CHECK(peer_key(link.server()) == refused_as(PeerKeyProblem::no_alpn));
    }
    const TlsContext client = our_client();
    const TlsContext server = test::foreign_server(shown_by(bob), Alpn::absent);
    Joined link(client.get(), server.get());
    REQUIRE(link.shake_hands());
    CHECK(peer_key(link.client()) == refused_as(PeerKeyProblem::no_alpn));
}

TEST_CASE("TLS 1.2 is refused by both ends") {
    const Shown shown = shown_by(test::seed_of(3));
    const TlsContext old_client = test::foreign_client(&shown);
    SSL_CTX_set_max_proto_version(old_client.get(), TLS1_2_VERSION);
    const TlsContext old_server = test::foreign_server(shown);
    SSL_CTX_set_max_proto_version(old_server.get(), TLS1_2_VERSION);
    const TlsContext client = our_client();
    const TlsContext server = our_server();
    CHECK_FALSE(Joined(old_client.get(), server.get()).shake_hands());
    CHECK_FALSE(Joined(client.get(), old_server.get()).shake_hands());
    // it is the version that stops them
    CHECK(Joined(old_client.get(), old_server.get()).shake_hands());
}

TEST_CASE("the server sends no session ticket") {
    const TlsContext talkative = test::foreign_server(shown_by(bob));
    CHECK(tickets_from(talkative.get()) > 0);  // the count works
    const TlsContext server = our_server();
    CHECK(tickets_from(server.get()) == 0);
}

TEST_CASE("the error text is one line and empties the queue") {
    const TlsContext client = test::foreign_client(nullptr, Alpn::foreign);
    const TlsContext server = our_server();
    CHECK_FALSE(Joined(client.get(), server.get()).shake_hands());
    const std::string text = tls_error_text();
    CHECK_FALSE(text.empty());
    CHECK(text.find('\n') == std::string::npos);
    CHECK(tls_error_text().empty());
}
