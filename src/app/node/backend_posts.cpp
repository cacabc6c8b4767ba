// Profiles and posts: what the local API asks about them.
#include "app/node/backend.hpp"
#include "app/node/views.hpp"

namespace hearsay::app {

std::string Backend::name_of(const base::PublisherKey& persona, Shell::Turn& turn) const {
    return describe(turn.market.names_of(persona, turn.store, turn.flood), persona);
}

api::Profile Backend::profile(const market::ProfileView& view, Shell::Turn& turn) const {
    api::Profile out = to_api(view);
    out.set_name(name_of(view.persona, turn));
    if (view.waits()) out.set_waits_for(waits_for());
    return out;
}

api::Post Backend::post(const market::PostView& view, Shell::Turn& turn) const {
    api::Post out = to_api(view);
    out.set_publisher_name(name_of(view.publisher, turn));
    if (view.waits()) out.set_waits_for(waits_for());
    return out;
}

void Backend::list_profiles(const api::ProfileQuery& query, api::Reply<api::ProfileList> reply) {
    show<api::ProfileList>(
        std::move(reply), [this, query](Shell::Turn& turn) -> base::Result<api::ProfileList> {
            const auto profiles = query.mine
                                      ? turn.market.own_profiles(turn.store)
                                      : turn.market.profiles(turn.store, turn.flood, query.end());
            api::ProfileList out;
            for (std::size_t at = query.begin(); at < std::min(query.end(), profiles.size()); ++at)
                *out.add_profiles() = profile(profiles[at], turn);
            set_total(out, query, profiles.size(), total_of("profile", turn));
            return out;
        });
}

void Backend::show_profile(const std::string& persona, api::Reply<api::Profile> reply) {
    show<api::Profile>(std::move(reply),
                       [this, persona](Shell::Turn& turn) -> base::Result<api::Profile> {
                           const auto found = turn.market.profile(persona, turn.store, turn.flood);
                           if (!found) return std::unexpected(found.error());
                           return profile(*found, turn);
                       });
}

void Backend::set_profile(const std::string& persona, const api::ProfileDraft& draft,
                          api::Reply<api::Profile> reply) {
    const auto wish = from_api(draft);
    if (!wish) return reply(std::unexpected(wish.error()));
    make<api::Profile>(
        std::move(reply),
        [this, persona, wish = *wish](Shell::Turn& turn) -> base::Result<api::Profile> {
            const auto made = turn.market.set_profile(persona, wish, turn);
            if (!made) return std::unexpected(made.error());
            return profile(*made, turn);
        });
}

void Backend::remove_profile(const std::string& persona, api::Reply<api::Profile> reply) {
    make<api::Profile>(std::move(reply),
                       [this, persona](Shell::Turn& turn) -> base::Result<api::Profile> {
                           const auto removed = turn.market.remove_profile(persona, turn);
                           if (!removed) return std::unexpected(removed.error());
                           return profile(*removed, turn);
                       });
}

void Backend::publish_post(const api::PostDraft& draft, api::Reply<api::Post> reply) {
    if (const auto problem = title_problem("a post's title", draft.title()))
        return reply(base::fail(base::ErrorCode::invalid, *problem));
    make<api::Post>(std::move(reply),
                    [this, wish = from_api(draft)](Shell::Turn& turn) -> base::Result<api::Post> {
                        const auto made = turn.market.publish_post(wish, turn);
                        if (!made) return std::unexpected(made.error());
                        return post(*made, turn);
                    });
}

void Backend::list_posts(const api::PostQuery& query, api::Reply<api::PostList> reply) {
    show<api::PostList>(
        std::move(reply), [this, query](Shell::Turn& turn) -> base::Result<api::PostList> {
            const auto posts = query.mine ? turn.market.own_posts(turn.store)
                                          : turn.market.posts(turn.store, turn.flood, query.end());
            api::PostList out;
            for (std::size_t at = query.begin(); at < std::min(query.end(), posts.size()); ++at)
                *out.add_posts() = post(posts[at], turn);
            set_total(out, query, posts.size(), total_of("post", turn));
            return out;
        });
}

void Backend::show_post(const std::string& id, api::Reply<api::Post> reply) {
    show<api::Post>(std::move(reply), [this, id](Shell::Turn& turn) -> base::Result<api::Post> {
        const auto found = turn.market.post(id, turn.store, turn.flood);
        if (!found) return std::unexpected(found.error());
        return post(*found, turn);
    });
}

void Backend::remove_post(const std::string& id, api::Reply<api::Post> reply) {
    make<api::Post>(std::move(reply), [this, id](Shell::Turn& turn) -> base::Result<api::Post> {
        const auto removed = turn.market.remove_post(id, turn);
        if (!removed) return std::unexpected(removed.error());
        return post(*removed, turn);
    });
}

}  // namespace hearsay::app
