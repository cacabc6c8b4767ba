// core/audit/audit.hpp: whether others hold an item, asked and answered.
#include "base/limits/audit.hpp"

#include <algorithm>
#include <set>

#include <doctest/doctest.h>

#include "base/limits/budgets.hpp"
#include "injecting.hpp"

namespace hearsay::core {
namespace {

struct Auditing : Injecting {
    static constexpr std::uint8_t first_known = 110;

    // So many nodes that answered a dial once.
    void know_proved(std::uint8_t count) {
        std::vector<KnownPeer> known;
        for (std::uint8_t at = 0; at < count; ++at) {
            KnownPeer peer;
            peer.peer = peer_key(static_cast<std::uint8_t>(first_known + at));
            peer.first_proved = now.wall - Seconds(1000);
            peer.last_seen = peer.first_proved;
            known.push_back(peer);
        }
        restart(std::move(known));
        step(NetworkReady{true});
    }
    void hold(std::uint32_t items) {
        for (std::uint32_t at = 0; at < items; ++at) {
            const item::Item item =
                samples::publication({.slot = 10 + at, .lifetime = Seconds(86400)});
            store.apply(Store{samples::accepted(item), now.wall + Seconds(86400)});
            held.push_back(id(item));
        }
    }
    std::vector<SendProbe> probes() const {
        std::vector<SendProbe> out;
        for (const Effect& effect : last)
            if (const auto* probe = std::get_if<SendProbe>(&effect)) out.push_back(*probe);
        return out;
    }
    static std::vector<base::ItemId> asked_for(const SendProbe& probe) {
        REQUIRE(probe.frames.size() == 2);
        const auto hello = parse(*probe.frames[0]);
        REQUIRE(hello);
        CHECK(!std::get<Hello>(*hello).listening);
        CHECK(!std::get<Hello>(*hello).visit);
        const auto message = parse(*probe.frames[1]);
        REQUIRE(message);
        CHECK(std::get<Probe>(*message).number == probe.number);
        return std::get<Probe>(*message).ids;
    }
    // Goes on until all was asked, answers by `said` and returns what was asked of whom.
    using Said = std::function<std::optional<std::vector<bool>>(std::size_t, const SendProbe&)>;
    std::vector<SendProbe> play(const Said& said) {
        std::vector<SendProbe> out;
        std::vector<SendProbe> open;
        const base::MonoTime end = now.mono + limits::audit_spread + Millis(1000);
        while (now.mono <= end && (node->audit().is_running(apple_id()) || !open.empty())) {
            wait(Millis(100));
            for (const SendProbe& probe : probes()) open.push_back(probe);
            CHECK(open.size() <= limits::probes_max);
            if (open.empty()) continue;
            const SendProbe probe = open.front();
            open.erase(open.begin());
            said_last = step(Probed{probe.id, probe.peer, said(out.size(), probe)});
            for (const SendProbe& next : probes()) open.push_back(next);
            out.push_back(probe);
        }
        return out;
    }
    base::ItemId apple_id() const { return id(apple); }
    void hold_apple() { store.apply(Store{samples::accepted(apple), now.wall + Seconds(86400)}); }
    static std::vector<bool> all(const SendProbe& probe, bool held) {
        return std::vector<bool>(asked_for(probe).size(), held);
    }

