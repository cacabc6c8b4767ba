// market/posts/posts.hpp - posts: one's own, and everybody's. item/kinds/post.hpp has the rules of
// the item.
//
// Each has a persona of its own, so nothing links two of them; the user may name one instead. It
// ends by its time, and is not renewed. It has no mailbox: who answers does so for all to read, and
// who wants letters has a profile.
#pragma once

#include <vector>

#include "market/catalogue.hpp"
#include "market/posts/views.hpp"
#include "market/publications/publications.hpp"

namespace hearsay::market {

inline constexpr base::Seconds post_lifetime_default = base::Seconds(15LL * 24 * 3600);

class Posts final : public Room, public PublicationKind {
public:
    Posts(Common& common, Identity& identity, Publications& publications)
        : Room(common), identity_(identity), publications_(publications) {
        publications.add_kind(*this);
    }

    // Errors are for the user; nothing was changed then.
    base::Result<PostView> publish(const PostDraft& draft, const Turn& turn);
    // By id or a unique beginning of it, as everywhere below.
    base::Result<PostView> remove(std::string_view id_or_beginning, const Turn& turn);
    base::Result<PostView> post(std::string_view id_or_beginning, const OwnStore& store,
                                const Catalogue& flood) const;
    // Everybody's, newest first, own ones marked; own ones that are not out yet come first.
    std::vector<PostView> posts(const OwnStore& store, const Catalogue& flood,
                                std::size_t most) const;
    std::vector<PostView> own_posts(const OwnStore& store) const;  // newest first
    // As lists show what floods: own ones marked. Nothing: it is no post, or one of ours that is
    // being removed.
    std::optional<PostView> shown_view(const item::ReadPtr& read, const OwnStore& store) const;

    // PublicationKind
    item::Kind kind() const override { return item::kind_post; }
    std::string_view word() const override { return "post"; }
    void take_found(records::OwnPublication& record, const item::Read& found,
                    const Turn& turn) override;

private:
    base::Result<item::PostText> read_draft(const PostDraft& draft, const Turn& turn) const;
    PostView view_of(const item::ThingId& thing, const records::OwnPublication& record) const;

    Identity& identity_;
    Publications& publications_;
};

}  // namespace hearsay::market
