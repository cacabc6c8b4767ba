#include "crypto/aead.hpp"

#include <climits>

#include "crypto/openssl.hpp"

namespace hearsay::crypto {
namespace {

enum class Way { open, seal };

openssl::CipherContext start(Way way, const base::Secret& key, const Nonce& nonce,
                             base::ByteView associated) {
    static const EVP_CIPHER* const cipher = openssl::fetch_cipher("ChaCha20-Poly1305");
    openssl::CipherContext context(EVP_CIPHER_CTX_new());
    ENSURE(context, "out of memory");
    ENSURE(EVP_CipherInit_ex2(context.get(), cipher, key.data.data(), nonce.data(),
                              way == Way::seal ? 1 : 0, nullptr) == 1,
           "ChaCha20-Poly1305 does not start");
    ENSURE(associated.size() <= INT_MAX, "associated data beyond 2 GiB");
    int taken = 0;
    if (!associated.empty())
        ENSURE(EVP_CipherUpdate(context.get(), nullptr, &taken, associated.data(),
                                static_cast<int>(associated.size())) == 1,
               "ChaCha20-Poly1305 does not take associated data");
    return context;
}

void run(EVP_CIPHER_CTX* context, base::ByteView in, std::uint8_t* out) {
    ENSURE(in.size() <= INT_MAX, "a message beyond 2 GiB");
    int written = 0;
    if (!in.empty())
        ENSURE(
            EVP_CipherUpdate(context, out, &written, in.data(), static_cast<int>(in.size())) == 1,
            "ChaCha20-Poly1305 does not take bytes");
    ENSURE(static_cast<std::size_t>(written) == in.size(), "a stream cipher held bytes back");
}

}  // namespace

base::Bytes aead_seal(const base::Secret& key, const Nonce& nonce, base::ByteView associated,
                      base::ByteView plain) {
    const openssl::CipherContext context = start(Way::seal, key, nonce, associated);
    base::Bytes out(plain.size() + aead_tag_size);
    run(context.get(), plain, out.data());
    std::uint8_t* const tag = out.data() + plain.size();
    int written = 0;
    ENSURE(EVP_CipherFinal_ex(context.get(), tag, &written) == 1 && written == 0,
           "ChaCha20-Poly1305 does not end");
    ENSURE(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_GET_TAG, aead_tag_size, tag) == 1,
           "ChaCha20-Poly1305 gives no tag");
    return out;
}

std::optional<base::Bytes> aead_open(const base::Secret& key, const Nonce& nonce,
                                     base::ByteView associated, base::ByteView sealed) {
    if (sealed.size() < aead_tag_size) return std::nullopt;
    const openssl::QuietErrors quiet;
    const openssl::CipherContext context = start(Way::open, key, nonce, associated);
    const base::ByteView body = sealed.first(sealed.size() - aead_tag_size);
    std::array<std::uint8_t, aead_tag_size> tag;
    std::copy(sealed.end() - aead_tag_size, sealed.end(), tag.begin());
    ENSURE(
        EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_SET_TAG, aead_tag_size, tag.data()) == 1,
        "ChaCha20-Poly1305 does not take a tag");
    base::Bytes out(body.size());
    run(context.get(), body, out.data());
    int written = 0;
    std::uint8_t nothing = 0;
    if (EVP_CipherFinal_ex(context.get(), &nothing, &written) != 1) {
        OPENSSL_cleanse(out.data(), out.size());  // unauthenticated, perhaps somebody's plaintext
        return std::nullopt;
    }
    return out;
}

}  // namespace hearsay::crypto
