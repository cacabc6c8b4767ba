#include "store/search_index.hpp"

#include <algorithm>
#include <limits>

#include "base/ensure.hpp"
#include "base/limits/search.hpp"
#include "store/search_merge.hpp"
#include "store/search_rows.hpp"

namespace hearsay::store {
namespace {

namespace limits = base::limits;
using base::ByteView;
using search::Position;

constexpr std::string_view directory_key = "search";
// The number of what waits, which no segment has.
constexpr std::uint64_t waiting = 0;

std::optional<SearchDirectory> stored_directory(Txn& txn, const FloodTables& tables) {
    const auto row = txn.get(tables.about, base::as_bytes(directory_key));
    if (!row) return SearchDirectory{};
    auto out = read_directory(*row);
    if (!out) txn.fail(search_damaged("the directory"));
    return out;
}

std::optional<base::Bytes> first_key(Txn& txn, MDB_dbi table, std::uint64_t number) {
    Cursor cursor(txn, table);
    const auto row = cursor.at_least(position_bytes(number));
    if (!row || !is_of_segment(row->key, number)) return std::nullopt;
    return base::to_bytes(row->key);
}

// The items of a kind, from a position on.
class OfKind {
public:
    static constexpr Position at_its_end = std::numeric_limits<Position>::max();
    OfKind(Txn& txn, MDB_dbi kinds, item::Kind kind, Position from) : cursor_(txn, kinds) {
        value_ = cursor_.value_at_least(base::big_endian(kind), position_bytes(from));
    }
    Position position() const {
        return value_ ? read_position(*value_).value_or(at_its_end) : at_its_end;
    }
    void next() { value_ = cursor_.next_value(); }

private:
    Cursor cursor_;
    std::optional<ByteView> value_;
};

base::Bytes bits_key(std::uint64_t number) {
    base::Bytes out = base::to_bytes(position_bytes(0));
    base::append(out, position_bytes(number));
    return out;
}

}  // namespace

// ---- reading ------------------------------------------------------------------------------------

std::vector<search::Segment> SearchIndex::segments() const {
    std::vector<search::Segment> out;
    const auto directory = stored_directory(txn_, tables_);
    if (!directory) return out;
    if (state_ && !state_->pending.empty())
        out.push_back({waiting, state_->pending.first(), state_->pending.last()});
    for (auto each = directory->segments.rbegin(); each != directory->segments.rend(); ++each)
        out.push_back({each->number, each->first, each->last});
    return out;
}

void SearchIndex::each_term(const search::Segment& segment, std::string_view from,
                            const std::function<bool(std::string_view, ByteView)>& visit) const {
    if (segment.number == waiting) return state_->pending.each_term(from, visit);
    Cursor cursor(txn_, tables_.search);
    for (auto row = search_row(cursor, segment.number, from);
         row && is_of_segment(row->key, segment.number); row = cursor.next()) {
        search::BlockReader block(block_name(row->key), row->value);
        while (const auto entry = block.next())
            if (entry->term >= from && !visit(entry->term, entry->list)) return;
        if (block.is_broken()) return txn_.fail(search_damaged("a block"));
    }
}

bool SearchIndex::is_alive(Position position) const {
    return txn_.get(tables_.heads, position_bytes(position)).has_value();
}

std::optional<search::Fields> SearchIndex::fields(Position position) const {
    const auto key = position_bytes(position);
    const auto row = txn_.get(tables_.heads, key);
    const auto head = row ? read_head(*row) : std::nullopt;
    const auto record = txn_.get(tables_.items, key);
    const auto payload = head && record ? record_payload(*record) : std::nullopt;
    return payload ? search::fields_of(head->kind, *payload) : std::nullopt;
}

// ---- writing ------------------------------------------------------------------------------------

SearchDirectory& SearchWriter::directory() {
    if (!directory_) directory_ = stored_directory(txn_, tables_).value_or(SearchDirectory{});
    return *directory_;
}

std::uint64_t SearchWriter::add(Position position, const item::Read& item, search::TermsPtr terms) {
    if (!terms) terms = maker_.of(item);
    if (!terms) return 0;
    const std::uint64_t bytes = terms->bytes_max();
    added_ += bytes;
    fresh_.add(position, std::move(terms));
    const search::Pending& before = state_.pending;
    const std::size_t items = fresh_.items() + (turned_over_ ? 0 : before.items());
    const std::size_t all = fresh_.terms() + (turned_over_ ? 0 : before.terms());
    if (items >= pace_.pending_items || all >= pace_.pending_terms) turn_over();
    return bytes;
}

void SearchWriter::erase(Position position, item::Kind kind) {
    if (search::word_of(kind).empty()) return;
    SearchSegment* const segment = directory().at(position);
    if (!segment) return;  // it waits, or was a removal
    changed_ = true;
    ++segment->dead;
    auto& merge = directory().merge;
    if (merge && position >= merge->output.first && position <= merge->output.last)
        ++merge->output.dead;
}

bool SearchWriter::take_up(item::Network network) {
    const auto& segments = directory().segments;
    const Position after = segments.empty() ? 0 : segments.back().last;
    // Rows of a directory that is lost.
    if (segments.empty() && !directory().merge && directory().doomed.empty())
        txn_.check(mdb_drop(txn_.raw(), tables_.search, 0), "emptying");
    std::vector<std::unique_ptr<OfKind>> kinds;
    for (const item::Kind kind : search::searched_kinds())
        kinds.push_back(std::make_unique<OfKind>(txn_, tables_.kinds, kind, after + 1));
    while (!turned_over_ && !txn_.error()) {
        OfKind& first = **std::ranges::min_element(
            kinds, {}, [](const auto& kind) { return kind->position(); });
        const Position position = first.position();
        if (position == OfKind::at_its_end) return false;
        first.next();
        const auto record = txn_.get(tables_.items, position_bytes(position));
        auto item = record ? read_record(*record) : std::nullopt;
        if (!item) continue;  // damaged; who meets it says so
        const auto read = item::read(std::move(*item), network);
        if (read) add(position, **read, nullptr);
    }
    return !txn_.error();
}

// What waits becomes a segment.
void SearchWriter::turn_over() {
    search::Pending all = turned_over_ ? search::Pending() : state_.pending;
    all.append(std::exchange(fresh_, {}));
    turned_over_ = changed_ = true;
    SearchSegment out{directory().next++, all.first(), all.last(), 0, 0, 0};
    search::BlockWriter writer(
        out.last, [&](std::string_view name, std::uint32_t piece, ByteView block) {
            out.bytes += block.size();
            // Its number is the largest, so its rows come last of all.
            txn_.put(tables_.search, search_key(out.number, name, piece), block, MDB_APPEND);
        });
    const auto is_held = [&](Position position) {
        const bool held = txn_.get(tables_.heads, position_bytes(position)).has_value();
        out.items += held ? 1 : 0;
        return held;
    };
    all.each(is_held, [&](std::string_view term, std::span<const Position> positions) {
        writer.add(term, positions);
    });
    writer.flush();
    if (out.items > 0) directory().segments.push_back(out);
}

void SearchWriter::finish(std::uint64_t room_bytes, bool is_tight) {
    is_tight_ = is_tight;
    if (is_idle_ && !changed_) return;
    merge_small(room_bytes);
    merge_large(room_bytes);
    erase_doomed();
    is_idle_ = !directory().merge && directory().doomed.empty() &&
               !choose_merge(directory(), merge_bytes_max(), is_tight_);
    if (changed_ && !txn_.error())
        txn_.put(tables_.about, base::as_bytes(directory_key), write_directory(directory()));
}

void SearchWriter::publish(std::shared_ptr<SearchState>& state) {
    if (state.use_count() > 1) state = std::make_shared<SearchState>(*state);  // somebody reads
    if (turned_over_) state->pending.clear();
    state->pending.append(fresh_);
    state->is_idle = is_idle_;
    state->owed_bytes = owed_;
    if (directory_) state->held_bytes = directory_->held_bytes();
}

void SearchWriter::merge_small(std::uint64_t room_bytes) {
    const std::uint64_t most = std::min(pace_.at_once_bytes, room_bytes / 2);
    while (!txn_.error()) {
        const auto which = choose_merge(directory(), most, is_tight_);
        if (!which) return;
        SearchDirectory& all = directory();
        const std::span inputs =
            std::span(all.segments).subspan(which->begin, which->end - which->begin);
        Held held(inputs.front().first, inputs.back().last);
        const bool dead = std::ranges::any_of(
            inputs, [](const SearchSegment& segment) { return segment.dead > 0; });
        if (dead) held.read(txn_, tables_.heads, inputs.back().last);
        SearchMerge merge;
        merge.output = {all.next++, inputs.front().first, inputs.back().last, 0, 0, 0};
        const std::vector<SearchSegment> copied(inputs.begin(), inputs.end());
        write_merged(txn_, tables_.search, merge, copied, dead ? &held : nullptr, UINT64_MAX);
        merge.inputs = copied.size();
        merge.first_input = copied.front().number;
        std::optional<SearchMerge> other = std::exchange(all.merge, std::move(merge));
        end_merge();
        all.merge = std::move(other);
    }
}

std::uint64_t SearchWriter::merge_bytes_max() {
    return std::max(limits::merge_bytes_least, directory().bytes() / 4);
}

void SearchWriter::merge_large(std::uint64_t room_bytes) {
    const std::uint64_t most = std::min(merge_bytes_max(), room_bytes / 2);
    if (!directory().merge)
        if (const auto which = choose_merge(directory(), most, is_tight_)) begin_merge(*which);
    if (!directory().merge) return void(owed_ = 0);
    owed_ += pace_.commit_bytes + pace_.commit_factor * added_;
    if (owed_ < pace_.step_bytes) return;
    changed_ = true;
    if (step(std::exchange(owed_, 0))) end_merge();
}

void SearchWriter::begin_merge(const Neighbours& which) {
    changed_ = true;
    SearchDirectory& all = directory();
    const SearchSegment& first = all.segments[which.begin];
    const SearchSegment& last = all.segments[which.end - 1];
    all.merge = SearchMerge{
        {all.next++, first.first, last.last, 0, 0, 0}, first.number, which.end - which.begin, ""};
    const std::span inputs = std::span(all.segments).subspan(which.begin, which.end - which.begin);
    const bool dead =
        std::ranges::any_of(inputs, [](const SearchSegment& segment) { return segment.dead > 0; });
    Held held(first.first, last.last);
    if (dead) held.read(txn_, tables_.heads, last.last);
    txn_.put(tables_.search, bits_key(all.merge->output.number), dead ? held.bits() : ByteView());
}

bool SearchWriter::step(std::uint64_t budget) {
    SearchDirectory& all = directory();
    SearchMerge& merge = *all.merge;
    const auto bits = txn_.get(tables_.search, bits_key(merge.output.number));
    const auto first = std::ranges::find(all.segments, merge.first_input, &SearchSegment::number);
    if (!bits || static_cast<std::uint64_t>(all.segments.end() - first) < merge.inputs) {
        txn_.fail(search_damaged("a merge"));
        return false;
    }
    const Held held(merge.output.first, *bits);
    const bool all_held = bits->empty();
    const std::vector<SearchSegment> inputs(first,
                                            first + static_cast<std::ptrdiff_t>(merge.inputs));
    return write_merged(txn_, tables_.search, merge, inputs, all_held ? nullptr : &held, budget);
}

// The output takes the inputs' place.
void SearchWriter::end_merge() {
    if (txn_.error()) return;
    changed_ = true;
    SearchDirectory& all = directory();
    const SearchMerge merge = *std::exchange(all.merge, std::nullopt);
    const auto first = std::ranges::find(all.segments, merge.first_input, &SearchSegment::number);
    const auto end = first + static_cast<std::ptrdiff_t>(merge.inputs);
    for (auto each = first; each != end; ++each) all.doomed.push_back(each->number);
    const auto place = all.segments.erase(first, end);
    if (merge.output.items > 0) all.segments.insert(place, merge.output);
    txn_.erase(tables_.search, bits_key(merge.output.number));
}

void SearchWriter::erase_doomed() {
    std::vector<std::uint64_t>& doomed = directory().doomed;
    std::size_t left = pace_.erased_rows + doomed.size() / 8 * pace_.erased_rows;
    while (!doomed.empty() && left > 0 && !txn_.error()) {
        const auto key = first_key(txn_, tables_.search, doomed.back());
        changed_ = true;
        if (key) {
            txn_.erase(tables_.search, *key);
            --left;
        } else {
            doomed.pop_back();
        }
    }
}

}  // namespace hearsay::store
