#include "crypto/system_random.hpp"

#include <set>

#include <doctest/doctest.h>

using namespace hearsay;

TEST_CASE("the system's secrets are never the same and never empty") {
    std::set<base::Secret> seen;
    for (int i = 0; i < 100; ++i) {
        const base::Secret secret = crypto::system_random_secret();
        CHECK_FALSE(secret.is_zero());
        seen.insert(secret);
    }
    CHECK(seen.size() == 100);
}
