// search/fields.hpp - what of an item can be searched: its texts, its facets, its price.
//
// A kind of item supplies them by one function (fields_of, a row a kind). Terms come of them in
// one place (terms_of), which the index, the naive scan of the tests and reading again share.
//
// A term is a word, or begins with a byte that no word begins with:
//   word                as search/tokens.hpp cuts it
//   01 letter value     a facet: a field of the item that is filtered by whole values
//   02 language stem    the stem of a word, where the item states its language and the stem differs
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "item/item.hpp"
#include "search/stems.hpp"
#include "search/tokens.hpp"

namespace hearsay::search {

// The letter is what is stored: a letter is given once and never again.
enum class Facet : char {
    kind = 'k',       // its word, such as "offer"; each indexed item has exactly one
    publisher = 'p',  // publisher_value()
    tag = 't',
    side = 's',  // "offered" or "wanted"
    currency = 'c',
    category =
        'g',  // each beginning of the path is a value of its own, "sport" of "sport/bicycles"
    country = 'l',
    geohash = 'h',  // likewise
    condition = 'n',
    delivery = 'd',
    payment = 'y',
    language = 'i',
    status = 'x',
};

struct FacetValue {
    Facet facet{};
    std::string value;
    bool operator==(const FacetValue&) const = default;
};

// In millionths of the currency's unit; what is smaller is cut off, what is larger is the largest.
struct Price {
    std::string currency;  // folded
    std::int64_t micros = 0;
    std::int64_t micros_most = 0;  // of a range; 0: there is none
};

struct Fields {
    std::string title;
    std::vector<std::string> tags;
    std::vector<std::string> lines;  // give, want and the like: one line each
    std::string text;
    std::string language;  // two letters; empty: not stated
    std::vector<FacetValue> facets;
    std::optional<Price> price;
};

// Of a payload that item::content_problem accepts. Nothing: the kind is not searched, or the
// payload does not parse.
std::optional<Fields> fields_of(item::Kind kind, base::ByteView payload);
// The same with what the header says: publisher and kind. Nothing for removals and mail.
std::optional<Fields> fields_of(const item::Read& item);

std::span<const item::Kind> searched_kinds();
// Of the kinds that are searched; empty: not searched.
std::string_view word_of(item::Kind kind);

// A field's text as its facet has it, of items and of queries alike; empty: it has no letter and no
// digit. Words are folded. A category keeps its '/', and one that does not fit into a term ends
// with a digest of the whole, so that no other category is found in its place.
std::string facet_value(Facet facet, std::string_view text);
std::string facet_term(const FacetValue& facet);
std::string stem_term(std::string_view language, std::string_view stem);
bool is_word(std::string_view term);

// 16 letters for 96 bits of the key: making a second key with them costs 2^96.
std::string publisher_value(const base::PublisherKey& publisher);

// Reused from item to item, because most of what indexing costs is memory.
struct TermScratch {
    Tokens tokens;
    Stemmer stemmer;
};

// Hands on the item's terms: facets, then the title's words, tags, lines and text, stems after
// their words. `take` answers whether the term is new to this item; after item_terms_max new ones
// it is not called again.
void terms_of(const Fields& fields, TermScratch& scratch,
              const std::function<bool(std::string_view)>& take);

}  // namespace hearsay::search
