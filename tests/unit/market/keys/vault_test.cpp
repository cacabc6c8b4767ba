#include <doctest/doctest.h>

#include "base/limits/person.hpp"
#include "crypto/aead.hpp"
#include "crypto/hkdf.hpp"
#include "crypto/xwing.hpp"
#include "fakes.hpp"
#include "item/mailbox.hpp"
#include "market/keys/words.hpp"

namespace hearsay::market {
namespace {

constexpr std::string_view passphrase = "correct horse";

bool contains(base::ByteView bytes, base::ByteView part) {
    return std::search(bytes.begin(), bytes.end(), part.begin(), part.end()) != bytes.end();
}

// What is under the seal, for whoever knows the passphrase.
base::Bytes unsealed(base::ByteView file) {
    constexpr std::size_t head = 57;
    const auto key = crypto::scrypt(base::as_bytes(passphrase), file.subspan(29, 16), cheap);
    REQUIRE(key);
    crypto::Nonce nonce{};
    std::copy_n(file.begin() + 45, nonce.size(), nonce.begin());
    const auto plain = crypto::aead_open(*key, nonce, file.first(head), file.subspan(head));
    REQUIRE(plain);
    return *plain;
}

struct Fixture {
    base::Rng rng = seeded(1);
    Vault::Created created = Vault::create(rng, noon);
    Vault& vault = created.vault;

