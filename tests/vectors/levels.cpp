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

// The first nonce that shows exactly this level.
Entry searched(std::uint8_t seed, item::Level wanted, std::size_t size, base::Seconds lifetime) {
    const std::atomic<bool> never{false};
    const auto id = samples::filled<base::ItemId>(seed);
    const std::uint64_t trials = item::required_work(size, lifetime, wanted);
    std::uint64_t nonce = *crypto::find_work(id, trials, 0, never);
    while (item::level_of(item::Network::main, id, nonce, size, lifetime) != wanted)
        nonce = *crypto::find_work(id, trials, nonce + 1, never);
    return level("level " + std::to_string(wanted), seed, nonce, size, lifetime);
}

}  // namespace

File levels() {
    File out{
        "levels",
        "the level of work that a nonce shows (section 4, Levels); trials are those of this level",
        {}};
    constexpr std::size_t smallest = 169;
    constexpr base::Seconds shortest(600);
    out.entries.push_back(level("less than is asked: level 0", 1, 1, smallest, shortest));
    for (std::uint8_t wanted = 0; wanted < 8; ++wanted)
        out.entries.push_back(
            searched(static_cast<std::uint8_t>(wanted + 2), wanted, smallest, shortest));
    out.entries.push_back(searched(20, 3, 1200, base::Seconds(86400)));
    return out;
}

}  // namespace hearsay::vectors
