// Offers, profiles and posts: what the local API asks about them, and searches for.
#include "app/node/backend.hpp"
#include "app/node/publication_views.hpp"
#include "app/node/views.hpp"
#include "item/kinds/picture.hpp"

namespace hearsay::app {

market::SearchDraft search_draft_of(const api::SearchQuery& query) {
    return {.words = query.q,
            .kind = query.kind,
            .by = query.by,
            .tag = query.tag,
            .language = query.language,
            .side = query.side,
            .condition = query.condition,
            .status = query.status,
            .category = query.category,
            .country = query.country,
            .geohash = query.geohash,
            .delivery = query.delivery,
            .payment = query.payment,
            .currency = query.currency,
            .price_min = query.price_min,
            .price_max = query.price_max,
            .rating = query.rating,
            .rated = query.rated,
            .sort = query.sort,
            .cursor = query.cursor,
            .limit = query.limit,
            .show_hidden = query.show_hidden};
}

std::string Backend::name_of(const base::PublisherKey& persona, Shell::Turn& turn) const {
    return describe(turn.market.names_of(persona, turn.store, turn.flood), persona);
}

std::string Backend::waits_for() const {
    const core::Node& node = shell_.node();
    const auto& links = node.links().all();
    const bool linked = std::any_of(links.begin(), links.end(),
                                    [](const auto& entry) { return !entry.second.anonymous(); });
    const core::Discovery& discovery = node.discovery();
    if (discovery.peers().empty() && discovery.candidates().size() == 0 && !linked)
        return discovery.settings().bootstrappers.empty()
                   ? "a peer: none is known; hearsay peers add ONION"
                   : "a peer: the bootstrapper is asked for some";
    if (!shell_.network_ready()) return "Tor";
    return "";
}

template <std::derived_from<market::PublicationView> View>
auto Backend::told(const View& view, Shell::Turn& turn) const {
    auto out = to_api(view);
    if constexpr (std::same_as<View, market::OfferView>) {
        for (const base::Digest& hash : view.text.pictures)
            *out.add_shown_pictures() = picture(view.publisher, hash, turn);
        // An audit of an older version says nothing of this one.
        const Audits::Result* const audit = audits_.find(view.thing);
        if (audit && audit->counted.id == view.item) *out.mutable_audit() = told(*audit);
    } else if constexpr (std::same_as<View, market::ProfileView>) {
        if (view.profile.picture)
            *out.mutable_shown_picture() = picture(view.publisher, *view.profile.picture, turn);
    }
    set_publisher_name(out, name_of(view.publisher, turn));
    if (view.waits()) out.set_waits_for(waits_for());
    return out;
}

template <class Api, class View>
base::Result<Api> Backend::told(const base::Result<View>& found, Shell::Turn& turn) const {
    if (!found) return std::unexpected(found.error());
    return told(*found, turn);
}

api::Picture Backend::picture(const base::PublisherKey& publisher, const base::Digest& hash,
                              Shell::Turn& turn) const {
    api::Picture out;
    out.set_hash(base::to_hex(hash));
    const item::ReadPtr found = turn.market.picture(publisher, hash, turn.store, turn.flood);
    const auto facts = found ? item::read_picture(found->item.payload)
                             : item::PictureVerdict(std::unexpected(std::string()));
    if (!facts) return out;
    out.set_here(true);
    out.set_format(std::string(item::name(facts->format)));
    out.set_width(facts->width);
    out.set_height(facts->height);
    return out;
}

base::Result<api::Offer> Backend::told_whole(const base::Result<market::OfferView>& found,
                                             Shell::Turn& turn) const {
    if (!found) return std::unexpected(found.error());
    api::Offer out = told(*found, turn);
    const auto fill = [](api::Rated& rated, const market::RatingSum& sum) {
        rated.set_count(sum.count);
        rated.set_mean(sum.mean());
    };
    const market::OfferRatings ratings = turn.market.ratings_of(*found, turn.flood);
    fill(*out.mutable_thing_rated(), ratings.thing);
    fill(*out.mutable_maker_rated(), ratings.maker);
    return out;
}

template <class Views, class Row>
void Backend::tell_all(const Views& views, Shell::Turn& turn, Row add) const {
    for (const auto& view : views) *add() = told(view, turn);
}

template <class List, class Views, class Row>
void Backend::tell_page(List& out, const api::OfferQuery& query, const Views& views,
                        const market::Sifter& sifter, std::string_view kind, Shell::Turn& turn,
                        Row add) const {
    const std::size_t end = std::min(query.end(), views.size());
    for (std::size_t at = query.begin(); at < end; ++at) *add() = told(views[at], turn);
    fill_hidden(out, sifter.counts());
    // What does not fill the page is all there is, unless the sifter would look no further.
    const bool known = query.mine || (views.size() < query.end() && !sifter.is_tired());
    const Total all = known ? Total{} : total_of(kind, turn);
    const std::size_t hidden = std::min<std::size_t>(sifter.hidden(), all.count);
    out.set_total(static_cast<std::uint32_t>(std::max(views.size(), all.count - hidden)));
    out.set_more_than(all.is_more);
}

// ---- offers -------------------------------------------------------------------------------------

void Backend::publish_offer(const api::OfferDraft& draft, api::Reply<api::Offer> reply) {
    const auto text = from_api(draft);
    if (!text) return reply(std::unexpected(text.error()));
    make<api::Offer>(std::move(reply), [this, text = *text, draft](Shell::Turn& turn) {
        const base::Seconds lifetime(draft.lifetime_seconds());
        return told<api::Offer>(turn.market.publish_offer(text, lifetime, turn, draft.persona(),
                                                          draft.renew(), picture_files(draft)),
                                turn);
    });
}

void Backend::list_offers(const api::OfferQuery& query, api::Reply<api::OfferList> reply) {
    show<api::OfferList>(
        std::move(reply), [this, query](Shell::Turn& turn) -> base::Result<api::OfferList> {
            api::OfferList out;
            market::Sifter sifter = turn.market.sifter(query.show_hidden, query.begin());
            const auto offers =
                query.mine ? turn.market.own_offers(turn.store)
                           : turn.market.offers(turn.store, turn.flood, query.end(), sifter);
            tell_page(out, query, offers, sifter, "offer", turn,
                      [&out] { return out.add_offers(); });
            return out;
        });
}

void Backend::show_offer(const std::string& id, api::Reply<api::Offer> reply) {
    show_rated<api::Offer>(std::move(reply), [this, id](Shell::Turn& turn) {
        return told_whole(turn.market.offer(id, turn.store, turn.flood), turn);
    });
}

void Backend::show_picture(const std::string& hash, const api::PictureQuery& query,
                           api::Reply<api::PictureFile> reply) {
    const auto bytes = base::from_hex(hash);
    const auto wanted = bytes ? base::Digest::from(*bytes) : std::nullopt;
    if (!wanted)
        return reply(base::fail(base::ErrorCode::invalid,
                                "a picture is named by its SHA-256, 64 hexadecimal digits"));
    if (query.by.empty())
        return reply(base::fail(base::ErrorCode::invalid,
                                "by: expected the persona whose offer or profile shows it"));
    show<api::PictureFile>(
        std::move(reply),
        [this, wanted = *wanted,
         by = query.by](Shell::Turn& turn) -> base::Result<api::PictureFile> {
            const auto publisher = persona_named(by, turn);
            if (!publisher) return std::unexpected(publisher.error());
            const item::ReadPtr found =
                turn.market.picture(*publisher, wanted, turn.store, turn.flood);
            const auto facts = found ? item::read_picture(found->item.payload)
                                     : item::PictureVerdict(std::unexpected(std::string()));
            if (!facts)
                return base::fail(base::ErrorCode::not_found,
                                  "this picture is not here, and nobody is asked for it: that "
                                  "would tell what you look at");
            return api::PictureFile{item::media_type(facts->format), found->item.payload};
        });
}

void Backend::update_offer(const std::string& id, const api::OfferDraft& draft,
                           api::Reply<api::Offer> reply) {
    const auto text = from_api(draft);
    if (!text) return reply(std::unexpected(text.error()));
    const base::Seconds lifetime(draft.lifetime_seconds());
    make<api::Offer>(
        std::move(reply),
        [this, id, text = *text, lifetime, renew = draft.renew(),
         files = picture_files(draft)](Shell::Turn& turn) -> base::Result<api::Offer> {
            const auto found = turn.market.offer(id, turn.store, turn.flood);
            if (!found) return std::unexpected(found.error());
            return told<api::Offer>(
                turn.market.update_offer(found->thing, text, lifetime, turn, renew, files), turn);
        });
}

void Backend::remove_offer(const std::string& id, api::Reply<api::Offer> reply) {
    make<api::Offer>(std::move(reply), [this, id](Shell::Turn& turn) -> base::Result<api::Offer> {
        const auto found = turn.market.offer(id, turn.store, turn.flood);
        if (!found) return std::unexpected(found.error());
        return told<api::Offer>(turn.market.remove_offer(found->thing, turn), turn);
    });
}

// ---- profiles -----------------------------------------------------------------------------------

void Backend::list_profiles(const api::ProfileQuery& query, api::Reply<api::ProfileList> reply) {
    show<api::ProfileList>(
        std::move(reply), [this, query](Shell::Turn& turn) -> base::Result<api::ProfileList> {
            api::ProfileList out;
            market::Sifter sifter = turn.market.sifter(query.show_hidden, query.begin());
            const auto profiles =
                query.mine ? turn.market.own_profiles(turn.store)
                           : turn.market.profiles(turn.store, turn.flood, query.end(), sifter);
            tell_page(out, query, profiles, sifter, "profile", turn,
                      [&out] { return out.add_profiles(); });
            return out;
        });
}

void Backend::show_profile(const std::string& persona, api::Reply<api::Profile> reply) {
    show<api::Profile>(std::move(reply), [this, persona](Shell::Turn& turn) {
        return told<api::Profile>(turn.market.profile(persona, turn.store, turn.flood), turn);
    });
}

void Backend::set_profile(const std::string& persona, const api::ProfileDraft& draft,
                          api::Reply<api::Profile> reply) {
    const auto wish = from_api(draft);
    if (!wish) return reply(std::unexpected(wish.error()));
    make<api::Profile>(std::move(reply), [this, persona, wish = *wish](Shell::Turn& turn) {
        return told<api::Profile>(turn.market.set_profile(persona, wish, turn), turn);
    });
}

void Backend::remove_profile(const std::string& persona, api::Reply<api::Profile> reply) {
    make<api::Profile>(std::move(reply), [this, persona](Shell::Turn& turn) {
        return told<api::Profile>(turn.market.remove_profile(persona, turn), turn);
    });
}

// ---- posts --------------------------------------------------------------------------------------

void Backend::publish_post(const api::PostDraft& draft, api::Reply<api::Post> reply) {
    if (const auto problem = title_problem("a post's title", draft.title()))
        return reply(base::fail(base::ErrorCode::invalid, *problem));
    make<api::Post>(std::move(reply), [this, wish = from_api(draft)](Shell::Turn& turn) {
        return told<api::Post>(turn.market.publish_post(wish, turn), turn);
    });
}

void Backend::list_posts(const api::PostQuery& query, api::Reply<api::PostList> reply) {
    show<api::PostList>(
        std::move(reply), [this, query](Shell::Turn& turn) -> base::Result<api::PostList> {
            api::PostList out;
            market::Sifter sifter = turn.market.sifter(query.show_hidden, query.begin());
            const auto posts = query.mine
                                   ? turn.market.own_posts(turn.store)
                                   : turn.market.posts(turn.store, turn.flood, query.end(), sifter);
            tell_page(out, query, posts, sifter, "post", turn, [&out] { return out.add_posts(); });
            return out;
        });
}

void Backend::show_post(const std::string& id, api::Reply<api::Post> reply) {
    show<api::Post>(std::move(reply), [this, id](Shell::Turn& turn) {
        return told<api::Post>(turn.market.post(id, turn.store, turn.flood), turn);
    });
}

void Backend::remove_post(const std::string& id, api::Reply<api::Post> reply) {
    make<api::Post>(std::move(reply), [this, id](Shell::Turn& turn) {
        return told<api::Post>(turn.market.remove_post(id, turn), turn);
    });
}

// ---- renewal ------------------------------------------------------------------------------------

namespace {

base::Result<api::Renewal> renewal(const base::Result<market::EndingView>& found) {
    if (!found) return std::unexpected(found.error());
    api::Renewal out;
    out.set_id(base::to_hex(found->thing));
    out.set_kind(std::string(found->kind));
    out.set_title(found->title);
    out.set_renew(found->renewed);
    set_time(out.mutable_expires(), found->expires);
    return out;
}

}  // namespace

void Backend::renew(const std::string& id, api::Reply<api::Renewal> reply) {
    make<api::Renewal>(std::move(reply), [id](Shell::Turn& turn) {
        return renewal(turn.market.set_renewal(id, true, turn));
    });
}

void Backend::stop_renewing(const std::string& id, api::Reply<api::Renewal> reply) {
    answer<api::Renewal>(std::move(reply), [id](Shell::Turn& turn) {
        return renewal(turn.market.set_renewal(id, false, turn));
    });
}

// ---- searches -----------------------------------------------------------------------------------

void Backend::search(const api::SearchQuery& query, api::Reply<api::SearchAnswer> reply) {
    const auto find = [this, query](Shell::Turn& turn) -> base::Result<api::SearchAnswer> {
        const auto found = turn.market.search(search_draft_of(query), turn.store, turn.flood);
        if (!found) return std::unexpected(found.error());
        api::SearchAnswer out;
        tell_all(found->offers, turn, [&out] { return out.add_results(); });
        tell_all(found->posts, turn, [&out] { return out.add_posts(); });
        tell_all(found->profiles, turn, [&out] { return out.add_profiles(); });
        out.set_total(static_cast<std::uint32_t>(found->total));
        out.set_more_than(found->is_more_than);
        out.set_unrated(static_cast<std::uint32_t>(found->unrated));
        out.set_ranked(static_cast<std::uint32_t>(found->ranked));
        for (const auto& [written, instead] : found->corrected) {
            api::Correction& correction = *out.add_corrected();
            correction.set_written(written);
            correction.set_found(instead);
        }
        out.set_cursor(found->cursor);
        fill_hidden(out, found->hidden);
        return out;
    };
    if (asks_for_rating(query))
        show_rated<api::SearchAnswer>(std::move(reply), find);
    else
        show<api::SearchAnswer>(std::move(reply), find);
}

}  // namespace hearsay::app
