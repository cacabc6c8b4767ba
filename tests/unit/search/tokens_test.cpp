#include "search/tokens.hpp"

#include <doctest/doctest.h>

#include "search/fields.hpp"

namespace hearsay::search {
namespace {

std::string words(std::string_view text, std::size_t most = base::limits::text_tokens_max) {
    Tokens tokens;
    split(text, tokens, most);
    std::string out;
    for (std::size_t at = 0; at < tokens.size(); ++at) {
        if (at > 0) out += ' ';
        out += tokens[at];
        if (tokens.is_tail(at)) out += '.';
    }
    return out;
}

TEST_CASE("words are letters and digits, in small letters") {
    CHECK(words("Bicycle, 56 cm - BLUE!") == "bicycle 56 cm blue");
    CHECK(words("") == "");
    CHECK(words(" ,;\n\t ") == "");
    CHECK(words("e-mail l'homme 3.5") == "e mail l homme 3 5");
}

TEST_CASE("accents and case do not count, in any script that has them") {
    CHECK(words("Käse KÄSE Ka\xCC\x88se") == "kase kase kase");
    CHECK(words("Straße STRASSE") == "strasse strasse");
    CHECK(words("Ærø Łódź Đ") == "aero lodz d");
    CHECK(words("Κόσμος ΚΟΣΜΟΣ") == "κοσμοσ κοσμοσ");
    CHECK(words("Ёлка елка") == "елка елка");
    CHECK(words("שָׁלוֹם") == words("שלום"));
    CHECK(words("كِتَاب") == words("كتاب"));
    CHECK(words("ﬁne Ｂｉｋｅ ²") == "fine bike 2");
}

TEST_CASE("marks that are letters of their script stay") {
    CHECK(words("हिन्दी") == "हिन्दी");
    CHECK(words("が") != words("か"));
}

TEST_CASE("what nobody sees hides no word") {
    CHECK(words("bi\xE2\x80\x8B"
                "cy\xC2\xAD"
                "cle\xE2\x80\xAE") == "bicycle");
    CHECK(words("\xE2\x80\x8B\xE2\x80\x8C") == "");
    CHECK(words("\xD9\x83\xD9\x80\xD9\x80\xD8\xAA\xD8\xA7\xD8\xA8") == words("كتاب"));
}

TEST_CASE("scripts without spaces become pairs, and their last letter") {
    CHECK(words("東京都") == "東京 京都 都.");
    CHECK(words("木") == "木");
    CHECK(words("東京tower") == "東京 京. tower");
    CHECK(words("ﾗﾝﾌﾟ") == words("ランプ"));
    CHECK(words("สวัสดี").starts_with("สว วั ัส"));
}

TEST_CASE("long words are cut at a letter's end") {
    const std::string a(1000, 'a');
    CHECK(words(a) == std::string(base::limits::term_bytes_max, 'a'));
    std::string wide;
    for (int i = 0; i < 100; ++i) wide += "ж";
    CHECK(words(wide).size() == base::limits::term_bytes_max);
    std::string odd = "x";
    for (int i = 0; i < 100; ++i) odd += "ж";
    CHECK(words(odd).size() == base::limits::term_bytes_max - 1);
}

TEST_CASE("no more tokens than wanted") {
    CHECK(words("a b c d", 2) == "a b");
    CHECK(words("東京都庁", 2) == "東京 京都");
}

TEST_CASE("bytes that are not UTF-8 separate") {
    CHECK(words("a\xFF"
                "b\xC3"
                " c") == "a b c");
    CHECK(words("\xED\xA0\x80x") == "x");
}

TEST_CASE("facets are compared by their folded words") {
    CHECK(folded("Mountain-Bike") == "mountain bike");
    CHECK(folded("") == "");
    CHECK(folded(std::string(100, 'a') + " b").size() == base::limits::term_bytes_max);
}

std::vector<std::string> terms(const Fields& fields) {
    std::vector<std::string> out;
    TermScratch scratch;
    terms_of(fields, scratch, [&](std::string_view term) {
        if (std::ranges::find(out, term) != out.end()) return false;
        out.emplace_back(term);
        return true;
    });
    return out;
}

TEST_CASE("a stated language gives stems as second terms") {
    Fields fields;
    fields.title = "running bicycles";
    fields.language = "en";
    CHECK(terms(fields) == std::vector<std::string>{"running",
                                                    "\x02"
                                                    "enrun",
                                                    "bicycles",
                                                    "\x02"
                                                    "enbicycl"});
    fields.language = "xx";
    CHECK(terms(fields) == std::vector<std::string>{"running", "bicycles"});
}

TEST_CASE("an item brings a bounded number of terms, its facets and its title first") {
    Fields fields;
    fields.facets = {{Facet::kind, "offer"}};
    fields.title = "zebra";
    for (int i = 0; i < 5000; ++i) fields.text += "w" + std::to_string(i) + " ";
    const auto all = terms(fields);
    CHECK(all.size() == base::limits::item_terms_max);
    CHECK(all[0] ==
          "\x01"
          "koffer");
    CHECK(all[1] == "zebra");
    fields.text.assign(1'000'000, ' ');
    for (std::size_t at = 0; at < fields.text.size(); at += 2) fields.text[at] = 'a';
    CHECK(terms(fields).size() == 3);
}

TEST_CASE("a publisher's value is 16 letters of no meaning to a key") {
    base::PublisherKey key;
    key.data.fill(0xFF);
    const std::string value = publisher_value(key);
    CHECK(value == std::string(16, '0' + 63));
    key.data[11] = 0xFE;
    CHECK(publisher_value(key) != value);
}

}  // namespace
}  // namespace hearsay::search
