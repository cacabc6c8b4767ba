#include "crypto/hpke.hpp"

#include <doctest/doctest.h>

#include "crypto/aead.hpp"
#include "crypto/x25519.hpp"
#include "crypto_support.hpp"

using namespace hearsay;
using namespace hearsay::crypto;
using test::fixed;

namespace {

// RFC 9180 appendix A.2.1.
const base::Bytes info = test::hex("4f6465206f6e2061204772656369616e2055726e");
const base::Secret ephemeral_ikm =
    fixed<base::Secret>("909a9b35d3dc4713a5e72a4da274b55d3d3821a37e5d099e74a647db583a904b");
const base::Secret recipient_secret =
    fixed<base::Secret>("8057991eef8f1f1af18f4a9491d16a1ce333f695d4db8e38da75975c4478e0fb");
const base::MailboxKey recipient =
    fixed<base::MailboxKey>("4310ee97d88cc1f088a5576c77ab0cf5c3ac797f3d95139c6c84b5429c59662a");
const EncapsulatedKey encapsulated =
    fixed<EncapsulatedKey>("1afa08d3dec047a643885163f1180476fa7ddb54c6a8029ea33f95796bf2ac4a");
const base::Secret key =
    fixed<base::Secret>("ad2744de8e17f4ebba575b3f5f5a8fa1f69c2a07f6e7500bc60ca6e3e3ec1c91");
constexpr Nonce base_nonce{0x5c, 0x4d, 0x98, 0x15, 0x06, 0x61, 0xb8, 0x48, 0x85, 0x3b, 0x54, 0x7f};
const base::Bytes associated = test::hex("436f756e742d30");  // "Count-0"
const base::Bytes plain = test::hex("4265617574792069732074727574682c20747275746820626561757479");
const base::Bytes sealed = test::hex(
    "1c5250d8034ec2b784ba2cfd69dbdb8af406cfe3ff938e131f0def8c8b60b4db21993c62ce81883d2dd1b51a28");

base::Bytes seal_vector() {
    auto sender = HpkeSender::setup(recipient, info, ephemeral_ikm);
    REQUIRE(sender);
    return std::move(*sender).seal(associated, plain);
}

}  // namespace

TEST_CASE("the vector's recipient has the vector's key") {
    CHECK(x25519_public_key(recipient_secret) == recipient);
}

TEST_CASE("setup derives the encapsulated key of RFC 9180 A.2.1 from its ikmE") {
    const auto sender = HpkeSender::setup(recipient, info, ephemeral_ikm);
    REQUIRE(sender);
    CHECK(sender->encapsulated_key() == encapsulated);
}

TEST_CASE("seal gives the first encryption of RFC 9180 A.2.1, under its key and base nonce") {
    CHECK(seal_vector() == sealed);
    CHECK(aead_open(key, base_nonce, associated, seal_vector()) == plain);
}

TEST_CASE("the recipient opens what RFC 9180 A.2.1 sealed") {
    CHECK(hpke_open(recipient_secret, encapsulated, info, associated, sealed) == plain);
    CHECK(hpke_open(recipient_secret, recipient, encapsulated, info, associated, sealed) == plain);
}

TEST_CASE("a public key that is not the secret's opens nothing") {
    CHECK_FALSE(hpke_open(recipient_secret, x25519_public_key(test::seed_of(1)), encapsulated, info,
                          associated, sealed));
}

TEST_CASE("nobody else opens it, and nothing that was altered opens") {
    CHECK_FALSE(hpke_open(test::seed_of(1), encapsulated, info, associated, sealed));
    CHECK_FALSE(hpke_open(recipient_secret, encapsulated, {}, associated, sealed));
    CHECK_FALSE(hpke_open(recipient_secret, encapsulated, info, {}, sealed));
    for (std::size_t at = 0; at < sealed.size(); ++at) {
        base::Bytes wrong = sealed;
        wrong[at] ^= 0x10;
        CHECK_FALSE(hpke_open(recipient_secret, encapsulated, info, associated, wrong));
    }
    for (std::size_t at = 0; at < encapsulated.size; ++at) {
        EncapsulatedKey wrong = encapsulated;
        wrong.data[at] ^= 0x10;
        CHECK_FALSE(hpke_open(recipient_secret, wrong, info, associated, sealed));
    }
    CHECK_FALSE(hpke_open(recipient_secret, encapsulated, info, associated, {}));
}

// X25519 ignores this bit, but the exact bytes are part of the key schedule.
TEST_CASE("the ignored high bit of the encapsulated key is not malleable") {
    EncapsulatedKey twin = encapsulated;
    twin.data[31] ^= 0x80;
    CHECK_FALSE(hpke_open(recipient_secret, twin, info, associated, sealed));
}

TEST_CASE("keys of small order are refused on both sides") {
    CHECK_FALSE(HpkeSender::setup(base::MailboxKey{}, info, ephemeral_ikm));
    CHECK_FALSE(hpke_open(recipient_secret, EncapsulatedKey{}, info, associated, sealed));
}

TEST_CASE("of many keys tried on one message only the recipient's opens it, each time") {
    const HpkeSealed message(encapsulated, info, associated, sealed);
    const X25519Key right(recipient_secret, recipient);
    for (std::uint8_t other = 1; other < 4; ++other) {
        const base::Secret secret = test::seed_of(other);
        CHECK_FALSE(message.open(X25519Key(secret, x25519_public_key(secret))));
        CHECK(message.open(right) == plain);
    }
}

TEST_CASE("another ephemeral input makes another encapsulated key") {
    const auto sender = HpkeSender::setup(recipient, info, test::seed_of(1));
    REQUIRE(sender);
    CHECK(sender->encapsulated_key() != encapsulated);
}
