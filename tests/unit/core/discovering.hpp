// unit/core/discovering.hpp - a node that looks for peers, and a world that answers its dials and
// questions.
#pragma once

#include "fixture.hpp"

namespace hearsay::core {

using namespace std::chrono_literals;

inline base::PeerId stranger(std::uint32_t number) {
    return samples::numbered<base::PeerId>(1000 + number);
}

struct Discovering : Fixture {
    std::uint64_t next_link = 100;

    Discovering() {
        settings = {};
        restart();
    }
    std::string ready() { return step(NetworkReady{true}); }
    // Proved long ago or just now, as an earlier run kept it.
    KnownPeer proved(const base::PeerId& peer, Seconds ago = Seconds(3600)) const {
        KnownPeer out;
        out.peer = peer;
        out.added = now.wall - ago;
        out.first_proved = now.wall - ago;
        out.last_seen = now.wall - Seconds(60);
        return out;
    }
    std::vector<KnownPeer> proved_strangers(std::uint32_t count) const {
        std::vector<KnownPeer> out;
        for (std::uint32_t at = 0; at < count; ++at) out.push_back(proved(stranger(at)));
        return out;
    }
    std::vector<Dial> dials() const {
        std::vector<Dial> out;
        for (const Effect& effect : last)
            if (const auto* dial = std::get_if<Dial>(&effect)) out.push_back(*dial);
        return out;
    }
    std::vector<base::PeerId> dialled(DialPurpose purpose) const {
        std::vector<base::PeerId> out;
        for (const Dial& dial : dials())
            if (node->discovery().dialling(dial.peer) == purpose) out.push_back(dial.peer);
        return out;
    }
    // The last question that went to this link.
    std::optional<Find> question(base::LinkId link) const {
        std::optional<Find> out;
        for (const Effect& effect : last) {
            const auto* send = std::get_if<Send>(&effect);
            if (!send || send->link != link) continue;
            const auto message = parse(*send->frame);
            if (message && std::holds_alternative<Find>(*message)) out = std::get<Find>(*message);
        }
        return out;
    }
    // A dial of ours succeeds: the peer's Hello comes. What is said then.
    Peer answer_dial(const base::PeerId& key, std::string* said = nullptr) {
        const Peer peer{base::LinkId{next_link++}, key};
        step(LinkUp{peer.link, key, true});
        const std::string words = greet(peer);
        if (said) *said = words;
        return peer;
    }
    bool knows(const base::PeerId& peer) const { return node->discovery().table().contains(peer); }
    bool has_candidate(const base::PeerId& peer) const {
        return node->discovery().candidates().contains(peer);
    }
    std::size_t looked_up = 0;
    std::size_t questions = 0;
    std::vector<base::PeerId> told;  // in each answer

    static bool all(const Dial&, DialPurpose) { return true; }  // dials are answered

    // From deadline to deadline. Dials are answered or fail, as `answers` says;
    // questions are answered with `told`.
    void live(Millis how_long, const std::function<bool(const Dial&, DialPurpose)>& answers) {
        const base::MonoTime end = now.mono + how_long;
        for (int steps = 0; steps < 100'000 && now.mono < end; ++steps) {
            const base::MonoTime next = std::min(std::max(node->next_deadline(), now.mono), end);
            wait(next - now.mono);
            respond(answers);
        }
    }
    void respond(const std::function<bool(const Dial&, DialPurpose)>& answers) {
        for (Effects news = std::exchange(untaken, {}); !news.empty();
             news = std::exchange(untaken, {}))
            for (const Effect& effect : news) respond(effect, answers);
    }
    void respond(const Effect& effect,
                 const std::function<bool(const Dial&, DialPurpose)>& answers) {
        if (const auto* notify = std::get_if<Notify>(&effect))
            looked_up += std::holds_alternative<LookedUp>(notify->notice) ? 1 : 0;
        if (const auto* send = std::get_if<Send>(&effect)) talk(*send);
        const auto* dial = std::get_if<Dial>(&effect);
        const auto purpose = dial ? node->discovery().dialling(dial->peer) : std::nullopt;
        if (!purpose) return;
        if (answers(*dial, *purpose)) {
            answer_dial(dial->peer);
        } else {
            step(DialFailed{dial->peer, std::nullopt, "no answer"});
        }
    }
    void talk(const Send& send) {
        const auto message = parse(*send.frame);
        if (!message) return;
        if (const auto* ping = std::get_if<Ping>(&*message))
            frame(send.link, encode(Pong{ping->nonce}));
        // It holds the same; asked for a proof it has dropped its set.
        if (std::holds_alternative<Compare>(*message)) frame(send.link, encode(Done{true}));
        if (std::holds_alternative<More>(*message)) frame(send.link, encode(Done{false}));
        if (const auto* find = std::get_if<Find>(&*message)) {
            ++questions;
            frame(send.link, encode(Contacts{find->number, told}));
        }
    }
};

}  // namespace hearsay::core
