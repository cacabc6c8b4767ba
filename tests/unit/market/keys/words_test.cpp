#include "market/keys/words.hpp"

#include <doctest/doctest.h>

#include "base/encoding.hpp"
#include "crypto/sha256.hpp"

namespace hearsay::market {
namespace {

Entropy entropy_of(std::string_view hex) {
    return *Entropy::from(*base::from_hex(hex));
}

constexpr std::string_view legal =
    "legal winner thank year wave sausage worth useful legal winner thank yellow";

}  // namespace

TEST_CASE("the word list is BIP-39's English one") {
    std::string file;
    for (std::string_view word : word_list()) file += std::string(word) + "\n";
    CHECK(base::to_hex(crypto::sha256(base::as_bytes(file))) ==
          "2f5eed53a4727b4bf8880d8f3f199efc90e58503646d9ff8eff3a2ed3b24dbda");
}

// From the vectors that BIP-39 refers to (trezor/python-mnemonic, vectors.json).
TEST_CASE("entropy becomes the words of the published vectors, and returns") {
    const std::vector<std::pair<std::string_view, std::string_view>> vectors{
        {"00000000000000000000000000000000",
         "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon "
         "about"},
        {"7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f", legal},
        {"80808080808080808080808080808080",
         "letter advice cage absurd amount doctor acoustic avoid letter advice cage above"},
        {"ffffffffffffffffffffffffffffffff", "zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo wrong"},
        {"9e885d952ad362caeb4efe34a8e91bd2",
         "ozone drill grab fiber curtain grace pudding thank cruise elder eight picnic"},
    };
    for (const auto& [hex, words] : vectors) {
        CHECK(to_words(entropy_of(hex)) == words);
        const auto read = from_words(words);
        REQUIRE(read);
        CHECK(base::to_hex(*read) == hex);
    }
}

TEST_CASE("words are read in any case, with any white space, and from their first four letters") {
    const auto read =
        from_words("  LEGAL Winner\tthan year\r\nwave saus wort usef lega winn thank yell \n");
    REQUIRE(read);
    CHECK(to_words(*read) == legal);
}

TEST_CASE("three letters are enough only for a word of three letters") {
    CHECK(from_words("zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo wron"));
    const auto read = from_words("zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo wro");
    REQUIRE_FALSE(read);
    CHECK(read.error().text.find("word 12 ") != std::string::npos);
}

TEST_CASE("a wrong number of words is told") {
    const auto read = from_words("legal winner thank");
    REQUIRE_FALSE(read);
    CHECK(read.error() ==
          base::Error{base::ErrorCode::invalid, "a recovery seed is 12 words; 3 were given"});
    CHECK_FALSE(from_words(""));
}

TEST_CASE("an unknown word is named by its place and not repeated") {
    const auto read =
        from_words("legal winner thank year wave sausage worth useful legal winnner thank yellow");
    REQUIRE_FALSE(read);
    CHECK(read.error().code == base::ErrorCode::invalid);
    CHECK(read.error().text.find("word 10 ") != std::string::npos);
    CHECK(read.error().text.find("winnner") == std::string::npos);
}

TEST_CASE("words in another order fail the checksum") {
    const auto read =
        from_words("winner legal thank year wave sausage worth useful legal winner thank yellow");
    REQUIRE_FALSE(read);
    CHECK(read.error().text.find("do not belong together") != std::string::npos);
}

}  // namespace hearsay::market
