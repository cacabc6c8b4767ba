// tor/onion_key.hpp - writes the onion key in the form in which Tor reads it.
//
// The key is ours: a 32-byte Ed25519 seed from which the crypto room derives the rest, so that the
// same key signs for our TLS links. Tor wants the *expanded* key (RFC 8032 section 5.1.5, steps 1
// and 2: SHA-512 of the seed, with the first half clamped) in three files of the HiddenServiceDir:
//     hs_ed25519_secret_key   "== ed25519v1-secret: type0 ==" padded with zeros to 32,
//                             then 64 bytes
//     hs_ed25519_public_key   "== ed25519v1-public: type0 ==" padded with zeros to 32,
//                             then 32 bytes
//     hostname                the address and a line end
// Each file is written aside with mode 0600 and renamed into place: Tor never reads half a key.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "base/bytes.hpp"
#include "base/error.hpp"

namespace hearsay::tor {

struct OnionKey {
    std::array<std::uint8_t, 64> expanded{};
    std::array<std::uint8_t, 32> public_key{};
    std::string address;  // 56 letters and ".onion"
};

base::Bytes secret_key_file(const OnionKey& key);
base::Bytes public_key_file(const OnionKey& key);
base::Bytes hostname_file(const OnionKey& key);

// Creates `directory` (0700) if it is missing; its parent must exist. Replaces another key's files.
// Errors: io. The text names file and reason, never a byte of the key.
base::Result<void> write_onion_files(const std::string& directory, const OnionKey& key);

// Writes `bytes` to `path` by way of `path`.new, mode 0600, flushed to the disk before the rename.
base::Result<void> write_private_file(const std::string& path, base::ByteView bytes);

// Makes `path` a directory of mode 0700 that belongs to us.
base::Result<void> make_private_directory(const std::string& path);

}  // namespace hearsay::tor
