#include "crypto/sha256.hpp"

#include "crypto/openssl.hpp"

namespace hearsay::crypto {
namespace {

// One hash under way in the thread's context; finish() ends it.
class Hashing {
public:
    Hashing() : context_(openssl::thread_digest_context()) {
        static const EVP_MD* const algorithm = openssl::fetch_digest("SHA256");
        ENSURE(EVP_DigestInit_ex2(context_, algorithm, nullptr) == 1, "SHA-256 does not start");
    }
    void add(base::ByteView part) {
        ENSURE(EVP_DigestUpdate(context_, part.data(), part.size()) == 1,
               "SHA-256 does not take bytes");
    }
    base::Digest finish() {
        base::Digest out;
        ENSURE(EVP_DigestFinal_ex(context_, out.data.data(), nullptr) == 1, "SHA-256 does not end");
        return out;
    }

private:
    EVP_MD_CTX* context_;
};

}  // namespace

base::Digest sha256(base::ByteView data) {
    Hashing hashing;
    hashing.add(data);
    return hashing.finish();
}

base::Digest sha256(std::initializer_list<base::ByteView> parts) {
    Hashing hashing;
    for (base::ByteView part : parts) hashing.add(part);
    return hashing.finish();
}

base::Digest tagged_sha256(std::string_view tag, std::initializer_list<base::ByteView> parts) {
    constexpr std::array<std::uint8_t, 1> end_of_tag{0};
    Hashing hashing;
    hashing.add(base::as_bytes(tag));
    hashing.add(end_of_tag);
    for (base::ByteView part : parts) hashing.add(part);
    return hashing.finish();
}

}  // namespace hearsay::crypto
