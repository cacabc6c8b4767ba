#include "market/keys/words.hpp"

#include <optional>

#include "crypto/sha256.hpp"

namespace hearsay::market {
namespace {

constexpr std::array<std::string_view, 2048> words{
#include "market/keys/bip39_english.inc"
};
constexpr std::size_t word_bits = 11;
constexpr std::size_t entropy_bits = 128;
constexpr std::size_t checksum_bits = 4;
constexpr std::size_t unique_letters = 4;

// 16 bytes of entropy and one whose upper half is the checksum.
std::array<std::uint8_t, 17> with_checksum(const Entropy& entropy) {
    std::array<std::uint8_t, 17> out{};
    std::copy(entropy.data.begin(), entropy.data.end(), out.begin());
    out[16] = crypto::sha256(entropy.view()).data[0] & 0xf0;
    return out;
}

std::optional<std::size_t> find_word(std::string_view typed) {
    const auto at = std::lower_bound(words.begin(), words.end(), typed);
    if (at == words.end()) return std::nullopt;
    const bool beginning = typed.size() >= unique_letters && at->starts_with(typed);
    if (*at != typed && !beginning) return std::nullopt;
    return static_cast<std::size_t>(at - words.begin());
}

std::vector<std::string> split(std::string_view text) {
    std::vector<std::string> out;
    bool inside = false;
    for (char c : text) {
        const bool space = c == ' ' || c == '\t' || c == '\n' || c == '\r';
        if (!space && !inside) out.emplace_back();
        if (!space)
            out.back().push_back(c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c);
        inside = !space;
    }
    return out;
}

}  // namespace

std::span<const std::string_view> word_list() {
    return words;
}

std::string to_words(const Entropy& entropy) {
    const auto bits = with_checksum(entropy);
    std::string out;
    for (std::size_t word = 0; word < recovery_words; ++word) {
        std::size_t index = 0;
        for (std::size_t bit = word * word_bits; bit < (word + 1) * word_bits; ++bit)
            // total: with_checksum() gives recovery_words * word_bits bits
            index = index << 1 | (bits[bit / 8] >> (7 - bit % 8) & 1U);
        if (word > 0) out.push_back(' ');
        out.append(words[index]);  // total: word_bits bits are below the number of words
    }
    return out;
}

base::Result<Entropy> from_words(std::string_view text) {
    const std::vector<std::string> typed = split(text);
    if (typed.size() != recovery_words)
        return base::fail(base::ErrorCode::invalid,
                          "a recovery seed is " + std::to_string(recovery_words) + " words; " +
                              std::to_string(typed.size()) + " were given");
    std::array<std::uint8_t, 17> bits{};
    for (std::size_t word = 0; word < recovery_words; ++word) {
        const auto index = find_word(typed[word]);
        if (!index)
            return base::fail(base::ErrorCode::invalid,
                              "word " + std::to_string(word + 1) +
                                  " is not in the list of recovery words; at least its first "
                                  "four letters are needed");
        for (std::size_t i = 0; i < word_bits; ++i) {
            const std::size_t bit = word * word_bits + i;
            const auto value = static_cast<unsigned>(*index >> (word_bits - 1 - i) & 1U);
            // total: an array of recovery_words * word_bits bits
            bits[bit / 8] = static_cast<std::uint8_t>(bits[bit / 8] | value << (7 - bit % 8));
        }
    }
    static_assert(recovery_words * word_bits == entropy_bits + checksum_bits);
    // total: of this size
    const Entropy entropy = *Entropy::from(base::ByteView(bits).first<Entropy::size>());
    if (with_checksum(entropy) != bits)
        return base::fail(
            base::ErrorCode::invalid,
            "these words do not belong together: one is wrong, or they are in another order");
    return entropy;
}

}  // namespace hearsay::market
