#include "app/node/passphrase.hpp"

#include <doctest/doctest.h>

#include "base/rng.hpp"

namespace hearsay::app {
namespace {

constexpr crypto::ScryptCost cheap{2, 1, 1};

struct Fixture {
    base::Rng rng{base::Secret{}};

    base::Bytes file(const std::string& passphrase) {
        market::Vault::Created made =
            market::Vault::create(rng, base::from_unix_seconds(1'800'000'000));
        REQUIRE(made.vault.protect(base::as_bytes(passphrase), cheap, rng));
        return made.vault.seal(rng);
    }
};

TEST_CASE("a passphrase is what a person would type, whatever an editor made of its file") {
    CHECK(normal_passphrase("correct horse\r") == "correct horse");
    CHECK(normal_passphrase("\xEF\xBB\xBF"
                            "correct horse") == "correct horse");
    CHECK(normal_passphrase("Ku\u0308he") == "K\u00fche");
    CHECK(normal_passphrase("a\rb") == "a\rb");
    CHECK(normal_passphrase("\r\r") == "\r");            // one line end, no more
    CHECK(normal_passphrase("\xff\xfe") == "\xff\xfe");  // no text: as it is
    CHECK(normal_passphrase("").empty());
}

TEST_CASE_FIXTURE(Fixture, "one that was typed opens what a file made, and the other way round") {
    const base::Bytes made = file(normal_passphrase("Ku\u0308he\r"));
    for (const char* line : {"K\u00fche", "Ku\u0308he", "Ku\u0308he\r", "K\u00fche\r"})
        CHECK(open_vault_with(made, line));
    const auto wrong = open_vault_with(made, "Kuhe");
    REQUIRE_FALSE(wrong);
    CHECK(wrong.error().code == base::ErrorCode::denied);
}

TEST_CASE_FIXTURE(Fixture, "what an earlier version sealed with the line as it came still opens") {
    for (const char* line : {"correct horse\r", "Ku\u0308he",
                             "\xEF\xBB\xBF"
                             "x"})
        CHECK(open_vault_with(file(line), line));
}

}  // namespace
}  // namespace hearsay::app
