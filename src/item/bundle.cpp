#include "item/bundle.hpp"

#include <algorithm>

#include "base/ensure.hpp"
#include "crypto/sha256.hpp"

namespace hearsay::item {
namespace {

using base::ErrorCode;

constexpr std::string_view magic = "HSBUNDLE";
constexpr std::uint32_t version = 1;
constexpr std::size_t digest_bytes = 32;

template <class Int>
void put(base::Bytes& out, Int number) {
    base::append(out, base::big_endian(number));
}

// From the front; nothing if there is not so much.
class Reader {
public:
    explicit Reader(base::ByteView bytes) : left_(bytes) {}
    std::optional<base::ByteView> take(std::size_t bytes) {
        if (bytes > left_.size()) return std::nullopt;
        const base::ByteView out = left_.first(bytes);
        left_ = left_.subspan(bytes);
        return out;
    }
    std::optional<std::uint32_t> number() {
        const auto bytes = take(4);
        if (!bytes) return std::nullopt;
        return base::read_big_endian<std::uint32_t>(bytes->first<4>());
    }
    std::size_t left() const { return left_.size(); }

private:
    base::ByteView left_;
};

std::unexpected<base::Error> corrupt(const std::string& what) {
    return base::fail(ErrorCode::corrupt, "this bundle is damaged: " + what);
}

}  // namespace

base::Bytes write_bundle(Bundle bundle) {
    ENSURE(bundle.contacts.size() <= bundle_contacts_max, "a bundle with too many contacts");
    ENSURE(bundle.items.size() <= bundle_items_max, "a bundle with too many items");
    std::ranges::sort(bundle.contacts);
    std::ranges::sort(bundle.items);
    base::Bytes out = base::to_bytes(magic);
    put(out, version);
    put(out, static_cast<std::uint32_t>(bundle.network));
    put(out, static_cast<std::uint32_t>(bundle.contacts.size()));
    put(out, static_cast<std::uint32_t>(bundle.items.size()));
    for (const base::PeerId& contact : bundle.contacts) base::append(out, contact.view());
    for (const base::Bytes& item : bundle.items) {
        ENSURE(!item.empty() && item.size() <= bundle_item_bytes_max, "a bundle's item is none");
        put(out, static_cast<std::uint32_t>(item.size()));
        base::append(out, item);
    }
    base::append(out, crypto::sha256(out).view());
    ENSURE(out.size() <= bundle_bytes_max, "a bundle over the limit was made");
    return out;
}

base::Result<Bundle> read_bundle(base::ByteView bytes) {
    if (bytes.size() > bundle_bytes_max)
        return base::fail(ErrorCode::refused, "this file is larger than a bundle may be");
    if (!base::as_text(bytes).starts_with(magic))
        return base::fail(ErrorCode::corrupt, "this file is no bundle");
    Reader in(bytes.subspan(magic.size()));
    const auto made_by = in.number();
    if (made_by && *made_by != version)
        return base::fail(ErrorCode::refused, "this bundle is of version " +
                                                  std::to_string(*made_by) +
                                                  "; this program reads version 1");
    if (bytes.size() < bundle_frame_bytes) return corrupt("it is cut off");
    const base::ByteView body = bytes.first(bytes.size() - digest_bytes);
    if (!base::equal(crypto::sha256(body).view(), bytes.last(digest_bytes)))
        return corrupt("its digest is another one. It was cut off or changed; copy it once more");
    // total: bundle_frame_bytes are there
    in = Reader(body.subspan(magic.size() + 4));
    const auto network = in.number();
    const auto contacts = in.number();
    const auto items = in.number();
    Bundle out;
    if (!network || (*network != 1 && *network != 2 && *network != 3))
        return corrupt("it names no network");
    out.network = static_cast<Network>(*network);
    if (!contacts || !items || *contacts > bundle_contacts_max || *items > bundle_items_max)
        return corrupt("it names more than a bundle holds");
    for (std::uint32_t i = 0; i < *contacts; ++i) {
        const auto contact = in.take(base::PeerId::size);
        if (!contact) return corrupt("a contact is cut off");
        out.contacts.push_back(base::PeerId::from(*contact).value_or(base::PeerId{}));
    }
    for (std::uint32_t i = 0; i < *items; ++i) {
        const auto size = in.number();
        if (!size || *size == 0 || *size > bundle_item_bytes_max)
            return corrupt("an item has no length that an item can have");
        const auto item = in.take(*size);
        if (!item) return corrupt("an item is cut off");
        out.items.push_back(base::to_bytes(*item));
    }
    if (in.left() != 0) return corrupt("something follows its last item");
    return out;
}

}  // namespace hearsay::item
