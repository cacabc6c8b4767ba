#include "api/http/reader.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace hearsay::api {

namespace {

// RFC 9110 section 5.6.2.
bool is_token_char(char c) {
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')) return true;
    return std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}
bool is_token(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), is_token_char);
}
bool is_visible(char c) {
    return c > 0x20 && c < 0x7f;
}
// RFC 9110 section 5.5, for values of fields and extensions of chunks: no control character but
// the tab.
bool is_text(std::string_view text) {
    return std::none_of(text.begin(), text.end(), [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return (byte < 0x20 && c != '\t') || byte == 0x7f;
    });
}

std::optional<unsigned> digit_of(char c, unsigned base) {
    unsigned digit = base;
    if (c >= '0' && c <= '9') digit = static_cast<unsigned>(c - '0');
    if (c >= 'a' && c <= 'f') digit = static_cast<unsigned>(c - 'a' + 10);
    if (c >= 'A' && c <= 'F') digit = static_cast<unsigned>(c - 'A' + 10);
    return digit < base ? std::optional(digit) : std::nullopt;
}

// At most 15 digits, so that sums stay far from the end of the type.
std::optional<std::uint64_t> read_number(std::string_view text, unsigned base) {
    if (text.empty() || text.size() > 15) return std::nullopt;
    std::uint64_t value = 0;
    for (const char c : text) {
        const std::optional<unsigned> digit = digit_of(c, base);
        if (!digit) return std::nullopt;
        value = value * base + *digit;
    }
    return value;
}

std::optional<int> read_version(std::string_view text) {
    if (text == "HTTP/1.1") return 1;
    if (text == "HTTP/1.0") return 0;
    return std::nullopt;
}

}  // namespace

void HttpReader::fail(int status, std::string text) {
    state_ = State::failed;
    error_ = {status, std::move(text)};
}

void HttpReader::fail_body_size() {
    fail(413, "the body is larger than " + std::to_string(limits_.body_bytes_max) + " bytes");
}

std::size_t HttpReader::feed(std::string_view bytes) {
    std::size_t used = 0;
    while (used < bytes.size() && wants_more()) {
        const bool in_data =
            state_ == State::body && (coding_ == Coding::length || coding_ == Coding::chunk_data ||
                                      coding_ == Coding::until_end);
        if (in_data) {
            used += on_body_bytes(bytes.substr(used));
        } else if (take_line(bytes.substr(used), used)) {
            if (state_ == State::head)
                on_head_line();
            else
                on_body_line();
            line_.clear();
        }
    }
    return used;
}

// Adds to the current line; true when it is complete (its CR LF removed).
bool HttpReader::take_line(std::string_view bytes, std::size_t& used) {
    for (const char c : bytes) {
        ++used;
        ++head_bytes_;
        if (head_bytes_ > limits_.head_bytes_max) {
            fail(431,
                 "the head is larger than " + std::to_string(limits_.head_bytes_max) + " bytes");
            return false;
        }
        const bool after_cr = !line_.empty() && line_.back() == '\r';
        if (c == '\n' && after_cr) {
            line_.pop_back();
            return true;
        }
        if (c == '\n' || c == '\0' || after_cr) {
            fail(400, "malformed HTTP: lines end with CR LF and hold neither of them, nor NUL");
            return false;
        }
        line_.push_back(c);
    }
    return false;
}

void HttpReader::on_head_line() {
    if (started_) return line_.empty() ? on_head_complete() : on_field_line();
    // RFC 9112 section 2.2: an empty line before it.
    if (line_.empty() && kind_ == Kind::request) return;
    started_ = true;
    if (kind_ == Kind::request)
        on_request_line();
    else
        on_status_line();
}

void HttpReader::on_status_line() {
    const std::string_view line = line_;
    const std::optional<int> minor =
        read_version(line.substr(0, std::min<std::size_t>(8, line.size())));
    const std::optional<std::uint64_t> status =
        line.size() >= 12 && line[8] == ' ' ? read_number(line.substr(9, 3), 10) : std::nullopt;
    if (!minor || !status || *status < 100 || *status > 599 ||
        (line.size() > 12 && line[12] != ' ') || !is_text(line))
        return fail(400, "malformed HTTP: expected a status line of HTTP/1.1");
    head_.minor = *minor;
    head_.status = static_cast<int>(*status);
}

void HttpReader::on_request_line() {
    constexpr const char* expected =
        "malformed HTTP: expected a request line such as \"GET /v1/status HTTP/1.1\"";
    const std::string_view line = line_;
    const std::size_t first = line.find(' ');
    const std::size_t last = line.rfind(' ');
    if (first == std::string_view::npos || first == last) return fail(400, expected);
    const std::string_view target = line.substr(first + 1, last - first - 1);
    const std::optional<int> minor = read_version(line.substr(last + 1));
    if (!is_token(line.substr(0, first)) || target.empty() || target.front() != '/' ||
        !std::all_of(target.begin(), target.end(), is_visible))
        return fail(400, expected);
    if (!minor) return fail(505, "this interface speaks HTTP/1.1");
    head_.method = line.substr(0, first);
    head_.target = target;
    head_.minor = *minor;
}

