#include <algorithm>

#include "base/ensure.hpp"
#include "base/ids.hpp"
#include "crypto/ed25519.hpp"
#include "crypto/hpke.hpp"
#include "crypto/onion.hpp"
#include "crypto/sha256.hpp"
#include "item/mailbox.hpp"
#include "market/address.hpp"
#include "unit/item/samples.hpp"
#include "vectors.hpp"

namespace hearsay::vectors {
namespace {

using samples::filled;

base::Secret counted(std::uint8_t first) {
    base::Secret out;
    for (std::size_t at = 0; at < out.data.size(); ++at)
        out.data[at] = static_cast<std::uint8_t>(first + at);
    return out;
}

void add_pairs(std::vector<Entry>& out) {
    for (const base::Secret& seed :
         {counted(0), filled<base::Secret>(7), filled<base::Secret>(255)}) {
        const auto key = crypto::ed25519_public_key(seed);
        const base::PeerId peer{key.data};
        out.push_back(Entry("a node's key")
                          .text("what", "node")
                          .hex("seed", seed.view())
                          .hex("expanded", crypto::ed25519_expand(seed).view())
                          .hex("key", key.view())
                          .text("address", crypto::onion_address(peer))
                          .hex("node_id", crypto::sha256(key.view()).view()));
        out.push_back(Entry("a persona's key")
                          .text("what", "persona")
                          .hex("seed", seed.view())
                          .hex("key", key.view())
                          .text("address", market::persona_address({key.data})));
        const base::MailboxKey mailbox = crypto::XWingKey(seed).public_key();
        const base::MailboxId fingerprint = item::mailbox_id(mailbox);
        out.push_back(Entry("a mailbox's key")
                          .text("what", "mailbox")
                          .hex("seed", seed.view())
                          .hex("key", mailbox.view())
                          .hex("mailbox", fingerprint.view())
                          .text("address", market::mailbox_address(fingerprint)));
    }
}

void add_encapsulations(std::vector<Entry>& out) {
    const base::Secret seed = counted(0);
    const crypto::XWingKey key(seed);
    const auto random = filled<crypto::EncapsulationSeed>(9);
    const auto made = crypto::xwing_encapsulate(key.public_key(), random);
    const auto sender = crypto::HpkeSender::setup(key.public_key(), {}, random);
    ENSURE(made && sender, "a key for a vector is unusable");
    out.push_back(Entry("an encapsulation, and the tag of mail with it")
                      .text("what", "encapsulation")
                      .hex("seed", seed.view())
                      .hex("key", key.public_key().view())
                      .hex("random", random.view())
                      .hex("encapsulation", made->encapsulation.view())
                      .hex("shared", made->shared.view())
                      .hex("tag", sender->tag().view()));
    const auto add = [&](const std::string& about, const base::MailboxKey& bad) {
        out.push_back(Entry(about)
                          .text("what", "mailbox_key")
                          .hex("key", bad.view())
                          .flag("usable", crypto::xwing_is_usable(bad)));
    };
    base::MailboxKey changed = key.public_key();
    changed.data[0] = 0xff;  // 0xfff of 3329
    changed.data[1] |= 0x0f;
    add("a key whose first coefficient is not reduced", changed);
    changed = key.public_key();
    changed.data[1151] = 0xff;
    changed.data[1150] |= 0xf0;
    add("a key whose last coefficient is not reduced", changed);
    changed = key.public_key();
    std::fill(changed.data.end() - 32, changed.data.end(), std::uint8_t{0});
    add("a key whose X25519 part is zero", changed);
    changed.data[1184] = 1;
    add("a key whose X25519 part is 1", changed);
    changed = key.public_key();
    changed.data[1183] ^= 1;
    add("a key with another seed of the matrix: anybody's guess", changed);
}

void add_signatures(std::vector<Entry>& out) {
    const base::Secret seed = counted(0);
    const auto key = crypto::ed25519_public_key(seed);
    const base::Bytes message = base::to_bytes("hearsay");
    const auto good = crypto::ed25519_sign(seed, message);
    const auto add = [&](const std::string& about, const base::Bytes& by,
                         const base::Bytes& signature) {
        out.push_back(Entry(about)
                          .text("what", "signature")
                          .hex("key", by)
                          .hex("message", message)
                          .hex("signature", signature)
                          .flag("valid", crypto::ed25519_verify(by, message, signature)));
    };
    const base::Bytes signature = base::to_bytes(good.view());
    add("a signature", base::to_bytes(key.view()), signature);
    base::Bytes other = signature;
    other[0] ^= 1;
    add("R is another", base::to_bytes(key.view()), other);
    // S + L, which the equation alone would not tell from S.
    const base::Bytes order =
        *base::from_hex("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
    other = signature;
    unsigned carry = 0;
    for (std::size_t at = 0; at < order.size(); ++at) {
        carry += static_cast<unsigned>(other[32 + at]) + order[at];
        other[32 + at] = static_cast<std::uint8_t>(carry);
        carry >>= 8;
    }
    add("S is not less than L", base::to_bytes(key.view()), other);
    base::Bytes neutral(32);
    neutral[0] = 1;
    other = neutral;
    other.resize(64);
    add("a key and an R of small order, with S 0", neutral, other);
}

void add_node_keys(std::vector<Entry>& out) {
    const auto add = [&](const std::string& about, const std::string& hex) {
        const base::Bytes key = *base::from_hex(hex);
        const bool acceptable =
            crypto::ed25519_key_is_acceptable(key) && crypto::ed25519_key_is_torsion_free(key);
        out.push_back(
            Entry(about).text("what", "node_key").hex("key", key).flag("acceptable", acceptable));
    };
    add("the base point", "5866666666666666666666666666666666666666666666666666666666666666");
    add("the neutral element", "0100000000000000000000000000000000000000000000000000000000000000");
    add("of order 2", "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f");
    add("of order 4", "0000000000000000000000000000000000000000000000000000000000000000");
    add("of order 8", "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05");
    add("the neutral element with sign 1",
        "0100000000000000000000000000000000000000000000000000000000000080");
    add("y is p + 1", "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f");
    add("y is on no point", "0200000000000000000000000000000000000000000000000000000000000000");
}

void add_addresses(std::vector<Entry>& out) {
    const base::PublisherKey key{crypto::ed25519_public_key(counted(0)).data};
    const std::string good = market::persona_address(key);
    const auto add = [&](const std::string& about, const std::string& text) {
        out.push_back(Entry(about)
                          .text("what", "persona_address")
                          .text("address", text)
                          .flag("valid", market::parse_persona(text).has_value()));
    };
    std::string upper = good;
    for (char& c : upper) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    add("in capital letters", upper);
    add("in both", upper.substr(0, 20) + good.substr(20));
    add("a letter is another",
        good.substr(0, 30) + (good[30] == 'q' ? 'p' : 'q') + good.substr(31));
    add("a mailbox's", market::mailbox_address(base::MailboxId{key.data}));
    add("of 31 bytes", base::to_bech32m("hsp", key.view().first(31)));
    add("cut off", good.substr(0, good.size() - 1));
    add("nothing", "");
}

}  // namespace

File keys() {
    File out{
        "keys", "Keys, signatures, addresses: docs/protocol.md, sections 2, 4, 8, 10 and 11.", {}};
    add_pairs(out.entries);
    add_encapsulations(out.entries);
    add_signatures(out.entries);
    add_node_keys(out.entries);
    add_addresses(out.entries);
    return out;
}

}  // namespace hearsay::vectors
