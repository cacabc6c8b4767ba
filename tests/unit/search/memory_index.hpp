// tests/unit/search/memory_index.hpp - the port of search/index.hpp: each call of add() makes one
// segment, every other one a map, the others of items that wait.
#pragma once

#include <map>
#include <set>

#include "search/index.hpp"
#include "search/pending.hpp"

namespace hearsay::search::testing {

class MemoryIndex final : public Index {
public:
    // Positions follow each other from 1.
    void add(const std::vector<Fields>& items, std::string_view kind = "offer") {
        Pending pending;
        for (const Fields& fields : items) {
            all_[++last_] = fields;
            all_[last_].facets.push_back({Facet::kind, std::string(kind)});
            pending.add(last_, maker_.of(all_[last_]));
        }
        const Segment segment{numbers_++, pending.first(), pending.last()};
        segments_.insert(segments_.begin(), segment);
        pending.each([](Position) { return true; },
                     [&](std::string_view term, std::span<const Position> positions) {
                         base::Bytes list;
                         Position at = segment.last;
                         for (const Position position : positions) {
                             put_number(list, at - position);
                             at = position;
                         }
                         lists_[segment.number][std::string(term)] = list;
                     });
        if (segment.number % 2 == 0) waiting_[segment.number] = std::move(pending);
    }
    // One that is not searched.
    void add_other() { all_[++last_] = {}; }
    void remove(Position position) { all_.erase(position); }

    std::vector<Segment> segments() const override { return segments_; }
    void each_term(
        const Segment& segment, std::string_view from,
        const std::function<bool(std::string_view, base::ByteView)>& visit) const override {
        const auto waiting = waiting_.find(segment.number);
        if (waiting != waiting_.end()) return waiting->second.each_term(from, visit);
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
    std::map<std::uint64_t, Pending> waiting_;
    TermMaker maker_;
    Position last_ = 0;
    std::uint64_t numbers_ = 1;
};

}  // namespace hearsay::search::testing
