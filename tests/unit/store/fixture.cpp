#include "unit/store/fixture.hpp"

#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <sys/wait.h>
#include <unistd.h>

#include <doctest/doctest.h>

#include "crypto/ed25519.hpp"

namespace hearsay::store::testing {

TemporaryDirectory::TemporaryDirectory() {
    const char* base = std::getenv("TMPDIR");
    path_ = std::string(base && *base ? base : "/tmp") + "/hearsay-store-XXXXXX";
    if (!::mkdtemp(path_.data())) throw std::runtime_error("no temporary directory");
}

TemporaryDirectory::~TemporaryDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

base::Secret seed_of(std::uint8_t number) {
    base::Secret seed;
    seed.data.fill(number);
    return seed;
}

item::ReadPtr publication(const Wanted& wanted) {
    const base::Secret seed = seed_of(wanted.publisher);
    item::Publication claim;
    claim.publisher = base::PublisherKey{crypto::ed25519_public_key(seed).data};
    claim.slot.data.fill(wanted.slot);
    claim.sequence = wanted.sequence;
    claim.removed = wanted.removed;
    const item::Terms terms{item::Network::sim, wanted.kind, wanted.created, wanted.lifetime};
    auto item = item::make_publication(
        terms, claim,
        wanted.removed ? base::Bytes() : base::to_bytes(std::string_view(wanted.payload)), seed);
    item.nonce = 0x0102030405060708;
    auto read = item::read(std::move(item), item::Network::sim);
    REQUIRE(read);
    return *read;
}

item::ReadPtr mail(std::uint32_t number, base::WallTime created, base::Seconds lifetime) {
    item::Mail claim;
    const auto bytes = base::big_endian(number);
    std::copy(bytes.begin(), bytes.end(), claim.encapsulation_hash.data.begin());
    const item::Terms terms{item::Network::sim, item::kind_mail, created, lifetime};
    auto read =
        item::read(item::make_mail(terms, claim, base::Bytes(3584, 0x5a)), item::Network::sim);
    REQUIRE(read);
    return *read;
}

item::ThingId thing_of(const item::ReadPtr& item) {
    REQUIRE(item->header.publication());
    return item::thing_of(*item->header.publication());
}

FloodOptions flood_options(std::uint64_t new_life) {
    FloodOptions options;
    options.network = item::Network::sim;
    options.new_life = new_life;
    options.map_bytes = 1ULL << 30;
    options.boot_id = "this boot";
    return options;
}

std::unique_ptr<Flood> open_flood(const std::string& path, const FloodOptions& options) {
    auto flood = Flood::open(path, options);
    REQUIRE_MESSAGE(flood, flood.error().text);
    return std::move(*flood);
}

std::unique_ptr<Own> open_own(const std::string& path) {
    auto own = Own::open(path, 1ULL << 28);
    REQUIRE_MESSAGE(own, own.error().text);
    return std::move(*own);
}

core::Effect storing(const item::ReadPtr& item) {
    return core::Store{item, item->header.expires + 4 * hour};
}

core::Effect forgetting(const base::ItemId& id, base::WallTime until) {
    return core::Forget{id, core::ForgetReason::expired, until};
}

void commit(Flood& flood, const core::Effects& effects) {
    auto txn = flood.begin();
    REQUIRE(txn);
    for (const core::Effect& effect : effects) REQUIRE((*txn)->apply(effect));
    REQUIRE((*txn)->commit());
}

std::unique_ptr<FloodReader> FloodFixture::read() const {
    auto reader = flood->read();
    REQUIRE(reader);
    return std::move(*reader);
}

std::unique_ptr<FloodTxn> FloodFixture::begin() const {
    auto txn = flood->begin();
    REQUIRE(txn);
    return std::move(*txn);
}

void FloodFixture::reopen(const FloodOptions& options) {
    flood.reset();
    flood = open_flood(path, options);
}

void FloodFixture::edit(const std::function<void(Txn&, const FloodTables&)>& change) {
    flood.reset();
    {
        auto env = Env::open(path, 1ULL << 30, 0);
        REQUIRE(env);
        auto txn = Txn::begin(*env, Txn::Kind::write);
        REQUIRE(txn);
        const auto tables = open_flood_tables(*txn);
        REQUIRE(tables);
        change(*txn, *tables);
        REQUIRE(txn->commit());
    }
    flood = open_flood(path);
}

int in_child(const std::function<int()>& work) {
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        int code = 254;
        try {
            code = work();
        } catch (...) {
        }
        ::_exit(code);
    }
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 255;
}

}  // namespace hearsay::store::testing
