#include "app/node/bringing.hpp"

#include <doctest/doctest.h>

namespace hearsay::app {
namespace {

using core::Judged;

base::ItemId id(std::uint8_t number) {
    base::ItemId out;
    out.data.fill(number);
    return out;
}

TEST_CASE("a batch is answered once all of its items are judged, in its order") {
    Bringing bringing;
    std::vector<Bringing::Verdicts> answers;
    bringing.begin({id(1), id(2)}, [&](const auto& verdicts) { answers.push_back(verdicts); });
    bringing.on_judged({id(2), Judged::Verdict::held});
    bringing.on_judged({id(3), Judged::Verdict::stored});
    CHECK(answers.empty());
    const Judged first{id(1), Judged::Verdict::refused, base::Fault::item_expired};
    bringing.on_judged(first);
    CHECK(answers == std::vector<Bringing::Verdicts>{{first, {id(2), Judged::Verdict::held}}});
    bringing.on_judged(first);
    CHECK(answers.size() == 1);
}

TEST_CASE("two that bring the same item are both told, and nothing to judge is answered at once") {
    Bringing bringing;
    int answers = 0;
    for (int i = 0; i < 2; ++i) bringing.begin({id(1)}, [&](const auto&) { ++answers; });
    bringing.on_judged({id(1), Judged::Verdict::stored});
    CHECK(answers == 2);
    bringing.begin({}, [&](const auto&) { ++answers; });
    CHECK(answers == 3);
}

TEST_CASE("a batch whose verdicts do not come gives its place to a later one") {
    Bringing bringing;
    int lost = 0, got = 0;
    bringing.begin({id(1)}, [&](const auto&) { ++lost; });
    for (std::size_t i = 0; i < brought_batches_max; ++i)
        bringing.begin({id(2)}, [&](const auto&) { ++got; });
    bringing.on_judged({id(1), Judged::Verdict::stored});
    bringing.on_judged({id(2), Judged::Verdict::stored});
    CHECK(lost == 0);
    CHECK(got == static_cast<int>(brought_batches_max));
}

}  // namespace
}  // namespace hearsay::app
