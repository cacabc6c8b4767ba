#include "search/postings.hpp"

#include <map>
#include <set>

#include <doctest/doctest.h>

#include "search/pending.hpp"

namespace hearsay::search {
namespace {

constexpr Position last = 10'000'000;

struct Written {
    struct Block {
        std::string name;
        std::uint32_t piece = 0;
        base::Bytes bytes;
    };
    std::vector<Block> blocks;
    BlockWriter writer{last,
                       [this](std::string_view name, std::uint32_t piece, base::ByteView block) {
                           blocks.push_back({std::string(name), piece, base::to_bytes(block)});
                       }};

    std::map<std::string, std::vector<Position>> read() const {
        std::map<std::string, std::vector<Position>> out;
        for (const Block& block : blocks) {
            CHECK(block.bytes.size() <= base::limits::search_block_bytes_max);
            BlockReader reader(block.name, block.bytes);
            bool first = true;
            while (const auto entry = reader.next()) {
                if (std::exchange(first, false)) CHECK(entry->term == block.name);
                ListReader list(entry->list, last);
                while (const auto position = list.next())
                    out[std::string(entry->term)].push_back(*position);
                CHECK_FALSE(list.is_broken());
            }
            CHECK_FALSE(reader.is_broken());
        }
        return out;
    }
};

TEST_CASE("blocks give back what was written, long lists in pieces") {
    Written written;
    std::map<std::string, std::vector<Position>> expected;
    for (int term = 0; term < 300; ++term) {
        auto& list = expected["word" + std::to_string(term * 7919 % 1000) +
                              std::string(static_cast<std::size_t>(term % 40), 'x')];
        for (Position at = last; list.size() < (term % 50 == 0 ? 20'000U : 1U + term % 5U);
             at -= 1 + at % 200)
            list.push_back(at);
    }
    for (const auto& [term, list] : expected) written.writer.add(term, list);
    written.writer.flush();
    CHECK(written.read() == expected);
    CHECK(written.blocks.size() > 6);
    std::size_t filled = 0;
    for (const auto& block : written.blocks) filled += block.bytes.size();
    CHECK(filled > 9 * written.blocks.size() * base::limits::search_block_bytes_max / 10);
}

TEST_CASE("a block cut short or changed ends, and says so") {
    Written written;
    for (const char* term : {"apple", "apples", "bike"})
        written.writer.add(term, std::vector<Position>{last, last - 5, 1});
    written.writer.flush();
    const base::Bytes whole = written.blocks.front().bytes;
    std::size_t broken = 0;
    for (std::size_t size = 0; size < whole.size(); ++size) {
        BlockReader reader("apple", base::ByteView(whole).first(size));
        std::size_t entries = 0;
        while (reader.next()) ++entries;
        CHECK(entries < 3);
        if (reader.is_broken()) ++broken;
    }
    CHECK(broken > whole.size() / 2);
    ListReader repeated(base::as_bytes(std::string_view("\x01\x00", 2)), last);
    CHECK(repeated.next() == last - 1);
    CHECK_FALSE(repeated.next());
    CHECK(repeated.is_broken());
}

struct Waiting {
    Waiting() {
        add(5, "b a b");
        add(7, "a longword longwords");
        add(9, "b c");
    }
    void add(Position position, std::string_view title) {
        Fields fields;
        fields.title = title;
        pending.add(position, maker.of(fields));
    }
    std::string turned_over(Position without = 0) const {
        std::string out;
        pending.each([&](Position position) { return position != without; },
                     [&](std::string_view term, std::span<const Position> positions) {
                         out += std::string(term) + ":";
                         for (const Position position : positions)
                             out += " " + std::to_string(position);
                         out += "; ";
                     });
        return out;
    }
    std::string from(std::string_view term, std::size_t most = 100) const {
        std::string out;
        pending.each_term(term, [&](std::string_view found, base::ByteView list) {
            out += std::string(found) + ":";
            ListReader reader(list, pending.last());
            while (const auto position = reader.next()) out += " " + std::to_string(*position);
            out += "; ";
            return --most > 0;
        });
        return out;
    }
    TermMaker maker;
    Pending pending;
};

TEST_CASE_FIXTURE(Waiting, "items that wait are turned over") {
    CHECK(turned_over() == "a: 7 5; b: 9 5; c: 9; longword: 7; longwords: 7; ");
    CHECK(turned_over(5) == "a: 7; b: 9; c: 9; longword: 7; longwords: 7; ");
    CHECK(turned_over(7) == "a: 5; b: 9 5; c: 9; ");
    CHECK(pending.items() == 3);
    CHECK(pending.terms() == 7);
}

TEST_CASE_FIXTURE(Waiting, "items that wait are searched in the order of their terms") {
    CHECK(from("") == turned_over());
    CHECK(from("aa") == "b: 9 5; c: 9; longword: 7; longwords: 7; ");
    CHECK(from("longworde") == "longwords: 7; ");
    CHECK(from("longwordsx") == "");
    CHECK(from("b", 1) == "b: 9 5; ");
}

TEST_CASE("the terms of an item are those that it is read for, in order") {
    Fields fields;
    fields.title = "wood";
    fields.language = "en";
    fields.facets = {{Facet::kind, "offer"}, {Facet::tag, "wood"}};
    std::string word;
    for (int at = 0; at < 2000; ++at) fields.text += std::to_string(at * 7919 % 1500) + " bikes ";
    std::set<std::string> expected;
    TermScratch scratch;
    terms_of(fields, scratch,
             [&](std::string_view term) { return expected.insert(std::string(term)).second; });
    REQUIRE(expected.size() == base::limits::item_terms_max);
    TermMaker maker;
    for (int twice = 0; twice < 2; ++twice) {
        const TermsPtr terms = maker.of(fields);
        REQUIRE(terms->size() == expected.size());
        std::size_t at = 0;
        for (const std::string& term : expected) {
            CHECK((*terms)[at] == term);
            CHECK(terms->beginning(at) == beginning_of(term));
            CHECK(terms->at_least(term) == at);
            CHECK(terms->at_least(term + "\x01") == ++at);
        }
    }
}

}  // namespace
}  // namespace hearsay::search
