// search/index.hpp - the port through which searching reads the index. The store room implements
// it over an open transaction, tests over a map.
//
// The index is a row of *segments*. Each covers a range of positions that no other touches, and has
// for each term the positions in its range. A position whose item is gone may still stand there:
// is_alive() decides, by the table of what is held, so that nothing gone is ever found.
#pragma once

#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "search/fields.hpp"
#include "search/postings.hpp"

namespace hearsay::search {

struct Segment {
    std::uint64_t number = 0;
    Position first = 0;
    Position last = 0;
};

class Index {
public:
    virtual ~Index() = default;
    virtual std::vector<Segment> segments() const = 0;  // newest first
    // Terms of a segment in order of their bytes, from the first not below `from`, each with its
    // list, or with the pieces of it, newest first; stop by returning false.
    virtual void each_term(
        const Segment& segment, std::string_view from,
        const std::function<bool(std::string_view term, base::ByteView list)>& visit) const = 0;
    virtual bool is_alive(Position position) const = 0;
    // Of an alive item; nothing if it is gone or cannot be read.
    virtual std::optional<Fields> fields(Position position) const = 0;
    // Positions of another life mean nothing.
    virtual std::uint64_t life() const = 0;
};

}  // namespace hearsay::search
