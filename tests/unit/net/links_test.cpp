// Who is on the other side of a link.
#include "net/links.hpp"

#include <array>
#include <sys/socket.h>

#include <doctest/doctest.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include "crypto/certificate.hpp"
#include "crypto/onion.hpp"
#include "net_support.hpp"

using namespace hearsay::net;
using namespace hearsay::net::test;
using hearsay::base::Fault;

namespace {

enum class Kind { ed25519, p256, rsa };

struct Credentials {
    EVP_PKEY* key = nullptr;
    X509* certificate = nullptr;
    explicit Credentials(Kind kind, const Credentials* issuer = nullptr) {
        key = kind == Kind::p256  ? EVP_EC_gen("P-256")
              : kind == Kind::rsa ? EVP_RSA_gen(2048)
                                  : EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
        certificate = X509_new();
        X509_set_version(certificate, 2);
        ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
        X509_gmtime_adj(X509_getm_notBefore(certificate), -1000);
        X509_gmtime_adj(X509_getm_notAfter(certificate), 100000);
        X509_set_pubkey(certificate, key);
        X509_NAME* const name = X509_get_subject_name(certificate);
        X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                                   reinterpret_cast<const unsigned char*>("hearsay"), -1, -1, 0);
        X509_set_issuer_name(certificate, name);
        X509_sign(certificate, issuer ? issuer->key : key,
                  !issuer && kind == Kind::ed25519 ? nullptr : (issuer ? nullptr : EVP_sha256()));
    }
    ~Credentials() {
        X509_free(certificate);
        EVP_PKEY_free(key);
    }
    Credentials(const Credentials&) = delete;
    Credentials& operator=(const Credentials&) = delete;
};

constexpr std::array<unsigned char, 10> hearsay_alpn{9,   'h', 'e', 'a', 'r',
                                                     's', 'a', 'y', '/', '1'};

hearsay::crypto::TlsContext context(bool server, const Credentials* shown, bool with_alpn = true) {
    hearsay::crypto::TlsContext made(
        SSL_CTX_new(server ? TLS_server_method() : TLS_client_method()));
    SSL_CTX_set_verify(made.get(), SSL_VERIFY_NONE, nullptr);
    if (shown) {
        SSL_CTX_use_certificate(made.get(), shown->certificate);
        SSL_CTX_use_PrivateKey(made.get(), shown->key);
    }
    if (with_alpn && !server)
        SSL_CTX_set_alpn_protos(made.get(), hearsay_alpn.data(), hearsay_alpn.size());
    if (with_alpn && server)
        SSL_CTX_set_alpn_select_cb(
            made.get(),
            [](SSL*, const unsigned char** out, unsigned char* size, const unsigned char*, unsigned,
               void*) {
                *out = hearsay_alpn.data() + 1;
                *size = 9;
                return SSL_TLSEXT_ERR_OK;
            },
            nullptr);
    return made;
}

// What Bob says to a visitor with this context.
Refusal refusal_of(Fixture& net, ssl_ctx_st* visitor) {
    const auto peer = connect_raw(net.bob);
    peer->start_tls(visitor, false);
    bool done = false;
    REQUIRE(net.wait([&] {
        done = done || peer->handshake();
        return !net.bob.news.refusals.empty();
    }));
    CHECK(net.bob.news.ups.empty());
    CHECK(net.wait([&] { return peer->closed(); }));
    return net.bob.news.refusals[0];
}

}  // namespace

TEST_CASE_FIXTURE(Fixture, "two listed peers prove their keys to each other") {
    const auto [a, b] = connect(DialKind::listed);
    CHECK(alice.news.ups[0].peer == bob.id);
    CHECK(alice.news.ups[0].outbound);
    CHECK(!alice.news.ups[0].circuit);
    CHECK(bob.news.ups[0].peer == alice.id);
    CHECK(!bob.news.ups[0].outbound);
    CHECK(bob.news.ups[0].circuit == 0x10001);
    REQUIRE(alice.links->list().size() == 1);
    CHECK(alice.links->list()[0].dialled == DialKind::listed);
    CHECK(bob.links->list()[0].link == b);
}

TEST_CASE_FIXTURE(Fixture, "an anonymous dial proves the server's key and shows none") {
    connect(DialKind::anonymous);
    CHECK(alice.news.ups[0].peer == bob.id);
    CHECK(bob.news.ups[0].peer == std::nullopt);
}

TEST_CASE_FIXTURE(Fixture, "a service with another key than its onion names is wrong_key") {
    const PeerId carol = peer_of(3);
    tor.services[hearsay::crypto::onion_address(carol)] = {bob.directory.fd(), "onion"};
    alice.dial(carol);
    REQUIRE(wait([&] { return alice.news.failures.size() == 1; }));
    CHECK(alice.news.failures[0].fault == Fault::wrong_key);
    CHECK(alice.news.failures[0].peer == carol);
    CHECK(alice.news.ups.empty());
}

