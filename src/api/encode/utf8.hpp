// api/encode/utf8.hpp - whether bytes are UTF-8 (RFC 3629): no overlong forms, no surrogates,
// nothing beyond U+10FFFF, nothing cut short. What code points mean is not asked here:
// item/text.hpp.
#pragma once

#include <string_view>

namespace hearsay::api {

bool is_utf8(std::string_view text);

}  // namespace hearsay::api
