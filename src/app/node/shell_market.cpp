// The market's side of the shell: what it wants done after a commit.
#include "app/node/shell.hpp"
#include "base/encoding.hpp"
#include "base/overloaded.hpp"
#include "market/identity/identity.hpp"

namespace hearsay::app {
namespace {

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
    const base::Overloaded handle{
        [&](const market::FindWork& wish) { find_work(wish); },
        [&](const market::CancelWork& wish) { workers_.cancel_work(wish.id); },
        [&](const market::TryOpen& wish) { reading_.try_open(wish); },
        [&](const market::ListPersonas& wish) { list_personas(wish); },
        [&](const market::Tell& news) {
            publish({std::string(event_type(news.what)), news.id, news.text});
        },
        [&](const market::Submit&) {},     // was an input of the turn
        [&](const market::Recall&) {},     // and so was this
        [&](const market::SaveVault&) {},  // was done before the commit
    };
    std::visit(handle, effect);
}

void Shell::find_work(const market::FindWork& wish) {
    // item::work_is_enough(): the simulated network asks for none.
    const std::uint64_t trials = options_.network == item::Network::sim ? 1 : wish.trials;
    workers_.find_work(wish.id, trials, [this, id = wish.id](std::uint64_t nonce) {
        answer(turn::WorkFound{id, nonce});
    });
}

void Shell::list_personas(const market::ListPersonas& wish) {
    workers_.check([this, wish]() -> Workers::Answer {
        return [this, from = wish.from,
                marks = market::list_personas(wish.root, wish.from, wish.count)] {
            answer(turn::PersonasListed{from, marks});
        };
    });
}

// A record is read when the market begins anew, in the next turn.
base::Result<SetAside> Shell::read_again(std::string_view id_or_beginning, Turn& turn) {
    market::Vault& vault = turn.market.vault();
    auto entry = quarantine_->retry(id_or_beginning, vault, turn.all_kept, turn.flood, rng_);
    if (!entry) return entry;
    if (entry->mail) {
        turn.out.push_back(market::TryOpen{entry->mail, market::own_keys(vault)});
    } else {
        engine_.start_market(turn::Knows::what_is_unkept);
    }
    return entry;
}

base::Result<SetAside> Shell::remove_set_aside(std::string_view id_or_beginning, Turn& turn) {
    return quarantine_->remove(id_or_beginning, turn.market.vault(), turn.all_kept, rng_);
}

}  // namespace hearsay::app
