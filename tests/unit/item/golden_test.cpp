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
    "0801100318022080a4a7da062880c7acda06301f3a2060f1c9dcdbc1ccff0c4d60b5b8510f480d3a71e635ae3f84"
    "675d908cd80a8aed42360a2003a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b81210"
    "000102030405060708090a0b0c0d0e0f1803";
constexpr std::string_view golden_signature =
    "23358c08f7330b21a96af2cb6d7e2e22ae9f4012eb13f820ff96fcefef00118419f1928c5b4019267480e581b2e3"
    "3684acb637b26cf66c839b07dc99d700e90a";
constexpr std::string_view golden_id =
    "3ca9dd5a2870b3383a44bdde9f1a907afb9e4d800b7ef4e5cae1198f98871f2b";
constexpr std::string_view golden_thing =
    "7578b2b1b873a1c7c03ae584704917d5adc660c87d645fc4029765152be9e010";
constexpr std::uint64_t golden_work = 1574815;
constexpr std::uint64_t golden_nonce = 332568;

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
    const item::Publication claim{publisher, counted<base::Slot>(0), 3, false, std::nullopt};
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
