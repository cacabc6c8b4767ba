// market/posts/posts.hpp - posts: one's own, and everybody's. item/kinds/post.hpp has the rules of
// the item.
//
// Each has a persona of its own, so nothing links two of them; the user may name one instead. It
// ends by its time, unless the user wants it renewed. It has no mailbox: who answers does so for
// all to read, and who wants letters has a profile.
#pragma once

#include "market/posts/views.hpp"
#include "market/publications/kind_room.hpp"

namespace hearsay::market {

inline constexpr base::Seconds post_lifetime_default = base::Seconds(15LL * 24 * 3600);

class Posts final : public KindRoom<PostView> {
public:
    Posts(Common& common, Identity& identity, Publications& publications)
        : KindRoom(common, publications), identity_(identity) {}

    // Errors are for the user; nothing was changed then.
    base::Result<PostView> publish(const PostDraft& draft, const Turn& turn);
    base::Result<PostView> remove(std::string_view id_or_beginning, const Turn& turn);

    // PublicationKind
    item::Kind kind() const override { return item::kind_post; }
    std::string_view word() const override { return "post"; }
    bool can_renew() const override { return true; }
    Renewal renew_one(const item::ThingId& thing, records::OwnPublication& record,
                      const Turn& turn) override;

private:
    bool read(base::ByteView payload, PostView& out) const override;
    base::Result<item::PostText> read_draft(const PostDraft& draft, const Turn& turn) const;

    Identity& identity_;
};

}  // namespace hearsay::market
