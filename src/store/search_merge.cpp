#include "store/search_merge.hpp"

#include <algorithm>
#include <bit>
#include <memory>

#include "store/search_rows.hpp"

namespace hearsay::store {
namespace {

using base::ByteView;
using search::Position;

// One input of a merge. It copies each block, because views end with the next write.
class Input {
public:
    Input(Txn& txn, MDB_dbi table, const SearchSegment& segment, std::string_view after)
        : txn_(txn), table_(table), segment_(segment) {
        Cursor cursor(txn_, table_);
        load(search_row(cursor, segment.number, after));
        while (entry_ && entry_->term <= after) next();
    }
    const std::optional<search::Entry>& entry() const { return entry_; }
    // Most terms differ in it, and comparing them is most of a merge.
    std::uint64_t beginning() const { return beginning_; }
    const SearchSegment& segment() const { return segment_; }
    void next() {
        entry_ = reader_ ? reader_->next() : std::nullopt;
        while (!entry_ && reader_ && !txn_.error()) {
            if (reader_->is_broken()) return txn_.fail(search_damaged("a block"));
            base::Bytes further = key_;
            further.push_back(0);
            Cursor cursor(txn_, table_);
            load(cursor.at_least(further));
        }
        if (entry_) beginning_ = search::beginning_of(entry_->term);
    }

private:
    void load(const std::optional<Row>& row) {
        reader_.reset();
        entry_.reset();
        if (!row || !is_of_segment(row->key, segment_.number)) return;
        key_ = base::to_bytes(row->key);
        block_ = base::to_bytes(row->value);
        reader_.emplace(block_name(key_), block_);
        entry_ = reader_->next();
        if (!entry_) return txn_.fail(search_damaged("a block"));
        beginning_ = search::beginning_of(entry_->term);
    }

    Txn& txn_;
    const MDB_dbi table_;
    const SearchSegment segment_;
    base::Bytes key_, block_;
    std::optional<search::BlockReader> reader_;
    std::optional<search::Entry> entry_;
    std::uint64_t beginning_ = 0;
};

// How the inputs' next terms begin, and which of them do with the smallest: a tree of minima, so
// that sixty inputs cost little more than six.
class Beginnings {
public:
    // No term begins with bytes FF, which are in no UTF-8.
    static constexpr std::uint64_t at_its_end = UINT64_MAX;

    explicit Beginnings(std::size_t size)
        : leaves_(std::bit_ceil(size)), tree_(2 * leaves_, at_its_end) {}
    void set(std::size_t at, std::uint64_t beginning) {
        at += leaves_;
        tree_[at] = beginning;
        for (; at > 1; at /= 2) tree_[at / 2] = std::min(tree_[at], tree_[at ^ 1]);
    }
    std::uint64_t smallest() const { return tree_[1]; }
    // In their order.
    template <typename Visit>
    void each_smallest(const Visit& visit, std::size_t at = 1) const {
        if (at >= leaves_) return visit(at - leaves_);
        for (const std::size_t half : {2 * at, 2 * at + 1})
            if (tree_[half] == tree_[1]) each_smallest(visit, half);
    }

private:
    std::size_t leaves_;
    std::vector<std::uint64_t> tree_;
};

// Writes the terms of some neighbours into one segment.
class Merging {
public:
    Merging(Txn& txn, MDB_dbi table, SearchMerge& merge, std::span<const SearchSegment> inputs,
            const Held* held)
        : txn_(txn),
          merge_(merge),
          held_(held),
          writer_(
              merge.output.last,
              [&txn, table, &merge](std::string_view name, std::uint32_t piece, ByteView block) {
                  merge.output.bytes += block.size();
                  txn.put(table, search_key(merge.output.number, name, piece), block);
              }),
          beginnings_(inputs.size()) {
        for (auto input = inputs.rbegin(); input != inputs.rend(); ++input)  // newest first
            inputs_.push_back(std::make_unique<Input>(txn, table, *input, merge.after));
    }

    // True when all is written.
    bool run(std::uint64_t budget) {
        for (std::size_t at = 0; at < inputs_.size(); ++at) set_beginning(at);
        std::uint64_t spent = 0;
        while (!txn_.error()) {
            if (!find_next()) {
                writer_.flush();
                return true;
            }
            spent += take();
            if (spent > budget) break;
        }
        writer_.flush();
        return false;
    }

private:
    void set_beginning(std::size_t at) {
        const Input& input = *inputs_[at];
        beginnings_.set(at, input.entry() ? input.beginning() : Beginnings::at_its_end);
    }

    // The inputs that have the smallest term, newest first; false: none has any. Looking at
    // beginnings first saves nearly all comparisons of terms.
    bool find_next() {
        next_.clear();
        if (beginnings_.smallest() == Beginnings::at_its_end) return false;
        std::string_view term;
        beginnings_.each_smallest([&](std::size_t at) {
            const std::string_view here = inputs_[at]->entry()->term;
            if (!next_.empty() && here > term) return;
            if (!next_.empty() && here < term) next_.clear();
            term = here;
            next_.push_back(at);
        });
        merge_.after = term;
        return true;
    }
    bool step(std::size_t at) {
        inputs_[at]->next();
        set_beginning(at);
        const auto& entry = inputs_[at]->entry();
        return entry && entry->term == merge_.after;
    }
    // Writes the term that find_next() found: the bytes that it took.
    std::uint64_t take() {
        static const std::string any_kind = search::facet_term({search::Facet::kind, ""});
        const std::string& term = merge_.after;
        const bool counts = term.starts_with(any_kind);
        std::uint64_t spent = term.size();
        if (next_.size() == 1 && !held_ && !counts) {  // as most terms: they are rare
            const Input& only = *inputs_[next_.front()];
            spent += only.entry()->list.size();
            if (writer_.add_list(term, only.entry()->list, only.segment().last)) {
                // Lists that are copied are short, and short ones have one piece.
                if (step(next_.front())) txn_.fail(search_damaged("a list"));
                return spent;
            }
        }
        positions_.clear();
        for (const std::size_t at : next_) do {
                spent += inputs_[at]->entry()->list.size();
                read(*inputs_[at]);
            } while (step(at));
        if (positions_.empty()) return spent;
        if (counts) merge_.output.items += positions_.size();
        writer_.add(term, positions_);
        return spent;
    }
    void read(const Input& input) {
        search::ListReader list(input.entry()->list, input.segment().last);
        while (const auto position = list.next()) {
            if (*position < input.segment().first) return txn_.fail(search_damaged("a list"));
            if (!held_ || held_->has(*position)) positions_.push_back(*position);
        }
        if (list.is_broken()) txn_.fail(search_damaged("a list"));
    }

    Txn& txn_;
    SearchMerge& merge_;
    const Held* const held_;
    search::BlockWriter writer_;
    std::vector<std::unique_ptr<Input>> inputs_;
    Beginnings beginnings_;
    std::vector<std::size_t> next_;
    std::vector<Position> positions_;
};

}  // namespace

bool write_merged(Txn& txn, MDB_dbi table, SearchMerge& merge,
                  std::span<const SearchSegment> inputs, const Held* held, std::uint64_t budget) {
    return Merging(txn, table, merge, inputs, held).run(budget);
}

}  // namespace hearsay::store
