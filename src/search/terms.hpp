// search/terms.hpp - the terms of one item in their order, as the index takes them.
//
// Making them needs nothing but the item and is most of what indexing it costs, so workers do it
// (app/node/shell.cpp) and hand them on with their verdict. The core passes them to the store
// unread. Who has none makes them when they are needed (store/search_index.hpp): the result is the
// same.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/siphash.hpp"
#include "search/fields.hpp"

namespace hearsay::search {

// Rising, none twice; at most item_terms_max. One block of memory: where each term begins as a
// number (beginning_of), where each ends, and their letters.
class Terms {
public:
    std::size_t size() const { return size_; }
    std::string_view operator[](std::size_t at) const;
    std::uint64_t beginning(std::size_t at) const { return block_[at]; }
    // The first that is not below `term`; size() if none is.
    std::size_t at_least(std::string_view term) const;
    // What they take in a segment at most: their letters, and eight bytes each for sizes and a gap.
    std::uint64_t bytes_max() const { return 8 * block_.size() - 2 * size_; }

private:
    friend class TermMaker;
    explicit Terms(std::size_t size) : size_(size) {}
    std::size_t size_;
    std::vector<std::uint64_t> block_;
};
using TermsPtr = std::shared_ptr<const Terms>;

// Reused from item to item, on one thread, because most of what this costs is memory.
// Complexity: a hash a word and a sort of those that differ. The hash has the item's id as its key:
// who has chosen the words cannot choose it.
class TermMaker {
public:
    // Null: the item is not searched: its kind is not, it is a removal, or it does not parse.
    TermsPtr of(const item::Read& item);
    TermsPtr of(const Fields& fields);

private:
    struct Term {
        std::uint64_t beginning = 0;
        std::uint64_t hash = 0;
        std::uint32_t begin = 0;
        std::uint32_t size = 0;
    };
    bool take(std::string_view term);
    void grow();
    std::string_view word(const Term& term) const {
        return std::string_view(letters_).substr(term.begin, term.size);
    }
    TermsPtr sorted();

    TermScratch scratch_;
    crypto::SipKey key_;
    std::string letters_;
    std::vector<Term> terms_;
    std::vector<std::uint32_t> places_;  // open addressing: term + 1, 0 is free
};

}  // namespace hearsay::search
