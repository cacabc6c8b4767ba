// fuzz/http_script.hpp - writes HTTP as a script wants it: well-formed messages in all the ways
// that are allowed, of which it is known what has to be read from them, and then, if the script
// says so, a fault at a place where it hurts.
#pragma once

#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "fuzz/http_model.hpp"
#include "fuzz/stranger_script.hpp"

namespace hearsay::fuzz {

inline std::string blanks(Script& script) {
    static const char* const some[] = {"", " ", "\t", "  ", " \t "};
    return script.one_of(some);
}

// In capitals, or not, letter by letter.
inline std::string recased(Script& script, std::string text) {
    const std::uint8_t which = script.byte();
    for (std::size_t at = 0; at < text.size(); ++at) {
        char& c = text[at];
        if ((which >> (at % 8) & 1) == 0) continue;
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    }
    return text;
}

inline std::string some_body(Script& script) {
    static const char* const texts[] = {"{}",
                                        R"({"title":"a","tags":["b"]})",
                                        R"({"to":"hsm1x","text":"\u00e4"})",
                                        R"({"onion":"x.onion"})",
                                        R"({"rule":"friends","stamp_bits":3})",
                                        R"({"move":"accept","show":[1]})",
                                        R"({"words":"a b c"} )",
                                        "[1,2]",
                                        "",
                                        "GET / HTTP/1.1\r\n\r\n",
                                        "0\r\n\r\n"};
    const std::size_t which = script.below(std::size(texts) + 2);
    if (which < std::size(texts)) return texts[which];
    return std::string(base::as_text(script.take(script.below(50))));
}

inline std::string in_chunks(Script& script, const std::string& body) {
    static const char* const extensions[] = {"", ";a", ";a=b", " ; a=\"b;c\"", "\t;"};
    static const char* const trailers[] = {"", "A: b\r\n", "Content-Length: 3\r\n",
                                           "Host: evil\r\nB:\r\n"};
    std::string out;
    char size[20];
    for (std::size_t at = 0; at < body.size();) {
        const std::size_t part = std::min(body.size() - at, std::size_t{1} + script.below(40));
        std::snprintf(size, sizeof size, script.byte() % 4 == 0 ? "%03zX" : "%zx", part);
        out += size;
        out += script.one_of(extensions);
        out += "\r\n" + body.substr(at, part) + "\r\n";
        at += part;
    }
    out += script.byte() % 4 == 0 ? "000" : "0";
    out += script.one_of(extensions);
    out += "\r\n";
    out += script.one_of(trailers);
    return out + "\r\n";
}

// A field as it is written, and as it has to be read.
inline std::string write_field(Script& script, const std::string& name, const std::string& value,
                               std::vector<api::HttpField>& out) {
    out.push_back({name, value});
    const std::string before = blanks(script);
    return recased(script, name) + ":" + before + value + (value.empty() ? "" : blanks(script)) +
           "\r\n";
}

// How its length is told: by a field that is written, and what stands behind the head.
inline std::string write_body(Script& script, bool may_chunk, const std::string& body,
                              std::string& head, std::vector<api::HttpField>& fields) {
    if (may_chunk && script.byte() % 2 == 0) {
        head += write_field(script, "transfer-encoding", recased(script, "chunked"), fields);
        return in_chunks(script, body);
    }
    const std::string zeros = script.byte() % 8 == 0 ? "00" : "";
    head += write_field(script, "content-length", zeros + std::to_string(body.size()), fields);
    return body;
}

struct WrittenRequest {
    Request request;
    std::string bytes;
    std::size_t head_size = 0;
};

inline WrittenRequest write_request(Script& script) {
    static const char* const methods[] = {
        "GET", "POST", "PUT", "DELETE", "HEAD", "get", "X-!#$%&'*+.^_`|~9"};
    static const char* const targets[] = {"/v1/status",
                                          "/v1/offers?limit=7&mine=true",
                                          "/v1/offers",
                                          "/v1/offers/abcdef12",
                                          "/v1/mail?limit=0",
                                          "/v1/mail",
                                          "/v1/events",
                                          "/v1/trades/abcdef12/moves",
                                          "/v1/trades//moves",
                                          "/v1/peers?all=true&all=true",
                                          "/v1/peers",
                                          "/v1/mailboxes/hsm1x",
                                          "/v1/recoveries",
                                          "/v1/quarantine/a_b-c.d/retries",
                                          "/",
                                          "//?&=&&limit==",
                                          "/v1/offers?limit=1&&mine=maybe"};
    WrittenRequest out;
    Request& request = out.request;
    request.method = script.one_of(methods);
    request.target = script.one_of(targets);
    request.minor = script.byte() % 8 == 0 ? 0 : 1;
    for (std::size_t empty = script.byte() % 16 == 0 ? 2 : 0; empty > 0; --empty)
        out.bytes += "\r\n";
    out.bytes +=
        request.method + " " + request.target + " HTTP/1." + std::to_string(request.minor) + "\r\n";
    static const char* const hosts[] = {"hearsay", "localhost:80", "LocalHost", "evil", ""};
    if (request.minor == 1 || script.byte() % 2 == 0)
        out.bytes += write_field(script, "host", script.one_of(hosts), request.fields);
    static const api::HttpField others[] = {{"content-type", "application/json"},
                                            {"content-type", "application/json ; charset=utf-8"},
                                            {"content-type", "text/plain"},
                                            {"connection", "close"},
                                            {"connection", "keep-alive, Close"},
                                            {"expect", "100-continue"},
                                            {"origin", "null"},
                                            {"x-thing", "a \t b"},
                                            {"x", ""},
                                            {"x", "\x80\xff"}};
    for (std::size_t more = script.below(4); more > 0; --more) {
        const api::HttpField& other = script.one_of(others);
        out.bytes += write_field(script, other.name, other.value, request.fields);
    }
    std::string behind;
    if (script.byte() % 4 != 0) {
        request.body = some_body(script);
        behind = write_body(script, request.minor == 1, request.body, out.bytes, request.fields);
    }
    out.bytes += "\r\n";
    out.head_size = out.bytes.size();
    out.bytes += behind;
    return out;
}

struct WrittenAnswer {
    Answer answer;
    std::string bytes;
    std::size_t interim = 0;
};

inline WrittenAnswer write_answer(Script& script) {
    static const int statuses[] = {200, 201, 204, 304, 400, 404, 431, 507, 599};
    WrittenAnswer out;
    out.interim = script.byte() % 4 == 0 ? script.below(12) : 0;
    for (std::size_t more = out.interim; more > 0; --more)
        out.bytes += script.byte() % 2 == 0 ? "HTTP/1.1 100 Continue\r\n\r\n"
                                            : "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n";
    out.answer.status = script.one_of(statuses);
    out.bytes += "HTTP/1.1 " + std::to_string(out.answer.status) + " It is\r\n";
    std::vector<api::HttpField> fields;
    const bool bare = out.answer.status == 204 || out.answer.status == 304;
    const std::string body = bare ? "" : some_body(script);
    std::string behind = body;
    if (!bare && script.byte() % 3 != 0) behind = write_body(script, true, body, out.bytes, fields);
    out.answer.body = body;
    out.bytes += "\r\n" + behind;
    return out;
}

// One fault, where a line or a number ends, or anywhere.
inline void spoil(Script& script, std::string& bytes) {
    static const char* const pieces[] = {"\n",
                                         "\r",
                                         "\r\n",
                                         " ",
                                         "\t",
                                         ":",
                                         "+",
                                         "-",
                                         ",",
                                         ";",
                                         "0",
                                         "5",
                                         "0x",
                                         "FFFFFFFFFFFFFFFF",
                                         "\x01",
                                         "\x7f",
                                         "\x80",
                                         "Content-Length: 5\r\n",
                                         "Content-Length: 0\r\n",
                                         "Transfer-Encoding: chunked\r\n",
                                         "Transfer-Encoding: identity\r\n",
                                         "Host: evil\r\n",
                                         "Content-Length : 5\r\n",
                                         " folded\r\n",
                                         "GET / HTTP/1.1\r\nHost: x\r\n\r\n",
                                         "HTTP/1.1 101 Switch\r\n\r\n",
                                         "0\r\n\r\n"};
    if (bytes.empty()) return;
    std::size_t at = script.number() % bytes.size();
    if (script.byte() % 2 == 0) {
        const std::size_t end = bytes.find("\r\n", at);
        if (end != std::string::npos) at = script.byte() % 2 == 0 ? end : end + 2;
    }
    switch (script.byte() % 5) {
        case 0:
            bytes.erase(at, 1 + script.below(3));
            break;
        case 1:
            bytes.insert(at, script.one_of(pieces));
            break;
        case 2:
            if (at < bytes.size()) bytes[at] = static_cast<char>(script.byte());
            break;
        case 3:
            bytes.insert(at, bytes.substr(at, 1 + script.below(60)));
            break;
        default:
            bytes.resize(at);
            break;
    }
}

}  // namespace hearsay::fuzz
