#include "api/routes/router.hpp"

#include <utility>

#include <doctest/doctest.h>

#include "api/http/feed.hpp"
#include "fake_backend.hpp"

namespace hearsay::api {
namespace {

struct RouterFixture {
    FakeBackend backend;
    Feed events;
    Router router{backend, events};

    Response ask(const std::string& method, const std::string& target, const std::string& body = {},
                 std::vector<HttpField> more = {}) {
        HttpHead head;
        head.method = method;
        head.target = target;
        head.fields = {{"host", "hearsay"}, {"content-type", "application/json"}};
        for (HttpField& field : more)
            std::erase_if(head.fields, [&](const HttpField& f) { return f.name == field.name; });
        for (HttpField& field : more) head.fields.push_back(std::move(field));
        Response out;
        int answers = 0;
        router.handle(head, body, [&](Response response) {
            out = std::move(response);
            ++answers;
        });
        CHECK(answers == 1);
        return out;
    }
    // The one call that the backend saw, or "".
    std::string call(const std::string& method, const std::string& target,
                     const std::string& body = {}) {
        backend.calls.clear();
        const Response response = ask(method, target, body);
        CHECK(response.status == (method == "POST" ? 201 : 200));
        CHECK(response.body().starts_with("{"));
        return backend.calls.size() == 1 ? backend.calls.front() : "";
    }
};

TEST_CASE_FIXTURE(RouterFixture,
                  "a text that is not percent-encoded UTF-8 of one line is refused") {
    for (const char* text : {"%", "%4", "%zz", "%C3", "%FF", "%00", "%0A", "%7F"}) {
        CAPTURE(text);
        const Response response = ask("GET", std::string("/v1/search?q=") + text);
        CHECK(response.status == 400);
        CHECK(response.body().find("percent-encoded") != std::string::npos);
    }
    CHECK(backend.calls.empty());
}

TEST_CASE_FIXTURE(RouterFixture, "every route reaches its question") {
    CHECK(call("GET", "/v1/status") == "status");
    CHECK(call("GET", "/v1/history") == "history");
    CHECK(call("GET", "/v1/identity") == "identity");
    CHECK(call("GET", "/v1/offers") == "list_offers 100");
    CHECK(call("GET", "/v1/offers?limit=7&mine=true") == "list_offers 7 mine");
    CHECK(call("GET", "/v1/search") == "search 100 [] [] [] [] [] [] []");
    CHECK(call("GET",
               "/v1/search?q=K%C3%A4se%20%22a+b%22&kind=offer&by=hsp1x&tag=t&sort=price"
               "&currency=EUR&cursor=n-1-2&limit=3") ==
          "search 3 [K\u00E4se \"a+b\"] [offer] [hsp1x] [t] [price] [EUR] [n-1-2]");
    CHECK(call("GET",
               "/v1/search?side=wanted&category=sport%2Fbicycles&country=DE&geohash=u33"
               "&condition=used&delivery=post&payment=xmr&language=de&status=active"
               "&price_min=1.5&price_max=20&rating=4.5&rated=3") ==
          "search 100 [] [] [] [] [] [] [] side=wanted category=sport/bicycles country=DE "
          "geohash=u33 condition=used delivery=post payment=xmr language=de status=active "
          "price_min=1.5 price_max=20 rating=4.5 rated=3");
    CHECK(call("POST", "/v1/offers", R"({"title":"Bicycle"})") == "publish_offer Bicycle");
    CHECK(call("GET", "/v1/offers/abcdef12") == "show_offer abcdef12");
    CHECK(call("DELETE", "/v1/offers/abcdef12") == "remove_offer abcdef12");
    CHECK(call("PUT", "/v1/offers/abcdef12", R"({"title":"Bicycle"})") == "update_offer abcdef12");
    CHECK(call("PUT", "/v1/mailboxes/hsm1x", R"({"rule":"friends"})") ==
          "set_mailbox_rule hsm1x friends 0 0");
    CHECK(call("GET", "/v1/friends") == "list_friends");
    CHECK(call("POST", "/v1/friends", R"({"address":"hsp1x"})") == "add_friend hsp1x");
    CHECK(call("DELETE", "/v1/friends/hsp1x") == "remove_friend hsp1x");
    CHECK(ask("POST", "/v1/withdrawals/abcdef12").status == 200);
    CHECK(backend.calls.back() == "withdraw_mail abcdef12");
    CHECK(call("GET", "/v1/quarantine") == "list_set_aside");
    CHECK(ask("POST", "/v1/quarantine/abcdef12/retries").status == 200);
    CHECK(backend.calls.back() == "retry_set_aside abcdef12");
    CHECK(call("DELETE", "/v1/quarantine/abcdef12") == "remove_set_aside abcdef12");
    CHECK(call("GET", "/v1/mail?limit=3") == "list_mail 3");
    CHECK(call("POST", "/v1/mail", R"({"to":"hsm1x"})") == "send_mail hsm1x");
    CHECK(call("GET", "/v1/mail/abcdef12") == "show_mail abcdef12");
    CHECK(ask("POST", "/v1/mail/abcdef12/read").status == 200);
    CHECK(backend.calls.back() == "read_mail abcdef12");
    CHECK(ask("POST", "/v1/trades/abcdef12/read").status == 200);
    CHECK(backend.calls.back() == "read_trade abcdef12");
    CHECK(call("GET", "/v1/mailboxes/main") == "show_mailbox main");
    CHECK(call("GET", "/v1/mail?unread=true&from=Anna%20B&about=abc") ==
          "list_mail 100 unread from Anna B about abc");
    CHECK(call("GET", "/v1/offers?limit=10&page=3") == "list_offers 10 page 3");
    CHECK(call("DELETE", "/v1/mail/abcdef12") == "remove_mail abcdef12");
    CHECK(call("GET", "/v1/personas") == "list_personas");
    CHECK(call("POST", "/v1/personas", R"({"name":"shop"})") == "new_persona shop");
    CHECK(call("GET", "/v1/personas/my_shop-2") == "show_persona my_shop-2");
    CHECK(call("DELETE", "/v1/personas/shop") == "retire_persona shop");
    CHECK(call("POST", "/v1/persona-imports", R"({"secret":"hssec1x","name":"old"})") ==
          "import_persona hssec1x old");
    CHECK(call("POST", "/v1/persona-exports", R"({"persona":"shop"})") == "export_persona shop");
    CHECK(call("POST", "/v1/recoveries", R"({"words":"a b c"})") == "recover a b c");
    CHECK(call("POST", "/v1/backups", R"({"path":"/b","passphrase":"p"})") == "create_backup /b p");
    CHECK(call("POST", "/v1/restores", R"({"path":"/b","passphrase":"p"})") ==
          "restore_backup /b p");
    CHECK(call("GET", "/v1/trades?limit=3&page=2") == "list_trades 3");
    CHECK(call("POST", "/v1/trades", R"({"offer":"abcdef12"})") == "take_offer abcdef12");
    CHECK(call("GET", "/v1/trades/abcdef12") == "show_trade abcdef12");
    CHECK(call("POST", "/v1/trades/abcdef12/moves", R"({"move":"accept"})") ==
          "move_trade abcdef12 accept");
    CHECK(call("DELETE", "/v1/trades/abcdef12") == "remove_trade abcdef12");
    CHECK(call("GET", "/v1/ratings") == "own_ratings");
    CHECK(call("POST", "/v1/ratings", R"({"trade":"abcdef12","stars":4})") == "rate abcdef12");
    CHECK(call("GET", "/v1/ratings/hsp1abc") == "ratings hsp1abc");
    CHECK(call("DELETE", "/v1/ratings/abcdef12") == "remove_rating abcdef12");
    CHECK(call("GET", "/v1/peers") == "list_peers");
    CHECK(call("POST", "/v1/peers", R"({"onion":"x.onion"})") == "add_peer x.onion");
    CHECK(call("GET", "/v1/peers?all=true") == "list_peers all");
    CHECK(call("GET", "/v1/peers?all=false") == "list_peers");
    CHECK(call("GET", "/v1/peers/x.onion") == "show_peer x.onion");
    CHECK(call("DELETE", "/v1/peers/x.onion") == "remove_peer x.onion");
    CHECK(
        call("POST", "/v1/bans", R"({"onion":"x.onion","duration_seconds":60,"reason":"spam"})") ==
        "ban_peer x.onion");
    CHECK(backend.last_ban.duration_seconds() == 60);
    CHECK(backend.last_ban.reason() == "spam");
    CHECK(call("DELETE", "/v1/bans/x.onion") == "unban_peer x.onion");
    CHECK(ask("GET", "/v1/events").is_stream());
}

TEST_CASE_FIXTURE(RouterFixture, "lists, watches and renewal are asked of the backend") {
    CHECK(ask("POST", "/v1/renewals/abcdef12").status == 200);
    CHECK(backend.calls == std::vector<std::string>{"renew abcdef12"});
    CHECK(call("DELETE", "/v1/renewals/abcdef12") == "stop_renewing abcdef12");
    CHECK(call("GET", "/v1/lists?limit=7&mine=1") == "list_lists 7 mine");
    CHECK(call("GET", "/v1/lists?subscribed=true") == "list_lists 100 subscribed");
    CHECK(call("POST", "/v1/lists", R"({"name":"Clean"})") == "make_list Clean");
    CHECK(call("GET", "/v1/lists/Clean") == "show_list Clean");
    CHECK(call("PUT", "/v1/lists/Clean", R"({"name":"x","entries":[{"word":"casino"}]})") ==
          "change_list Clean 1");
    CHECK(call("DELETE", "/v1/lists/Clean") == "erase_list Clean");
    CHECK(call("POST", "/v1/lists/Clean/publication", R"({"persona":"shop"})") ==
          "publish_list Clean shop");
    CHECK(call("DELETE", "/v1/lists/Clean/publication") == "unpublish_list Clean");
    CHECK(call("POST", "/v1/subscriptions", R"({"list":"abcdef12"})") == "subscribe abcdef12");
    CHECK(call("DELETE", "/v1/subscriptions/abcdef12") == "unsubscribe abcdef12");
    CHECK(call("GET", "/v1/why/abcdef12") == "why abcdef12");
    CHECK(call("GET", "/v1/watches") == "list_watches");
    CHECK(call("POST", "/v1/watches", R"({"name":"bikes","search":{"q":"x"}})") ==
          "add_watch bikes");
    CHECK(call("GET", "/v1/watches/bikes") == "show_watch bikes");
    CHECK(call("DELETE", "/v1/watches/bikes") == "remove_watch bikes");
}

TEST_CASE_FIXTURE(RouterFixture, "a stream of events begins with what was missed, or says so") {
    events.begin_after(100);
    events.feed("{\"a\"}\n", {101, "mail", ""});
    events.feed("{\"b\"}\n", {102, "watch", "bikes"});
    CHECK(ask("GET", "/v1/events").first.empty());
    CHECK(ask("GET", "/v1/events?after=100").first == "{\"a\"}\n{\"b\"}\n");
    CHECK(ask("GET", "/v1/events?after=101&kinds=mail").first.empty());
    const Response watch = ask("GET", "/v1/events?after=100&kinds=watch,mail&topic=bikes");
    CHECK(watch.first == "{\"b\"}\n");
    CHECK(watch.filter.kinds == std::set<std::string>{"mail", "watch"});
    const std::string lost = ask("GET", "/v1/events?after=99").first;
    CHECK(lost.starts_with("{\"type\":\"lost\""));
    CHECK(lost.ends_with("{\"a\"}\n{\"b\"}\n"));
}

TEST_CASE_FIXTURE(RouterFixture, "every error of the node has its status and its JSON") {
    using base::ErrorCode;
    const std::vector<std::pair<ErrorCode, int>> expected{
        {ErrorCode::invalid, 400},  {ErrorCode::denied, 403},      {ErrorCode::not_found, 404},
        {ErrorCode::conflict, 409}, {ErrorCode::refused, 422},     {ErrorCode::exhausted, 507},
        {ErrorCode::corrupt, 500},  {ErrorCode::unavailable, 503}, {ErrorCode::io, 500}};
    for (const auto& [code, status] : expected) {
        backend.error = base::Error{code, "because"};
        const Response response = ask("GET", "/v1/status");
        CHECK(response.status == status);
        CHECK(response.body() ==
              "{\"code\":\"" + std::string(base::name(code)) + "\",\"message\":\"because\"}");
    }
}

TEST_CASE_FIXTURE(RouterFixture, "an unknown path is not found") {
    for (const char* path :
         {"/", "/v1", "/v1/status/", "/v1/offer", "/v1/offers/", "/v1/offers/a/b",
          "/v1/trades//moves", "/v1/trades/a/b/moves", "/v1/trades/a/move", "/v2/status"}) {
        CAPTURE(path);
        CHECK(ask("GET", path).status == 404);
    }
    CHECK(backend.calls.empty());
}

std::string allow(const Response& response) {
    const std::string* const field = response.find("Allow");
    return field == nullptr ? "" : *field;
}

TEST_CASE_FIXTURE(RouterFixture, "a wrong method is told the right ones") {
    const Response response = ask("PUT", "/v1/offers");
    CHECK(response.status == 405);
    CHECK(allow(response) == "GET, POST");
    CHECK(allow(ask("POST", "/v1/offers/abcdef12")) == "GET, PUT, DELETE");
    CHECK(allow(ask("PUT", "/v1/peers/x")) == "GET, DELETE");
    CHECK(allow(ask("GET", "/v1/bans/x")) == "DELETE");
    CHECK(ask("get", "/v1/status").status == 405);
}

TEST_CASE_FIXTURE(RouterFixture, "a bad body is refused with the fields of its message") {
    for (const char* body : {"", "nonsense", "[]", R"({"tilte":"x"})", R"({"title":7})",
                             R"({"lifetime_seconds":-5})"}) {
        const Response response = ask("POST", "/v1/offers", body);
        CHECK(response.status == 400);
        CHECK(response.body().find("lifetime_seconds (number") != std::string::npos);
    }
    CHECK(ask("POST", "/v1/mail", R"({"onion":"x"})").body().find("subject (text)") !=
          std::string::npos);
    CHECK(backend.calls.empty());
}

TEST_CASE_FIXTURE(RouterFixture, "a body that does not say it is JSON is refused") {
    CHECK(ask("POST", "/v1/offers", R"({"title":"x"})", {{"content-type", "text/plain"}}).status ==
          415);
    CHECK(ask("POST", "/v1/offers", R"({"title":"x"})",
              {{"content-type", "application/json; charset=utf-8"}})
              .status == 201);
}

TEST_CASE_FIXTURE(RouterFixture, "queries and ids have a known shape") {
    for (const char* path :
         {"/v1/offers?limit=0", "/v1/offers?limit=1001", "/v1/offers?limit=x",
          "/v1/offers?limit=", "/v1/offers?limit=+1", "/v1/offers?limit=00001", "/v1/offers?limit",
          "/v1/offers?limit=1&limit=2", "/v1/offers?mine=true&mine=true", "/v1/offers?page=0",
          "/v1/offers?mine=maybe", "/v1/mail?mine=true", "/v1/peers?limit=5", "/v1/peers?all=x",
          "/v1/peers/x?all=true", "/v1/status?x=1", "/v1/offers/a%20b", "/v1/offers/abc?x=1"}) {
        CAPTURE(path);
        CHECK(ask("GET", path).status == 400);
    }
    for (const char* path : {"/v1/events?kinds=spoon", "/v1/events?after=x", "/v1/events?after=-1",
                             "/v1/events?limit=1", "/v1/lists?kind=offer"}) {
        CAPTURE(path);
        CHECK(ask("GET", path).status == 400);
    }
    CHECK(ask("GET", "/v1/mail/" + std::string(101, 'a')).status == 400);
    CHECK(backend.calls.empty());
}

TEST_CASE_FIXTURE(RouterFixture, "a bad query is told what was expected") {
    const std::string of_offers =
        "limit=N, N from 1 to 1000, or page=N, N from 1 on, or mine=true, or show_hidden=true";
    CHECK(ask("GET", "/v1/offers?limit=0").body().find("bad limit; expected " + of_offers) !=
          std::string::npos);
    CHECK(ask("GET", "/v1/offers?x=0").body().find("unknown query; expected " + of_offers) !=
          std::string::npos);
    CHECK(ask("GET", "/v1/peers?all=true&all=true").body().find("all is given twice; expected") !=
          std::string::npos);
    CHECK(ask("GET", "/v1/status?x=1").body().find("takes none") != std::string::npos);
}

TEST_CASE_FIXTURE(RouterFixture, "an unknown path is told the known ones, each once") {
    const std::string text = ask("GET", "/").body();
    CHECK(text.find("expected /v1/status, history, identity, personas, ") != std::string::npos);
    CHECK(text.find("quarantine") != std::string::npos);
    CHECK(text.find("events") != std::string::npos);
    CHECK(text.find("quarantine") == text.rfind("quarantine"));
}

TEST_CASE_FIXTURE(RouterFixture, "an answer may be kept by nobody and is JSON for everybody") {
    for (const char* path : {"/v1/status", "/v1/nothing"}) {
        const Response response = ask("GET", path);
        REQUIRE(response.find("cache-control") != nullptr);
        CHECK(*response.find("cache-control") == "no-store");
        CHECK(*response.find("content-type") == "application/json");
        CHECK(*response.find("x-content-type-options") == "nosniff");
    }
}

TEST_CASE_FIXTURE(RouterFixture, "an answer that cannot be written is an error of the node") {
    backend.shown_offer.set_title("\xff");
    CHECK(ask("GET", "/v1/offers/abcdef12").status == 500);
}

}  // namespace
}  // namespace hearsay::api
