// The market's side of the shell: what it wants done after a commit, and when it is asked again.
#include "app/node/shell.hpp"
#include "base/encoding.hpp"

namespace hearsay::app {
namespace {

using namespace std::chrono_literals;

constexpr base::Millis market_tick_interval = 60s;

template <class... Handlers>
struct Overloaded : Handlers... {
    using Handlers::operator()...;
};

std::string_view event_type(market::Happening what) {
    switch (what) {
        case market::Happening::offer_live:
            return "offer";
        case market::Happening::offer_gone:
            return "offer_removed";
        case market::Happening::mail_arrived:
            return "mail";
        case market::Happening::mail_state:
            return "mail_state";
        case market::Happening::trade:
            return "trade";
    }
    return "";
}

}  // namespace

void Shell::perform(const market::Effect& effect) {
    const Overloaded handle{
        [&](const market::FindWork& wish) {
            // item::work_is_enough(): the simulated network asks for none.
            const std::uint64_t trials = options_.network == item::Network::sim ? 1 : wish.trials;
            workers_.find_work(wish.id, trials, [this, id = wish.id](std::uint64_t nonce) {
                ask([this, id, nonce](Turn& turn) -> Finish {
                    turn.market.on_work_found(id, nonce, turn);
                    // If it cannot be kept, the market searches again once the disk allows.
                    return [](const std::optional<base::Error>&) {};
                });
            });
        },
        [&](const market::CancelWork& wish) { workers_.cancel_work(wish.id); },
        [&](const market::TryOpen& wish) { reading_.try_open(wish); },
        [&](const market::ListPersonas& wish) { list_personas(wish); },
        [&](const market::Tell& news) { publish({std::string(event_type(news.what)), news.id, news.text}); },
        [&](const market::Submit&) {},     // was an input of the turn
        [&](const market::Recall&) {},     // and so was this
        [&](const market::SaveVault&) {},  // was done before the commit
    };
    std::visit(handle, effect);
}

// A record is read when the market begins anew, in the next turn.
base::Result<SetAside> Shell::read_again(std::string_view id_or_beginning, Turn& turn) {
    auto entry = quarantine_->retry(id_or_beginning, market_.vault(), turn.all_kept, turn.flood, rng_);
    if (!entry) return entry;
    if (entry->mail) {
        auto keys = std::make_shared<std::vector<std::pair<base::MailboxKey, base::Secret>>>();
        for (const auto& [key, mailbox] : market_.vault().mailboxes())
            keys->emplace_back(key, mailbox.secret);
        turn.out.push_back(market::TryOpen{entry->mail, std::move(keys)});
    } else {
        market_stale_ = true;
        schedule();
    }
    return entry;
}

base::Result<SetAside> Shell::remove_set_aside(std::string_view id_or_beginning, Turn& turn) {
    return quarantine_->remove(id_or_beginning, market_.vault(), turn.all_kept, rng_);
}

void Shell::list_personas(const market::ListPersonas& wish) {
    workers_.check([this, wish]() -> Workers::Answer {
        return [this, from = wish.from, marks = market::list_personas(wish.root, wish.from, wish.count)] {
            ask([=](Turn& turn) -> Finish {
                turn.market.on_personas_listed(from, marks, turn);
                return [](const std::optional<base::Error>&) {};
            });
        };
    });
}

void Shell::arm_market_tick() {
    market_tick_ = net::now().mono + market_tick_interval;
    market_timer_.arm(market_tick_interval);
}

// Sooner than every minute, if the market has something to do sooner.
void Shell::arm_market(base::MonoTime now, base::Millis wait) {
    wait = std::max(base::Millis(0), wait);
    if (now + wait >= market_tick_) return;
    market_tick_ = now + wait;
    market_timer_.arm(wait);
}

void Shell::begin_market() {
    ask([this](Turn& turn) -> Finish {
        const auto started = turn.market.start(turn);
        clock_.keep(turn.store);  // after it: a new person's store is emptied first
        // It started when the program did, so this is the disk; what is half loaded is not worked with.
        return [this, started](const std::optional<base::Error>& failed) {
            if (!started && !failed) pause(started.error());
        };
    });
    arm_market_tick();
}

void Shell::tick_market() {
    arm_market_tick();
    ask([this](Turn& turn) -> Finish {
        clock_.keep(turn.store);
        turn.market.on_tick(turn);
        return [](const std::optional<base::Error>&) {};
    });
}

}  // namespace hearsay::app
