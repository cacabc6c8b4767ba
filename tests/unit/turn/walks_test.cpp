// What takes many turns - crypto-erasure, finding one's own after a recovery - with a crash after
// any commit of any turn.
#include "market/records.hpp"
#include "node.hpp"
#include "turn/engine.hpp"

namespace hearsay::turn {
namespace {

// A day's key that is condemned while rows of that day stay.
struct Condemned {
    Node node{1};
    std::uint32_t day = 0;

    Condemned() {
        node.settle();
        node.ask([this](Context& context) {
            market::Vault& vault = context.market.vault();
            day = vault.day();
            market::ChangeRecords records(vault, context.store, rng);
            for (std::uint8_t i = 0; i < 3; ++i) {
                records::ReceivedMail record;
                market::set_id(record.mutable_letter()->mutable_message_id(), mail(i));
                record.set_received(market::seconds_of(early));
                record.set_read(true);
                records.save(market::Table::inbox, mail(i).view(), record);
            }
            records.erase(market::Table::inbox, mail(0).view());
            context.out.push_back(market::SaveVault{});
        });
        REQUIRE(node.saved_vault().condemned().size() == 1);
    }
    bool tick() {
        node.wait(base::Seconds(60));
        node.engine->on_deadline(node.now.mono);
        return !node.run().failed;
    }
    bool is_erased() { return node.saved_vault().condemned().empty(); }
    // The market starts: every row opens.
    bool opens() {
        node.crash();
        return !node.run().failed;
    }

private:
    static market::MessageId mail(std::uint8_t number) {
        market::MessageId out;
        out.data.fill(number);
        return out;
    }
    base::Rng rng = seeded(7);
};

}  // namespace

TEST_CASE_FIXTURE(
    Condemned,
    "a condemned key leaves the vault's file at the second tick, with the walk durable between") {
    REQUIRE(tick());
    node.settle();
    CHECK_FALSE(is_erased());
    REQUIRE(tick());
    CHECK(is_erased());
    CHECK(opens());
}

TEST_CASE(
    "a crash after any commit of crypto-erasure loses no row, and the next start erases the key") {
    // The turns: the tick that begins the walk and its first piece; what follows at once; the tick
    // that ends it.
    for (int crash_in = 0; crash_in < 3; ++crash_in)
        for (const Broken broken : every_break) {
            CAPTURE(crash_in);
            CAPTURE(static_cast<int>(broken));
            Condemned condemned;
            for (int turn = 0; turn <= crash_in; ++turn) {
                if (turn == crash_in) condemned.node.broken = broken;
                if (turn == 1)
                    condemned.node.run();
                else
                    condemned.tick();
            }
            condemned.node.broken = Broken::nowhere;
            REQUIRE(condemned.opens());
            for (int ticks = 0; ticks < 3; ++ticks) {
                REQUIRE(condemned.tick());
                condemned.node.settle();
            }
            CHECK(condemned.is_erased());
            CHECK(condemned.opens());
        }
}

TEST_CASE(
    "a commit of crypto-erasure that fails without a crash costs the walk a new beginning, and no "
    "row") {
    for (const Broken broken : every_break) {
        CAPTURE(static_cast<int>(broken));
        Condemned condemned;
        condemned.node.broken = broken;
        condemned.tick();
        condemned.node.broken = Broken::nowhere;
        for (int ticks = 0; ticks < 3; ++ticks) {
            REQUIRE(condemned.tick());
            condemned.node.settle();
        }
        CHECK(condemned.is_erased());
        CHECK(condemned.opens());
    }
}

TEST_CASE_FIXTURE(Condemned, "paused, no key is erased, and no turn follows another for it") {
    node.engine->pause();
    node.wait(base::Seconds(60));
    node.engine->on_deadline(node.now.mono);
    CHECK_FALSE(node.run().again);
    CHECK(node.engine->market().wants_key_erasure());
    node.engine->resume(Node::core_options());
    for (int ticks = 0; ticks < 3; ++ticks) {
        REQUIRE(tick());
        node.settle();
    }
    CHECK(is_erased());
}

TEST_CASE("a crash after any commit of a recovery leaves an empty node or that of the words") {
    Node lost(1);
    lost.settle();
    const std::string words = lost.words();
    const auto main_of = [](Node& node) {
        return node.engine->market().personas(node.own).at(0).key;
    };
    const base::PublisherKey person = main_of(lost);
    for (const Broken broken : every_break) {
        CAPTURE(static_cast<int>(broken));
        Node node(2);
        node.settle();
        const base::PublisherKey before = main_of(node);
        node.broken = broken;
        node.ask([&](Context& context) { REQUIRE(context.market.recover(words, context)); });
        node.broken = Broken::nowhere;
        node.crash();
        REQUIRE_FALSE(node.run().failed);
        const bool saved = broken != Broken::from_vault;
        CHECK(main_of(node) == (saved ? person : before));
        // Who was not answered gives the command again.
        if (broken == Broken::from_vault || broken == Broken::from_own) {
            node.ask([&](Context& context) { CHECK(context.market.recover(words, context)); });
            CHECK(main_of(node) == person);
        }
        // All personas that may have been given are listed, a chunk after the other.
        node.settle();
        for (int chunks = 0; chunks < 1000 && !node.lists.empty(); ++chunks)
            for (const market::ListPersonas& list : std::exchange(node.lists, {})) {
                node.engine->post(PersonasListed{
                    list.from, market::list_personas(list.root, list.from, list.count)});
                node.settle();
            }
        CHECK_FALSE(node.engine->market().wants_recovery());
    }
}

}  // namespace hearsay::turn
