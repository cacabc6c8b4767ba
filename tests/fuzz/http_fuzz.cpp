// fuzz: max_len=700
// What reads HTTP on both sides of the local interface, and what is asked with it. A script writes
// messages of which it knows what they say (fuzz/http_script.hpp), spoils some, and cuts them.
// Checked:
//   1. what was written well is read as it was written
//   2. a naive reader of all bytes at once (fuzz/http_model.hpp) sees the same messages and refuses
//      the same
//   3. the same bytes in other cuts are the same messages
//   4. nothing behind an error is read, and limits hold
//   5. each request that is read is answered once by gate or router, with a status and a body that
//      docs/api.md knows
//   6. what the door lets in has the page's Host, comes from the page, has a method of ours, says
//      JSON if it says anything, and shows a token unless it reads a file or brings a code
#include <optional>
#include <string>
#include <vector>

#include "api/door/verdict.hpp"
#include "api/http/answer_reader.hpp"
#include "api/http/feed.hpp"
#include "api/http/reader.hpp"
#include "api/routes/router.hpp"
#include "api/transport/gate.hpp"
#include "base/bytes.hpp"
#include "base/ensure.hpp"
#include "fuzz/http_model.hpp"
#include "fuzz/http_script.hpp"
#include "fuzz/stranger_script.hpp"
#include "unit/api/fake_backend.hpp"

