// What publishing costs, before it is done.
#include <algorithm>
#include <array>

#include "api.pb.h"
#include "app/node/backend.hpp"
#include "app/node/views.hpp"
#include "base/limits/items.hpp"
#include "market/work.hpp"

namespace hearsay::app {
namespace {

namespace limits = base::limits;

struct Publishable {
    std::string_view name;
    item::Kind kind;
};
constexpr std::array<Publishable, 6> publishable{{{"offer", item::kind_offer},
                                                  {"profile", 6},
                                                  {"post", 7},
                                                  {"picture", 8},
                                                  {"rating", 5},
                                                  {"mail", item::kind_mail}}};

// Header, signature and nonce, and the tags of the content.
constexpr std::uint64_t beside_content = 350;
constexpr std::uint64_t usual_bytes = 850;
constexpr std::uint64_t usual_lifetime_s = 7 * 86400;
constexpr std::uint64_t day_s = 86400;

base::Result<std::uint64_t> read_number(const char* name, const std::string& text,
                                        std::uint64_t usual, std::uint64_t least,
                                        std::uint64_t most) {
    if (text.empty()) return usual;
    std::uint64_t number = 0;
    const bool digits = text.size() <= 9 && text.find_first_not_of("0123456789") == text.npos;
    for (const char c : digits ? text : std::string())
        number = number * 10 + static_cast<std::uint64_t>(c - '0');
    if (!digits || number < least || number > most)
        return base::fail(base::ErrorCode::invalid,
                          std::string(name) + ": expected a number from " + std::to_string(least) +
                              " to " + std::to_string(most));
    return number;
}

// Mail has few sizes: what it holds is padded.
std::uint64_t size_of(item::Kind kind, std::uint64_t content) {
    std::uint64_t size = content;
    if (kind == item::kind_mail)
        for (size = 1040; size < content + 200 && size < 32'784;) size = (size - 16) * 2 + 16;
    return size + beside_content;
}

}  // namespace

void Backend::estimate_work(const api::WorkQuery& query, api::Reply<api::WorkEstimate> reply) {
    const std::string name = query.kind.empty() ? "offer" : query.kind;
    const auto* found = std::ranges::find(publishable, name, &Publishable::name);
    if (found == publishable.end())
        return reply(base::fail(base::ErrorCode::invalid,
                                "kind: expected offer, profile, post, picture, rating or mail"));
    const auto bytes = read_number("bytes", query.bytes, usual_bytes, 0, limits::payload_bytes_max);
    if (!bytes) return reply(std::unexpected(bytes.error()));
    const auto lifetime = read_number("lifetime_seconds", query.lifetime_seconds, usual_lifetime_s,
                                      1, static_cast<std::uint64_t>(limits::lifetime_max.count()));
    if (!lifetime) return reply(std::unexpected(lifetime.error()));
    const auto of = static_cast<std::size_t>(item::store_class(found->kind));
    const item::Level price = shell_.node().price()[of];
    const item::Level level = market::level_at(price);
    const std::uint64_t size = size_of(found->kind, *bytes);
    shell_.measure_rate([=, reply = std::move(reply)](double rate) {
        const auto seconds = [&](std::uint64_t lives_s, item::Level shows) {
            const base::Seconds lives(static_cast<base::Seconds::rep>(lives_s));
            return static_cast<double>(item::required_work(size, lives, shows)) / rate;
        };
        api::WorkEstimate out;
        out.set_kind(name);
        out.set_size(static_cast<std::uint32_t>(size));
        out.set_lifetime_seconds(static_cast<std::uint32_t>(*lifetime));
        out.set_price(times_of(price));
        out.set_seconds(seconds(*lifetime, level));
        out.set_day_seconds(seconds(day_s, level));
        out.set_usual_seconds(seconds(*lifetime, 0));
        out.set_hashes_per_second(rate);
        out.set_too_dear(price > level);
        reply(out);
    });
}

}  // namespace hearsay::app
