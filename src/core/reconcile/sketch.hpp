// core/reconcile/sketch.hpp - coded symbols of a set, and what two sets do not share.
// Yang, Gilad and Alizadeh, "Practical Rateless Set Reconciliation", SIGCOMM 2024,
// sections 4 and 5.
//
// Every element, a 64-bit short id, is part of symbol 0 and of symbol i with probability 2 / (2 +
// i), the same symbols on every machine. A symbol is the XOR of its elements, the XOR of their
// checks, and their number. Subtracting one set's symbols from another's leaves the symbols of the
// difference; one that holds a single element shows it, taking that element out of its other
// symbols shows more. About 1.35 to 1.7 symbols an element are enough, however large the sets are.
//
// Short ids are SipHash-2-4 of item ids under a key that the acceptor drew lately (keyed_set.hpp).
// Who knows it can grind ids that collide or share their symbols, and such elements do not decode;
// the others do, and docs/decisions/0016 says what that is worth.
// Positions are computed in IEEE 754 doubles, by additions, one division, one square root and one
// product that round alike everywhere; nothing in it may be contracted to a fused operation.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "base/ids.hpp"
#include "crypto/siphash.hpp"

namespace hearsay::core {

using ShortId = std::uint64_t;

inline ShortId short_id(const crypto::SipKey& key, const base::ItemId& id) {
    return crypto::siphash(key, id.view());
}

struct Symbol {
    std::uint64_t sum = 0;    // XOR of short ids
    std::uint32_t check = 0;  // XOR of check_of()
    std::int32_t count = 0;

    void put(ShortId id, std::uint32_t id_check, std::int32_t by) {
        sum ^= id;
        check ^= id_check;
        count += by;
    }
    bool operator==(const Symbol&) const = default;
};

// Not linear in the short id, so that an XOR of several rarely has the XOR of their checks.
std::uint32_t check_of(ShortId id);

// The symbols that an element is part of, in rising order, from 0.
class Positions {
public:
    explicit Positions(ShortId id) : state_(id | 1) {}
    std::uint64_t at() const { return at_; }
    void next();

private:
    std::uint64_t state_;
    std::uint64_t at_ = 0;
};

// Adds (by = 1) or takes away (by = -1) an element in symbols [first, first + symbols.size()).
void code(std::span<Symbol> symbols, std::uint64_t first, ShortId id, std::int32_t by);

struct Difference {
    std::vector<ShortId> plus;   // elements with count 1, sorted
    std::vector<ShortId> minus;  // with count -1, sorted
};
// What symbols [0, n) of a difference show, and whether that is all. Work is bounded by the number
// of symbols, whatever they claim.
struct Peeled {
    Difference found;
    bool complete = false;
};
Peeled peel(std::vector<Symbol> symbols);
// Nothing if they are too few.
std::optional<Difference> decode(std::vector<Symbol> symbols);

// About how many elements a difference has, from the spread of its symbols' counts;
// at least two symbols.
std::uint64_t estimated_elements(std::span<const Symbol> symbols);

}  // namespace hearsay::core
