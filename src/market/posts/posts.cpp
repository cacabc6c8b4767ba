#include "market/posts/posts.hpp"

#include "base/encoding.hpp"
#include "base/limits/items.hpp"
#include "market.pb.h"
#include "market/publications/named.hpp"

namespace hearsay::market {
namespace {

namespace limits = base::limits;
using base::ErrorCode;

}  // namespace

bool Posts::read(base::ByteView payload, PostView& out) const {
    auto text = item::read_post(payload);
    if (text) out.text = *std::move(text);
    return text.has_value();
}

base::Result<item::PostText> Posts::read_draft(const PostDraft& draft, const Turn& turn) const {
    item::PostText out = draft.text;
    std::vector<std::string*> fields{&out.title, &out.text};
    for (std::string& tag : out.tags) fields.push_back(&tag);
    if (auto normal = Publications::normalise(fields, "the post's text"); !normal)
        return std::unexpected(normal.error());
    if (!draft.answer_to.empty()) {
        const auto thing = named_publication(draft.answer_to, publications_, turn.flood);
        if (!thing) return std::unexpected(thing.error());
        out.answer_to = *thing;
    }
    if (auto problem = item::post_problem(out)) return base::fail(ErrorCode::invalid, *problem);
    if (draft.lifetime != base::Seconds(0) &&
        (draft.lifetime < limits::created_step || draft.lifetime > limits::lifetime_max))
        return base::fail(ErrorCode::invalid, "a post lives from 10 minutes to 15 days");
    return out;
}

base::Result<PostView> Posts::publish(const PostDraft& draft, const Turn& turn) {
    const auto text = read_draft(draft, turn);
    if (!text) return std::unexpected(text.error());
    const auto signer = publications_.signer(draft.persona, turn);
    if (!signer) return std::unexpected(signer.error());
    if (auto full = publications_.is_full(*this)) return std::unexpected(*full);
    identity_.advance_vault(turn.now);
    auto [claim, thing, purpose, record] = publications_.begin(*this, *signer, turn);
    const base::Seconds lifetime =
        draft.lifetime == base::Seconds(0) ? post_lifetime_default : draft.lifetime;
    const base::Bytes payload = item::write_post(*text);
    record.set_content(base::to_text(payload));
    record.set_renew_at(draft.renew ? 1 : 0);
    save_vault(turn.out);
    publications_.publish(*this, claim, lifetime, payload, record, turn);
    return view_of(thing, record);
}

Renewal Posts::renew_one(const item::ThingId&, records::OwnPublication& record, const Turn& turn) {
    publications_.publish(*this, publications_.next_claim(record), base::Seconds(record.lifetime()),
                          base::as_bytes(record.content()), record, turn);
    return Renewal::made;
}

base::Result<PostView> Posts::remove(std::string_view id_or_beginning, const Turn& turn) {
    const auto found = by_id(id_or_beginning, turn.store, turn.flood);
    if (!found) return std::unexpected(found.error());
    auto record = publications_.changeable(found->thing, *this, turn);
    if (!record) return std::unexpected(record.error());
    publications_.remove(found->thing, *record, turn);
    return view_of(found->thing, *record);
}

}  // namespace hearsay::market
