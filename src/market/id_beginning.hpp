// market/id_beginning.hpp - ids as people type them: hex, whole or a beginning of at least
// id_digits_min letters.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

#include "base/encoding.hpp"
#include "base/error.hpp"
#include "market/settings.hpp"

namespace hearsay::market {

// In lower case. `what` stands in the error, for instance "an offer id".
inline base::Result<std::string> id_beginning(std::string_view text, std::size_t id_bytes,
                                              std::string_view what) {
    std::string out;
    bool hex = true;
    for (char c : text) {
        out.push_back(c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c);
        hex &= (out.back() >= '0' && out.back() <= '9') || (out.back() >= 'a' && out.back() <= 'f');
    }
    if (hex && out.size() >= id_digits_min && out.size() <= 2 * id_bytes) return out;
    return base::fail(base::ErrorCode::invalid,
                      std::string(what) + " is " + std::to_string(2 * id_bytes) +
                          " hexadecimal digits; a unique beginning of " +
                          std::to_string(id_digits_min) + " or more is enough");
}

// The smallest id that begins with these digits.
template <class Id>
Id first_with(std::string letters) {
    letters.resize(2 * Id::size, '0');
    return Id::from(*base::from_hex(letters)).value_or(Id{});  // total: id_beginning() made them
}

inline base::Error ambiguous(std::string_view letters, std::size_t count, std::string_view what) {
    return {base::ErrorCode::invalid, std::to_string(count) + " " + std::string(what) +
                                          " begin with " + std::string(letters) +
                                          "; give more digits of the id"};
}

}  // namespace hearsay::market