    base::Bytes sealed(std::string_view with = passphrase) {
        REQUIRE(vault.protect(base::as_bytes(with), cheap, rng));
        return vault.seal(rng);
    }
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "a vault returns from its file as it was") {
    vault.new_persona();
    const base::MailboxId mailbox = vault.new_mailbox(noon, noon + day);
    const auto read = Vault::open(sealed(), base::as_bytes(passphrase));
    REQUIRE(read);
    CHECK(read->next_persona() == 1);
    CHECK(read->persona_seed(0) == vault.persona_seed(0));
    CHECK(read->mailboxes() == vault.mailboxes());
    CHECK(read->mailboxes().contains(mailbox));
    CHECK(read->has_passphrase());
    Vault copy = *read;
    CHECK(copy.new_mailbox(noon, noon + day) == vault.new_mailbox(noon, noon + day));
}

TEST_CASE_FIXTURE(Fixture, "the index of an imported persona is never given again") {
    const std::uint32_t first = vault.import_persona(base::Secret{{1}});
    vault.drop_imported(first);
    const std::uint32_t second = vault.import_persona(base::Secret{{2}});
    CHECK(second > first);
    vault.drop_imported(second);
    auto read = Vault::open(sealed(), base::as_bytes(passphrase));
    REQUIRE(read);
    CHECK(read->import_persona(base::Secret{{3}}) > second);
}

TEST_CASE_FIXTURE(Fixture, "saving again needs no passphrase and never repeats its bytes") {
    const base::Bytes first = sealed();
    const base::Bytes second = vault.seal(rng);
    CHECK(first != second);
    CHECK(Vault::open(second, base::as_bytes(passphrase)));
}

TEST_CASE_FIXTURE(Fixture, "a wrong passphrase is denied") {
    const auto read = Vault::open(sealed(), base::as_bytes("correct house"));
    REQUIRE_FALSE(read);
    CHECK(read.error().code == base::ErrorCode::denied);
}

TEST_CASE_FIXTURE(Fixture, "a missing passphrase and one too many are denied with the reason") {
    CHECK(Vault::open(sealed(), {}).error() ==
          base::Error{base::ErrorCode::denied,
                      "the keys are sealed with a passphrase, and none was given"});
    const base::Bytes open_file = sealed("");
    CHECK_FALSE(vault.has_passphrase());
    CHECK(Vault::open(open_file, {}));
    CHECK(Vault::open(open_file, base::as_bytes("x")).error() ==
          base::Error{base::ErrorCode::denied,
                      "the keys are kept without a passphrase, but one was given"});
}

TEST_CASE_FIXTURE(Fixture, "no flipped bit of the file goes unnoticed") {
    vault.new_mailbox(noon, noon + day);
    const base::Bytes file = sealed();
    for (std::size_t bit = 0; bit < file.size() * 8; ++bit) {
        base::Bytes flipped = file;
        flipped[bit / 8] = static_cast<std::uint8_t>(flipped[bit / 8] ^ 1U << bit % 8);
        // Bits that only make scrypt expensive (r up to 2^21) would make this test slow, not wrong.
        if (bit / 8 >= 22 && bit / 8 <= 23) continue;
        const auto read = Vault::open(flipped, base::as_bytes(passphrase));
        REQUIRE_FALSE(read);
        const base::ErrorCode code = read.error().code;
        CHECK((code == base::ErrorCode::denied || code == base::ErrorCode::corrupt));
    }
}

TEST_CASE_FIXTURE(Fixture, "another file, a short one and none are corrupt") {
    base::Bytes file = sealed();
    CHECK(Vault::open({}, {}).error().code == base::ErrorCode::corrupt);
    CHECK(Vault::open(base::as_bytes("not a vault"), {}).error().code == base::ErrorCode::corrupt);
    file[11] = 1;  // version
    CHECK(Vault::open(file, {}).error().text ==
          "the vault file has version 1; this program reads version 2");
    file.resize(60);
    CHECK(Vault::open(file, {}).error().code == base::ErrorCode::corrupt);
}

TEST_CASE_FIXTURE(Fixture,
                  "the file holds neither the recovery seed nor the link that began the chain") {
    const Entropy entropy = *from_words(created.words);
    const base::Bytes plain = unsealed(sealed());
    const base::Digest extracted = crypto::hkdf_extract({}, entropy.view());
    CHECK_FALSE(contains(plain, entropy.view()));
    CHECK_FALSE(contains(
        plain, crypto::hkdf_expand(extracted.view(), base::as_bytes("hearsay mailboxes v1"), 32)));
    // What it does hold is found, so the search above means something.
    CHECK(contains(
        plain, crypto::hkdf_expand(extracted.view(), base::as_bytes("hearsay personas v1"), 32)));
}

TEST_CASE_FIXTURE(
    Fixture,
    "a mailbox secret is destroyed when its time is over, and stays out of the next file") {
    const base::MailboxId key = vault.new_mailbox(noon, noon + day);
    const base::MailboxId longer = vault.new_mailbox(noon, noon + 3 * day);
    const base::Secret secret = vault.mailboxes().at(key).secret;
    CHECK(contains(unsealed(sealed()), secret.view()));
    CHECK_FALSE(vault.advance(noon + hour));
    CHECK(vault.advance(noon + day));
    CHECK_FALSE(vault.mailboxes().contains(key));
    CHECK(vault.mailboxes().contains(longer));
    CHECK_FALSE(contains(unsealed(sealed()), secret.view()));
}

TEST_CASE_FIXTURE(
    Fixture, "the chain cannot be walked back: tomorrow's vault gives other keys than today's") {
    Vault today = vault;
    CHECK(vault.advance(noon + day));
    CHECK(vault.new_mailbox(noon, noon + day) != today.new_mailbox(noon, noon + day));
    // And a vault that slept gets to the same link as one that did not.
    Vault slept = today;
    slept.advance(noon + 9 * day);
    for (int i = 1; i <= 9; ++i) vault.advance(noon + i * day);
    CHECK(vault.new_mailbox(noon, noon + day) == slept.new_mailbox(noon, noon + day));
}

TEST_CASE_FIXTURE(Fixture, "extending only makes a mailbox live longer") {
    const base::MailboxId key = vault.new_mailbox(noon, noon + day);
    vault.extend_mailbox(key, noon + hour);
    CHECK(vault.mailboxes().at(key).destroy_after == noon + day);
    vault.extend_mailbox(key, noon + 2 * day);
    CHECK(vault.mailboxes().at(key).destroy_after == noon + 2 * day);
}

TEST_CASE_FIXTURE(Fixture, "keys derive as documented") {
    const Entropy entropy = *from_words(created.words);
    const base::Digest extracted = crypto::hkdf_extract({}, entropy.view());
    const auto root = *base::Secret::from(
        crypto::hkdf_expand(extracted.view(), base::as_bytes("hearsay personas v1"), 32));
    const std::string_view persona_2("persona\0\0\0\2", 11);
    CHECK(vault.persona_seed(2) == crypto::derive(root, base::as_bytes(persona_2)));
    auto link = *base::Secret::from(
        crypto::hkdf_expand(extracted.view(), base::as_bytes("hearsay mailboxes v1"), 32));
    for (int days = 0; days < 308; ++days)
        link = crypto::derive(link, base::as_bytes("next"));  // to 5 November
    const std::string_view mailbox_0("mailbox\0\0\0\0", 11);
    const base::Secret secret = crypto::derive(link, base::as_bytes(mailbox_0));
    CHECK(vault.new_mailbox(noon, noon + day) ==
          item::mailbox_id(crypto::XWingKey(secret).public_key()));
}

TEST_CASE_FIXTURE(
    Fixture, "the words bring back the same personas and all mailboxes whose mail may be alive") {
    std::vector<base::MailboxId> made;
    for (int days = 0; days < 30; days += 10) {
        vault.advance(noon + days * day);
        for (int i = 0; i < 3; ++i)
            made.push_back(
                vault.new_mailbox(noon + days * day, noon + days * day + mailbox_life_max));
    }
    base::Rng other = seeded(9);
    const auto recovered = Vault::recover(created.words, other, noon + 30 * day);
    REQUIRE(recovered);
    for (std::uint32_t index : {0U, 1U, 5U, 400000U})
        CHECK(recovered->persona_seed(index) == vault.persona_seed(index));
    for (const base::MailboxId& key : made) {
        REQUIRE(recovered->mailboxes().contains(key));
        CHECK(recovered->mailboxes().at(key).secret == vault.mailboxes().at(key).secret);
        CHECK(recovered->mailboxes().at(key).destroy_after >=
              vault.mailboxes().at(key).destroy_after);
    }
    CHECK(recovered->mailboxes().size() < base::limits::mailbox_keys_max);
}

TEST_CASE_FIXTURE(Fixture, "a recovered vault gives no key of the day a second time") {
    std::vector<base::MailboxId> before;
    for (std::uint32_t i = 0; i < recovered_first; ++i)
        before.push_back(vault.new_mailbox(noon, noon + day));
    base::Rng other = seeded(9);
    auto recovered = Vault::recover(created.words, other, noon);
    REQUIRE(recovered);
    for (int i = 0; i < 100; ++i) {
        const base::MailboxId fresh = recovered->new_mailbox(noon, noon + day);
        CHECK(std::find(before.begin(), before.end(), fresh) == before.end());
        before.push_back(fresh);
    }
}

TEST_CASE_FIXTURE(Fixture, "wrong words recover nothing") {
    CHECK(Vault::recover("abandon abandon", rng, noon).error().code == base::ErrorCode::invalid);
}

TEST_CASE_FIXTURE(Fixture, "a record opens only where it was put and with the same keys") {
    const base::Bytes sealed_record =
        vault.seal_record(base::as_bytes("here"), base::as_bytes("secret"), rng);
    CHECK(vault.open_record(base::as_bytes("here"), sealed_record) == base::to_bytes("secret"));
    CHECK(vault.open_record(base::as_bytes("there"), sealed_record).error().code ==
          base::ErrorCode::corrupt);
    CHECK(vault.open_record(base::as_bytes("here"), base::as_bytes("short")).error().code ==
          base::ErrorCode::corrupt);
    base::Rng other = seeded(2);
    CHECK_FALSE(
        Vault::create(other, noon).vault.open_record(base::as_bytes("here"), sealed_record));
}

TEST_CASE_FIXTURE(Fixture, "blinded keys differ by place and by vault") {
    base::Rng other = seeded(2);
    CHECK(vault.blind(base::as_bytes("a")) == vault.blind(base::as_bytes("a")));
    CHECK(vault.blind(base::as_bytes("a")) != vault.blind(base::as_bytes("b")));
    CHECK(vault.blind(base::as_bytes("a")) !=
          Vault::create(other, noon).vault.blind(base::as_bytes("a")));
}

TEST_CASE("a clock before 2026 or far in the future neither hangs nor fails") {
    base::Rng rng = seeded(1);
    Vault vault = Vault::create(rng, base::from_unix_seconds(0)).vault;
    CHECK_FALSE(vault.advance(base::from_unix_seconds(0)));
    CHECK(Vault::persona_floor(base::from_unix_seconds(0)) == 0);
    CHECK(vault.advance(base::from_unix_seconds(253402300799)));
    CHECK_FALSE(vault.advance(noon));
}

}  // namespace hearsay::market
