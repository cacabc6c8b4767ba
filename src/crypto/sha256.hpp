// crypto/sha256.hpp - SHA-256 (FIPS 180-4), and the domain tags that keep our hashes apart.
//
// Every hash, signature and key derivation of ours begins with a tag that says what it is for,
// so that a value made for one purpose never passes for another. A tag is ASCII text followed
// by one zero byte; docs/protocol.md lists them all.
#pragma once

#include <initializer_list>
#include <string_view>

#include "base/ids.hpp"

namespace hearsay::crypto {

base::Digest sha256(base::ByteView data);
// The parts are hashed one after the other; lengths are the caller's business.
base::Digest sha256(std::initializer_list<base::ByteView> parts);
// SHA-256(tag || 0x00 || parts...).
base::Digest tagged_sha256(std::string_view tag, std::initializer_list<base::ByteView> parts);

}  // namespace hearsay::crypto
