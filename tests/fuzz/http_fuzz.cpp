// fuzz: max_len=700
// The reader of the local API's requests, beside a naive one that sees everything at once and knows nothing but regular
// lines. Checked: the same bytes in other cuts are the same requests; both accept and refuse the same; nothing behind an
// error is read; limits hold.
#include <optional>
#include <string>
#include <vector>

#include "api/http.hpp"
#include "base/bytes.hpp"
#include "base/ensure.hpp"
#include "fuzz/stranger_script.hpp"

namespace hearsay::api {
namespace {

using fuzz::Script;

constexpr HttpLimits limits{160, 5, 40};  // small, so that short inputs come beyond them

enum class Outcome { waits, refused };

struct Request {
    std::string method, target, body;
    int minor = 0;
    std::vector<HttpField> fields;
    bool operator==(const Request& other) const {
        return method == other.method && target == other.target && body == other.body &&
               minor == other.minor &&
               std::equal(fields.begin(), fields.end(), other.fields.begin(), other.fields.end(),
                          [](const HttpField& a, const HttpField& b) {
                              return a.name == b.name && a.value == b.value;
                          });
    }
};

struct Conversation {
    std::vector<Request> requests;
    Outcome outcome = Outcome::waits;
    std::size_t used = 0;  // by whole requests
    bool operator==(const Conversation&) const = default;
};

// ---- the naive reader --------------------------------------------------------------------------

struct Refused {};
struct Incomplete {};

class Naive {
public:
    explicit Naive(const std::string& all) : all_(all) {}

    Conversation read() {
        Conversation out;
        try {
            while (true) {
                out.requests.push_back(request());
                out.used = at_;
            }
        } catch (const Incomplete&) {
        } catch (const Refused&) {
            out.outcome = Outcome::refused;
        }
        return out;
    }

private:
    // Letter by letter, because a letter that may not stand there is an error before its line is whole.
    std::string line() {
        std::string out;
        while (true) {
            if (at_ == all_.size()) throw Incomplete{};
            const char c = all_[at_++];
            if (++head_ > limits.head_bytes_max) throw Refused{};
            if (c == '\0') throw Refused{};
            if (c == '\r') {
                if (at_ == all_.size()) throw Incomplete{};
                if (++head_ > limits.head_bytes_max || all_[at_++] != '\n') throw Refused{};
                return out;
            }
            if (c == '\n') throw Refused{};
            out += c;
        }
    }
    static bool only(const std::string& text, const char* allowed) {
        return text.find_first_not_of(allowed) == std::string::npos;
    }
    static bool is_word(const std::string& text) {
        return !text.empty() &&
               only(text, "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");
    }
    static std::string small(std::string text) {
        for (char& c : text)
            if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
        return text;
    }
    static std::string bare(const std::string& text) {
        const std::size_t first = text.find_first_not_of(" \t");
        if (first == std::string::npos) return "";
        return text.substr(first, text.find_last_not_of(" \t") - first + 1);
    }
    static HttpField field(const std::string& line) {
        const std::size_t colon = line.find(':');
        if (colon == std::string::npos || !is_word(line.substr(0, colon))) throw Refused{};
        for (const char c : line)
            if ((c >= 0 && c < 32 && c != '\t') || c == 127) throw Refused{};
        return {small(line.substr(0, colon)), bare(line.substr(colon + 1))};
    }
    static std::size_t count(const Request& request, const std::string& name, std::string& value) {
        std::size_t out = 0;
        for (const HttpField& field : request.fields)
            if (field.name == name && ++out == 1) value = field.value;
        return out;
    }
    Request request() {
        Request out;
        head_ = 0;
        std::string start = line();
        while (start.empty()) start = line();
        const std::size_t a = start.find(' '), b = start.find(' ', a + 1);
        if (a == std::string::npos || b == std::string::npos || start.find(' ', b + 1) != std::string::npos)
            throw Refused{};
        out.method = start.substr(0, a);
        out.target = start.substr(a + 1, b - a - 1);
        const std::string version = start.substr(b + 1);
        if (!is_word(out.method) || out.target.substr(0, 1) != "/") throw Refused{};
        for (const char c : out.target)
            if (c <= 32 || c >= 127) throw Refused{};
        if (version != "HTTP/1.1" && version != "HTTP/1.0") throw Refused{};
        out.minor = version.back() - '0';
        for (std::string next = line(); !next.empty(); next = line()) {
            const HttpField found = field(next);
            if (out.fields.size() == limits.fields_max) throw Refused{};
            out.fields.push_back(found);
        }
        std::string length, coding;
        const std::size_t lengths = count(out, "content-length", length);
        const std::size_t codings = count(out, "transfer-encoding", coding);
        if (lengths + codings > 1) throw Refused{};
        if (codings == 1) {
            if (small(coding) != "chunked" || out.minor == 0) throw Refused{};
            out.body = chunks();
        } else if (lengths == 1) {
            if (length.empty() || length.size() > 15 || !only(length, "0123456789")) throw Refused{};
            if (std::stoull(length) > limits.body_bytes_max) throw Refused{};
            out.body = bytes(std::stoull(length));
        }
        return out;
    }
    std::string bytes(std::size_t size) {
        if (all_.size() - at_ < size) throw Incomplete{};
        at_ += size;
        return all_.substr(at_ - size, size);
    }
    // The lines of a chunked body count as a head of their own, sizes and ends of chunks left out.
    std::string chunks() {
        head_ = 1;
        std::string body;
        while (true) {
            const std::string size_line = line();
            const std::string digits =
                size_line.substr(0, size_line.find_first_not_of("0123456789abcdefABCDEF"));
            const std::string behind = bare(size_line.substr(digits.size()));
            if (digits.empty() || digits.size() > 15 || (!behind.empty() && behind[0] != ';'))
                throw Refused{};
            for (const char c : behind)
                if ((c >= 0 && c < 32 && c != '\t') || c == 127) throw Refused{};
            const std::uint64_t size = std::stoull(digits, nullptr, 16);
            if (size > limits.body_bytes_max - body.size()) throw Refused{};
            head_ -= digits.size() + 2;
            if (size == 0) break;
            body += bytes(size);
            if (!line().empty()) throw Refused{};
            head_ -= 2;
        }
        for (std::string next = line(); !next.empty(); next = line()) field(next);
        return body;
    }

