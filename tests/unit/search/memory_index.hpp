// tests/unit/search/memory_index.hpp - the port of search/index.hpp over a map: one segment for
// each call of add().
#pragma once

#include <map>
#include <set>

#include "search/batch.hpp"
#include "search/index.hpp"

namespace hearsay::search::testing {

class MemoryIndex final : public Index {
public:
    // Positions follow each other from 1.
    void add(const std::vector<Fields>& items, std::string_view kind = "offer") {
        Batch batch{crypto::SipKey{}};
        for (const Fields& fields : items) {
            all_[++last_] = fields;
            all_[last_].facets.push_back({Facet::kind, std::string(kind)});
            batch.add(last_, all_[last_]);
        }
        const Segment segment{numbers_++, batch.first(), batch.last()};
        segments_.insert(segments_.begin(), segment);
        batch.each([&](std::string_view term, std::span<const Position> positions) {
            base::Bytes list;
            Position at = segment.last;
            for (const Position position : positions) {
                put_number(list, at - position);
                at = position;
            }
            lists_[segment.number][std::string(term)] = list;
        });
    }
    void remove(Position position) { all_.erase(position); }

    std::vector<Segment> segments() const override { return segments_; }
    void each_term(
        const Segment& segment, std::string_view from,
        const std::function<bool(std::string_view, base::ByteView)>& visit) const override {
        const auto& lists = lists_.at(segment.number);
        for (auto at = lists.lower_bound(std::string(from)); at != lists.end(); ++at)
            if (!visit(at->first, at->second)) return;
    }
    bool is_alive(Position position) const override { return all_.contains(position); }
    std::optional<Fields> fields(Position position) const override {
        const auto found = all_.find(position);
        return found == all_.end() ? std::nullopt : std::optional(found->second);
    }
    std::uint64_t life() const override { return 5; }

private:
    std::map<Position, Fields> all_;
    std::vector<Segment> segments_;
    std::map<std::uint64_t, std::map<std::string, base::Bytes>> lists_;
    Position last_ = 0;
    std::uint64_t numbers_ = 1;
};

}  // namespace hearsay::search::testing
