#include "crypto/ed25519.hpp"
#include "crypto/x509.hpp"

namespace hearsay::crypto::openssl {
namespace {

constexpr int certificate_bytes_max = 1024;

void set_dates(X509* certificate) {
    const std::unique_ptr<ASN1_TIME, Free<ASN1_TIME_free>> time(ASN1_TIME_new());
    ENSURE(time, "out of memory");
    ENSURE(ASN1_TIME_set_string_X509(time.get(), "20000101000000Z") == 1 &&
               X509_set1_notBefore(certificate, time.get()) == 1,
           "a certificate takes no start");
    ENSURE(ASN1_TIME_set_string_X509(time.get(), "99991231235959Z") == 1 &&
               X509_set1_notAfter(certificate, time.get()) == 1,
           "a certificate takes no end");
}

void set_names(X509* certificate) {
    const std::unique_ptr<X509_NAME, Free<X509_NAME_free>> name(X509_NAME_new());
    constexpr base::ByteView::value_type text[] = {'h', 'e', 'a', 'r', 's', 'a', 'y'};
    ENSURE(name && X509_NAME_add_entry_by_NID(name.get(), NID_commonName, V_ASN1_UTF8STRING, text,
                                              sizeof text, -1, 0) == 1,
           "a certificate takes no name");
    ENSURE(X509_set_subject_name(certificate, name.get()) == 1 &&
               X509_set_issuer_name(certificate, name.get()) == 1,
           "a certificate takes no name");
}

}  // namespace

Pkey link_key(const base::Secret& seed) {
    Pkey key(
        EVP_PKEY_new_raw_private_key_ex(nullptr, "ED25519", nullptr, seed.data.data(), seed.size));
    ENSURE(key, "OpenSSL refuses an Ed25519 seed");
    return key;
}

Certificate make_certificate(EVP_PKEY* key) {
    Certificate out(X509_new());
    ENSURE(out && X509_set_version(out.get(), X509_VERSION_3) == 1, "out of memory");
    ENSURE(ASN1_INTEGER_set(X509_get_serialNumber(out.get()), 1) == 1, "out of memory");
    set_dates(out.get());
    set_names(out.get());
    ENSURE(X509_set_pubkey(out.get(), key) == 1, "a certificate takes no key");
    // Ed25519 names no digest
    ENSURE(X509_sign(out.get(), key, nullptr) > 0, "a certificate is not signed");
    return out;
}

std::expected<base::PeerId, PeerKeyProblem> certificate_key(X509* certificate) {
    const QuietErrors quiet;
    const int size = i2d_X509(certificate, nullptr);
    if (size <= 0 || size > certificate_bytes_max)
        return std::unexpected(PeerKeyProblem::wrong_shape);
    EVP_PKEY* const key = X509_get0_pubkey(certificate);
    if (!key || EVP_PKEY_get_id(key) != EVP_PKEY_ED25519)
        return std::unexpected(PeerKeyProblem::not_ed25519);
    base::PeerId peer;
    std::size_t key_size = peer.size;
    if (EVP_PKEY_get_raw_public_key(key, peer.data.data(), &key_size) != 1 || key_size != peer.size)
        return std::unexpected(PeerKeyProblem::not_ed25519);
    if (!ed25519_key_is_torsion_free(peer.view()))
        return std::unexpected(PeerKeyProblem::unacceptable);
    const bool names_itself =
        X509_NAME_cmp(X509_get_subject_name(certificate), X509_get_issuer_name(certificate)) == 0;
    if (!names_itself || X509_verify(certificate, key) != 1)
        return std::unexpected(PeerKeyProblem::wrong_shape);
    return peer;
}

}  // namespace hearsay::crypto::openssl
