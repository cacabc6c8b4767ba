// One item, byte by byte: an offer made from fixed numbers. golden.py computes the same values
// without our code (CTest unit.item.golden), and docs/protocol.md may quote them for second
//   implementations. seed 00..1f, slot 00..0f, mailbox key 20..3f, sequence 3, network sim,
//   created 1800000000, one day
#include <atomic>

#include <doctest/doctest.h>

#include "base/encoding.hpp"
#include "crypto/ed25519.hpp"
#include "crypto/work.hpp"
#include "item/kinds.hpp"
#include "item/make.hpp"

namespace hearsay {
namespace {

constexpr std::string_view golden_payload =
    "0a0c54776f2062696379636c65732206636f666665652a0762696379636c65";
constexpr std::string_view golden_header =
    "0801100318022080a4a7da062880c7acda06301f3a2060f1c9dcdbc1ccff0c4d60b5b8510f480d3a71e635ae3f8467"
    "5d"
    "908cd80a8aed42580a2003a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b81210000102"
    "03"
    "0405060708090a0b0c0d0e0f18032a20202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e"
    "3f";
constexpr std::string_view golden_signature =
    "ffed0e5c03f979dc80b08bbf3192dcdde4ba4a08d343746033b6dc2c25c2b01ecb67c9687afff664aaf20e5e1fb11e"
    "ec"
    "53dd89ca19a3b0772b746fa496663d0a";
constexpr std::string_view golden_id =
    "b5ff0c9cc2b694e140b286deb488683ce7c898303a8cdd0050d30f3fb91d7b37";
constexpr std::string_view golden_thing =
    "7578b2b1b873a1c7c03ae584704917d5adc660c87d645fc4029765152be9e010";
constexpr std::uint64_t golden_work = 2023695;
constexpr std::uint64_t golden_nonce = 621748;

template <class Value>
Value counted(std::uint8_t first) {
    Value out;
    for (std::size_t at = 0; at < Value::size; ++at)
        out.data[at] = static_cast<std::uint8_t>(first + at);
    return out;
}

item::Item golden() {
    const auto seed = counted<base::Secret>(0);
    const base::PublisherKey publisher{crypto::ed25519_public_key(seed).data};
    const base::WallTime now = base::from_unix_seconds(1'800'000'123);
    const item::Terms terms{item::Network::sim, item::kind_offer, now, base::Seconds(86400)};
    const item::Publication claim{publisher, counted<base::Slot>(0), 3, false,
                                  std::nullopt};
    return item::make_publication(
        terms, claim, item::write_offer({"Two bicycles", "", "", "coffee", {"bicycle"}}), seed);
}

TEST_CASE("the golden item is made byte by byte as written") {
    const item::Item item = golden();
    CHECK(base::to_hex(item.payload) == golden_payload);
    CHECK(base::to_hex(item.header) == golden_header);
    CHECK(base::to_hex(item.signature) == golden_signature);
}

TEST_CASE("the golden item has the id, the thing and the work as written") {
    const auto read = item::read(golden(), item::Network::sim);
    REQUIRE(read);
    CHECK(base::to_hex((*read)->id) == golden_id);
    CHECK(base::to_hex(item::thing_of(*(*read)->header.publication())) == golden_thing);
    CHECK(item::required_work(**read) == golden_work);
}

TEST_CASE("the golden item's first nonce is the one written, and the item is good with it") {
    item::Item item = golden();
    const std::atomic<bool> cancelled{false};
    const auto nonce =
        crypto::find_work((*item::read(item, item::Network::sim))->id, golden_work, 0, cancelled);
    REQUIRE(nonce == golden_nonce);
    item.nonce = *nonce;
    CHECK(!item::check_costly(**item::read(item, item::Network::sim)));
}

}  // namespace
}  // namespace hearsay
