#include "crypto/certificate.hpp"

#include <doctest/doctest.h>

#include "crypto/sha256.hpp"
#include "crypto/x509.hpp"
#include "crypto_support.hpp"
#include "tls_support.hpp"

using namespace hearsay;
using namespace hearsay::crypto;
using openssl::certificate_key;

namespace {

base::Bytes der_of(X509* certificate) {
    base::Bytes out(static_cast<std::size_t>(i2d_X509(certificate, nullptr)));
    unsigned char* at = out.data();
    i2d_X509(certificate, &at);
    return out;
}
openssl::Certificate from_der(const base::Bytes& der) {
    const unsigned char* at = der.data();
    openssl::Certificate out(d2i_X509(nullptr, &at, static_cast<long>(der.size())));
    REQUIRE(out);
    return out;
}
base::Bytes our_der(const base::Secret& seed) {
    return der_of(openssl::make_certificate(openssl::link_key(seed).get()).get());
}
std::expected<base::PeerId, PeerKeyProblem> refused_as(PeerKeyProblem problem) {
    return std::unexpected(problem);
}

}  // namespace

// Size and hash are those of the certificate that Python's cryptography package builds from the
// same words.
TEST_CASE("the same seed gives the same certificate, byte for byte, on every machine") {
    const base::Bytes der = our_der(test::seed_of(1));
    CHECK(der == our_der(test::seed_of(1)));
    CHECK(der.size() == 213);
    CHECK(base::to_hex(sha256(der)) ==
          "673b375b48f0ef3b79154fea08522023fd8abfc0e65f2f407e5eb4d0b6125adb");
    const auto context = server_context(test::seed_of(1));
    REQUIRE(context);
    CHECK(der_of(SSL_CTX_get0_certificate(context->get())) == der);
}

TEST_CASE("two certificates differ in nothing but the key and the signature") {
    const base::Bytes one = our_der(test::seed_of(1));
    const base::Bytes two = our_der(test::seed_of(2));
    REQUIRE(one.size() == two.size());
    std::size_t first = one.size();
    std::size_t differing = 0;
    for (std::size_t at = 0; at < one.size(); ++at) {
        if (one[at] == two[at]) continue;
        first = std::min(first, at);
        ++differing;
    }
    CHECK(differing <= 32 + 64);
    const Ed25519Key key = ed25519_public_key(test::seed_of(1));
    CHECK(base::equal(base::ByteView(one).subspan(first, 32), key.view()));
}

TEST_CASE(
    "a certificate is version 3, without extensions, and has the agreed serial, names and dates") {
    const openssl::Certificate certificate = from_der(our_der(test::seed_of(1)));
    CHECK(X509_get_version(certificate.get()) == X509_VERSION_3);
    CHECK(X509_get_ext_count(certificate.get()) == 0);
    CHECK(ASN1_INTEGER_get(X509_get0_serialNumber(certificate.get())) == 1);
    const auto line = [](const X509_NAME* name) {
        char text[64];
        return std::string(X509_NAME_oneline(name, text, sizeof text));
    };
    CHECK(line(X509_get_subject_name(certificate.get())) == "/CN=hearsay");
    CHECK(line(X509_get_issuer_name(certificate.get())) == "/CN=hearsay");
    const auto date = [](const ASN1_TIME* time) {
        return std::string(reinterpret_cast<const char*>(ASN1_STRING_get0_data(time)));
    };
    CHECK(date(X509_get0_notBefore(certificate.get())) == "000101000000Z");
    CHECK(date(X509_get0_notAfter(certificate.get())) == "99991231235959Z");
}

TEST_CASE("our certificate's key is read back") {
    const openssl::Certificate certificate = from_der(our_der(test::seed_of(1)));
    CHECK(certificate_key(certificate.get()) ==
          base::PeerId{ed25519_public_key(test::seed_of(1)).data});
}

TEST_CASE("names and dates of another implementation do not matter") {
    const openssl::Pkey key = test::ed25519_pkey(test::seed_of(1));
    CHECK(certificate_key(test::certificate_of(key.get(), key.get(), 12345).get()));
}

TEST_CASE("a certificate of another key type is not Ed25519") {
    const openssl::Pkey p256 = test::p256_key();
    CHECK(certificate_key(test::certificate_of(p256.get(), p256.get()).get()) ==
          refused_as(PeerKeyProblem::not_ed25519));
    const openssl::Pkey x25519(EVP_PKEY_Q_keygen(nullptr, nullptr, "X25519"));
    const openssl::Pkey signer = test::ed25519_pkey(test::seed_of(1));
    CHECK(certificate_key(test::certificate_of(x25519.get(), signer.get()).get()) ==
          refused_as(PeerKeyProblem::not_ed25519));
}

TEST_CASE(
    "a certificate that somebody else signed or issued, or that was altered, has the wrong shape") {
    const openssl::Pkey key = test::ed25519_pkey(test::seed_of(1));
    const openssl::Pkey other = test::ed25519_pkey(test::seed_of(2));
    const auto wrong_shape = refused_as(PeerKeyProblem::wrong_shape);
    CHECK(certificate_key(test::certificate_of(key.get(), other.get()).get()) == wrong_shape);
    CHECK(certificate_key(test::certificate_of(key.get(), key.get(), 1, "authority").get()) ==
          wrong_shape);
    base::Bytes der = our_der(test::seed_of(1));
    der.back() ^= 1;
    CHECK(certificate_key(from_der(der).get()) == wrong_shape);
    CHECK(ERR_peek_error() == 0);
}

TEST_CASE("a certificate over 1 KiB has the wrong shape, one below may be well") {
    const openssl::Pkey key = test::ed25519_pkey(test::seed_of(1));
    const openssl::Certificate large = test::certificate_of(key.get(), key.get(), 1, "hearsay", 30);
    REQUIRE(der_of(large.get()).size() > 1024);
    CHECK(certificate_key(large.get()) == refused_as(PeerKeyProblem::wrong_shape));
    const openssl::Certificate below = test::certificate_of(key.get(), key.get(), 1, "hearsay", 20);
    REQUIRE(der_of(below.get()).size() > 512);
    CHECK(certificate_key(below.get()));
}

TEST_CASE("a key of small order is unacceptable though its signature holds for every message") {
    base::Bytes der = our_der(test::seed_of(1));
    const base::Bytes key = base::to_bytes(ed25519_public_key(test::seed_of(1)).view());
    const auto at = std::search(der.begin(), der.end(), key.begin(), key.end());
    REQUIRE(at != der.end());
    // The neutral element as key: S = 1 and R = B satisfy the equation whatever k is.
    const base::Bytes neutral =
        test::hex("0100000000000000000000000000000000000000000000000000000000000000");
    const base::Bytes base_point =
        test::hex("5866666666666666666666666666666666666666666666666666666666666666");
    std::copy(neutral.begin(), neutral.end(), at);
    std::copy(base_point.begin(), base_point.end(), der.end() - 64);
    std::copy(neutral.begin(), neutral.end(), der.end() - 32);  // as a number: one
    const openssl::Certificate certificate = from_der(der);
    // OpenSSL is content
    REQUIRE(X509_verify(certificate.get(), X509_get0_pubkey(certificate.get())) == 1);
    CHECK(certificate_key(certificate.get()) == refused_as(PeerKeyProblem::unacceptable));
}
