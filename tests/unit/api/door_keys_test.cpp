#include <set>
#include <vector>

#include <doctest/doctest.h>

#include "api/door/keys.hpp"
#include "base/limits/page.hpp"

namespace hearsay::api {
namespace {

namespace limits = base::limits;

struct Keys {
    std::vector<Holder> ended;
    DoorKeys keys{base::Rng(base::Secret{}), [this](Holder holder) { ended.push_back(holder); }};
    base::MonoTime now{};

    std::string let_in() { return keys.enter(keys.new_code(now), now).value(); }
    Holder holder(const std::string& token) { return keys.holder(token, now); }
};

TEST_CASE_FIXTURE(Keys, "a code is good once") {
    const std::string code = keys.new_code(now);
    CHECK(code.size() == 64);
    const auto token = keys.enter(code, now);
    REQUIRE(token.has_value());
    CHECK(*token != code);
    CHECK(holder(*token) != nobody);
    CHECK_FALSE(keys.enter(code, now).has_value());
    CHECK(holder(code) == nobody);
}

TEST_CASE_FIXTURE(Keys, "a code is good for a minute") {
    const std::string code = keys.new_code(now), other = keys.new_code(now);
    now += limits::page_code_life - base::Millis(1);
    CHECK(keys.enter(code, now).has_value());
    now += base::Millis(1);
    CHECK_FALSE(keys.enter(other, now).has_value());
    CHECK(keys.codes() == 0);
}

TEST_CASE_FIXTURE(Keys, "what is no code and no token is nobody's") {
    const std::string code = keys.new_code(now), token = let_in();
    for (const std::string& wrong :
         {std::string(), std::string("x"), std::string(64, '0'), std::string(64, 'x'),
          code.substr(1), code + "0", token.substr(0, 63) + (token.back() == '0' ? "1" : "0")}) {
        CAPTURE(wrong);
        CHECK_FALSE(keys.enter(wrong, now).has_value());
        CHECK(holder(wrong) == nobody);
    }
    CHECK(keys.codes() == 1);
}

TEST_CASE_FIXTURE(Keys, "the oldest code makes room for the next") {
    const std::string first = keys.new_code(now);
    std::string last;
    for (std::size_t i = 0; i < limits::page_codes_max; ++i) last = keys.new_code(now);
    CHECK(keys.codes() == limits::page_codes_max);
    CHECK_FALSE(keys.enter(first, now).has_value());
    CHECK(keys.enter(last, now).has_value());
}

TEST_CASE_FIXTURE(Keys, "the token that was used longest ago makes room for the next") {
    std::vector<std::string> tokens;
    for (std::size_t i = 0; i < limits::page_tokens_max; ++i) {
        tokens.push_back(let_in());
        now += base::Millis(1);
    }
    keys.on_used(holder(tokens[0]), now);
    const Holder second = holder(tokens[1]);
    tokens.push_back(let_in());
    CHECK(keys.tokens() == limits::page_tokens_max);
    CHECK(holder(tokens[0]) != nobody);
    CHECK(holder(tokens[1]) == nobody);
    CHECK(ended == std::vector<Holder>{second});
}

TEST_CASE_FIXTURE(Keys, "a token ends when nobody has used it for a while") {
    const std::string token = let_in();
    now += limits::page_token_idle - base::Millis(1);
    const Holder mine = holder(token);
    REQUIRE(mine != nobody);
    keys.on_used(mine, now);
    now += limits::page_token_idle - base::Millis(1);
    CHECK(holder(token) == mine);
    now += base::Millis(1);
    CHECK(holder(token) == nobody);
    CHECK(ended.empty());
    keys.sweep(now);
    CHECK(ended == std::vector<Holder>{mine});
    CHECK(keys.tokens() == 0);
}

TEST_CASE_FIXTURE(Keys, "a token that is given back is nobody's, and others stay") {
    const std::string one = let_in(), other = let_in();
    const Holder mine = holder(one);
    keys.leave(mine);
    CHECK(holder(one) == nobody);
    CHECK(holder(other) != nobody);
    keys.leave(mine);
    keys.leave(nobody);
    CHECK(ended == std::vector<Holder>{mine});
}

TEST_CASE_FIXTURE(Keys, "when the door closes all end, and no number is used twice") {
    std::set<Holder> holders;
    for (int i = 0; i < 3; ++i) holders.insert(holder(let_in()));
    const std::string code = keys.new_code(now);
    keys.clear();
    CHECK(ended.size() == 3);
    CHECK_FALSE(keys.enter(code, now).has_value());
    CHECK(holders.insert(holder(let_in())).second);
}

TEST_CASE_FIXTURE(Keys, "mistakes have a budget, which comes back") {
    int told = 0;
    for (int i = 0; i < 100; ++i) told += keys.on_mistake(now) ? 1 : 0;
    CHECK(told == limits::page_mistakes.burst);
    now += limits::page_mistakes.per;
    CHECK(keys.on_mistake(now));
    CHECK_FALSE(keys.on_mistake(now));
    CHECK(holder(let_in()) != nobody);  // what is right is let in
}

}  // namespace
}  // namespace hearsay::api
