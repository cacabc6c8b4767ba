#include "api/router.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "api/json.hpp"
#include "base/limits/api.hpp"

namespace hearsay::api {

using base::ErrorCode;

namespace {

constexpr std::size_t list_limit_default = 100;
constexpr std::size_t id_letters_max = 100;  // an onion address has 62, a mailbox address about as many

struct Call {
    Backend& backend;
    std::string id;
    std::string_view query;
    const std::string& body;
    int success = 200;
};

template <class T>
Reply<T> answer_with(int success, Respond respond) {
    return [success, respond = std::move(respond)](base::Result<T> result) {
        if (!result) return respond(error_response(result.error()));
        base::Result<std::string> json = to_json(*result);
        if (!json) return respond(error_response(json.error()));
        respond({success, *std::move(json), {}, false});
    };
}

template <class T>
base::Result<T> read_body(const Call& call) {
    T message;
    const base::Result<void> read = from_json(call.body, message, Unknown::refuse);
    if (!read) return std::unexpected(read.error());
    return message;
}

// What a query may hold; null where it makes no sense.
struct Query {
    std::size_t* limit = nullptr;
    const char* flag_name = nullptr;
    bool* flag = nullptr;
};

std::string describe(const Query& query) {
    std::string out = "; expected ";
    if (query.limit != nullptr) out += "limit=N, N from 1 to " + std::to_string(base::limits::api_list_max);
    if (query.flag != nullptr)
        out += std::string(query.limit != nullptr ? ", or " : "") + query.flag_name + "=true";
    return out;
}

base::Result<void> read_limit(std::string_view value, const Query& query) {
    std::size_t number = 0;
    const bool digits = !value.empty() && value.size() <= 4 &&
                        std::all_of(value.begin(), value.end(), [](char c) { return c >= '0' && c <= '9'; });
    for (const char c : digits ? value : std::string_view())
        number = number * 10 + static_cast<std::size_t>(c - '0');
    if (number < 1 || number > base::limits::api_list_max)
        return base::fail(ErrorCode::invalid, "bad limit" + describe(query));
    *query.limit = number;
    return {};
}

// Reads "limit=20&mine=true" into the places given.
base::Result<void> read_query(std::string_view text, const Query& query) {
    if (query.limit != nullptr) *query.limit = list_limit_default;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('&'), text.size());
        const std::string_view pair = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        const std::size_t equals = std::min(pair.find('='), pair.size());
        const std::string_view name = pair.substr(0, equals);
        const std::string_view value = pair.substr(std::min(equals + 1, pair.size()));
        if (name == "limit" && query.limit != nullptr) {
            if (const auto read = read_limit(value, query); !read) return read;
        } else if (query.flag != nullptr && name == query.flag_name &&
                   (value == "true" || value == "false")) {
            *query.flag = value == "true";
        } else {
            return base::fail(ErrorCode::invalid, "unknown query" + describe(query));
        }
    }
    return {};
}

