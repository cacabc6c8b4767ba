#include "search/postings.hpp"

#include <map>

#include <doctest/doctest.h>

#include "search/batch.hpp"

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

TEST_CASE("a batch turns items over") {
    Batch batch{crypto::SipKey{}};
    Fields one, two;
    one.title = "b a b";
    two.title = "b c";
    batch.add(5, one);
    batch.add(9, two);
    std::string out;
    batch.each([&](std::string_view term, std::span<const Position> positions) {
        out += std::string(term) + ":";
        for (const Position position : positions) out += " " + std::to_string(position);
        out += "; ";
    });
    CHECK(out == "a: 5; b: 9 5; c: 9; ");
    CHECK(batch.items() == 2);
    CHECK(batch.pairs() == 4);
}

}  // namespace
}  // namespace hearsay::search