bool HttpReader::check_field_line() {
    const std::string_view line = line_;
    const std::size_t colon = line.find(':');
    if (colon != std::string_view::npos && is_token(line.substr(0, colon)) &&
        is_text(line.substr(colon)))
        return true;
    fail(400, "malformed HTTP: expected a header field such as \"Host: hearsay\"");
    return false;
}

void HttpReader::on_field_line() {
    if (!check_field_line()) return;
    const std::string_view line = line_;
    const std::size_t colon = line.find(':');
    if (head_.fields.size() >= limits_.fields_max)
        return fail(431, "more than " + std::to_string(limits_.fields_max) + " header fields");
    HttpField field;
    for (const char c : line.substr(0, colon))
        field.name.push_back(c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c);
    field.value = without_blanks(line.substr(colon + 1));
    head_.fields.push_back(std::move(field));
}

void HttpReader::on_head_complete() {
    if (kind_ == Kind::request && !check_host()) return;
    state_ = State::body;
    head_bytes_ = 1;  // from now on it counts the lines of a chunked body
    choose_coding();
    const bool never_has_body = kind_ == Kind::response &&
                                (head_.status < 200 || head_.status == 204 || head_.status == 304);
    if (never_has_body && state_ == State::body) state_ = State::done;
}

bool HttpReader::check_host() {
    const std::size_t hosts = head_.count("host");
    if (hosts == 1 || (hosts == 0 && head_.minor == 0)) return true;
    fail(400, "malformed HTTP: expected one Host field: \"Host: hearsay\"");
    return false;
}

void HttpReader::choose_coding() {
    const std::size_t lengths = head_.count("content-length");
    const std::size_t codings = head_.count("transfer-encoding");
    if (lengths + codings > 1)
        return fail(400, "malformed HTTP: give Content-Length or Transfer-Encoding, once");
    if (codings == 1) {
        // total: there is one, by codings
        if (!same_word(*head_.find("transfer-encoding"), "chunked") || head_.minor == 0)
            return fail(501,
                        "the only transfer coding understood here is \"chunked\", in HTTP/1.1");
        coding_ = Coding::chunk_size;
    } else if (lengths == 1) {
        // total: there is one, by lengths
        const std::optional<std::uint64_t> length = read_number(*head_.find("content-length"), 10);
        if (!length) return fail(400, "malformed HTTP: Content-Length is not a number");
        if (*length > limits_.body_bytes_max) return fail_body_size();
        coding_ = Coding::length;
        remaining_ = *length;
        if (remaining_ == 0) state_ = State::done;
    } else if (kind_ == Kind::response) {
        coding_ = Coding::until_end;
    } else {
        state_ = State::done;
    }
}

void HttpReader::on_body_line() {
    switch (coding_) {
        case Coding::chunk_size:
            return on_chunk_size();
        case Coding::chunk_end:
            if (!line_.empty()) return fail(400, "malformed HTTP: a chunk is longer than it said");
            head_bytes_ -= 2;
            coding_ = Coding::chunk_size;
            return;
        default:  // trailer: fields are read and forgotten
            if (line_.empty())
                state_ = State::done;
            else
                check_field_line();
            return;
    }
}

// Section 7.1: the size, then perhaps extensions, each behind a semicolon with blanks around it.
void HttpReader::on_chunk_size() {
    const std::string_view line = line_;
    const std::size_t size_end = std::min(line.find_first_of(" \t;"), line.size());
    const std::string_view behind = line.substr(size_end);
    const std::optional<std::uint64_t> length = read_number(line.substr(0, size_end), 16);
    if (!length || !is_text(behind) ||
        (!behind.empty() && !without_blanks(behind).starts_with(';')))
        return fail(400, "malformed HTTP: expected the size of a chunk");
    if (*length > limits_.body_bytes_max - body_.size()) return fail_body_size();
    // All extensions and the trailer together are bounded by the head's limit, not the chunks.
    head_bytes_ -= size_end + 2;
    remaining_ = *length;
    coding_ = remaining_ == 0 ? Coding::trailer : Coding::chunk_data;
}

std::size_t HttpReader::on_body_bytes(std::string_view bytes) {
    if (coding_ == Coding::until_end) {
        if (bytes.size() > limits_.body_bytes_max - body_.size())
            fail_body_size();
        else
            body_.append(bytes);
        return bytes.size();
    }
    const std::size_t part =
        static_cast<std::size_t>(std::min<std::uint64_t>(remaining_, bytes.size()));
    body_.append(bytes.substr(0, part));
    remaining_ -= part;
    if (remaining_ == 0 && coding_ == Coding::length) state_ = State::done;
    if (remaining_ == 0 && coding_ == Coding::chunk_data) coding_ = Coding::chunk_end;
    return part;
}

void HttpReader::end() {
    if (state_ == State::body && coding_ == Coding::until_end)
        state_ = State::done;
    else if (wants_more())
        fail(400, "the connection ended in the middle of a message");
}

}  // namespace hearsay::api
