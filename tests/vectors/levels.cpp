// levels.json: how much work a nonce shows, for items of any size and lifetime.
#include <atomic>

#include "base/ids.hpp"
#include "crypto/work.hpp"
#include "item/standing.hpp"
#include "unit/item/samples.hpp"
#include "vectors.hpp"

namespace hearsay::vectors {
namespace {

Entry level(const std::string& about, std::uint8_t seed, std::uint64_t nonce, std::size_t size,
            base::Seconds lifetime) {
    const auto id = samples::filled<base::ItemId>(seed);
    const item::Level shown = item::level_of(item::Network::main, id, nonce, size, lifetime);
    Entry out(about);
    out.hex("id", id.view())
        .hex("nonce", base::big_endian(nonce))
        .number("size", static_cast<std::int64_t>(size))
        .number("lifetime", lifetime.count())
        .number("level", shown)
        .number("trials", static_cast<std::int64_t>(item::required_work(size, lifetime, shown)));
    return out;
}

// Searched with fewer trials than an item needs, for an item of no size: shows whatever it shows.
Entry searched(const std::string& about, std::uint8_t seed, item::Level at_least) {
    constexpr std::size_t smallest = 169;
    constexpr base::Seconds shortest(600);
    const std::atomic<bool> never{false};
    const auto id = samples::filled<base::ItemId>(seed);
    const auto nonce =
        crypto::find_work(id, item::required_work(smallest, shortest, at_least), 0, never);
    return level(about, seed, nonce.value_or(0), smallest, shortest);
}

}  // namespace

File levels() {
    File out{"levels", "the level of work that a nonce shows (section 4, Levels)", {}};
    out.entries.push_back(level("less than is asked: level 0", 1, 1, 169, base::Seconds(600)));
    for (const item::Level at_least : std::initializer_list<item::Level>{0, 1, 2, 3, 4, 7})
        out.entries.push_back(searched("searched for level " + std::to_string(at_least),
                                       static_cast<std::uint8_t>(at_least + 2), at_least));
    return out;
}

}  // namespace hearsay::vectors