    const std::string& all_;
    std::size_t at_ = 0;
    std::size_t head_ = 0;
};

// ---- the reader, as a connection uses it ---------------------------------------------------------

template <class Cut>
Conversation read_in(const std::string& all, const Cut& cut) {
    Conversation out;
    std::optional<HttpReader> begun(std::in_place, HttpReader::Kind::request, limits);
    for (std::size_t at = 0; at < all.size();) {
        HttpReader& reader = *begun;
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
            out.outcome = Outcome::refused;
            return out;
        }
        if (reader.state() != HttpReader::State::done) continue;
        ENSURE(reader.feed("x") == 0, "it reads on behind a request");
        const HttpHead& head = reader.head();
        out.requests.push_back({head.method, head.target, reader.body(), head.minor, head.fields});
        out.used = at;
        begun.emplace(HttpReader::Kind::request, limits);
    }
    return out;
}

std::string some_bytes(Script& script) {
    static const char* const parts[] = {"GET / HTTP/1.1\r\n",
                                        "POST /v1/mail HTTP/1.1\r\n",
                                        "GET /a HTTP/1.0\r\n",
                                        "Host: hearsay\r\n",
                                        "Host:\r\n",
                                        "Content-Length: 5\r\n",
                                        "Content-Length: 0\r\n",
                                        "Content-Length: +5\r\n",
                                        "Content-Length : 5\r\n",
                                        "content-length:5, 5\r\n",
                                        "Content-Length: 00000000000005\r\n",
                                        "Content-Length: 999999999999999999999\r\n",
                                        "Transfer-Encoding: chunked\r\n",
                                        "Transfer-Encoding: identity\r\n",
                                        "transfer-encoding:\tChunked \r\n",
                                        "Transfer-Encoding\r\n",
                                        " folded\r\n",
                                        "\tfolded: x\r\n",
                                        "X: y\n",
                                        "X: y\r",
                                        "\r\n",
                                        "\n",
                                        "\r",
                                        "hello",
                                        "5\r\nhello\r\n",
                                        "5;a=b\r\nhello\r\n",
                                        "0\r\n",
                                        "0\r\n\r\n",
                                        "00005\r\nhello\r\n",
                                        "5 ;x\r\nhello\r\n",
                                        "FFFFFFFFFFFFFFFF\r\n",
                                        "7fffffffffffffff\r\n",
                                        "28\r\n",
                                        "-1\r\n",
                                        "X: y\r\n",
                                        "GET http://x/ HTTP/1.1\r\n",
                                        "GET / HTTP/1.1 \r\n",
                                        "GET  / HTTP/1.1\r\n",
                                        "G\x01T / HTTP/1.1\r\n",
                                        "A:\x80\xff\r\n",
                                        "A: \x01\r\n",
                                        "Expect: 100-continue\r\n",
                                        "Connection: close\r\n",
                                        ": x\r\n",
                                        "0;x\r\nT: y\r\n\r\n"};
    std::string out;
    for (std::size_t pieces = 1 + script.below(24); pieces > 0 && !script.over(); --pieces) {
        const std::size_t part = script.below(std::size(parts) + 3);
        if (part < std::size(parts))
            out += parts[part];
        else
            out += base::as_text(script.take(script.below(12)));
    }
    return out.append(base::as_text(script.take(400)));
}

void play(Script& script) {
    const std::uint32_t cuts = script.number();
    const std::string all = some_bytes(script);
    const Conversation naive = Naive(all).read();
    ENSURE(read_in(all, [&] { return all.size(); }) == naive, "the naive reader sees other requests");
    ENSURE(read_in(all, [] { return std::size_t{1}; }) == naive, "byte by byte it reads otherwise");
    std::uint32_t state = cuts | 1;
    const auto random = [&] {
        state = state * 1664525U + 1013904223U;
        return std::size_t{1} + (state >> 16) % (1U + (cuts & 0x3f));
    };
    ENSURE(read_in(all, random) == naive, "in other cuts it reads otherwise");
    // A response reader takes any bytes, too.
    HttpReader response(HttpReader::Kind::response, limits);
    for (std::size_t at = 0; at < all.size();) {
        const std::size_t used = response.feed(std::string_view(all).substr(at, random()));
        if (used == 0) break;
        at += used;
    }
    response.end();
    ENSURE(response.body().size() <= limits.body_bytes_max, "a response beyond its limit");
    ENSURE(response.state() == HttpReader::State::done || response.state() == HttpReader::State::failed,
           "neither done nor failed at its end");
}

}  // namespace
}  // namespace hearsay::api

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    hearsay::fuzz::Script script({data, size});
    hearsay::api::play(script);
    return 0;
}