void get_status(const Call& call, Respond respond) {
    call.backend.status(answer_with<Status>(call.success, std::move(respond)));
}
void get_identity(const Call& call, Respond respond) {
    call.backend.identity(answer_with<Identity>(call.success, std::move(respond)));
}
void get_offers(const Call& call, Respond respond) {
    OfferQuery query;
    if (const auto read = read_query(call.query, {&query.limit, "mine", &query.mine}); !read)
        return respond(error_response(read.error()));
    call.backend.list_offers(query, answer_with<OfferList>(call.success, std::move(respond)));
}
void post_offer(const Call& call, Respond respond) {
    const base::Result<OfferDraft> draft = read_body<OfferDraft>(call);
    if (!draft) return respond(error_response(draft.error()));
    call.backend.publish_offer(*draft, answer_with<Offer>(call.success, std::move(respond)));
}
void get_offer(const Call& call, Respond respond) {
    call.backend.show_offer(call.id, answer_with<Offer>(call.success, std::move(respond)));
}
void put_offer(const Call& call, Respond respond) {
    const base::Result<OfferDraft> draft = read_body<OfferDraft>(call);
    if (!draft) return respond(error_response(draft.error()));
    call.backend.update_offer(call.id, *draft, answer_with<Offer>(call.success, std::move(respond)));
}
void delete_offer(const Call& call, Respond respond) {
    call.backend.remove_offer(call.id, answer_with<Offer>(call.success, std::move(respond)));
}
void get_mails(const Call& call, Respond respond) {
    MailQuery query;
    if (const auto read = read_query(call.query, {&query.limit, nullptr, nullptr}); !read)
        return respond(error_response(read.error()));
    call.backend.list_mail(query, answer_with<MailList>(call.success, std::move(respond)));
}
void post_mail(const Call& call, Respond respond) {
    const base::Result<MailDraft> draft = read_body<MailDraft>(call);
    if (!draft) return respond(error_response(draft.error()));
    call.backend.send_mail(*draft, answer_with<Mail>(call.success, std::move(respond)));
}
void get_mail(const Call& call, Respond respond) {
    call.backend.read_mail(call.id, answer_with<Mail>(call.success, std::move(respond)));
}
void post_withdrawal(const Call& call, Respond respond) {
    call.backend.withdraw_mail(call.id, answer_with<Mail>(call.success, std::move(respond)));
}
void put_mailbox_rule(const Call& call, Respond respond) {
    const base::Result<MailboxRule> rule = read_body<MailboxRule>(call);
    if (!rule) return respond(error_response(rule.error()));
    call.backend.set_mailbox_rule(call.id, *rule, answer_with<Mailbox>(call.success, std::move(respond)));
}
void get_friends(const Call& call, Respond respond) {
    call.backend.list_friends(answer_with<FriendList>(call.success, std::move(respond)));
}
void post_friend(const Call& call, Respond respond) {
    const base::Result<Friend> known = read_body<Friend>(call);
    if (!known) return respond(error_response(known.error()));
    call.backend.add_friend(*known, answer_with<Friend>(call.success, std::move(respond)));
}
void delete_friend(const Call& call, Respond respond) {
    call.backend.remove_friend(call.id, answer_with<Friend>(call.success, std::move(respond)));
}
void delete_mail(const Call& call, Respond respond) {
    call.backend.remove_mail(call.id, answer_with<Mail>(call.success, std::move(respond)));
}
void get_quarantine(const Call& call, Respond respond) {
    call.backend.list_set_aside(answer_with<SetAsideList>(call.success, std::move(respond)));
}
void post_retry(const Call& call, Respond respond) {
    call.backend.retry_set_aside(call.id, answer_with<SetAside>(call.success, std::move(respond)));
}
void delete_set_aside(const Call& call, Respond respond) {
    call.backend.remove_set_aside(call.id, answer_with<SetAside>(call.success, std::move(respond)));
}
void get_personas(const Call& call, Respond respond) {
    call.backend.list_personas(answer_with<PersonaList>(call.success, std::move(respond)));
}
void get_persona(const Call& call, Respond respond) {
    call.backend.show_persona(call.id, answer_with<Persona>(call.success, std::move(respond)));
}
void delete_persona(const Call& call, Respond respond) {
    call.backend.retire_persona(call.id, answer_with<Persona>(call.success, std::move(respond)));
}
// What comes as a body and is answered by one call of the backend.
template <class Body, class T, void (Backend::*ask)(const Body&, Reply<T>)>
void post(const Call& call, Respond respond) {
    const base::Result<Body> body = read_body<Body>(call);
    if (!body) return respond(error_response(body.error()));
    (call.backend.*ask)(*body, answer_with<T>(call.success, std::move(respond)));
}
// ---- trades and ratings
void get_trades(const Call& call, Respond respond) {
    call.backend.list_trades(answer_with<TradeList>(call.success, std::move(respond)));
}
void post_trade(const Call& call, Respond respond) {
    const base::Result<TradeDraft> draft = read_body<TradeDraft>(call);
    if (!draft) return respond(error_response(draft.error()));
    call.backend.take_offer(*draft, answer_with<Trade>(call.success, std::move(respond)));
}
void get_trade(const Call& call, Respond respond) {
    call.backend.show_trade(call.id, answer_with<Trade>(call.success, std::move(respond)));
}
void post_move(const Call& call, Respond respond) {
    const base::Result<TradeMove> move = read_body<TradeMove>(call);
    if (!move) return respond(error_response(move.error()));
    call.backend.move_trade(call.id, *move, answer_with<Trade>(call.success, std::move(respond)));
}
void delete_trade(const Call& call, Respond respond) {
    call.backend.remove_trade(call.id, answer_with<Trade>(call.success, std::move(respond)));
}
void get_own_ratings(const Call& call, Respond respond) {
    call.backend.own_ratings(answer_with<RatingList>(call.success, std::move(respond)));
}
void post_rating(const Call& call, Respond respond) {
    const base::Result<RatingDraft> draft = read_body<RatingDraft>(call);
    if (!draft) return respond(error_response(draft.error()));
    call.backend.rate(*draft, answer_with<Rating>(call.success, std::move(respond)));
}
void get_ratings(const Call& call, Respond respond) {
    call.backend.ratings(call.id, answer_with<RatingList>(call.success, std::move(respond)));
}
void delete_rating(const Call& call, Respond respond) {
    call.backend.remove_rating(call.id, answer_with<Rating>(call.success, std::move(respond)));
}

