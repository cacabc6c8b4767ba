#include "search/cursor.hpp"

#include <charconv>

namespace hearsay::search {
namespace {

// Digits only, as written by std::to_string.
template <class Number>
bool take(std::string_view& text, Number& out) {
    if (!text.starts_with('-')) return false;
    text.remove_prefix(1);
    if (text.empty() || text.front() < '0' || text.front() > '9') return false;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    if (error != std::errc()) return false;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return true;
}

}  // namespace

std::string write_cursor(const Cursor& cursor) {
    const auto number = [](std::uint64_t each) { return "-" + std::to_string(each); };
    if (!cursor.is_sorted) return "n" + number(cursor.life) + number(cursor.position);
    const std::string score = std::to_string(cursor.score);
    return "s" + number(cursor.life) + number(cursor.top) +
           (cursor.score < 0 ? "-m" + score : "-p-" + score) + number(cursor.position);
}

std::optional<Cursor> read_cursor(std::string_view text) {
    Cursor out;
    if (text.empty()) return std::nullopt;
    const char form = text.front();
    text.remove_prefix(1);
    if ((form != 'n' && form != 's') || !take(text, out.life)) return std::nullopt;
    out.is_sorted = form == 's';
    if (out.is_sorted) {
        if (!take(text, out.top)) return std::nullopt;
        const bool negative = text.starts_with("-m");
        if (!negative && !text.starts_with("-p")) return std::nullopt;
        text.remove_prefix(2);
        if (!take(text, out.score)) return std::nullopt;
        if (negative) out.score = -out.score;
    }
    if (!take(text, out.position) || !text.empty()) return std::nullopt;
    return out;
}

}  // namespace hearsay::search
