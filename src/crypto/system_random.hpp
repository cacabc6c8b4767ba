// crypto/system_random.hpp - the operating system's randomness, for seeding a base::Rng once.
// The only source of non-determinism left of the outer rooms; only the app room calls it.
#pragma once

#include "base/ids.hpp"

namespace hearsay::crypto {

base::Secret system_random_secret();

}  // namespace hearsay::crypto
