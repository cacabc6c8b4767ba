#include "core/reconcile/sketch.hpp"

#include <algorithm>
#include <cmath>

namespace hearsay::core {
namespace {

// splitmix64's finalizer (Steele, Lea and Flood 2014).
std::uint64_t mix(std::uint64_t value) {
    value = (value ^ value >> 30) * 0xbf58476d1ce4e5b9;
    value = (value ^ value >> 27) * 0x94d049bb133111eb;
    return value ^ value >> 31;
}

// Counts of a lying peer are no reason to overflow.
constexpr double apart_max = 1 << 24;

bool is_single(const Symbol& symbol, std::uint64_t index) {
    if ((symbol.count != 1 && symbol.count != -1) || symbol.check != check_of(symbol.sum))
        return false;
    Positions at(symbol.sum);
    while (at.at() < index) at.next();
    return at.at() == index;
}

}  // namespace

std::uint32_t check_of(ShortId id) {
    return static_cast<std::uint32_t>(mix(id + 0x9e3779b97f4a7c15) >> 32);
}

// The paper's equation for the gap to the next symbol, (1.5 + i)((1 - u)^(-1/2) - 1), with 1 - u =
// r / 2^52. Rounded down and one more, where the paper rounds up: the same but for whole numbers,
// and never nothing.
void Positions::next() {
    state_ *= 0xda942042e4dd58b5;
    const auto r = static_cast<double>(static_cast<std::int64_t>(state_ >> 12) + 1);
    const double gap =
        (static_cast<double>(static_cast<std::int64_t>(at_)) + 1.5) * (0x1p26 / std::sqrt(r) - 1.0);
    at_ += static_cast<std::uint64_t>(static_cast<std::int64_t>(gap)) + 1;
}

void code(std::span<Symbol> symbols, std::uint64_t first, ShortId id, std::int32_t by) {
    const std::uint64_t end = first + symbols.size();
    const std::uint32_t check = check_of(id);
    Positions at(id);
    while (at.at() < first) at.next();
    for (; at.at() < end; at.next()) symbols[at.at() - first].put(id, check, by);
}

Peeled peel(std::vector<Symbol> symbols) {
    Difference out;
    std::vector<std::size_t> singles;
    for (std::size_t at = 0; at < symbols.size(); ++at)
        if (is_single(symbols[at], at)) singles.push_back(at);
    // Each honest element needs a symbol of its own; a liar's could go round in circles.
    for (std::size_t taken = 0; !singles.empty() && taken < symbols.size();) {
        const std::size_t found = singles.back();
        singles.pop_back();
        const Symbol single = symbols[found];
        if (!is_single(single, found)) continue;  // taken out by way of another symbol
        ++taken;
        (single.count > 0 ? out.plus : out.minus).push_back(single.sum);
        for (Positions at(single.sum); at.at() < symbols.size(); at.next()) {
            Symbol& symbol = symbols[at.at()];
            symbol.put(single.sum, single.check, -single.count);
            if (is_single(symbol, at.at())) singles.push_back(at.at());
        }
    }
    std::sort(out.plus.begin(), out.plus.end());
    std::sort(out.minus.begin(), out.minus.end());
    const bool complete = std::all_of(symbols.begin(), symbols.end(),
                                      [](const Symbol& symbol) { return symbol == Symbol{}; });
    return {std::move(out), complete};
}

std::optional<Difference> decode(std::vector<Symbol> symbols) {
    Peeled peeled = peel(std::move(symbols));
    if (!peeled.complete) return std::nullopt;
    return std::move(peeled.found);
}

// A symbol i >= 1 counts each element with probability p = 2 / (2 + i): its mean is p times the
// count of symbol 0, which holds all, and its variance p (1 - p) times the number of elements,
// whatever their signs.
std::uint64_t estimated_elements(std::span<const Symbol> symbols) {
    if (symbols.size() < 2) return 0;
    double total = 0;
    const double all = symbols[0].count;
    for (std::size_t at = 1; at < symbols.size(); ++at) {
        const auto i = static_cast<double>(at);
        const double apart =
            std::clamp(symbols[at].count - all * 2 / (i + 2), -apart_max, apart_max);
        total += apart * apart * (i + 2) * (i + 2) / (2 * i);
    }
    return static_cast<std::uint64_t>(total / static_cast<double>(symbols.size() - 1));
}

}  // namespace hearsay::core