void get_peers(const Call& call, Respond respond) {
    PeerQuery query;
    if (const auto read = read_query(call.query, {nullptr, "all", &query.all}); !read)
        return respond(error_response(read.error()));
    call.backend.list_peers(query, answer_with<PeerList>(call.success, std::move(respond)));
}
void get_peer(const Call& call, Respond respond) {
    call.backend.show_peer(call.id, answer_with<Peer>(call.success, std::move(respond)));
}
void post_peer(const Call& call, Respond respond) {
    const base::Result<PeerAdd> peer = read_body<PeerAdd>(call);
    if (!peer) return respond(error_response(peer.error()));
    call.backend.add_peer(*peer, answer_with<Peer>(call.success, std::move(respond)));
}
void delete_peer(const Call& call, Respond respond) {
    call.backend.remove_peer(call.id, answer_with<Peer>(call.success, std::move(respond)));
}
void post_ban(const Call& call, Respond respond) {
    const base::Result<PeerBan> ban = read_body<PeerBan>(call);
    if (!ban) return respond(error_response(ban.error()));
    call.backend.ban_peer(*ban, answer_with<Peer>(call.success, std::move(respond)));
}
void delete_ban(const Call& call, Respond respond) {
    call.backend.unban_peer(call.id, answer_with<Peer>(call.success, std::move(respond)));
}
void get_events(const Call& call, Respond respond) {
    respond({call.success, {}, {}, true});
}

enum class Takes { nothing, query, body };
struct Route {
    std::string_view method;
    std::string_view path;  // with a final '/' an id follows; an '*' stands for one within
    Takes takes;
    int success;
    void (*handle)(const Call&, Respond);
};

