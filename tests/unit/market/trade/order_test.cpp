// Whatever the order of arrival: honest participants end in one state.
#include <doctest/doctest.h>

#include "players.hpp"

namespace hearsay::market::trade {
namespace {

constexpr std::uint64_t seeds = 2000;

struct World {
    explicit World(std::uint64_t seed) : rng(seed_for(seed)) {}
    static base::Secret seed_for(std::uint64_t number) {
        base::Secret out;
        const auto bytes = base::big_endian(number);
        std::copy(bytes.begin(), bytes.end(), out.data.begin());
        return out;
    }

    // One random move that its sender's machine allows; false if this one may do nothing it tried.
    bool act(Role by) {
        Player& player = table.at(by);
        for (int attempt = 0; attempt < 6; ++attempt) {
            const MoveKind kind = every_move[rng.below(std::size(every_move))];
            const Terms terms = sample_terms(rng.below(4) != 0, static_cast<Ships>(rng.below(3)));
            const Move move = sample_move(kind, by, player.machine, terms);
            if (kind == MoveKind::take && by != Role::taker) continue;
            if (player.machine.state().phase() == Phase::empty && kind != MoveKind::take) continue;
            if (by == Role::arbiter
                    ? move_problem(player.machine.state(), by, move) || kind == MoveKind::take ||
                          !player.machine.role_of(persona_key(by)) ||
                          (kind == MoveKind::ruling &&
                           player.machine.state().phase() != Phase::disputed)
                    : player.machine.problem(by, move).has_value())
                continue;
            const Signed made = player.play(move);
            CHECK(player.last_problem() == "");
            for (Role to : {Role::maker, Role::taker, Role::arbiter})
                if (to != by) mail.emplace_back(to, made);
            return true;
        }
        return false;
    }
    void deliver() {
        if (mail.empty()) return;
        const std::size_t which = rng.below(mail.size());
        const auto [to, message] = mail[which];
        table.at(to).machine.add(message);
        if (rng.below(4) != 0)
            mail.erase(mail.begin() + static_cast<std::ptrdiff_t>(which));  // else it comes again
    }

    base::Rng rng;
    Table table;
    std::vector<std::pair<Role, Signed>> mail;
};

}  // namespace

TEST_CASE(
    "random honest moves, delayed, reordered and doubled, leave all participants in one state") {
    std::map<Phase, int> ends;
    for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
        CAPTURE(seed);
        World world(seed);
        const std::uint64_t rounds = 10 + world.rng.below(50);
        for (std::uint64_t round = 0; round < rounds; ++round) {
            if (world.rng.below(3) == 0)
                world.act(static_cast<Role>(world.rng.below(3)));
            else
                world.deliver();
        }
        for (int left = 0; left < 10000 && !world.mail.empty(); ++left) world.deliver();
        REQUIRE(world.mail.empty());
        const Machine& maker = world.table.maker.machine;
        for (const Player* player : {&world.table.taker, &world.table.arbiter}) {
            CHECK(player->machine.state() == maker.state());
            CHECK(player->machine.steps().size() == maker.steps().size());
            CHECK(player->machine.waiting().empty());
            CHECK(player->machine.forks().empty());
        }
        for (const Step& step : maker.steps()) CHECK(step.problem.value_or("") == "");
        ++ends[maker.state().phase()];
    }
    // The moves went everywhere, else this proves little.
    for (Phase phase : {Phase::proposed, Phase::agreed, Phase::declined, Phase::withdrawn,
                        Phase::disputed, Phase::cancelled, Phase::complete, Phase::ruled}) {
        CAPTURE(name(phase));
        CHECK(ends[phase] > 0);
    }
}

}  // namespace hearsay::market::trade