    std::vector<base::ItemId> held;
    std::string said_last;
};

TEST_CASE_FIXTURE(Auditing,
                  "ten nodes at random are asked for the item among decoys, all the same") {
    know_proved(20);
    hold(40);
    hold_apple();
    CHECK(step(AuditItem{apple_id()}) == "");
    const auto asked = play([](std::size_t, const SendProbe& probe) { return all(probe, true); });
    REQUIRE(asked.size() == limits::audit_nodes);
    CHECK(said_last == "audited apple asked 10 held 10");
    std::set<base::PeerId> peers;
    for (const SendProbe& probe : asked) {
        peers.insert(probe.peer);
        CHECK(asked_for(probe) == asked_for(asked.front()));
    }
    CHECK(peers.size() == asked.size());
    const auto ids = asked_for(asked.front());
    CHECK(ids.size() == limits::audit_ids);
    CHECK(std::ranges::count(ids, apple_id()) == 1);
    for (const base::ItemId& decoy : ids) CHECK(store.presence(decoy) == Presence::alive);
    CHECK(std::set<base::ItemId>(ids.begin(), ids.end()).size() == ids.size());
}

TEST_CASE_FIXTURE(Auditing, "what each says is counted, and what says nothing about the item") {
    know_proved(10);
    hold(40);
    hold_apple();
    step(AuditItem{apple_id()});
    play([&](std::size_t number, const SendProbe& probe) -> std::optional<std::vector<bool>> {
        const auto ids = asked_for(probe);
        std::vector<bool> answer(ids.size(), number % 2 == 0);
        const auto place =
            static_cast<std::size_t>(std::ranges::find(ids, apple_id()) - ids.begin());
        switch (number) {
            case 0:
            case 1:
            case 2:
                answer[place] = true;
                return answer;
            case 3:
            case 4:
                answer[place] = false;
                return answer;
            case 5:
                return std::vector<bool>{};  // it does not say
            case 6:
                answer.push_back(true);  // of another number of ids
                return answer;
            default:
                return std::nullopt;
        }
    });
    CHECK(said_last == "audited apple asked 10 held 3 lacking 2 declined 1 unreached 4");
    CHECK(!node->audit().is_running(apple_id()));
}

TEST_CASE_FIXTURE(Auditing,
                  "an item that is audited again brings the same decoys that still live") {
    know_proved(10);
    hold(200);
    hold_apple();
    const auto once = [&] {
        step(AuditItem{apple_id()});
        const auto asked =
            play([](std::size_t, const SendProbe& probe) { return all(probe, true); });
        const auto ids = asked_for(asked.front());
        return std::set<base::ItemId>(ids.begin(), ids.end());
    };
    const auto first = once();
    CHECK(once() == first);
    base::ItemId gone = *first.begin();
    if (gone == apple_id()) gone = *std::next(first.begin());
    store.apply(Forget{gone, ForgetReason::expired, {}});
    const auto third = once();
    CHECK(third.size() == limits::audit_ids);
    CHECK(!third.contains(gone));
    std::vector<base::ItemId> common;
    std::ranges::set_intersection(first, third, std::back_inserter(common));
    CHECK(common.size() == limits::audit_ids - 1);
}

TEST_CASE_FIXTURE(Auditing, "linked nodes make up the number where no others are known") {
    know_proved(3);
    hold_apple();
    const Peer linked{base::LinkId{77}, peer_key(first_known)};
    connect(linked);
    step(AuditItem{apple_id()});
    const auto asked = play([](std::size_t, const SendProbe& probe) { return all(probe, true); });
    CHECK(asked.size() == 3);
    CHECK(said_last == "audited apple asked 3 linked 1 held 3");
}

TEST_CASE_FIXTURE(Auditing,
                  "nobody is asked without a network, without anybody known, or beyond the limit") {
    hold_apple();
    step(NetworkReady{true});
    CHECK(step(AuditItem{apple_id()}) == "audited apple asked 0");
    know_proved(5);
    step(NetworkReady{false});
    CHECK(step(AuditItem{apple_id()}) == "audited apple asked 0");
    step(NetworkReady{true});
    for (std::uint8_t at = 0; at < limits::audits_max; ++at)
        CHECK(step(AuditItem{samples::filled<base::ItemId>(at)}) == "");
    CHECK(step(AuditItem{samples::filled<base::ItemId>(0)}) == "");  // it is under way
    CHECK(step(AuditItem{apple_id()}) == "audited apple asked 0");
}

TEST_CASE_FIXTURE(Auditing, "banned nodes are not asked, nor those that never answered a dial") {
    know({dave});
    CHECK(step(AuditItem{apple_id()}) == "audited apple asked 0");
    know_proved(2);
    step(BanPeer{peer_key(first_known), Seconds(1000), "a liar"});
    step(AuditItem{apple_id()});
    const auto asked = play([](std::size_t, const SendProbe&) { return std::nullopt; });
    REQUIRE(asked.size() == 1);
    CHECK(asked.front().peer == peer_key(first_known + 1));
    CHECK(said_last == "audited apple asked 1 unreached 1");
}

TEST_CASE_FIXTURE(Auditing, "answers of another life, of others, and twice are nobody's") {
    know_proved(2);
    CHECK(step(Probed{apple_id(), peer_key(first_known), std::vector<bool>{true}}) == "");
    step(AuditItem{apple_id()});
    CHECK(step(Probed{apple_id(), peer_key(first_known), std::vector<bool>{true}}) == "");
    CHECK(node->audit().is_running(apple_id()));
}

// ---- answering ----------------------------------------------------------------------------------

TEST_CASE_FIXTURE(Auditing, "whoever asks is told what is held, a visitor without a name as well") {
    hold(2);
    const Probe probe{9, {held[0], samples::filled<base::ItemId>(200), held[1]}};
    connect(alice);
    CHECK(hear(alice, probe) == "tell alice held yes no yes");
    const base::LinkId visitor{88};
    step(LinkUp{visitor, std::nullopt, false});
    Hello greeting = hello();
    greeting.listening = false;
    frame(visitor, encode(greeting));
    step(FrameReceived{visitor, *encode(probe)});
    const auto* send = std::get_if<Send>(&last.front());
    REQUIRE(send);
    CHECK(std::get<Held>(*parse(*send->frame)).number == 9);
}

TEST_CASE_FIXTURE(Auditing,
                  "before Hello a probe is unexpected, and beyond the link's budget too much") {
    const Probe probe{9, {samples::filled<base::ItemId>(200)}};
    up(alice);
    CHECK(hear(alice, probe).find("frame_unexpected") != std::string::npos);
    connect(bob);
    for (std::int64_t at = 0; at < limits::probe_rate.burst; ++at)
        CHECK(hear(bob, probe) == "tell bob held no");
    CHECK(hear(bob, probe).find("too_many_requests") != std::string::npos);
}

TEST_CASE_FIXTURE(Auditing, "an answer that nobody asked for is ignored within its budget") {
    connect(alice);
    for (std::int64_t at = 0; at < limits::probe_rate.burst; ++at)
        CHECK(hear(alice, Held{1, {true}}) == "");
    CHECK(hear(alice, Held{1, {true}}).find("too_many_requests") != std::string::npos);
}

TEST_CASE_FIXTURE(Auditing, "beyond what all may ask together it does not say") {
    const Probe probe{9, {samples::filled<base::ItemId>(200)}};
    std::int64_t told = 0;
    std::int64_t asked = 0;
    for (std::uint64_t link = 1000; asked < limits::probe_answers_rate.burst + 3; ++link) {
        const base::LinkId visitor{link};
        step(LinkUp{visitor, std::nullopt, false});
        Hello greeting = hello();
        greeting.listening = false;
        frame(visitor, encode(greeting));
        step(FrameReceived{visitor, *encode(probe)});
        for (const Effect& effect : last)
            if (const auto* send = std::get_if<Send>(&effect)) {
                const auto message = parse(*send->frame);
                if (const auto* answer = std::get_if<Held>(&*message)) {
                    ++asked;
                    told += answer->held.empty() ? 0 : 1;
                }
            }
        step(LinkDown{visitor, std::nullopt});
    }
    CHECK(told == limits::probe_answers_rate.burst);
}

}  // namespace
}  // namespace hearsay::core
