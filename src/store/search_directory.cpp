#include "store/search_directory.hpp"

#include <algorithm>
#include <bit>

#include "base/limits/search.hpp"

namespace hearsay::store {
namespace {

namespace limits = base::limits;
using search::put_number;
using search::take_number;

// Fewer gone among others that are held are not worth a rewrite.
constexpr std::uint64_t dead_items_min = 64;
constexpr std::uint64_t lists_max = 1U << 16;

void put(base::Bytes& out, const SearchSegment& segment) {
    for (const std::uint64_t each :
         {segment.number, segment.first, segment.last, segment.items, segment.dead, segment.bytes})
        put_number(out, each);
}

class Reader {
public:
    explicit Reader(base::ByteView row) : rest_(row) {}
    std::uint64_t number() {
        const auto out = take_number(rest_);
        good_ = good_ && out;
        return out.value_or(0);
    }
    SearchSegment segment() {
        SearchSegment out;
        for (std::uint64_t* const each :
             {&out.number, &out.first, &out.last, &out.items, &out.dead, &out.bytes})
            *each = number();
        good_ = good_ && out.first <= out.last;
        return out;
    }
    std::string text() {
        const std::uint64_t size = number();
        good_ = good_ && size <= rest_.size();
        if (!good_) return {};
        std::string out = base::to_text(rest_.first(static_cast<std::size_t>(size)));
        rest_ = rest_.subspan(out.size());
        return out;
    }
    std::uint64_t count() {
        const std::uint64_t out = number();
        good_ = good_ && out <= lists_max;
        return good_ ? out : 0;
    }
    bool is_whole() const { return good_ && rest_.empty(); }

private:
    base::ByteView rest_;
    bool good_ = true;
};

std::uint64_t alive(const SearchSegment& segment) {
    return segment.items - std::min(segment.items, segment.dead);
}
// Sizes of one tier differ by less than as many times as are merged.
unsigned tier(const SearchSegment& segment) {
    constexpr int bits = std::countr_zero(limits::segments_merged);
    static_assert(std::has_single_bit(limits::segments_merged));
    return static_cast<unsigned>(std::bit_width(alive(segment)) / bits);
}
bool is_full(const SearchSegment& segment) {
    return alive(segment) >= limits::segment_items_max ||
           segment.last - segment.first >= limits::segment_positions_max;
}

// From `begin` on as many as one merge may take.
std::size_t end_of(const std::vector<SearchSegment>& all, std::size_t begin, std::size_t end,
                   std::uint64_t bytes_max) {
    std::uint64_t items = 0;
    std::uint64_t bytes = 0;
    std::size_t out = begin;
    for (; out < end && out - begin < 2 * limits::segments_merged; ++out) {
        items += alive(all[out]);
        bytes += all[out].bytes;
        if (items > 2 * limits::segment_items_max || bytes > bytes_max ||
            all[out].last - all[begin].first > limits::segment_positions_max)
            break;
    }
    return out;
}

}  // namespace

SearchSegment* SearchDirectory::at(search::Position position) {
    const auto found = std::ranges::lower_bound(segments, position, {}, &SearchSegment::last);
    return found != segments.end() && found->first <= position ? &*found : nullptr;
}

std::uint64_t SearchDirectory::bytes() const {
    std::uint64_t out = 0;
    for (const SearchSegment& segment : segments) out += segment.bytes;
    return out;
}

std::uint64_t SearchDirectory::held_bytes() const {
    std::uint64_t out = 0;
    for (const SearchSegment& segment : segments)
        out += segment.bytes * alive(segment) / std::max<std::uint64_t>(1, segment.items);
    return out + out / 4 + (merge ? merge->output.bytes : 0);
}

base::Bytes write_directory(const SearchDirectory& directory) {
    base::Bytes out;
    put_number(out, directory.next);
    put_number(out, directory.segments.size());
    for (const SearchSegment& segment : directory.segments) put(out, segment);
    put_number(out, directory.doomed.size());
    for (const std::uint64_t number : directory.doomed) put_number(out, number);
    put_number(out, directory.merge ? 1 : 0);
    if (const auto& merge = directory.merge) {
        put(out, merge->output);
        put_number(out, merge->first_input);
        put_number(out, merge->inputs);
        put_number(out, merge->after.size());
        base::append(out, base::as_bytes(merge->after));
    }
    return out;
}

std::optional<SearchDirectory> read_directory(base::ByteView row) {
    Reader in(row);
    SearchDirectory out;
    out.next = in.number();
    for (std::uint64_t left = in.count(); left > 0; --left) out.segments.push_back(in.segment());
    for (std::uint64_t left = in.count(); left > 0; --left) out.doomed.push_back(in.number());
    if (in.number() == 1) {
        SearchMerge merge;
        merge.output = in.segment();
        merge.first_input = in.number();
        merge.inputs = in.number();
        merge.after = in.text();
        out.merge = std::move(merge);
    }
    if (!in.is_whole()) return std::nullopt;
    return out;
}

std::optional<Neighbours> choose_merge(const SearchDirectory& directory, std::uint64_t bytes_max,
                                       bool is_tight) {
    const std::vector<SearchSegment>& all = directory.segments;
    // What merges already parts its neighbours.
    const auto& merge = directory.merge;
    const auto busy = [&](const SearchSegment& segment) {
        return merge && segment.first >= merge->output.first && segment.last <= merge->output.last;
    };
    unsigned highest = 0;
    for (const SearchSegment& segment : all) highest = std::max(highest, tier(segment));
    for (unsigned most = 0; most <= highest; ++most)
        for (std::size_t begin = 0; begin < all.size();) {
            std::size_t end = begin;
            while (end < all.size() && !busy(all[end]) && !is_full(all[end]) &&
                   tier(all[end]) <= most)
                ++end;
            if (end - begin >= limits::segments_merged) {
                const std::size_t taken = end_of(all, begin, end, bytes_max);
                if (taken - begin >= limits::segments_merged) return Neighbours{begin, taken};
            }
            begin = end + 1;
        }
    for (std::size_t at = 0; at < all.size(); ++at) {
        const SearchSegment& one = all[at];
        const bool mostly = is_tight ? one.dead * 4 > one.items
                                     : one.dead >= dead_items_min && one.dead * 2 > one.items;
        if (!busy(one) && (mostly || one.dead >= one.items) && one.bytes <= bytes_max)
            return Neighbours{at, at + 1};
    }
    return std::nullopt;
}

}  // namespace hearsay::store
