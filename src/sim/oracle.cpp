#include "sim/oracle.hpp"

#include "base/encoding.hpp"
#include "base/ensure.hpp"
#include "crypto/ed25519.hpp"
#include "crypto/work.hpp"
#include "item/kinds.hpp"
#include "item/signing.hpp"

namespace hearsay::sim {
namespace {

constexpr item::Network network = item::Network::sim;
constexpr std::size_t text_bytes = 250;  // an item of about 600 bytes with its envelope

base::Bytes text_of_offer(base::Rng& rng, std::uint64_t sequence) {
    base::Bytes noise(text_bytes / 2);
    rng.fill(noise);
    return item::write_offer(
        {"offer, version " + std::to_string(sequence), base::to_hex(noise), "1 goat", "2 sheep", {"sim"}});
}

// Without its work: rules 5, 7 and 8 of item/item.hpp.
bool is_signed(const item::Read& item) {
    const auto* publication = item.header.publication();
    return publication && crypto::ed25519_verify(publication->publisher.view(),
                                                 item::signed_message(item.item.header), item.item.signature);
}

}  // namespace

ItemNumber Oracle::make(base::WallTime by_clock, base::MonoTime now, base::Seconds lifetime, Purpose purpose,
                        std::optional<ItemNumber> like) {
    Persona persona;
    persona.seed = like ? things_[made_[*like].thing].seed : rng_.secret();
    persona.key.data = crypto::ed25519_public_key(persona.seed).data;
    rng_.fill(persona.slot);
    persona.lifetime = lifetime;
    things_.push_back(std::move(persona));
    return add(static_cast<std::uint32_t>(things_.size() - 1), by_clock, now, false, purpose);
}

ItemNumber Oracle::renew(ItemNumber of, base::WallTime by_clock, base::MonoTime now, bool removal) {
    return add(made_[of].thing, by_clock, now, removal, made_[of].purpose);
}

ItemNumber Oracle::add(std::uint32_t thing, base::WallTime by_clock, base::MonoTime now, bool removal,
                       Purpose purpose) {
    Persona& persona = things_[thing];
    Made made;
    made.purpose = purpose;
    made.thing = thing;
    made.sequence = persona.versions.size() + 1;
    made.removal = removal;
    made.published = now;
    const item::Terms terms{network, item::kind_offer, by_clock, persona.lifetime};
    const item::Publication publication{persona.key, persona.slot, made.sequence, removal, std::nullopt};
    auto item = item::make_publication(
        terms, publication, removal ? base::Bytes{} : text_of_offer(rng_, made.sequence), persona.seed);
    if (made_.size() < mined_items) mine(item);
    auto read = item::read(std::move(item), network);
    ENSURE(read.has_value(), "the simulator makes items that do not read");
    made.item = *read;
    const auto number = static_cast<ItemNumber>(made_.size());
    const bool fine = number < mined_items ? !item::check_costly(*made.item)
                                           : is_signed(*made.item) && !item::content_problem(*made.item);
    ENSURE(fine, "the simulator makes items that break the rules");
    for (const ItemNumber older : persona.versions) made_[older].newer.push_back(number);
    persona.versions.push_back(number);
    by_id_[made.item->id] = number;
    made_.push_back(std::move(made));
    return number;
}

void Oracle::mine(item::Item& item) const {
    const auto read = item::read(item, network);
    const std::atomic<bool> never{false};
    item.nonce = *crypto::find_work((*read)->id, item::required_work(**read), 0, never);
}

std::optional<ItemNumber> Oracle::find(const base::ItemId& id) const {
    const auto found = by_id_.find(id);
    return found == by_id_.end() ? std::nullopt : std::optional(found->second);
}

bool Oracle::is_genuine(const item::Read& item) const {
    const auto number = find(item.id);
    return number && made_[*number].item->item == item.item;
}

item::ReadPtr Oracle::shared(const item::ReadPtr& item) const {
    return is_genuine(*item) ? made_[*find(item->id)].item : item;
}

std::optional<base::Fault> Oracle::verdict(const item::Read& item) {
    if (is_genuine(item)) return std::nullopt;
    const auto fault = item::check_costly(item);
    if (fault == base::Fault::item_little_work && !is_signed(item)) return base::Fault::item_bad_signature;
    return fault;
}

bool Oracle::is_live(ItemNumber number, base::WallTime truth) const {
    const Made& made = made_[number];
    return made.newer.empty() && made.item->header.expires > truth;
}

}  // namespace hearsay::sim
