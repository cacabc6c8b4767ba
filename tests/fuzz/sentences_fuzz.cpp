// fuzz: max_len=2100
// Any text as a sentence of the node: strangers' words stand in many of them. The first byte says
// whether the rest is the sentence itself, or the values of one of the rows, with line feeds
// between them.
//
// Model: the rules of api/encode/sentences.hpp said once more, by trying every row from its
// beginning. It demands the same code and the same values, and that a sentence which a row makes is
// never without a code.
#include <map>

#include "api.pb.h"
#include "api/encode/sentences.hpp"
#include "api/encode/utf8.hpp"
#include "base/bytes.hpp"
#include "base/ensure.hpp"

namespace hearsay {
namespace {

using Values = std::multimap<std::string, std::string>;

// A row's sentence, read from `row` and `text` side by side.
std::optional<Values> fits(std::string_view row, std::string_view text) {
    Values out;
    while (true) {
        const std::size_t open = std::min(row.find('{'), row.size());
        if (text.substr(0, open) != row.substr(0, open)) return std::nullopt;
        row.remove_prefix(open);
        text.remove_prefix(open);
        if (row.empty()) return text.empty() ? std::optional(out) : std::nullopt;
        const std::size_t close = row.find('}');
        const std::string name(row.substr(1, close - 1));
        row.remove_prefix(close + 1);
        const std::string_view next = row.substr(0, row.find('{'));
        const bool last = next.size() == row.size();
        std::size_t end = 0;
        while (end <= text.size() && text.substr(end, next.size()) != next) ++end;
        if (last) end = text.ends_with(next) ? text.size() - next.size() : text.size() + 1;
        if (end > text.size()) return std::nullopt;
        out.emplace(name, text.substr(0, end));
        text.remove_prefix(end);
    }
}

struct Known {
    std::string code;
    std::map<std::string, std::string> values;
};

std::optional<Known> model(std::string_view text, bool inner) {
    for (const api::SentenceRow& row : api::sentence_rows()) {
        const auto values = fits(row.english, text);
        if (!values) continue;
        Known out{std::string(row.code), {}};
        for (const auto& [name, value] : *values)
            if (!name.empty() && !value.empty()) out.values[name] = value;
        const auto why = out.values.find("why");
        if (inner || why == out.values.end()) return out;
        if (const auto deeper = model(why->second, true)) {
            why->second = "#" + deeper->code;
            out.values.insert(deeper->values.begin(), deeper->values.end());
        }
        return out;
    }
    return std::nullopt;
}

// What a row says with these values.
std::string filled(std::string_view row, std::string_view values) {
    std::string out;
    while (true) {
        const std::size_t open = row.find('{');
        out += row.substr(0, open);
        if (open == std::string_view::npos) return out;
        row.remove_prefix(row.find('}') + 1);
        const std::size_t end = std::min(values.find('\n'), values.size());
        out += values.substr(0, end);
        values.remove_prefix(std::min(end + 1, values.size()));
    }
}

void check(std::string_view text) {
    const auto found = api::recognize(text);
    const bool ours = text.size() <= 2000 && api::is_utf8(text);
    const auto known = ours ? model(text, false) : std::nullopt;
    ENSURE(found.has_value() == known.has_value(), "a sentence was taken for another one");
    if (!found) return;
    ENSURE(found->code() == known->code, "another code");
    ENSURE(found->values_size() == static_cast<int>(known->values.size()), "other values");
    for (const auto& [name, value] : known->values)
        ENSURE(found->values().at(name) == value, "another value");
    std::string bytes;
    ENSURE(found->SerializeToString(&bytes), "it cannot be said");
}

}  // namespace
}  // namespace hearsay

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace hearsay;
    if (size == 0) return 0;
    const std::string_view rest(reinterpret_cast<const char*>(data) + 1, size - 1);
    const auto rows = api::sentence_rows();
    if (data[0] >= rows.size()) {
        check(rest);
        return 0;
    }
    const std::string made = filled(rows[data[0]].english, rest);
    check(made);
    if (made.size() <= 2000 && api::is_utf8(made))
        ENSURE(api::recognize(made), "a sentence of a row has no code");
    return 0;
}
