// fuzz/http_model.hpp - how one would read HTTP/1.1 who has all bytes at once and no need for
// speed:
// the model beside api/http/reader.hpp and api/http/answer_reader.hpp. Written from RFC 9112 and
// the rules of those headers, line by line, and knows none of their code.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "api/http/reader.hpp"

namespace hearsay::fuzz {

struct Request {
    std::string method, target, body;
    int minor = 1;
    std::vector<api::HttpField> fields;
    bool operator==(const Request&) const = default;
};

struct Conversation {
    std::vector<Request> requests;
    bool refused = false;  // what follows them; else it is incomplete, or nothing
    std::size_t used = 0;  // by whole requests
    bool operator==(const Conversation&) const = default;
};

struct Answer {
    int status = 0;
    std::string body;
    bool operator==(const Answer&) const = default;
};

class HttpModel {
public:
    HttpModel(const std::string& all, const api::HttpLimits& limits) : all_(all), limits_(limits) {}

    Conversation requests() {
        Conversation out;
        try {
            while (true) {
                out.requests.push_back(request());
                out.used = at_;
            }
        } catch (const Incomplete&) {
        } catch (const Refused&) {
            out.refused = true;
        }
        return out;
    }

    // What a client takes for the answer if the connection ends behind the bytes; nothing: an
    // error.
    std::optional<Answer> answer(std::size_t interim_max) {
        try {
            for (std::size_t interim = 0; interim <= interim_max; ++interim) {
                Answer out = response();
                if (out.status == 101) return std::nullopt;
                if (out.status >= 200)
                    return at_ == all_.size() ? std::optional(out) : std::nullopt;
            }
        } catch (const Incomplete&) {
        } catch (const Refused&) {
        }
        return std::nullopt;
    }

private:
    struct Refused {};
    struct Incomplete {};
    using Fields = std::vector<api::HttpField>;
    enum class Framing { none, length, chunks };

    // Letter by letter, because a letter that may not stand there is an error before its line is
    // whole.
    std::string line() {
        std::string out;
        while (true) {
            const char c = letter();
            if (c == '\n' || c == '\0') throw Refused{};
            if (c == '\r') {
                if (letter() != '\n') throw Refused{};
                return out;
            }
            out += c;
        }
    }
    char letter() {
        if (at_ == all_.size()) throw Incomplete{};
        if (++head_ > limits_.head_bytes_max) throw Refused{};
        return all_[at_++];
    }
    static bool only(const std::string& text, const char* allowed) {
        return text.find_first_not_of(allowed) == std::string::npos;
    }
    static bool is_word(const std::string& text) {
        return !text.empty() &&
               only(
                   text,
                   "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");
    }
    static void must_be_text(const std::string& text) {
        for (const char c : text)
            if ((c >= 0 && c < 32 && c != '\t') || c == 127) throw Refused{};
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
    static api::HttpField field(const std::string& line) {
        const std::size_t colon = line.find(':');
        if (colon == std::string::npos || !is_word(line.substr(0, colon))) throw Refused{};
        must_be_text(line);
        return {small(line.substr(0, colon)), bare(line.substr(colon + 1))};
    }
    Fields fields() {
        Fields out;
        for (std::string next = line(); !next.empty(); next = line()) {
            out.push_back(field(next));
            if (out.size() > limits_.fields_max) throw Refused{};
        }
        return out;
    }
    static std::vector<std::string> values(const Fields& fields, const std::string& name) {
        std::vector<std::string> out;
        for (const api::HttpField& field : fields)
            if (field.name == name) out.push_back(field.value);
        return out;
    }
    Framing framing(const Fields& fields, int minor, std::size_t& length) const {
        const auto lengths = values(fields, "content-length");
        const auto codings = values(fields, "transfer-encoding");
        if (lengths.size() + codings.size() > 1) throw Refused{};
        if (codings.size() == 1) {
            if (small(codings[0]) != "chunked" || minor == 0) throw Refused{};
            return Framing::chunks;
        }
        if (lengths.empty()) return Framing::none;
        if (lengths[0].empty() || lengths[0].size() > 15 || !only(lengths[0], "0123456789"))
            throw Refused{};
        length = std::stoull(lengths[0]);
        if (length > limits_.body_bytes_max) throw Refused{};
        return Framing::length;
    }

    Request request() {
        Request out;
        head_ = 0;
        std::string start = line();
        while (start.empty()) start = line();
        const std::size_t a = start.find(' '), b = start.find(' ', a + 1);
        if (a == std::string::npos || b == std::string::npos ||
            start.find(' ', b + 1) != std::string::npos)
            throw Refused{};
        out.method = start.substr(0, a);
        out.target = start.substr(a + 1, b - a - 1);
        const std::string version = start.substr(b + 1);
        if (!is_word(out.method) || out.target.substr(0, 1) != "/") throw Refused{};
        for (const char c : out.target)
            if (c <= 32 || c >= 127) throw Refused{};
        if (version != "HTTP/1.1" && version != "HTTP/1.0") throw Refused{};
        out.minor = version.back() - '0';
        out.fields = fields();
        const std::size_t hosts = values(out.fields, "host").size();
        if (hosts > 1 || (hosts == 0 && out.minor == 1)) throw Refused{};
        std::size_t length = 0;
        switch (framing(out.fields, out.minor, length)) {
            case Framing::none:
                break;
            case Framing::length:
                out.body = bytes(length);
                break;
            case Framing::chunks:
                out.body = chunks();
                break;
        }
        return out;
    }

    Answer response() {
        head_ = 0;
        const std::string start = line();
        const bool version = start.starts_with("HTTP/1.1 ") || start.starts_with("HTTP/1.0 ");
        if (!version || start.size() < 12 || !only(start.substr(9, 3), "0123456789"))
            throw Refused{};
        if (start.size() > 12 && start[12] != ' ') throw Refused{};
        must_be_text(start);
        Answer out;
        out.status = std::stoi(start.substr(9, 3));
        if (out.status < 100 || out.status > 599) throw Refused{};
        std::size_t length = 0;
        const Framing how = framing(fields(), start[7] - '0', length);
        if (out.status < 200 || out.status == 204 || out.status == 304) return out;
        if (how == Framing::length) out.body = bytes(length);
        if (how == Framing::chunks) out.body = chunks();
        if (how == Framing::none) out.body = bytes(all_.size() - at_);
        if (out.body.size() > limits_.body_bytes_max) throw Refused{};
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
            const std::string behind = size_line.substr(digits.size());
            if (digits.empty() || digits.size() > 15) throw Refused{};
            if (!behind.empty() && bare(behind).substr(0, 1) != ";") throw Refused{};
            must_be_text(behind);
            const std::uint64_t size = std::stoull(digits, nullptr, 16);
            if (size > limits_.body_bytes_max - body.size()) throw Refused{};
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
    const api::HttpLimits limits_;
    std::size_t at_ = 0;
    std::size_t head_ = 0;
};

}  // namespace hearsay::fuzz
