#include "api/encode/utf8.hpp"

#include <utf8proc.h>

namespace hearsay::api {

bool is_utf8(std::string_view text) {
    while (!text.empty()) {
        utf8proc_int32_t code = -1;
        const utf8proc_ssize_t size =
            utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                             static_cast<utf8proc_ssize_t>(text.size()), &code);
        if (size <= 0) return false;
        text.remove_prefix(static_cast<std::size_t>(size));  // total: at most as much as there was
    }
    return true;
}

}  // namespace hearsay::api
