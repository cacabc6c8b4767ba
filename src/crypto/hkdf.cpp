#include "crypto/hkdf.hpp"

// A trial decryption makes five of these HMACs, which is most of what it takes beyond its X25519.
// As in work.cpp, the deprecated interface is used:
// the other one allocates and dispatches for each hash.
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
#include <openssl/sha.h>

#include "crypto/openssl.hpp"
#include "crypto/sha256.hpp"

namespace hearsay::crypto {
namespace {

constexpr std::size_t block_size = 64;
constexpr std::size_t hash_size = base::Digest::size;

// The state after one block of the key, xor `pad`; wiped at its end.
class Keyed {
public:
    Keyed(const std::array<std::uint8_t, block_size>& key, std::uint8_t pad) {
        std::array<std::uint8_t, block_size> block = key;
        const openssl::Cleanse cleanse(block);
        for (std::uint8_t& byte : block) byte ^= pad;
        ENSURE(SHA256_Init(&state_) == 1, "SHA-256 does not start");
        add(block);
    }
    ~Keyed() { OPENSSL_cleanse(&state_, sizeof state_); }
    Keyed(const Keyed&) = delete;
    Keyed& operator=(const Keyed&) = delete;
    void add(base::ByteView part) { SHA256_Update(&state_, part.data(), part.size()); }
    base::Digest finish() {
        base::Digest out;
        SHA256_Final(out.data.data(), &state_);
        return out;
    }

private:
    SHA256_CTX state_;
};

// HMAC-SHA256 (RFC 2104).
base::Digest hmac(base::ByteView key, std::initializer_list<base::ByteView> parts) {
    std::array<std::uint8_t, block_size> padded{};
    const openssl::Cleanse cleanse_padded(padded);
    if (key.size() > block_size) {
        const base::Digest short_key = sha256(key);
        std::copy(short_key.data.begin(), short_key.data.end(), padded.begin());
    } else {
        std::copy(key.begin(), key.end(), padded.begin());
    }
    Keyed inner(padded, 0x36);
    for (base::ByteView part : parts) inner.add(part);
    Keyed outer(padded, 0x5c);
    outer.add(inner.finish().view());
    return outer.finish();
}

}  // namespace

base::Digest hkdf_extract(base::ByteView salt, base::ByteView key_material) {
    return hmac(salt, {key_material});
}

base::Bytes hkdf_expand(base::ByteView pseudorandom_key, base::ByteView info, std::size_t length) {
    ENSURE(length <= 255 * hash_size, "HKDF gives at most 8160 bytes");
    base::Bytes out;
    out.reserve(length);
    base::Digest last;
    const openssl::Cleanse cleanse(last.data);
    for (std::uint8_t counter = 1; out.size() < length; ++counter) {
        const base::ByteView before = counter == 1 ? base::ByteView() : last.view();
        const std::array<std::uint8_t, 1> round{counter};
        last = hmac(pseudorandom_key, {before, info, round});
        base::append(out, last.view().first(std::min(hash_size, length - out.size())));
    }
    return out;
}

base::Secret derive(const base::Secret& root, base::ByteView info) {
    base::Digest extracted = hkdf_extract({}, root.view());
    const openssl::Cleanse cleanse_extracted(extracted.data);
    base::Bytes expanded = hkdf_expand(extracted.view(), info, base::Secret::size);
    const openssl::Cleanse cleanse_expanded(expanded);
    return *base::Secret::from(expanded);
}

}  // namespace hearsay::crypto
