// Lists and watches: what the local API asks about them.
#include "app/node/backend.hpp"
#include "app/node/list_views.hpp"
#include "app/node/publication_views.hpp"
#include "app/node/views.hpp"

namespace hearsay::app {

api::CuratedList Backend::list_told(const market::ListView& view, bool whole,
                                    Shell::Turn& turn) const {
    api::CuratedList out = to_api(view, whole);
    if (!view.is_private && !view.awaited) out.set_publisher_name(name_of(view.publisher, turn));
    if (view.waits()) out.set_waits_for(waits_for());
    return out;
}

base::Result<api::CuratedList> Backend::list_told(const base::Result<market::ListView>& found,
                                                  Shell::Turn& turn) const {
    if (!found) return std::unexpected(found.error());
    return list_told(*found, true, turn);
}

void Backend::list_lists(const api::ListQuery& query, api::Reply<api::CuratedLists> reply) {
    show<api::CuratedLists>(
        std::move(reply), [this, query](Shell::Turn& turn) -> base::Result<api::CuratedLists> {
            // One more tells whether there are more.
            const auto views = query.mine ? turn.market.own_lists(turn.store)
                               : query.subscribed
                                   ? turn.market.subscribed_lists(turn.store)
                                   : turn.market.lists(turn.store, turn.flood, query.end() + 1);
            api::CuratedLists out;
            for (std::size_t at = query.begin(); at < std::min(query.end(), views.size()); ++at)
                *out.add_lists() = list_told(views[at], false, turn);
            out.set_total(static_cast<std::uint32_t>(views.size()));
            out.set_more_than(!query.mine && !query.subscribed && views.size() > query.end());
            return out;
        });
}

void Backend::make_list(const api::CuratedListDraft& draft, api::Reply<api::CuratedList> reply) {
    const auto list = from_api(draft);
    if (!list) return reply(std::unexpected(list.error()));
    answer<api::CuratedList>(std::move(reply), [this, list = *list](Shell::Turn& turn) {
        return list_told(turn.market.make_list(list, turn), turn);
    });
}

void Backend::show_list(const std::string& which, api::Reply<api::CuratedList> reply) {
    show<api::CuratedList>(std::move(reply), [this, which](Shell::Turn& turn) {
        return list_told(turn.market.list(which, turn.store, turn.flood), turn);
    });
}

void Backend::change_list(const std::string& which, const api::CuratedListDraft& draft,
                          api::Reply<api::CuratedList> reply) {
    const auto list = from_api(draft);
    if (!list) return reply(std::unexpected(list.error()));
    make<api::CuratedList>(std::move(reply), [this, which, list = *list](Shell::Turn& turn) {
        return list_told(turn.market.change_list(which, list, turn), turn);
    });
}

void Backend::erase_list(const std::string& which, api::Reply<api::CuratedList> reply) {
    make<api::CuratedList>(std::move(reply), [this, which](Shell::Turn& turn) {
        return list_told(turn.market.erase_list(which, turn), turn);
    });
}

void Backend::publish_list(const std::string& which, const api::ListPublication& how,
                           api::Reply<api::CuratedList> reply) {
    make<api::CuratedList>(
        std::move(reply), [this, which, persona = how.persona()](Shell::Turn& turn) {
            return list_told(turn.market.publish_list(which, persona, turn), turn);
        });
}

void Backend::unpublish_list(const std::string& which, api::Reply<api::CuratedList> reply) {
    make<api::CuratedList>(std::move(reply), [this, which](Shell::Turn& turn) {
        return list_told(turn.market.unpublish_list(which, turn), turn);
    });
}

void Backend::subscribe(const api::Subscription& to, api::Reply<api::CuratedList> reply) {
    answer<api::CuratedList>(std::move(reply), [this, id = to.list()](Shell::Turn& turn) {
        return list_told(turn.market.subscribe(id, turn), turn);
    });
}

void Backend::unsubscribe(const std::string& which, api::Reply<api::CuratedList> reply) {
    answer<api::CuratedList>(std::move(reply), [this, which](Shell::Turn& turn) {
        return list_told(turn.market.unsubscribe(which, turn), turn);
    });
}

void Backend::why(const std::string& id, api::Reply<api::Why> reply) {
    show<api::Why>(std::move(reply), [id](Shell::Turn& turn) -> base::Result<api::Why> {
        const auto found = turn.market.why(id, turn.store, turn.flood);
        if (!found) return std::unexpected(found.error());
        return to_api(*found);
    });
}

// ---- watches ------------------------------------------------------------------------------------

void Backend::list_watches(api::Reply<api::WatchList> reply) {
    show<api::WatchList>(std::move(reply), [](Shell::Turn& turn) -> base::Result<api::WatchList> {
        api::WatchList out;
        for (const market::WatchView& view : turn.market.watches())
            *out.add_watches() = to_api(view);
        return out;
    });
}

void Backend::add_watch(const api::WatchDraft& draft, api::Reply<api::Watch> reply) {
    answer<api::Watch>(std::move(reply), [wish = from_api(draft)](Shell::Turn& turn) {
        return to_api(turn.market.add_watch(wish, turn));
    });
}

void Backend::show_watch(const std::string& name, api::Reply<api::Watch> reply) {
    show<api::Watch>(std::move(reply),
                     [name](Shell::Turn& turn) { return to_api(turn.market.watch(name)); });
}

void Backend::remove_watch(const std::string& name, api::Reply<api::Watch> reply) {
    answer<api::Watch>(std::move(reply), [name](Shell::Turn& turn) {
        return to_api(turn.market.remove_watch(name, turn));
    });
}

}  // namespace hearsay::app