namespace hearsay::fuzz {
namespace {

using api::HttpReader;

// Small, so that short inputs come beyond them.
constexpr api::HttpLimits limits{200, 5, 60};

// ---- the readers, as a connection and a client use them -----------------------------------------

template <class Cut>
Conversation read_requests(const std::string& all, const Cut& cut) {
    Conversation out;
    HttpReader reader(HttpReader::Kind::request, limits);
    for (std::size_t at = 0; at < all.size();) {
        const std::string_view piece = std::string_view(all).substr(at, cut());
        const std::size_t used = reader.feed(piece);
        ENSURE(used <= piece.size(), "more was read than there was");
        ENSURE(used > 0, "a reader that waits takes nothing");
        ENSURE(reader.body().size() <= limits.body_bytes_max, "a body beyond its limit");
        at += used;
        if (reader.state() == HttpReader::State::failed) {
            ENSURE(reader.feed(all) == 0 && reader.feed("GET / HTTP/1.1\r\n\r\n") == 0,
                   "it reads on behind an error");
            ENSURE(reader.error().status >= 400 && !reader.error().text.empty(),
                   "an error without its reason");
            out.refused = true;
            return out;
        }
        if (reader.state() != HttpReader::State::done) continue;
        ENSURE(reader.feed("x") == 0, "it reads on behind a request");
        const api::HttpHead& head = reader.head();
        out.requests.push_back({head.method, head.target, reader.body(), head.minor, head.fields});
        out.used = at;
        reader = HttpReader(HttpReader::Kind::request, limits);
    }
    return out;
}

template <class Cut>
std::optional<Answer> read_answer(const std::string& all, const Cut& cut) {
    api::AnswerReader reader(limits);
    for (std::size_t at = 0; at < all.size();) {
        const std::string_view piece = std::string_view(all).substr(at, cut());
        reader.feed(piece);
        at += piece.size();
        ENSURE(reader.body().size() <= limits.body_bytes_max, "an answer beyond its limit");
    }
    reader.end();
    ENSURE(reader.state() != api::AnswerReader::State::reading, "it reads on behind the end");
    if (reader.state() == api::AnswerReader::State::failed) {
        ENSURE(!reader.error().empty(), "an error without its reason");
        return std::nullopt;
    }
    return Answer{reader.status(), reader.body()};
}

class Cuts {
public:
    explicit Cuts(Script& script)
        : spread_(1U + (script.byte() & 0x3f)), state_(script.byte() | 1U) {}
    std::size_t next() {
        state_ = state_ * 1664525U + 1013904223U;
        return std::size_t{1} + (state_ >> 16) % spread_;
    }

private:
    const std::uint32_t spread_;
    std::uint32_t state_;
};

// ---- what is asked ------------------------------------------------------------------------------

void ask(const Request& request) {
    static api::FakeBackend backend;
    static api::Feed events;
    static const api::Router router(backend, events);
    static const api::UnixGate gate(1000);
    backend.calls.clear();
    const api::HttpHead head{request.method, request.target, 0, request.minor, request.fields};
    std::vector<api::Response> answers;
    if (const auto refusal = gate.refuse_request(head))
        answers.push_back(*refusal);
    else
        router.handle(head, request.body,
                      [&](const api::Response& answer) { answers.push_back(answer); });
    ENSURE(answers.size() == 1, "a request has one answer");
    const api::Response& answer = answers.front();
    ENSURE(api::http_reason(answer.status) != "Unknown", "a status that nobody knows");
    const bool asked = answer.status < 300;
    ENSURE(backend.calls.size() == (asked && !answer.is_stream() ? 1 : 0),
           "what is refused does nothing");
    ENSURE(answer.is_stream() || answer.body().starts_with("{"),
           "an answer that is no JSON object");
    ENSURE(asked || answer.body().starts_with("{\"code\":\""), "an error without its code");
}

// The same request as it might come to the door, with a few more fields.
void knock(Script& script, const Request& request) {
    static const api::HttpField others[] = {
        {"host", "127.0.0.1:80"},          {"host", "[::1]:80"},
        {"host", "localhost:80"},          {"origin", "http://127.0.0.1:80"},
        {"origin", "http://[::1]:80"},     {"origin", "http://evil"},
        {"sec-fetch-site", "same-origin"}, {"sec-fetch-site", "cross-site"},
        {"sec-fetch-mode", "navigate"},    {"sec-fetch-dest", "document"},
        {"authorization", "Bearer 00"},    {"upgrade", "websocket"}};
    static const char* const targets[] = {"/", "/open", "/v1/page/token", "/open?x", "/v1"};
    api::HttpHead head{request.method, request.target, 0, request.minor, request.fields};
    if (script.byte() % 2 == 0) head.target = script.one_of(targets);
    if (script.byte() % 4 != 0)
        std::erase_if(head.fields,
                      [](const api::HttpField& field) { return field.name == "host"; });
    for (std::size_t more = script.below(6); more > 0; --more)
        head.fields.push_back(script.one_of(others));
    const bool known = script.byte() % 2 == 0;
    const api::Verdict verdict = api::door_verdict(head, 80, known);
    ENSURE(verdict == api::door_verdict(head, 80, known), "a verdict depends on something else");
    (void)api::bearer_of(head);
    if (!api::is_allowed(verdict)) return;
    std::string host;
    for (const api::HttpField& field : head.fields) {
        if (field.name == "host") {
            ENSURE(host.empty() && (field.value == "127.0.0.1:80" || field.value == "[::1]:80"),
                   "another Host was let in");
            host = field.value;
        }
        ENSURE(field.name != "upgrade", "another protocol was let in");
    }
    ENSURE(!host.empty(), "no Host was let in");
    const bool file = !api::path_of(head).starts_with("/v1/");
    for (const api::HttpField& field : head.fields) {
        ENSURE(field.name != "origin" || field.value == "http://" + host, "another Origin came in");
        ENSURE(field.name != "sec-fetch-site" || field.value == "same-origin" ||
                   (file && api::path_of(head) == "/open"),
               "another site came in");
        ENSURE(field.name != "content-type" || field.value.starts_with("application/json"),
               "another type came in");
    }
    ENSURE(file || known || (head.method == "POST" && head.target == "/v1/page/token"),
           "nobody was let in");
    ENSURE(!file || head.method == "GET" || head.method == "HEAD", "a file was written to");
}

// ---- one script ---------------------------------------------------------------------------------

void play_requests(Script& script, Cuts& cuts) {
    std::string all;
    std::vector<Request> written;
    bool spoilt = false;
    for (std::size_t more = 1 + script.below(4); more > 0 && (written.empty() || !script.over());
         --more) {
        WrittenRequest one = write_request(script);
        const bool fits = one.head_size <= limits.head_bytes_max &&
                          one.request.fields.size() <= limits.fields_max &&
                          one.request.body.size() <= limits.body_bytes_max &&
                          one.bytes.size() <= one.head_size + limits.head_bytes_max;
        for (std::size_t faults = script.byte() % 2 == 0 ? script.below(3) : 0; faults > 0;
             --faults) {
            spoil(script, one.bytes);
            spoilt = true;
        }
        spoilt = spoilt || !fits;
        if (!spoilt) written.push_back(one.request);
        all += one.bytes;
    }
    const Conversation naive = HttpModel(all, limits).requests();
    ENSURE(naive.requests.size() >= written.size() &&
               std::equal(written.begin(), written.end(), naive.requests.begin()),
           "what was written well is read otherwise");
    ENSURE(spoilt || (!naive.refused && naive.used == all.size()),
           "what was written well is refused");
    ENSURE(read_requests(all, [&] { return all.size(); }) == naive,
           "the naive reader sees other requests");
    ENSURE(read_requests(all, [] { return std::size_t{1}; }) == naive,
           "byte by byte it reads otherwise");
    ENSURE(read_requests(all, [&] { return cuts.next(); }) == naive,
           "in other cuts it reads otherwise");
    for (const Request& request : naive.requests) {
        ask(request);
        knock(script, request);
    }
}

void play_answer(Script& script, Cuts& cuts) {
    WrittenAnswer written = write_answer(script);
    bool spoilt = written.interim > api::AnswerReader::interim_answers_max ||
                  written.answer.body.size() > limits.body_bytes_max ||
                  written.bytes.size() > limits.head_bytes_max;
    for (std::size_t faults = script.below(3); faults > 0; --faults) {
        spoil(script, written.bytes);
        spoilt = true;
    }
    const std::string& all = written.bytes;
    const auto naive = HttpModel(all, limits).answer(api::AnswerReader::interim_answers_max);
    ENSURE(spoilt || naive == written.answer, "what was written well is read otherwise");
    ENSURE(read_answer(all, [&] { return all.size(); }) == naive,
           "the naive client sees another answer");
    ENSURE(read_answer(all, [] { return std::size_t{1}; }) == naive,
           "byte by byte it reads otherwise");
    ENSURE(read_answer(all, [&] { return cuts.next(); }) == naive,
           "in other cuts it reads otherwise");
}

// Bytes as they are, for what no script would write.
void play_bytes(Script& script, Cuts& cuts) {
    const std::string all(base::as_text(script.take(600)));
    ENSURE(read_requests(all, [&] { return cuts.next(); }) == HttpModel(all, limits).requests(),
           "the naive reader sees other requests");
    ENSURE(read_answer(all, [&] { return cuts.next(); }) ==
               HttpModel(all, limits).answer(api::AnswerReader::interim_answers_max),
           "the naive client sees another answer");
}

}  // namespace
}  // namespace hearsay::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace hearsay::fuzz;
    Script script({data, size});
    const std::uint8_t what = script.byte();
    Cuts cuts(script);
    if (what % 4 == 3)
        play_bytes(script, cuts);
    else if (what % 4 == 2)
        play_answer(script, cuts);
    else
        play_requests(script, cuts);
    return 0;
}
