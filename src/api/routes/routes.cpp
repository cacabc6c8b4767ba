#include "api/routes/routes.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <concepts>
#include <type_traits>
#include <utility>

#include "api.pb.h"
#include "api/encode/answers.hpp"
#include "api/encode/json.hpp"
#include "api/encode/metrics.hpp"
#include "api/encode/ndjson.hpp"
#include "api/figures.hpp"
#include "api/routes/openapi.hpp"
#include "api/routes/parameters.hpp"

namespace hearsay::api {

namespace {

using google::protobuf::Descriptor;

// ---- what a request brings ----------------------------------------------------------------------

struct Nothing {};

template <class T>
concept AMessage = std::derived_from<T, google::protobuf::Message>;

// The parameters of each kind of query.
void list(OfferQuery& query, Parameters& out) {
    out.page(query);
    out.flag("mine", query.mine);
    out.flag("show_hidden", query.show_hidden);
}
void list(ListQuery& query, Parameters& out) {
    out.page(query);
    out.flag("mine", query.mine);
    out.flag("subscribed", query.subscribed);
}
void list(EventQuery& query, Parameters& out) {
    out.text("after", query.after);
    out.text("kinds", query.kinds);
    out.text("topic", query.topic);
}
void list(SearchQuery& query, Parameters& out) {
    out.limit(query);
    out.text("q", query.q);
    out.text("kind", query.kind);
    out.text("by", query.by);
    out.text("tag", query.tag);
    out.text("sort", query.sort);
    out.text("currency", query.currency);
    out.text("cursor", query.cursor);
    out.text("side", query.side);
    out.text("category", query.category);
    out.text("country", query.country);
    out.text("geohash", query.geohash);
    out.text("condition", query.condition);
    out.text("delivery", query.delivery);
    out.text("payment", query.payment);
    out.text("language", query.language);
    out.text("status", query.status);
    out.text("price_min", query.price_min);
    out.text("price_max", query.price_max);
    out.text("rating", query.rating);
    out.text("rated", query.rated);
    out.flag("show_hidden", query.show_hidden);
}
void list(WorkQuery& query, Parameters& out) {
    out.text("kind", query.kind);
    out.text("bytes", query.bytes);
    out.text("lifetime_seconds", query.lifetime_seconds);
}
void list(MailQuery& query, Parameters& out) {
    out.page(query);
    out.flag("unread", query.unread);
    out.flag("trades", query.trades);
    out.text("from", query.from);
    out.text("about", query.about);
}
void list(TradeQuery& query, Parameters& out) {
    out.page(query);
}
void list(PictureQuery& query, Parameters& out) {
    out.text("by", query.by);
}
void list(PeerQuery& query, Parameters& out) {
    out.flag("all", query.all);
}

template <class T>
std::vector<Parameters::Described> described() {
    T query;
    Parameters out;
    list(query, out);
    return out.described();
}

template <AMessage T>
base::Result<void> read(const Call& call, T& out) {
    return from_json(call.body, out, Unknown::refuse);
}
template <class T>
base::Result<void> read(const Call& call, T& out) {
    Parameters parameters;
    list(out, parameters);
    return parameters.read(call.query);
}
base::Result<void> read(const Call&, Nothing&) {
    return {};
}

// ---- what is answered ---------------------------------------------------------------------------

void answer(int status, const google::protobuf::Message& message, const Respond& respond) {
    base::Result<std::string> json = to_json(message);
    respond(json ? json_response(status, *std::move(json)) : error_response(json.error()));
}

template <class T>
Reply<T> answer_with(int status, Respond respond) {
    return [status, respond = std::move(respond)](const base::Result<T>& result) {
        if (!result) return respond(error_response(result.error()));
        answer(status, *result, respond);
    };
}

// ---- rows ---------------------------------------------------------------------------------------

// Asks the backend with what the function takes: an id or not, a request or not.
template <class Request, class Answer, auto question>
void ask(const Call& call, Respond respond) {
    using Ask = decltype(question);
    Request request;
    if (const base::Result<void> fine = read(call, request); !fine)
        return respond(error_response(fine.error()));
    Backend& backend = call.backend;
    Reply<Answer> reply = answer_with<Answer>(call.status, std::move(respond));
    if constexpr (std::is_invocable_v<Ask, Backend&, const std::string&, const Request&,
                                      Reply<Answer>>)
        (backend.*question)(call.id, request, std::move(reply));
    else if constexpr (std::is_invocable_v<Ask, Backend&, const Request&, Reply<Answer>>)
        (backend.*question)(request, std::move(reply));
    else if constexpr (std::is_invocable_v<Ask, Backend&, const std::string&, Reply<Answer>>)
        (backend.*question)(call.id, std::move(reply));
    else
        (backend.*question)(std::move(reply));
}

// Bytes and no JSON; their format was checked before they came into the store.
void show_picture(const Call& call, Respond respond) {
    PictureQuery query;
    if (const auto fine = read(call, query); !fine) return respond(error_response(fine.error()));
    call.backend.show_picture(
        call.id, query, [respond = std::move(respond)](const base::Result<PictureFile>& found) {
            respond(found ? picture_response(found->media_type, base::to_text(found->bytes))
                          : error_response(found.error()));
        });
}

void describe_interface(const Call& call, Respond respond) {
    respond(json_response(call.status, openapi_document()));
}

void measure(const Call& call, Respond respond) {
    call.backend.figures(
        [status = call.status, respond = std::move(respond)](const base::Result<Figures>& figures) {
            if (!figures) return respond(error_response(figures.error()));
            respond({status,
                     {{"Content-Type", std::string(metrics_type)}, {"Cache-Control", "no-store"}},
                     metrics_text(*figures)});
        });
}

constexpr std::array<std::string_view, 9> event_kinds{"status", "offer", "list",   "mail", "trade",
                                                      "peer",   "watch", "ending", "lost"};

base::Result<Feed::Filter> filter_of(const EventQuery& query) {
    Feed::Filter out;
    out.topic = query.topic;
    std::string_view rest = query.kinds;
    while (!rest.empty()) {
        const std::size_t end = std::min(rest.find(','), rest.size());
        const std::string_view kind = rest.substr(0, end);
        if (std::ranges::find(event_kinds, kind) == event_kinds.end())
            return base::fail(base::ErrorCode::invalid,
                              "kinds: expected status, offer, list, mail, trade, peer, watch, "
                              "ending or lost, with commas between");
        out.kinds.emplace(kind);
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return out;
}

base::Result<std::string> missed(const EventQuery& query, const Feed& events,
                                 const Feed::Filter& filter) {
    if (query.after.empty()) return std::string();
    std::uint64_t after = 0;
    const char* const end = query.after.data() + query.after.size();
    if (const auto read = std::from_chars(query.after.data(), end, after);
        read.ec != std::errc() || read.ptr != end)
        return base::fail(base::ErrorCode::invalid, "after: expected the number of an event");
    if (events.knows_since(after)) return events.since(after, filter);
    Event lost;
    lost.set_type("lost");
    lost.set_kind("lost");
    lost.set_text("some events since then are not kept any more: ask for the lists first");
    const base::Result<std::string> line = to_ndjson(lost);
    if (!line) return line;
    return *line + events.since(after, filter);
}

void stream_events(const Call& call, Respond respond) {
    EventQuery query;
    if (const auto fine = read(call, query); !fine) return respond(error_response(fine.error()));
    auto filter = filter_of(query);
    if (!filter) return respond(error_response(filter.error()));
    auto first = missed(query, call.events, *filter);
    if (!first) return respond(error_response(first.error()));
    respond(ndjson_response(call.events, *std::move(filter), *std::move(first)));
}

// Of the door itself, which is no matter of the backend's.
template <class Answer, class Ask>
void ask_door(const Call& call, const Respond& respond, Ask question) {
    if (call.door == nullptr)
        return respond(error_response(503, base::ErrorCode::unavailable, "there is no page here"));
    answer_with<Answer>(call.status, respond)(question(*call.door));
}
void open_page(const Call& call, Respond respond) {
    ask_door<PageAccess>(call, respond, [](PageDoor& door) { return door.open(); });
}
void look_at_page(const Call& call, Respond respond) {
    ask_door<PageAccess>(call, respond, [](PageDoor& door) { return door.look(); });
}
void close_page(const Call& call, Respond respond) {
    ask_door<PageAccess>(call, respond, [](PageDoor& door) { return door.close(); });
}
void enter_page(const Call& call, Respond respond) {
    PageCode code;
    if (const base::Result<void> fine = read(call, code); !fine)
        return respond(error_response(fine.error()));
    ask_door<PageToken>(call, respond, [&](PageDoor& door) { return door.enter(code); });
}
void leave_page(const Call& call, Respond respond) {
    ask_door<PageToken>(call, respond, [&](PageDoor& door) { return door.leave(call.token); });
}

template <class Request>
constexpr Route::Takes takes = AMessage<Request>                  ? Route::Takes::body
                               : std::is_same_v<Request, Nothing> ? Route::Takes::nothing
                                                                  : Route::Takes::query;

template <class T>
constexpr Route::Message message() {
    if constexpr (AMessage<T>)
        return &T::descriptor;
    else
        return nullptr;
}

template <class Request, class Answer, auto question>
constexpr Route route(std::string_view method, std::string_view path, int status) {
    Route out{method,
              path,
              status,
              takes<Request>,
              message<Request>(),
              message<Answer>(),
              &ask<Request, Answer, question>};
    if constexpr (takes<Request> == Route::Takes::query) out.parameters = &described<Request>;
    return out;
}

template <class Request, class Answer, auto question>
constexpr Route get(std::string_view path, int status) {
    return route<Request, Answer, question>("GET", path, status);
}
template <class Request, class Answer, auto question>
constexpr Route post(std::string_view path, int status) {
    return route<Request, Answer, question>("POST", path, status);
}
template <class Request, class Answer, auto question>
constexpr Route put(std::string_view path, int status) {
    return route<Request, Answer, question>("PUT", path, status);
}
template <class Request, class Answer, auto question>
constexpr Route del(std::string_view path, int status) {
    return route<Request, Answer, question>("DELETE", path, status);
}

constexpr Route for_socket(Route row) {
    row.where = Route::Where::socket;
    return row;
}
template <class Answer>
constexpr Route of_door(Route::Where where, std::string_view method, std::string_view path,
                        int status, void (*ask)(const Call&, Respond)) {
    return {method, path, status, Route::Takes::nothing, nullptr, message<Answer>(), ask, where};
}

using B = Backend;
constexpr auto socket_side = Route::Where::socket;
constexpr auto page_side = Route::Where::page;

// clang-format off
constexpr Route node_rows[] = {
    //   request        answer         question               path                           status
    get< Nothing,       Status,        &B::status           >("/v1/status",                  200),
    get< Nothing,       History,       &B::history          >("/v1/history",                 200),
    get< Nothing,       Identity,      &B::identity         >("/v1/identity",                200),
    get< Nothing,       PersonaList,   &B::list_personas    >("/v1/personas",                200),
    post<PersonaDraft,  Persona,       &B::new_persona      >("/v1/personas",                201),
    get< Nothing,       Persona,       &B::show_persona     >("/v1/personas/{persona}",      200),
    del< Nothing,       Persona,       &B::retire_persona   >("/v1/personas/{persona}",      200),
    for_socket(
    post<PersonaRef,    PersonaSecret, &B::export_persona   >("/v1/persona-exports",         201)),
    for_socket(
    post<PersonaImport, Persona,       &B::import_persona   >("/v1/persona-imports",         201)),
    for_socket(
    post<Recovery,      Identity,      &B::recover          >("/v1/recoveries",              201)),
    for_socket(
    post<Recovery,      WordCheck,     &B::check_words      >("/v1/word-checks",             200)),
    for_socket(
    put< PassphraseChange, Protection, &B::change_passphrase>("/v1/passphrase",              200)),
    post<BackupDraft,   Backup,        &B::create_backup    >("/v1/backups",                 201),
    for_socket(
    post<BackupDraft,   Backup,        &B::restore_backup   >("/v1/restores",                201)),
};
constexpr Route market_rows[] = {
    //   request        answer         question               path                           status
    get< WorkQuery,     WorkEstimate,  &B::estimate_work    >("/v1/work-estimate",           200),
    get< OfferQuery,    OfferList,     &B::list_offers      >("/v1/offers",                  200),
    post<OfferDraft,    Offer,         &B::publish_offer    >("/v1/offers",                  201),
    get< Nothing,       Offer,         &B::show_offer       >("/v1/offers/{id}",             200),
    put< OfferDraft,    Offer,         &B::update_offer     >("/v1/offers/{id}",             200),
    del< Nothing,       Offer,         &B::remove_offer     >("/v1/offers/{id}",             200),
    get< Nothing,       RatingList,    &B::offer_ratings    >("/v1/offers/{id}/ratings",     200),
    {"GET", "/v1/pictures/{hash}", 200, Route::Takes::query, nullptr, nullptr, &show_picture,
     Route::Where::both, &described<PictureQuery>},
    get< ProfileQuery,  ProfileList,   &B::list_profiles    >("/v1/profiles",                200),
    get< Nothing,       Profile,       &B::show_profile     >("/v1/profiles/{persona}",      200),
    put< ProfileDraft,  Profile,       &B::set_profile      >("/v1/profiles/{persona}",      200),
    del< Nothing,       Profile,       &B::remove_profile   >("/v1/profiles/{persona}",      200),
    get< PostQuery,     PostList,      &B::list_posts       >("/v1/posts",                   200),
    post<PostDraft,     Post,          &B::publish_post     >("/v1/posts",                   201),
    get< Nothing,       Post,          &B::show_post        >("/v1/posts/{id}",              200),
    del< Nothing,       Post,          &B::remove_post      >("/v1/posts/{id}",              200),
    get< SearchQuery,   SearchAnswer,  &B::search           >("/v1/search",                  200),
    get< ItemQuery,     ItemPage,      &B::list_items       >("/v1/items",                   200),
    post<ItemBatch,     ItemVerdicts,  &B::bring_items      >("/v1/items",                   200),
    post<Nothing,       Renewal,       &B::renew            >("/v1/renewals/{id}",           200),
    del< Nothing,       Renewal,       &B::stop_renewing    >("/v1/renewals/{id}",           200),
    get< ListQuery,     CuratedLists,  &B::list_lists       >("/v1/lists",                   200),
    post<CuratedListDraft, CuratedList, &B::make_list       >("/v1/lists",                   201),
    get< Nothing,       CuratedList,   &B::show_list        >("/v1/lists/{id}",              200),
    put< CuratedListDraft, CuratedList, &B::change_list     >("/v1/lists/{id}",              200),
    del< Nothing,       CuratedList,   &B::erase_list       >("/v1/lists/{id}",              200),
    post<ListPublication, CuratedList, &B::publish_list     >("/v1/lists/{id}/publication",  201),
    del< Nothing,       CuratedList,   &B::unpublish_list   >("/v1/lists/{id}/publication",  200),
    post<Subscription,  CuratedList,   &B::subscribe        >("/v1/subscriptions",           201),
    del< Nothing,       CuratedList,   &B::unsubscribe      >("/v1/subscriptions/{id}",      200),
    get< Nothing,       Why,           &B::why              >("/v1/why/{id}",                200),
    post<Nothing,       Audit,         &B::begin_audit      >("/v1/audits/{id}",             201),
    get< Nothing,       Audit,         &B::show_audit       >("/v1/audits/{id}",             200),
    get< Nothing,       WatchList,     &B::list_watches     >("/v1/watches",                 200),
    post<WatchDraft,    Watch,         &B::add_watch        >("/v1/watches",                 201),
    get< Nothing,       Watch,         &B::show_watch       >("/v1/watches/{id}",            200),
    del< Nothing,       Watch,         &B::remove_watch     >("/v1/watches/{id}",            200),
};
constexpr Route mail_and_trade_rows[] = {
    //   request        answer         question               path                           status
    get< MailQuery,     MailList,      &B::list_mail        >("/v1/mail",                    200),
    post<MailDraft,     Mail,          &B::send_mail        >("/v1/mail",                    201),
    get< Nothing,       Mail,          &B::show_mail        >("/v1/mail/{id}",               200),
    post<Nothing,       Mail,          &B::read_mail        >("/v1/mail/{id}/read",          200),
    del< Nothing,       Mail,          &B::remove_mail      >("/v1/mail/{id}",               200),
    post<Nothing,       Mail,          &B::withdraw_mail    >("/v1/withdrawals/{id}",        200),
    get< Nothing,       Mailbox,       &B::show_mailbox     >("/v1/mailboxes/{address}",     200),
    put< MailboxRule,   Mailbox,       &B::set_mailbox_rule >("/v1/mailboxes/{address}",     200),
    post<Nothing,       Mailbox,       &B::publish_mailbox  >("/v1/mailboxes/{address}/key", 201),
    del< Nothing,       Mailbox,       &B::withdraw_mailbox >("/v1/mailboxes/{address}/key", 200),
    get< Nothing,       FriendList,    &B::list_friends     >("/v1/friends",                 200),
    post<Friend,        Friend,        &B::add_friend       >("/v1/friends",                 201),
    del< Nothing,       Friend,        &B::remove_friend    >("/v1/friends/{address}",       200),
    get< Nothing,       SetAsideList,  &B::list_set_aside   >("/v1/quarantine",              200),
    post<Nothing,       SetAside,      &B::retry_set_aside  >("/v1/quarantine/{id}/retries", 200),
    del< Nothing,       SetAside,      &B::remove_set_aside >("/v1/quarantine/{id}",         200),
    get< TradeQuery,    TradeList,     &B::list_trades      >("/v1/trades",                  200),
    post<TradeDraft,    Trade,         &B::take_offer       >("/v1/trades",                  201),
    get< Nothing,       Trade,         &B::show_trade       >("/v1/trades/{id}",             200),
    post<Nothing,       Trade,         &B::read_trade       >("/v1/trades/{id}/read",        200),
    post<TradeMove,     Trade,         &B::move_trade       >("/v1/trades/{id}/moves",       201),
    del< Nothing,       Trade,         &B::remove_trade     >("/v1/trades/{id}",             200),
    get< Nothing,       RatingList,    &B::own_ratings      >("/v1/ratings",                 200),
    post<RatingDraft,   Rating,        &B::rate             >("/v1/ratings",                 201),
    get< Nothing,       RatingList,    &B::ratings          >("/v1/ratings/{persona}",       200),
    del< Nothing,       Rating,        &B::remove_rating    >("/v1/ratings/{id}",            200),
};
constexpr Route other_rows[] = {
    //   request        answer         question               path                           status
    get< PeerQuery,     PeerList,      &B::list_peers       >("/v1/peers",                   200),
    post<PeerAdd,       Peer,          &B::add_peer         >("/v1/peers",                   201),
    get< Nothing,       Peer,          &B::show_peer        >("/v1/peers/{onion}",           200),
    del< Nothing,       Peer,          &B::remove_peer      >("/v1/peers/{onion}",           200),
    post<PeerBan,       Peer,          &B::ban_peer         >("/v1/bans",                    201),
    del< Nothing,       Peer,          &B::unban_peer       >("/v1/bans/{onion}",            200),
    for_socket(
    post<Nothing,       Stopping,      &B::stop             >("/v1/stop",                    200)),
    of_door<PageAccess>(socket_side, "GET", "/v1/page", 200, &look_at_page),
    of_door<PageAccess>(socket_side, "POST", "/v1/page", 201, &open_page),
    of_door<PageAccess>(socket_side, "DELETE", "/v1/page", 200, &close_page),
    {"POST", "/v1/page/token", 201, Route::Takes::body, &PageCode::descriptor,
     &PageToken::descriptor, &enter_page, page_side},
    of_door<PageToken>(page_side, "DELETE", "/v1/page/token", 200, &leave_page),
    {"GET", "/v1/openapi.json", 200, Route::Takes::nothing, nullptr, nullptr, &describe_interface},
    {"GET", metrics_path, 200, Route::Takes::nothing, nullptr, nullptr, &measure},
    {"GET", "/v1/events", 200, Route::Takes::query, nullptr, &Event::descriptor, &stream_events},
};
// clang-format on

template <std::size_t... counts>
constexpr auto joined(const Route (&... tables)[counts]) {
    std::array<Route, (counts + ...)> out{};
    auto at = out.begin();
    ((at = std::ranges::copy(tables, at).out), ...);
    return out;
}

constexpr auto table = joined(node_rows, market_rows, mail_and_trade_rows, other_rows);

}  // namespace

std::span<const Route> routes() {
    return table;
}

}  // namespace hearsay::api
