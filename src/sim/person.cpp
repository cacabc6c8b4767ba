#include "sim/person.hpp"

#include <algorithm>
#include <utility>

#include "base/ensure.hpp"

namespace hearsay::sim {
namespace {

// Removals come within a run instead of after it.
constexpr market::MarketSettings soon{true, base::Seconds(600), base::Seconds(60)};

template <class Map>
auto taken(Map& map, std::uint64_t job) {
    auto found = map.extract(job);
    return found.empty() ? std::nullopt : std::optional(std::move(found.mapped()));
}

}  // namespace

Person::Person(base::Rng rng, base::WallTime now) : rng_(std::move(rng)) {
    market::Vault::Created created = market::Vault::create(rng_, now);
    ENSURE(created.vault.protect({}, cheapest_scrypt, rng_).has_value(),
           "the cheapest scrypt does not run");
    words_ = std::move(created.words);
    file_ = created.vault.seal(rng_);
}

market::Vault Person::saved_vault() const {
    auto vault = market::Vault::open(file_, {});
    ENSURE(vault.has_value(), "a vault file that was just saved does not open");
    return *std::move(vault);
}

market::Market Person::open() {
    return {item::Network::sim, saved_vault(), rng_.fork(), soon};
}

void Person::close() {
    works_.clear();
    tries_.clear();
    lists_.clear();
}

base::Result<void> Person::save(const market::Vault& vault) {
    if (broken_) return base::fail(base::ErrorCode::exhausted, "the simulated disk keeps nothing");
    file_ = vault.seal(rng_);
    return {};
}

std::uint64_t Person::wait(market::FindWork wish) {
    works_.emplace(next_job_, wish);
    return next_job_++;
}

std::uint64_t Person::wait(market::TryOpen wish) {
    tries_.emplace(next_job_, std::move(wish));
    return next_job_++;
}

std::uint64_t Person::wait(market::ListPersonas wish) {
    lists_.emplace(next_job_, std::move(wish));
    return next_job_++;
}

std::optional<market::FindWork> Person::take_work(std::uint64_t job) {
    return taken(works_, job);
}

std::optional<market::TryOpen> Person::take_try(std::uint64_t job) {
    return taken(tries_, job);
}

std::optional<market::ListPersonas> Person::take_list(std::uint64_t job) {
    return taken(lists_, job);
}

void Person::cancel_work(const base::ItemId& id) {
    std::erase_if(works_, [&](const auto& entry) { return entry.second.id == id; });
}

}  // namespace hearsay::sim
