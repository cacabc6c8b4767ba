// The removal of a mail: what proves it, and which removals are none.
#include <doctest/doctest.h>

#include "base/limits/items.hpp"
#include "unit/item/samples.hpp"

namespace hearsay {
namespace {

using namespace samples;

const base::Secret secret = filled<base::Secret>(9);
const item::Item letter = mail_of(secret);

// The same removal of another payload: its hash and size in the header are right.
item::Item of_payload(const base::Bytes& payload) {
    item::Item out = removal(letter, secret);
    out.payload = payload;
    return with_header(out, [&](wire::ItemHeader& header) {
        header.set_payload_size(static_cast<std::uint32_t>(payload.size()));
        header.set_payload_sha256(base::to_text(crypto::sha256(payload).view()));
    });
}

TEST_CASE("a removal names its mail, ends with it and proves itself by the mail's own header") {
    const item::ReadPtr read = accepted(removal(letter, secret, noon + base::Seconds(1200)));
    CHECK(read->removes == accepted(letter)->id);
    CHECK(read->header.kind == item::kind_mail_removal);
    CHECK(read->header.created == noon + base::Seconds(1200));
    CHECK(read->header.expires == accepted(letter)->header.expires);
    CHECK(read->header.removal()->secret == secret);
    CHECK(costly_verdict(worked(read->item)) == "ok");
}

TEST_CASE("a removal made by a clock that was set back is still not longer-lived than its mail") {
    Wish wish;
    wish.lifetime = base::limits::lifetime_max;
    const item::Item long_lived = mail_of(secret, wish);
    const item::ReadPtr read = accepted(removal(long_lived, secret, noon - base::Seconds(86400)));
    CHECK(read->header.created == noon);
}

TEST_CASE("another secret removes nothing, whatever work stands behind it") {
    CHECK(costly_verdict(worked(removal(letter, filled<base::Secret>(8)))) == "item_bad_removal");
}

TEST_CASE("a removal of what is no mail's header is malformed") {
    CHECK(read_verdict(of_payload(base::to_bytes("not a header"))) == "item_malformed");
    CHECK(read_verdict(of_payload(publication().header)) == "item_malformed");
    CHECK(read_verdict(of_payload(removal(letter, secret).header)) == "item_malformed");
    CHECK(read_verdict(of_payload({})) == "item_malformed");
    CHECK(read_verdict(of_payload(letter.header)) == "ok");
}

TEST_CASE("a removal belongs to the network of its mail and expires in the same second") {
    Wish wish;
    wish.network = item::Network::local;
    CHECK(read_verdict(of_payload(mail_of(secret, wish).header)) == "item_malformed");
    wish = {};
    wish.created = noon - base::Seconds(600);
    CHECK(read_verdict(of_payload(mail_of(secret, wish).header)) == "item_malformed");
}

TEST_CASE("a removal is not made before its mail") {
    const auto made = [](std::int64_t seconds) {
        return read_verdict(with_header(removal(letter, secret), [=](wire::ItemHeader& header) {
            header.set_created(static_cast<std::uint64_t>(base::unix_seconds(noon) + seconds));
        }));
    };
    CHECK(made(0) == "ok");
    CHECK(made(600) == "ok");
    CHECK(made(86400 - 600) == "ok");
    CHECK(made(-600) == "item_malformed");
}

TEST_CASE("a removal's payload is a header that a mail could have, or the removal is malformed") {
    const auto verdict = [](const std::function<void(wire::ItemHeader&)>& change) {
        return read_verdict(of_payload(with_header(letter, change).header));
    };
    CHECK(verdict([](auto&) {}) == "ok");
    // of another size, still a mail's
    CHECK(verdict([](auto& mail) { mail.set_payload_size(5120); }) == "ok");
    CHECK(verdict([](auto& mail) { mail.set_version(2); }) == "item_malformed");
    CHECK(verdict([](auto& mail) { mail.clear_version(); }) == "item_malformed");
    CHECK(verdict([](auto& mail) { mail.set_kind(2); }) == "item_malformed");
    CHECK(verdict([](auto& mail) { mail.set_created(mail.created() + 1); }) == "item_malformed");
    CHECK(verdict([](auto& mail) { mail.set_created(mail.created() - 600); }) == "item_malformed");
    CHECK(verdict([](auto& mail) { mail.set_payload_size(1); }) == "item_malformed");
    CHECK(verdict([](auto& mail) { mail.clear_payload_size(); }) == "item_malformed");
    CHECK(verdict([](auto& mail) { mail.mutable_payload_sha256()->pop_back(); }) ==
          "item_malformed");
    CHECK(verdict([](auto& mail) {
              mail.mutable_mail()->mutable_encapsulation_hash()->pop_back();
          }) == "item_malformed");
    base::Bytes longer = letter.header;
    for (int byte : {0xa2, 0x06, 0x01, 0x78}) longer.push_back(static_cast<std::uint8_t>(byte));
    CHECK(read_verdict(of_payload(longer)) == "item_malformed");
}

TEST_CASE("a removal's kind and its claim go together, and nobody signs it") {
    const item::Item good = removal(letter, secret);
    CHECK(read_verdict(with_header(good, [](wire::ItemHeader& header) { header.set_kind(2); })) ==
          "item_malformed");
    CHECK(read_verdict(with_header(publication(), [](wire::ItemHeader& header) {
              header.set_kind(3);
          })) == "item_malformed");
    CHECK(read_verdict(signed_by(good, 1)) == "item_malformed");
    CHECK(read_verdict(with_header(good, [](wire::ItemHeader& header) {
              header.mutable_removal()->mutable_secret()->pop_back();
          })) == "item_malformed");
}

TEST_CASE("a mail is version 0 of a thing of its own, its removal version 1") {
    const item::ReadPtr mail = accepted(letter);
    const item::ThingId thing{mail->id.data};
    CHECK(mail->version == item::Version{thing, 0, false});
    CHECK(accepted(removal(letter, secret))->version == item::Version{thing, 1, true});
}

}  // namespace
}  // namespace hearsay
