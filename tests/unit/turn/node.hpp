// unit/turn/node.hpp - a node around an engine: the simulator's disk, and a trace of what the
// engine does with it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "base/encoding.hpp"
#include "sim/memory_own_store.hpp"
#include "sim/memory_store.hpp"
#include "sim/person.hpp"
#include "turn/engine.hpp"

namespace hearsay::turn {

// 2026-01-03 12:00 UTC: few personas can have been given until then, so a scan for them is quick.
inline constexpr base::WallTime early = base::from_unix_seconds(1767441600);

// From which commit on the disk keeps nothing.
enum class Broken : std::uint8_t { nowhere, from_vault, from_own, from_flood };
inline constexpr Broken every_break[] = {Broken::from_vault, Broken::from_own, Broken::from_flood,
                                         Broken::nowhere};

inline base::Rng seeded(std::uint8_t number) {
    base::Secret seed;
    seed.data.fill(number);
    return base::Rng(seed);
}

class Node final : private Driver, private VaultFile {
public:
    explicit Node(std::uint8_t number)
        : person_(std::make_unique<sim::Person>(seeded(number), early)) {
        start();
    }

    // The process begins on what the disk has.
    void start() {
        engine = std::make_unique<Engine>();
        engine->begin_core(core_options());
        engine->post(core::TimerFired{});
        engine->begin_market(person_->open());
        tries.clear();
        work.clear();
        lists.clear();
    }
    void crash() {
        person_->close();
        start();
    }
    static core::NodeOptions core_options() {
        core::NodeOptions out;
        out.network = item::Network::sim;
        out.self.data.fill(9);
        return out;
    }

    Outcome run() {
        trace.clear();
        person_->break_saves(broken == Broken::from_vault);
        own.break_commits(broken == Broken::from_vault || broken == Broken::from_own);
        flood.break_commits(broken != Broken::nowhere);
        const Outcome done = engine->run(moment_of(now), {*this, own, own, flood}, *this);
        if (done.failed) {
            own.roll_back();
            flood.roll_back();
        }
        return done;
    }
    // Turns until nothing is left to do at once.
    void settle() {
        for (int round = 0; run().again; ++round) REQUIRE(round < 1000);
    }
    // A command by itself, in a turn of its own.
    template <class Act>
    Outcome ask(Act act) {
        engine->ask([this, act](Context& context) -> Engine::Finish {
            note("command");
            act(context);
            return [this](const std::optional<base::Error>& failed) {
                note(failed ? "refused" : "answered");
            };
        });
        return run();
    }
    std::optional<market::OfferView> publish(const std::string& title) {
        std::optional<market::OfferView> out;
        item::OfferText text;
        text.title = title;
        ask([&out, text](Context& context) {
            if (const auto offer = context.market.publish_offer(text, base::Seconds(0), context))
                out = *offer;
        });
        return out;
    }
    std::size_t offers() { return engine->market().own_offers(own).size(); }
    void wait(base::Seconds how_long) {
        now.mono += how_long;
        now.wall += how_long;
    }
    market::Vault saved_vault() {
        market::Market opened = person_->open();
        return opened.vault();
    }
    const std::string& words() const { return person_->words(); }

    sim::MemoryOwnStore own;
    sim::MemoryStore flood;
    std::unique_ptr<Engine> engine;
    base::Now now{base::MonoTime(base::Millis(1000)), early};
    Broken broken = Broken::nowhere;
    std::string trace;  // of the last turn, words with a blank between
    std::vector<market::TryOpen> tries;
    std::vector<market::FindWork> work;
    std::vector<market::ListPersonas> lists;
    std::vector<core::Submit> submitted;

private:
    void note(const std::string& what) { trace += (trace.empty() ? "" : " ") + what; }

    base::Result<void> save(const market::Vault& vault) override {
        const auto saved = person_->save(vault);
        note(saved ? "vault" : "no-vault");
        return saved;
    }

    void on_starting(Knows knows) override {
        note(knows == Knows::nothing_wrong ? "start" : "start-anew");
    }
    void on_tended(market::OwnStore&) override { note("tended"); }
    void on_step(const core::Input& input, core::Effects&) override {
        if (const auto* submit = std::get_if<core::Submit>(&input)) submitted.push_back(*submit);
        note(std::holds_alternative<core::TimerFired>(input)     ? "step-timer"
             : std::holds_alternative<core::Submit>(input)       ? "step-submit"
             : std::holds_alternative<core::NetworkReady>(input) ? "step-ready"
                                                                 : "step");
    }
    void on_mail(const MailTried&) override { note("mail"); }
    void on_mail_taken(const MailTried&) override { note("taken"); }
    void on_decided(market::Effects&) override { note("decided"); }
    void on_own_kept(const market::Effects&) override { note("own"); }
    void on_committed() override { note("flood"); }
    void perform(const core::Effect&) override { note("say"); }
    void on_spoken() override { note("said"); }
    void perform(const market::Effect& wish) override {
        if (const auto* find = std::get_if<market::FindWork>(&wish)) work.push_back(*find);
        if (const auto* attempt = std::get_if<market::TryOpen>(&wish)) tries.push_back(*attempt);
        if (const auto* list = std::get_if<market::ListPersonas>(&wish)) lists.push_back(*list);
        note(std::holds_alternative<market::SaveVault>(wish) ? "do-save" : "do");
    }
    void on_ended() override { note("end"); }

    std::unique_ptr<sim::Person> person_;
};

}  // namespace hearsay::turn
