#include "crypto/hpke.hpp"

#include <doctest/doctest.h>

#include "crypto/aead.hpp"
#include "crypto/sha256.hpp"
#include "vectors_support.hpp"

using namespace hearsay;
using namespace hearsay::crypto;

namespace {

// draft-ietf-hpke-pq, the one of this suite.
const test::Case& vector() {
    static const test::Case only = test::cases("hpke_mlkem768_x25519.txt").front();
    return only;
}

struct Message {
    const XWingKey key{vector().value<base::Secret>("seed")};
    const base::Bytes info = vector().bytes("info");
    const base::Bytes associated = vector().bytes("associated");
    const base::Bytes plain = vector().bytes("plain");
    const base::Bytes sealed = vector().bytes("sealed");
    const Encapsulation encapsulation = vector().value<Encapsulation>("encapsulation");
    const HpkeTag tag = sender().tag();

    HpkeSender sender() const {
        auto out =
            HpkeSender::setup(key.public_key(), info, vector().value<EncapsulationSeed>("random"));
        REQUIRE(out);
        return *std::move(out);
    }
    HpkeSealed message() const { return {tag, encapsulation, info, sealed}; }
};

}  // namespace

TEST_CASE_FIXTURE(Message, "the vector's recipient has the vector's key") {
    CHECK(key.public_key() == vector().value<base::MailboxKey>("key"));
    CHECK(key.shared_secret(encapsulation) == vector().value<base::Secret>("shared"));
}

TEST_CASE_FIXTURE(Message, "setup and seal give the vector's encapsulation and first encryption") {
    HpkeSender made = sender();
    CHECK(made.encapsulation() == encapsulation);
    CHECK(std::move(made).seal(associated, plain) == sealed);
    Nonce nonce{};
    const base::Bytes base_nonce = vector().bytes("base_nonce");
    std::copy(base_nonce.begin(), base_nonce.end(), nonce.begin());
    CHECK(aead_open(vector().value<base::Secret>("aead_key"), nonce, associated, sealed) == plain);
}

TEST_CASE_FIXTURE(Message, "the recipient sees its tag and opens what the vector sealed") {
    CHECK(message().is_tagged_for(key));
    CHECK(message().open(key, associated) == plain);
}

TEST_CASE_FIXTURE(Message, "the tag is of ML-KEM's secret alone") {
    const base::Secret ml_kem = key.ml_kem_secret(encapsulation);
    const base::Digest hash = tagged_sha256("hearsay mail tag v1", {ml_kem.view()});
    CHECK(base::equal(tag.view(), hash.view().first<8>()));
    Encapsulation other = encapsulation;
    other.data.back() ^= 1;  // X25519's part
    CHECK(HpkeSealed(tag, other, info, sealed).is_tagged_for(key));
    CHECK_FALSE(HpkeSealed(tag, other, info, sealed).open(key, associated));
}

TEST_CASE_FIXTURE(Message, "of many keys tried on one message only the recipient's opens it") {
    const HpkeSealed tried = message();
    for (std::uint8_t other = 1; other < 4; ++other) {
        const XWingKey wrong(test::seed_of(other));
        CHECK_FALSE(tried.is_tagged_for(wrong));
        CHECK_FALSE(tried.open(wrong, associated));
        CHECK(tried.open(key, associated) == plain);
    }
}

TEST_CASE_FIXTURE(Message, "nothing that was altered opens") {
    CHECK_FALSE(HpkeSealed(tag, encapsulation, {}, sealed).open(key, associated));
    CHECK_FALSE(message().open(key, {}));
    CHECK_FALSE(HpkeSealed(tag, encapsulation, info, {}).open(key, associated));
    for (std::size_t at = 0; at < sealed.size(); ++at) {
        base::Bytes wrong = sealed;
        wrong[at] ^= 0x10;
        CHECK_FALSE(HpkeSealed(tag, encapsulation, info, wrong).open(key, associated));
    }
    for (std::size_t at = 0; at < tag.size; ++at) {
        HpkeTag wrong = tag;
        wrong.data[at] ^= 0x10;
        CHECK_FALSE(HpkeSealed(wrong, encapsulation, info, sealed).is_tagged_for(key));
    }
}

TEST_CASE_FIXTURE(Message, "a key that nobody can seal to is refused, and so is a bad X25519 key") {
    CHECK_FALSE(HpkeSender::setup(base::MailboxKey{}, info, {}));
    Encapsulation bad = encapsulation;
    std::fill(bad.data.end() - 32, bad.data.end(), std::uint8_t{0});
    CHECK_FALSE(HpkeSealed(tag, bad, info, sealed).open(key, associated));
}

TEST_CASE_FIXTURE(Message, "another random input makes another encapsulation and tag") {
    EncapsulationSeed random = vector().value<EncapsulationSeed>("random");
    random.data[0] ^= 1;
    const auto other = HpkeSender::setup(key.public_key(), info, random);
    REQUIRE(other);
    CHECK(other->encapsulation() != encapsulation);
    CHECK(other->tag() != tag);
}
