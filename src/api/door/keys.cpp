#include "api/door/keys.hpp"

#include <algorithm>
#include <utility>

#include "base/encoding.hpp"
#include "base/limits/page.hpp"

namespace hearsay::api {

namespace limits = base::limits;

namespace {

// Looks at every byte, whatever the first ones say.
bool same(const base::Secret& a, const base::Secret& b) {
    volatile std::uint8_t differs = 0;
    for (std::size_t at = 0; at < a.data.size(); ++at)
        // total: two secrets have the same size
        differs = static_cast<std::uint8_t>(differs | (a.data[at] ^ b.data[at]));
    return differs == 0;
}

std::optional<base::Secret> read_secret(std::string_view text) {
    base::Secret out;
    if (text.size() != 2 * out.data.size()) return std::nullopt;
    const std::optional<base::Bytes> bytes = base::from_hex(text);
    if (!bytes || bytes->size() != out.data.size()) return std::nullopt;
    std::copy(bytes->begin(), bytes->end(), out.data.begin());
    return out;
}

}  // namespace

bool is_secret(std::string_view text, const base::Secret& secret) {
    const std::optional<base::Secret> shown = read_secret(text);
    return shown && same(*shown, secret);
}

std::string DoorKeys::new_code(base::MonoTime now) {
    sweep(now);
    if (codes_.size() >= limits::page_codes_max) codes_.pop_front();
    const base::Secret secret = rng_.secret();
    codes_.push_back({secret, now + limits::page_code_life});
    return base::to_hex(secret);
}

std::optional<std::string> DoorKeys::enter(std::string_view code, base::MonoTime now) {
    sweep(now);
    const std::optional<base::Secret> shown = read_secret(code);
    if (!shown) return std::nullopt;
    auto found = codes_.end();
    for (auto each = codes_.begin(); each != codes_.end(); ++each)
        if (same(each->secret, *shown)) found = each;
    if (found == codes_.end()) return std::nullopt;
    codes_.erase(found);
    if (tokens_.size() >= limits::page_tokens_max)
        leave(std::min_element(tokens_.begin(), tokens_.end(), [](const auto& a, const auto& b) {
                  return a.used < b.used;
              })->holder);
    tokens_.push_back({++last_, rng_.secret(), now});
    return base::to_hex(tokens_.back().secret);
}

Holder DoorKeys::holder(std::string_view token, base::MonoTime now) const {
    const std::optional<base::Secret> shown = read_secret(token);
    if (!shown) return nobody;
    Holder found = nobody;
    for (const Token& each : tokens_)
        if (same(each.secret, *shown) && now < each.used + limits::page_token_idle)
            found = each.holder;
    return found;
}

void DoorKeys::on_used(Holder holder, base::MonoTime now) {
    for (Token& each : tokens_)
        if (each.holder == holder) each.used = std::max(each.used, now);
}

void DoorKeys::leave(Holder holder) {
    if (std::erase_if(tokens_, [&](const Token& each) { return each.holder == holder; }) != 0)
        ended_(holder);
}

void DoorKeys::sweep(base::MonoTime now) {
    std::erase_if(codes_, [&](const Code& each) { return now >= each.ends; });
    std::deque<Token> old;
    std::erase_if(tokens_, [&](const Token& each) {
        if (now < each.used + limits::page_token_idle) return false;
        old.push_back(each);
        return true;
    });
    for (const Token& each : old) ended_(each.holder);
}

void DoorKeys::clear() {
    codes_.clear();
    for (const Token& each : std::exchange(tokens_, {})) ended_(each.holder);
}

bool DoorKeys::on_mistake(base::MonoTime now) {
    return mistakes_.take(limits::page_mistakes, 1, now);
}

}  // namespace hearsay::api
