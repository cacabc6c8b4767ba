#include "crypto/xwing.hpp"

#include "crypto/openssl.hpp"

namespace hearsay::crypto {
namespace {

constexpr std::string_view label = "\\.//^\\";

static_assert(MlKemPublic::size + X25519Public::size == base::MailboxKey::size);
static_assert(MlKemCiphertext::size + X25519Public::size == Encapsulation::size);

// Keys and encapsulations: what is ML-KEM's comes first, what is X25519's last.
template <class Part, class Whole>
Part first_of(const Whole& whole) {
    Part out;
    std::copy_n(whole.data.begin(), Part::size, out.data.begin());
    return out;
}
template <class Part, class Whole>
Part last_of(const Whole& whole) {
    Part out;
    std::copy(whole.data.end() - Part::size, whole.data.end(), out.data.begin());
    return out;
}
template <class Whole, class First, class Last>
Whole joined(const First& first, const Last& last) {
    Whole out;
    std::copy(last.data.begin(), last.data.end(),
              std::copy(first.data.begin(), first.data.end(), out.data.begin()));
    return out;
}

struct ExpandedTag;
using Expanded = base::FixedBytes<MlKemSeed::size + base::Secret::size, ExpandedTag>;

Expanded expand(const base::Secret& seed) {
    static const EVP_MD* const shake = openssl::fetch_digest("SHAKE256");
    EVP_MD_CTX* const context = openssl::thread_digest_context();
    Expanded out;
    ENSURE(EVP_DigestInit_ex2(context, shake, nullptr) == 1 &&
               EVP_DigestUpdate(context, seed.data.data(), seed.size) == 1 &&
               EVP_DigestFinalXOF(context, out.data.data(), out.size) == 1,
           "SHAKE256 does not work");
    return out;
}

base::Secret combine(const base::Secret& ml_kem, const base::Secret& x25519_shared,
                     const X25519Public& ephemeral, const X25519Public& recipient) {
    static const EVP_MD* const sha3 = openssl::fetch_digest("SHA3-256");
    EVP_MD_CTX* const context = openssl::thread_digest_context();
    ENSURE(EVP_DigestInit_ex2(context, sha3, nullptr) == 1, "SHA3-256 does not start");
    for (const base::ByteView part : {ml_kem.view(), x25519_shared.view(), ephemeral.view(),
                                      recipient.view(), base::as_bytes(label)})
        ENSURE(EVP_DigestUpdate(context, part.data(), part.size()) == 1,
               "SHA3-256 does not take bytes");
    base::Secret out;
    ENSURE(EVP_DigestFinal_ex(context, out.data.data(), nullptr) == 1, "SHA3-256 does not end");
    return out;
}

MlKemKey ml_kem_key(const base::Secret& seed) {
    Expanded expanded = expand(seed);
    const openssl::Cleanse cleanse_expanded(expanded.data);
    auto ml_kem_seed = first_of<MlKemSeed>(expanded);
    const openssl::Cleanse cleanse_seed(ml_kem_seed.data);
    return MlKemKey(ml_kem_seed);
}

base::Secret x25519_secret(const base::Secret& seed) {
    Expanded expanded = expand(seed);
    const openssl::Cleanse cleanse(expanded.data);
    return last_of<base::Secret>(expanded);
}

}  // namespace

std::optional<Encapsulated> xwing_encapsulate(const base::MailboxKey& recipient,
                                              const EncapsulationSeed& seed) {
    const auto recipient_x25519 = last_of<X25519Public>(recipient);
    auto message = first_of<base::Secret>(seed);
    auto ephemeral_secret = last_of<base::Secret>(seed);
    const openssl::Cleanse cleanse_message(message.data);
    const openssl::Cleanse cleanse_ephemeral(ephemeral_secret.data);
    auto ml_kem = ml_kem_encapsulate(first_of<MlKemPublic>(recipient), message);
    auto x25519_shared = x25519(ephemeral_secret, recipient_x25519);
    if (!ml_kem || !x25519_shared) return std::nullopt;
    const openssl::Cleanse cleanse_ml_kem(ml_kem->secret.data);
    const openssl::Cleanse cleanse_shared(x25519_shared->data);
    const X25519Public ephemeral = x25519_public_key(ephemeral_secret);
    return Encapsulated{joined<Encapsulation>(ml_kem->ciphertext, ephemeral), ml_kem->secret,
                        combine(ml_kem->secret, *x25519_shared, ephemeral, recipient_x25519)};
}

bool xwing_is_usable(const base::MailboxKey& key) {
    // Scalars are multiples of eight (RFC 7748, section 5), so any of them tells.
    return x25519(base::Secret{}, last_of<X25519Public>(key)) &&
           ml_kem_is_usable(first_of<MlKemPublic>(key));
}

XWingKey::XWingKey(const base::Secret& seed)
    : ml_kem_(ml_kem_key(seed)), x25519_secret_(x25519_secret(seed)) {
    public_key_ = joined<base::MailboxKey>(ml_kem_.public_key(), x25519_public_key(x25519_secret_));
}

XWingKey::~XWingKey() {
    OPENSSL_cleanse(x25519_secret_.data.data(), x25519_secret_.size);
}

base::Secret XWingKey::ml_kem_secret(const Encapsulation& encapsulation) const {
    return ml_kem_.decapsulate(first_of<MlKemCiphertext>(encapsulation));
}

std::optional<base::Secret> XWingKey::shared_secret(const Encapsulation& encapsulation) const {
    const auto ephemeral = last_of<X25519Public>(encapsulation);
    std::optional<base::Secret> x25519_shared = x25519(x25519_secret_, ephemeral);
    if (!x25519_shared) return std::nullopt;
    const openssl::Cleanse cleanse_shared(x25519_shared->data);
    base::Secret ml_kem = ml_kem_secret(encapsulation);
    const openssl::Cleanse cleanse_ml_kem(ml_kem.data);
    return combine(ml_kem, *x25519_shared, ephemeral, last_of<X25519Public>(public_key_));
}

}  // namespace hearsay::crypto
