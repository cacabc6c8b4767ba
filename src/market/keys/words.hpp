// market/keys/words.hpp - the recovery seed as twelve words for paper. BIP-39, English list: 16
// bytes and 4 bits of their SHA-256 are twelve groups of 11 bits, each a word.
//
// Only the list and the checksum are BIP-39's: no passphrase, no PBKDF2, the 16 bytes are used as
// they are (market/keys/vault.hpp). They are 128 bits of randomness, so stretching would add
// nothing. Reading is tolerant of how people write: any case, any white space, beginnings of four
// letters or more (the list is made so that four are enough). Errors name the place of a word,
// never the word: it may be a secret.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "base/error.hpp"

namespace hearsay::market {

struct EntropyTag;
using Entropy = base::FixedBytes<16, EntropyTag>;

constexpr std::size_t recovery_words = 12;

std::span<const std::string_view> word_list();  // 2,048 words, sorted
std::string to_words(const Entropy& entropy);   // lower case, one space between
// invalid: how many words were expected, which one is not in the list, or a wrong checksum.
base::Result<Entropy> from_words(std::string_view text);

}  // namespace hearsay::market
