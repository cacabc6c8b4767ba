#include "item/text.hpp"

#include <cstdlib>
#include <memory>

#include <utf8proc.h>

namespace hearsay::item {

std::optional<std::string> to_nfc(std::string_view text) {
    utf8proc_uint8_t* raw = nullptr;
    const utf8proc_ssize_t size = utf8proc_map(
        reinterpret_cast<const utf8proc_uint8_t*>(text.data()), static_cast<utf8proc_ssize_t>(text.size()),
        &raw, static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE));
    const std::unique_ptr<utf8proc_uint8_t, decltype(&std::free)> owner(raw, &std::free);
    if (size < 0) return std::nullopt;
    return std::string(reinterpret_cast<const char*>(raw), static_cast<std::size_t>(size));
}

bool is_clean_text(std::string_view text, bool lines) {
    const auto* at = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
    auto left = static_cast<utf8proc_ssize_t>(text.size());
    bool ascii = true;
    while (left > 0) {
        if (*at < 0x80) {  // most text; of it only the controls matter, and no table is needed to know them
            const bool control = *at < 0x20 || *at == 0x7F;
            if (control && !(lines && (*at == '\n' || *at == '\t'))) return false;
            ++at;
            --left;
            continue;
        }
        ascii = false;
        utf8proc_int32_t point = 0;
        const utf8proc_ssize_t used = utf8proc_iterate(at, left, &point);
        if (used <= 0) return false;
        const utf8proc_category_t category = utf8proc_category(point);
        const bool separates = category == UTF8PROC_CATEGORY_ZL || category == UTF8PROC_CATEGORY_ZP;
        if (category == UTF8PROC_CATEGORY_CC || separates) return false;
        at += used;
        left -= used;
    }
    return ascii || to_nfc(text) == text;
}

}  // namespace hearsay::item