constexpr std::array<Route, 44> routes{{
    {"GET", "/v1/status", Takes::nothing, 200, get_status},
    {"GET", "/v1/identity", Takes::nothing, 200, get_identity},
    {"GET", "/v1/offers", Takes::query, 200, get_offers},
    {"POST", "/v1/offers", Takes::body, 201, post_offer},
    {"GET", "/v1/offers/", Takes::nothing, 200, get_offer},
    {"PUT", "/v1/offers/", Takes::body, 200, put_offer},
    {"DELETE", "/v1/offers/", Takes::nothing, 200, delete_offer},
    {"GET", "/v1/mail", Takes::query, 200, get_mails},
    {"POST", "/v1/mail", Takes::body, 201, post_mail},
    {"GET", "/v1/mail/", Takes::nothing, 200, get_mail},
    {"POST", "/v1/withdrawals/", Takes::nothing, 200, post_withdrawal},
    {"PUT", "/v1/mailboxes/", Takes::body, 200, put_mailbox_rule},
    {"GET", "/v1/friends", Takes::nothing, 200, get_friends},
    {"POST", "/v1/friends", Takes::body, 201, post_friend},
    {"DELETE", "/v1/friends/", Takes::nothing, 200, delete_friend},
    {"DELETE", "/v1/mail/", Takes::nothing, 200, delete_mail},
    {"GET", "/v1/quarantine", Takes::nothing, 200, get_quarantine},
    {"POST", "/v1/quarantine/*/retries", Takes::nothing, 200, post_retry},
    {"DELETE", "/v1/quarantine/", Takes::nothing, 200, delete_set_aside},
    {"GET", "/v1/personas", Takes::nothing, 200, get_personas},
    {"POST", "/v1/personas", Takes::body, 201, post<PersonaDraft, Persona, &Backend::new_persona>},
    {"GET", "/v1/personas/", Takes::nothing, 200, get_persona},
    {"DELETE", "/v1/personas/", Takes::nothing, 200, delete_persona},
    {"POST", "/v1/persona-imports", Takes::body, 201, post<PersonaImport, Persona, &Backend::import_persona>},
    {"POST", "/v1/persona-exports", Takes::body, 201,
     post<PersonaRef, PersonaSecret, &Backend::export_persona>},
    {"POST", "/v1/recoveries", Takes::body, 201, post<Recovery, Identity, &Backend::recover>},
    {"POST", "/v1/backups", Takes::body, 201, post<BackupDraft, Backup, &Backend::create_backup>},
    {"POST", "/v1/restores", Takes::body, 201, post<BackupDraft, Backup, &Backend::restore_backup>},
    {"GET", "/v1/trades", Takes::nothing, 200, get_trades},
    {"POST", "/v1/trades", Takes::body, 201, post_trade},
    {"GET", "/v1/trades/", Takes::nothing, 200, get_trade},
    {"POST", "/v1/trades/*/moves", Takes::body, 201, post_move},
    {"DELETE", "/v1/trades/", Takes::nothing, 200, delete_trade},
    {"GET", "/v1/ratings", Takes::nothing, 200, get_own_ratings},
    {"POST", "/v1/ratings", Takes::body, 201, post_rating},
    {"GET", "/v1/ratings/", Takes::nothing, 200, get_ratings},
    {"DELETE", "/v1/ratings/", Takes::nothing, 200, delete_rating},
    {"GET", "/v1/peers", Takes::query, 200, get_peers},
    {"POST", "/v1/peers", Takes::body, 201, post_peer},
    {"GET", "/v1/peers/", Takes::nothing, 200, get_peer},
    {"DELETE", "/v1/peers/", Takes::nothing, 200, delete_peer},
    {"POST", "/v1/bans", Takes::body, 201, post_ban},
    {"DELETE", "/v1/bans/", Takes::nothing, 200, delete_ban},
    {"GET", "/v1/events", Takes::nothing, 200, get_events},
}};

// The id in a path that fits the route, empty if the route has none; nothing if the path does not fit.
std::optional<std::string_view> id_in(const Route& route, std::string_view path) {
    const std::size_t star = route.path.find('*');
    const std::string_view before = route.path.substr(0, star);
    const std::string_view after = star == std::string_view::npos ? "" : route.path.substr(star + 1);
    // total: every route begins with a slash
    if (before.back() != '/') return path == before ? std::optional(std::string_view()) : std::nullopt;
    if (path.size() <= before.size() + after.size() || !path.starts_with(before) || !path.ends_with(after))
        return std::nullopt;
    const std::string_view id = path.substr(before.size(), path.size() - before.size() - after.size());
    return id.find('/') == std::string_view::npos ? std::optional(id) : std::nullopt;
}

bool is_id(std::string_view text) {
    return text.size() <= id_letters_max && std::all_of(text.begin(), text.end(), [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      c == '.' || c == '_' || c == '-';  // in names of personas
           });
}

bool is_own_host(std::string_view host) {
    const std::string_view name = host.substr(0, host.find(':'));
    return same_word(name, "hearsay") || same_word(name, "localhost");
}

bool is_json_type(std::string_view type) {
    type = type.substr(0, type.find(';'));
    while (!type.empty() && type.back() == ' ') type.remove_suffix(1);
    return same_word(type, "application/json");
}