TEST_CASE_FIXTURE(Fixture, "a visitor whose certificate holds no Ed25519 key is refused") {
    const Credentials shown(Kind::p256);
    CHECK(refusal_of(*this, context(false, &shown).get()).fault == Fault::bad_certificate);
}

TEST_CASE_FIXTURE(
    Fixture, "a visitor whose TLS withholds a certificate of a kind we never take is anonymous") {
    const Credentials withheld(Kind::rsa);
    const auto visitor = context(false, &withheld);
    const auto peer = connect_raw(bob);
    peer->start_tls(visitor.get(), false);
    bool done = false;
    REQUIRE(wait([&] {
        done = done || peer->handshake();
        return bob.news.ups.size() == 1;
    }));
    CHECK(bob.news.ups[0].peer == std::nullopt);
}

TEST_CASE_FIXTURE(Fixture, "a visitor whose certificate is not self-signed is refused") {
    const Credentials issuer(Kind::ed25519);
    const Credentials shown(Kind::ed25519, &issuer);
    CHECK(refusal_of(*this, context(false, &shown).get()).fault == Fault::bad_certificate);
}

TEST_CASE_FIXTURE(Fixture, "a visitor that shows two certificates is refused") {
    const Credentials shown(Kind::ed25519);
    const Credentials second(Kind::ed25519);
    const auto visitor = context(false, &shown);
    SSL_CTX_add1_chain_cert(visitor.get(), second.certificate);
    CHECK(refusal_of(*this, visitor.get()).fault == Fault::bad_certificate);
}

TEST_CASE_FIXTURE(Fixture, "a visitor that does not speak hearsay/1 is refused") {
    const Credentials shown(Kind::ed25519);
    CHECK(refusal_of(*this, context(false, &shown, false).get()).fault == Fault::bad_handshake);
}

TEST_CASE_FIXTURE(Fixture, "a visitor that speaks only TLS 1.2 is refused") {
    const auto visitor = context(false, nullptr);
    SSL_CTX_set_max_proto_version(visitor.get(), TLS1_2_VERSION);
    CHECK(refusal_of(*this, visitor.get()).fault == Fault::bad_handshake);
}

TEST_CASE_FIXTURE(Fixture,
                  "a service whose certificate holds no Ed25519 key fails the dial with a fault") {
    const Directory directory;
    const auto listener = listen_unix(directory.fd(), "s");
    REQUIRE(listener.has_value());
    const PeerId carol = peer_of(3);
    tor.services[hearsay::crypto::onion_address(carol)] = {directory.fd(), "s", false};
    alice.dial(carol);
    int accepted = -1;
    REQUIRE(wait([&] {
        return (accepted = ::accept4(listener->get(), nullptr, nullptr, SOCK_NONBLOCK)) >= 0;
    }));
    RawPeer peer{UniqueFd(accepted)};
    const Credentials shown(Kind::p256);
    const auto server = context(true, &shown);
    peer.start_tls(server.get(), true);
    bool done = false;
    REQUIRE(wait([&] {
        done = done || peer.handshake();
        return !alice.news.failures.empty();
    }));
    // Either OpenSSL finds no common signature, or we read the key: never a link.
    const auto fault = alice.news.failures[0].fault;
    CHECK((fault == Fault::bad_certificate || fault == Fault::bad_handshake));
    CHECK(alice.news.ups.empty());
}

TEST_CASE_FIXTURE(Fixture, "a self check finds the own service reachable and leaves no link") {
    alice.dial(alice.id, DialKind::self_check);
    REQUIRE(wait([&] { return alice.news.self_checks.size() == 1; }));
    CHECK(alice.news.self_checks[0].first);
    REQUIRE(wait([&] { return alice.links->handshakes() == 0 && alice.links->list().empty(); }));
    CHECK(alice.news.failures.empty());
    for (const Up& up : alice.news.ups) CHECK(!up.outbound);
}

TEST_CASE_FIXTURE(Fixture, "a self check of an unreachable service says why") {
    tor.services.clear();
    alice.dial(alice.id, DialKind::self_check);
    REQUIRE(wait([&] { return alice.news.self_checks.size() == 1; }));
    CHECK(!alice.news.self_checks[0].first);
    CHECK(alice.news.self_checks[0].second.find("descriptor cannot be found") != std::string::npos);
    CHECK(alice.news.failures.empty());
}

TEST_CASE_FIXTURE(Fixture, "a node links to itself if told to, and knows both ends") {
    alice.dial(alice.id);
    REQUIRE(wait([&] { return alice.news.ups.size() == 2; }));
    CHECK(alice.news.ups[0].peer == alice.id);
    CHECK(alice.news.ups[1].peer == alice.id);
}
