#include "crypto/ml_kem.hpp"

#include <openssl/core_names.h>
#include <openssl/params.h>

#include "crypto/openssl.hpp"

namespace hearsay::crypto {
namespace {

constexpr const char* name = "ML-KEM-768";

openssl::Pkey import(const MlKemPublic& key) {
    const openssl::QuietErrors quiet;
    return openssl::Pkey(
        EVP_PKEY_new_raw_public_key_ex(nullptr, name, nullptr, key.data.data(), key.size));
}

}  // namespace

std::optional<MlKemEncapsulated> ml_kem_encapsulate(const MlKemPublic& key,
                                                    const base::Secret& message) {
    const openssl::Pkey imported = import(key);
    if (!imported) return std::nullopt;
    base::Secret given = message;
    const openssl::Cleanse cleanse(given.data);
    const std::array<OSSL_PARAM, 2> parameters{
        OSSL_PARAM_construct_octet_string(OSSL_KEM_PARAM_IKME, given.data.data(), given.size),
        OSSL_PARAM_construct_end()};
    const openssl::PkeyContext context(
        EVP_PKEY_CTX_new_from_pkey(nullptr, imported.get(), nullptr));
    MlKemEncapsulated out;
    std::size_t size = out.ciphertext.size;
    std::size_t secret_size = out.secret.size;
    ENSURE(context && EVP_PKEY_encapsulate_init(context.get(), parameters.data()) == 1 &&
               EVP_PKEY_encapsulate(context.get(), out.ciphertext.data.data(), &size,
                                    out.secret.data.data(), &secret_size) == 1 &&
               size == out.ciphertext.size && secret_size == out.secret.size,
           "OpenSSL does not encapsulate");
    return out;
}

bool ml_kem_is_usable(const MlKemPublic& key) {
    return import(key) != nullptr;
}

void MlKemKey::FreeKey::operator()(evp_pkey_st* key) const {
    EVP_PKEY_free(key);
}

MlKemKey::MlKemKey(const MlKemSeed& seed) {
    const openssl::PkeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, name, nullptr));
    ENSURE(context && EVP_PKEY_fromdata_init(context.get()) == 1, "OpenSSL lacks ML-KEM-768");
    MlKemSeed given = seed;
    const openssl::Cleanse cleanse(given.data);
    std::array<OSSL_PARAM, 2> parameters{
        OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_ML_KEM_SEED, given.data.data(),
                                          given.size),
        OSSL_PARAM_construct_end()};
    EVP_PKEY* made = nullptr;
    ENSURE(EVP_PKEY_fromdata(context.get(), &made, EVP_PKEY_KEYPAIR, parameters.data()) == 1,
           "OpenSSL makes no ML-KEM key of a seed");
    key_.reset(made);
    std::size_t size = public_key_.size;
    ENSURE(EVP_PKEY_get_raw_public_key(made, public_key_.data.data(), &size) == 1 &&
               size == public_key_.size,
           "OpenSSL gives no ML-KEM public key");
}

base::Secret MlKemKey::decapsulate(const MlKemCiphertext& ciphertext) const {
    const openssl::PkeyContext context(EVP_PKEY_CTX_new_from_pkey(nullptr, key_.get(), nullptr));
    base::Secret out;
    std::size_t size = out.size;
    ENSURE(context && EVP_PKEY_decapsulate_init(context.get(), nullptr) == 1 &&
               EVP_PKEY_decapsulate(context.get(), out.data.data(), &size, ciphertext.data.data(),
                                    ciphertext.size) == 1 &&
               size == out.size,
           "OpenSSL does not decapsulate");
    return out;
}

}  // namespace hearsay::crypto
