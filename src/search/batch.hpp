// search/batch.hpp - the terms of some items, turned over: for each term the items that have it.
//
// What one transaction stores becomes one segment of the index this way. Kept flat, because a
// thousand items bring some 80,000 terms: words in one string, pairs in one vector.
// Complexity: a hash and a comparison a term; sorted once. The hash has a key, because strangers
// choose the words.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "crypto/siphash.hpp"
#include "search/fields.hpp"
#include "search/postings.hpp"

namespace hearsay::search {

class Batch {
public:
    explicit Batch(const crypto::SipKey& key) : key_(key) {}

    // Positions grow from call to call.
    void add(Position position, const Fields& fields);
    std::size_t items() const { return items_; }
    std::size_t pairs() const { return pairs_.size(); }
    bool empty() const { return items_ == 0; }
    Position first() const { return first_; }
    Position last() const { return last_; }
    // Terms in order of their bytes, positions newest first.
    void each(const std::function<void(std::string_view, std::span<const Position>)>& visit) const;
    void clear();

private:
    struct Term {
        std::uint32_t begin = 0;
        std::uint32_t size = 0;
        std::uint64_t hash = 0;
        Position last = 0;  // the last item that brought it
        std::uint32_t count = 0;
    };
    struct Pair {
        std::uint32_t term = 0;
        std::uint32_t after_first = 0;
    };
    bool take(std::string_view term);
    std::uint32_t number_of(std::string_view term);
    void grow();
    std::string_view word(const Term& term) const {
        return std::string_view(words_).substr(term.begin, term.size);
    }

    const crypto::SipKey key_;
    std::string words_;
    std::vector<Term> terms_;
    std::vector<std::uint32_t> places_;  // open addressing: term + 1, 0 is free
    std::vector<Pair> pairs_;
    Position first_ = 0;
    Position last_ = 0;
    std::size_t items_ = 0;
    TermScratch scratch_;
};

}  // namespace hearsay::search