// Nothing if the request comes from where it may.
std::optional<Response> refuse_sender(const HttpHead& head) {
    if (head.count("origin") != 0)
        return error_response(403, ErrorCode::denied, "web pages may not use this interface (Origin is set)");
    const std::size_t hosts = head.count("host");
    if (hosts > 1 || (hosts == 0 && head.minor == 1))
        return error_response(400, ErrorCode::invalid, "expected one Host field: \"Host: hearsay\"");
    if (hosts == 1 && !is_own_host(*head.find("host")))  // total: there is one, by hosts
        return error_response(403, ErrorCode::denied, "Host must be \"hearsay\" or \"localhost\"");
    return std::nullopt;
}

}  // namespace

int http_status(ErrorCode code) {
    switch (code) {
        case ErrorCode::invalid:
            return 400;
        case ErrorCode::denied:
            return 403;
        case ErrorCode::not_found:
            return 404;
        case ErrorCode::conflict:
            return 409;
        case ErrorCode::refused:
            return 422;
        case ErrorCode::unavailable:
            return 503;
        case ErrorCode::exhausted:
            return 507;
        case ErrorCode::corrupt:
        case ErrorCode::io:
            return 500;
    }
    return 500;
}

std::string_view http_reason(int status) {
    switch (status) {
        case 200:
            return "OK";
        case 201:
            return "Created";
        case 400:
            return "Bad Request";
        case 403:
            return "Forbidden";
        case 404:
            return "Not Found";
        case 405:
            return "Method Not Allowed";
        case 408:
            return "Request Timeout";
        case 409:
            return "Conflict";
        case 413:
            return "Content Too Large";
        case 415:
            return "Unsupported Media Type";
        case 422:
            return "Unprocessable Content";
        case 431:
            return "Request Header Fields Too Large";
        case 500:
            return "Internal Server Error";
        case 501:
            return "Not Implemented";
        case 503:
            return "Service Unavailable";
        case 505:
            return "HTTP Version Not Supported";
        case 507:
            return "Insufficient Storage";
        default:
            return "Unknown";
    }
}

Response error_response(const base::Error& error) {
    return {http_status(error.code), error_json(error), {}, false};
}

Response error_response(int status, ErrorCode code, std::string text) {
    return {status, error_json({code, std::move(text)}), {}, false};
}

void Router::handle(const HttpHead& head, const std::string& body, Respond respond) const {
    if (std::optional<Response> refusal = refuse_sender(head)) return respond(*std::move(refusal));

    const std::string_view target = head.target;
    const std::size_t mark = std::min(target.find('?'), target.size());
    const std::string_view path = target.substr(0, mark);
    const std::string_view query = target.substr(std::min(mark + 1, target.size()));

    const Route* found = nullptr;
    std::string allow;
    for (const Route& route : routes) {
        if (!id_in(route, path)) continue;
        allow += (allow.empty() ? "" : ", ") + std::string(route.method);
        if (route.method == head.method) found = &route;
    }
    if (allow.empty())
        return respond(error_response(404, ErrorCode::not_found,
                                      "no such path; expected /v1/status, identity, personas, offers, mail, "
                                      "mailboxes, friends, trades, ratings, peers, bans, backups or events"));
    if (found == nullptr) {
        Response response = error_response(405, ErrorCode::invalid, "this path takes " + allow);
        response.allow = allow;
        return respond(std::move(response));
    }
    Call call{backend_, {}, query, body, found->success};
    call.id = *id_in(*found, path);  // total: the path fitted this route
    if (!is_id(call.id))
        return respond(error_response(400, ErrorCode::invalid,
                                      "not an id: expected at most 100 letters, digits and dots"));
    if (found->takes != Takes::query && !query.empty())
        return respond(error_response(400, ErrorCode::invalid, "unknown query: this path takes none"));
    if (found->takes == Takes::body && !is_json_type(head.find("content-type").value_or("")))
        return respond(
            error_response(415, ErrorCode::invalid, "expected \"Content-Type: application/json\""));
    found->handle(call, std::move(respond));
}

}  // namespace hearsay::api
