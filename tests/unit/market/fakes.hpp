// unit/market/fakes.hpp - persons: a node's turns over a disk in memory, workers that answer when
// asked to, and a network between them.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "market/market.hpp"
#include "memory.hpp"
#include "turn/engine.hpp"

namespace hearsay::market {

inline constexpr base::WallTime noon = base::from_unix_seconds(1793880000);  // 2026-11-05 12:00 UTC
// Few personas can have been given until then, so a scan for them is quick.
// 2026-01-03 12:00 UTC
inline constexpr base::WallTime early = base::from_unix_seconds(1767441600);
inline constexpr base::Seconds hour{3600};
inline constexpr base::Seconds day{24 * 3600};
inline constexpr crypto::ScryptCost cheap{16, 8, 1};

inline base::Rng seeded(std::uint8_t number) {
    base::Secret seed;
    seed.data.fill(number);
    return base::Rng(seed);
}

// Where the process ends in the next turn; before_vault: before anything of it is kept.
enum class Crash { never, before_vault, before_commit, before_speaking };

// One user with one node: its turns are the program's (turn/engine.hpp). A crash loses everything
// but the vault file, the committed own store and the flood store.
//
// What the workers are asked waits until do_work() and the like answer it, an answer a turn. What
// the core has to tell, the test says (hear(), injected(), heard()): all else that the core decides
// is dropped. Time stands still until the test moves it, and a tick comes when the test says so.
class Person final : private turn::Driver, private turn::VaultFile {
public:
    explicit Person(std::uint8_t number, item::Network on = item::Network::sim,
                    MarketSettings wished = {}, base::WallTime begin = noon);
    Person(std::uint8_t number, base::WallTime begin);
    ~Person();
    void start();
    // A turn in which the user asks for this.
    template <class Do>
    std::invoke_result_t<Do, const Turn&> turn(Do act) {
        std::optional<std::invoke_result_t<Do, const Turn&>> result;
        event([&](const Turn& turn) { result.emplace(act(turn)); });
        return *std::move(result);
    }
    void event(const std::function<void(const Turn&)>& act);
    // One that nothing but what is under way has a part in.
    turn::Outcome run();
    // For a look outside a turn: nothing of its effects is performed.
    Turn aside() { return {now, store, flood, unheard_}; }
    // A stamp is followed by the work of its mail. Nobody checks an item's work here; a level above
    // what is asked is said by the nonce (item/standing.hpp).
    void do_work();
    void do_tries();
    void answer(const TryOpen& attempt);
    void hear(const item::ReadPtr& item);
    void injected(const base::ItemId& id, std::uint32_t times);
    // What it takes of each class to be kept; and an item that the node let go for want of room.
    void priced(const item::Floors& levels);
    void lost(const base::ItemId& id);
    void heard(const base::ItemId& id, std::size_t peers);
    void tick();
    void do_key_erasure();
    // What was condemned until now is gone afterwards.
    void forget();
    void do_recovery();
    base::Result<OfferView> publish(const std::string& title,
                                    base::Seconds lifetime = base::Seconds(0));
    base::Result<MailView> send(const std::string& to, const std::string& text);
    std::vector<MailView> inbox() const;

    const item::Network network;
    MarketSettings settings;
    std::uint32_t stamp_bits = 0;  // that this one's workers find, whatever is asked for; 0: none
    MemoryOwnStore store;
    MemoryCatalogue flood;
    base::Bytes vault_file;
    std::string words;
    std::string passphrase = "correct horse";
    base::WallTime now;
    Market* market = nullptr;  // of the engine, since the last start()
    Crash next_crash = Crash::never;
    bool crashed = false;    // in the last turn
    bool down = false;       // since a crash, until start(): nothing is kept or done any more
    bool disk_full = false;  // the own store keeps nothing
    std::vector<FindWork> work;
    std::vector<base::ItemId> cancelled;
    std::vector<TryOpen> tries;
    std::vector<ListPersonas> lists;
    std::vector<base::ItemId> recalled;
    std::vector<item::ReadPtr> submitted;
    std::uint32_t injected_before = 0;  // as the last Submit said
    std::vector<Tell> told;

private:
    void notice(core::Notice what);
    base::Result<void> save(const Vault& vault) override;
    void on_step(const core::Input& input, core::Effects& effects) override;
    void on_committed() override { down = down || crashed; }
    void perform(const core::Effect&) override {}
    void perform(const Effect& effect) override;

    base::Rng rng_;
    std::unique_ptr<turn::Engine> engine_;
    std::vector<core::Notice> notices_;
    base::MonoTime mono_{};
    Crash crash_ = Crash::never;  // of the turn under way
    Effects unheard_;
};

// Works, floods and opens until nobody has anything to do.
void settle(const std::vector<Person*>& persons);

}  // namespace hearsay::market
