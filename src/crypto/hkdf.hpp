// crypto/hkdf.hpp - HKDF-SHA256 (RFC 5869).
#pragma once

#include <cstddef>

#include "base/ids.hpp"

namespace hearsay::crypto {

base::Digest hkdf_extract(base::ByteView salt, base::ByteView key_material);
// length <= 255 * 32.
base::Bytes hkdf_expand(base::ByteView pseudorandom_key, base::ByteView info, std::size_t length);
// extract with an empty salt, then expand to 32 bytes with `info`:
// how every key of ours is derived.
base::Secret derive(const base::Secret& root, base::ByteView info);

}  // namespace hearsay::crypto
