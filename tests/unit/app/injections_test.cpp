// app/node/injections.hpp: one anonymous dial for each Inject, and one answer.
#include "app/node/injections.hpp"

#include <doctest/doctest.h>

using namespace hearsay;

namespace {

// Links that write down what they are asked.
class FakeLinks final : public net::Links {
public:
    base::Result<void> listen(int, const std::string&) override { return {}; }
    base::LinkId dial(const base::PeerId& peer, net::DialKind kind,
                      std::optional<base::Millis>) override {
        dialled.push_back({peer, kind});
        return base::LinkId{dialled.size()};
    }
    void send(base::LinkId link, net::FramePtr frame) override {
        sent.push_back({link, std::move(frame)});
    }
    void close(base::LinkId link, bool graceful) override { closed.push_back({link, graceful}); }
    void throttle(bool) override {}
    std::vector<net::LinkInfo> list() const override { return {}; }
    net::Traffic traffic() const override { return {}; }
    std::size_t handshakes() const override { return 0; }
    std::size_t dials() const override { return 0; }

    std::vector<std::pair<base::PeerId, net::DialKind>> dialled;
    std::vector<std::pair<base::LinkId, net::FramePtr>> sent;
    std::vector<std::pair<base::LinkId, bool>> closed;
};

struct Fixture {
    FakeLinks links;
    std::vector<core::Injected> answers;
    net::Loop loop;
    app::Injections injections{
        loop, [this](core::Injected injected) { answers.push_back(std::move(injected)); }};
    core::Inject inject;
    const base::LinkId link{1};

    Fixture() {
        inject.id.data[0] = 7;
        inject.peer.data[0] = 9;
        for (const std::uint8_t byte : {std::uint8_t{1}, std::uint8_t{2}})
            inject.frames.push_back(std::make_shared<const base::Bytes>(base::Bytes{byte}));
        injections.begin(links, inject);
    }
    bool answered(bool ok) const {
        return answers.size() == 1 && answers[0].id == inject.id &&
               answers[0].peer == inject.peer && answers[0].ok == ok &&
               answers[0].why.empty() == ok;
    }
};

}  // namespace

TEST_CASE_FIXTURE(Fixture,
                  "an injection dials anonymously, sends its frames in order and goes politely") {
    REQUIRE(links.dialled.size() == 1);
    CHECK(links.dialled[0].first == inject.peer);
    CHECK(links.dialled[0].second == net::DialKind::anonymous);
    CHECK(injections.on_link_up(links, link));
    REQUIRE(links.sent.size() == 2);
    CHECK(links.sent[0].second == inject.frames[0]);
    CHECK(links.sent[1].second == inject.frames[1]);
    CHECK(links.closed.empty());
    CHECK(injections.on_drained(links, link));
    // not before the other side has shown that it is there
    CHECK(links.closed.empty());
    CHECK(injections.on_frame(links, link));  // their Hello: not the core's business
    CHECK(links.closed == std::vector{std::pair{link, true}});
    CHECK(answers.empty());
    CHECK(injections.on_link_down(link));
    CHECK(answered(true));
}

TEST_CASE_FIXTURE(Fixture, "it stays until all has left, however early the other side speaks") {
    injections.on_link_up(links, link);
    injections.on_frame(links, link);
    CHECK(links.closed.empty());
    injections.on_drained(links, link);
    CHECK(links.closed == std::vector{std::pair{link, true}});
}

TEST_CASE_FIXTURE(Fixture, "a failed dial is answered with the door's reason") {
    CHECK(injections.on_dial_failed(link, "no such onion"));
    CHECK(answered(false));
    CHECK(answers[0].why == "no such onion");
}

TEST_CASE_FIXTURE(Fixture, "a link that ends before everything has left was no injection") {
    injections.on_link_up(links, link);
    CHECK(injections.on_link_down(link));
    CHECK(answered(false));
}

TEST_CASE_FIXTURE(Fixture, "other links are not taken for injections, nor is one that is over") {
    const base::LinkId other{2};
    CHECK(!injections.on_link_up(links, other));
    CHECK(!injections.on_frame(links, other));
    CHECK(!injections.on_drained(links, other));
    CHECK(!injections.on_dial_failed(other, "why"));
    CHECK(!injections.on_link_down(other));
    injections.on_link_up(links, link);
    injections.on_drained(links, link);
    injections.on_link_down(link);
    CHECK(!injections.on_link_down(link));
    CHECK(answers.size() == 1);
}
