#include "crypto/hkdf.hpp"

#include "crypto/openssl.hpp"
#include "crypto/sha256.hpp"

namespace hearsay::crypto {
namespace {

constexpr std::size_t block_size = 64;
constexpr std::size_t hash_size = base::Digest::size;

// HMAC-SHA256 (RFC 2104) on our own sha256: OpenSSL's one-shot HMAC looks its algorithm up on each call,
// and a trial decryption makes eight of these.
base::Digest hmac(base::ByteView key, std::initializer_list<base::ByteView> parts) {
    std::array<std::uint8_t, block_size> padded{};
    const openssl::Cleanse cleanse_padded(padded);
    if (key.size() > block_size) {
        const base::Digest short_key = sha256(key);
        std::copy(short_key.data.begin(), short_key.data.end(), padded.begin());
    } else {
        std::copy(key.begin(), key.end(), padded.begin());
    }
    base::Bytes message;
    std::size_t size = block_size;
    for (base::ByteView part : parts) size += part.size();
    message.reserve(size);  // so that nothing secret is left behind by growing
    for (std::uint8_t byte : padded) message.push_back(byte ^ 0x36);
    for (base::ByteView part : parts) base::append(message, part);
    const openssl::Cleanse cleanse_message(message);
    const base::Digest inner = sha256(message);
    for (std::uint8_t& byte : padded) byte ^= 0x5c;
    return sha256({padded, inner.view()});
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
