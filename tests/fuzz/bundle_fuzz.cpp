// fuzz: max_len=2000
// A bundle's file, as anybody may hand it over on a stick.
// Checked:
//   1. any bytes are a bundle within its bounds or an error with a text
//   2. what was written reads back, and any other file with the same contents is written alike
//   3. with the digest mended - whoever makes a file can - the same holds for spoilt bytes
//   4. one changed, missing or added byte without that is refused
#include <algorithm>

#include "base/ensure.hpp"
#include "crypto/sha256.hpp"
#include "fuzz/stranger_script.hpp"
#include "item/bundle.hpp"
#include "item/encoding.hpp"

namespace hearsay::fuzz {
namespace {

void look(const base::Bytes& bytes) {
    const auto read = item::read_bundle(bytes);
    if (!read) {
        ENSURE(!read.error().text.empty(), "an error without its reason");
        return;
    }
    ENSURE(read->contacts.size() <= item::bundle_contacts_max, "too many contacts");
    ENSURE(read->items.size() <= item::bundle_items_max, "too many items");
    for (const base::Bytes& item : read->items) {
        ENSURE(!item.empty() && item.size() <= item::bundle_item_bytes_max, "an item of no size");
        if (const auto parsed = item::parse_item(item))
            ENSURE(item::write_item(*parsed) == item, "an item in another encoding");
    }
    item::Bundle sorted = *read;
    const base::Bytes written = item::write_bundle(sorted);
    ENSURE(written.size() == bytes.size(), "something was left out");
    std::ranges::sort(sorted.contacts);
    std::ranges::sort(sorted.items);
    ENSURE(item::read_bundle(written) == sorted, "what was written reads otherwise");
}

base::Bytes made(Script& script) {
    static const item::Network networks[] = {item::Network::main, item::Network::local,
                                             item::Network::sim};
    item::Bundle bundle{script.one_of(networks), {}, {}};
    for (std::size_t more = script.below(4); more > 0; --more) {
        base::PeerId contact;
        std::ranges::copy(script.take(32), contact.data.begin());
        bundle.contacts.push_back(contact);
    }
    for (std::size_t more = script.below(6); more > 0; --more) {
        base::Bytes item = base::to_bytes(script.take(1 + script.below(60)));
        if (script.byte() % 2 == 0)
            item = item::write_item({item, base::to_bytes(script.take(script.below(30))), {}, 1});
        if (!item.empty()) bundle.items.push_back(std::move(item));
    }
    base::Bytes out = item::write_bundle(bundle);
    ENSURE(item::read_bundle(out).has_value(), "what was written well is refused");
    return out;
}

void play(Script& script) {
    base::Bytes bytes = made(script);
    look(bytes);
    const std::size_t at = script.number() % bytes.size();
    base::Bytes changed = bytes;
    changed[at] ^= static_cast<std::uint8_t>(1 + script.below(255));
    ENSURE(!item::read_bundle(changed), "a changed byte is taken");
    ENSURE(!item::read_bundle(base::ByteView(bytes).first(at)), "a cut off bundle is taken");
    bytes.resize(bytes.size() - 32);
    for (std::size_t faults = 1 + script.below(4); faults > 0 && !bytes.empty(); --faults) {
        const std::size_t where = script.number() % bytes.size();
        if (script.byte() % 3 == 0)
            bytes.resize(where);
        else
            bytes[where] = script.byte();
    }
    base::append(bytes, crypto::sha256(bytes).view());
    look(bytes);
}

}  // namespace
}  // namespace hearsay::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace hearsay;
    fuzz::Script script({data, size});
    if (script.byte() % 4 == 3)
        fuzz::look(base::to_bytes(script.take(size)));
    else
        fuzz::play(script);
    return 0;
}
