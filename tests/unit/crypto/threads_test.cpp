// Verification workers call these at the same time; the thread sanitizer reads along in the tsan
// preset.
#include <thread>

#include <doctest/doctest.h>

#include "crypto/hpke.hpp"
#include "crypto/onion.hpp"
#include "crypto/sha256.hpp"
#include "crypto/work.hpp"
#include "crypto_support.hpp"
#include "tls_support.hpp"

using namespace hearsay;
using namespace hearsay::crypto;

namespace {

// Everything a worker does with one seed, folded into one value.
base::Digest day_of_work(const base::Secret& seed) {
    const base::Bytes message = base::to_bytes(seed.view());
    const Ed25519Key key = ed25519_public_key(seed);
    const Signature signature = ed25519_sign(seed, message);
    base::Bytes notes;
    notes.push_back(ed25519_verify(key.view(), message, signature.view()) ? 1 : 0);
    notes.push_back(ed25519_key_is_torsion_free(key.view()) ? 1 : 0);

    const XWingKey mailbox(seed);
    auto sender = HpkeSender::setup(mailbox.public_key(), {}, EncapsulationSeed{});
    ENSURE(sender, "an honest mailbox key is refused");
    const HpkeTag tag = sender->tag();
    const Encapsulation encapsulation = sender->encapsulation();
    const base::Bytes sealed = std::move(*sender).seal({}, message);
    const HpkeSealed tried(tag, encapsulation, {}, sealed);
    notes.push_back(tried.is_tagged_for(mailbox) ? 1 : 0);
    notes.push_back(tried.open(mailbox, {}) == message ? 1 : 0);
    notes.push_back(parse_onion(onion_address(base::PeerId{key.data})) ? 1 : 0);

    const std::atomic<bool> cancelled{false};
    const base::ItemId id{sha256(message).data};
    const auto nonce = find_work(id, 2000, 0, cancelled);
    notes.push_back(nonce && work_is_enough(id, *nonce, 2000) ? 1 : 0);
    return sha256({notes, signature.view(), sealed, base::big_endian(nonce.value_or(0))});
}

}  // namespace

TEST_CASE("threads at the same work get the results of one thread") {
    constexpr std::uint8_t seeds = 12;
    constexpr std::size_t threads = 4;
    std::array<std::array<base::Digest, seeds>, threads> results;
    {
        std::vector<std::jthread> workers;
        for (auto& mine : results)
            workers.emplace_back([&mine] {
                for (std::uint8_t seed = 0; seed < seeds; ++seed)
                    mine[seed] = day_of_work(test::seed_of(seed));
            });
    }
    for (std::uint8_t seed = 0; seed < seeds; ++seed) {
        const base::Digest expected = day_of_work(test::seed_of(seed));
        for (const auto& mine : results) CHECK(mine[seed] == expected);
    }
}

TEST_CASE("links shake hands in several threads, sharing their contexts") {
    const auto client = client_context(test::seed_of(1));
    const auto server = server_context(test::seed_of(2));
    REQUIRE(client);
    REQUIRE(server);
    std::atomic<int> shaken{0};
    {
        std::vector<std::jthread> workers;
        for (int i = 0; i < 4; ++i)
            workers.emplace_back([&] {
                test::Joined link(client->get(), server->get());
                if (link.shake_hands() && peer_key(link.server()) && peer_key(link.client()))
                    ++shaken;
            });
    }
    CHECK(shaken == 4);
}
