#include "tor/control.hpp"

#include <algorithm>
#include <utility>

#include "base/ensure.hpp"

namespace hearsay::tor {
namespace {

using base::ErrorCode;
using base::fail;

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

}  // namespace

base::Result<void> ControlReader::account(Partial& partial, std::size_t bytes) {
    partial.bytes += bytes;
    if (partial.bytes > limits_.message_bytes ||
        partial.message.lines.size() > limits_.message_lines)
        return fail(ErrorCode::exhausted, "Tor's control message is longer than allowed");
    return {};
}

base::Result<void> ControlReader::take_data_line(std::string_view line) {
    Partial& partial = *data_of_;
    if (line == ".") {
        data_of_ = nullptr;
        return {};
    }
    if (line.starts_with('.')) line.remove_prefix(1);
    std::string& data = partial.message.lines.back().data;
    if (!data.empty()) data += '\n';
    data += line;
    return account(partial, line.size() + 1);
}

base::Result<void> ControlReader::take_line(std::string_view line,
                                            std::vector<ControlMessage>& out) {
    if (data_of_ != nullptr) return take_data_line(line);
    const bool shaped = line.size() >= 4 && std::all_of(line.begin(), line.begin() + 3, is_digit) &&
                        (line[3] == ' ' || line[3] == '-' || line[3] == '+');
    if (!shaped)
        return fail(ErrorCode::corrupt,
                    "Tor's control line has no status: " + std::string(line.substr(0, 80)));

    Partial& partial = line[0] == '6' ? event_ : reply_;
    partial.message.status = (line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0');
    partial.message.lines.push_back({std::string(line.substr(4)), {}});
    if (auto ok = account(partial, line.size()); !ok) return ok;
    if (line[3] == '+') data_of_ = &partial;
    if (line[3] == ' ') {
        out.push_back(std::move(partial.message));
        partial = {};
    }
    return {};
}

base::Result<std::vector<ControlMessage>> ControlReader::feed(base::ByteView bytes) {
    if (broken_) return std::unexpected(*broken_);
    std::vector<ControlMessage> out;
    for (const std::uint8_t byte : bytes) {
        line_ += static_cast<char>(byte);
        base::Result<void> ok;
        if (line_.ends_with("\r\n")) {
            const std::string line = std::exchange(line_, {});
            ok = take_line(std::string_view(line).substr(0, line.size() - 2), out);
        } else if (line_.size() > limits_.line_bytes) {
            ok = fail(ErrorCode::exhausted, "Tor's control line is longer than allowed");
        }
        if (!ok) {
            broken_ = ok.error();
            line_.clear();
            return std::unexpected(*broken_);
        }
    }
    return out;
}

std::string control_command(std::string_view text) {
    ENSURE(text.find_first_of("\r\n") == std::string_view::npos, "a control command is one line");
    return std::string(text) + "\r\n";
}

namespace {

// Takes the next word off `line`; quotes hold blanks together.
std::string_view take_word(std::string_view& line) {
    line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
    bool quoted = false;
    std::size_t end = 0;
    for (; end < line.size() && (quoted || line[end] != ' '); ++end) {
        if (quoted && line[end] == '\\' && end + 1 < line.size())
            ++end;
        else if (line[end] == '"')
            quoted = !quoted;
    }
    const std::string_view taken = line.substr(0, end);
    line.remove_prefix(end);
    return taken;
}

std::string unquote(std::string_view value) {
    if (value.size() < 2 || value.front() != '"' || value.back() != '"') return std::string(value);
    value = value.substr(1, value.size() - 2);
    std::string out;
    for (std::size_t i = 0; i < value.size(); ++i) {
        if (value[i] == '\\' && i + 1 < value.size()) ++i;
        out += value[i];
    }
    return out;
}

}  // namespace

std::optional<std::string> find_keyword(std::string_view line, std::string_view key) {
    for (;;) {
        const std::string_view next = take_word(line);
        if (next.empty()) return std::nullopt;
        if (next.size() > key.size() && next.starts_with(key) && next[key.size()] == '=')
            return unquote(next.substr(key.size() + 1));
    }
}

std::optional<std::string_view> find_answer(const ControlMessage& reply, std::string_view key) {
    for (const ControlLine& line : reply.lines) {
        const std::string_view text = line.text;
        if (text.size() > key.size() && text.starts_with(key) && text[key.size()] == '=')
            return text.substr(key.size() + 1);
    }
    return std::nullopt;
}

std::string_view word(std::string_view line, std::size_t n) {
    std::string_view found;
    for (std::size_t i = 0; i <= n; ++i) found = take_word(line);
    return found;
}

}  // namespace hearsay::tor
