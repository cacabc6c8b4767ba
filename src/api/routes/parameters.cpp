#include "api/routes/parameters.hpp"

#include <algorithm>
#include <set>

#include "api/encode/utf8.hpp"
#include "base/limits/api.hpp"

namespace hearsay::api {

using base::ErrorCode;

namespace {

bool read_number(std::string_view text, std::size_t most, std::size_t& out) {
    if (text.empty() || text.size() > std::to_string(most).size()) return false;
    std::size_t number = 0;
    for (const char c : text) {
        if (c < '0' || c > '9') return false;
        number = number * 10 + static_cast<std::size_t>(c - '0');
    }
    out = number;
    return number >= 1 && number <= most;
}

int digit_of(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

bool read_text(std::string_view from, std::string& out) {
    out.clear();
    while (!from.empty()) {
        char c = from.front();
        from.remove_prefix(1);
        if (c == '%') {
            if (from.size() < 2) return false;
            const int high = digit_of(from[0]);
            const int low = digit_of(from[1]);
            if (high < 0 || low < 0) return false;
            c = static_cast<char>(high * 16 + low);
            from.remove_prefix(2);
        }
        if (static_cast<unsigned char>(c) < ' ' || c == 0x7F) return false;
        out.push_back(c);
    }
    return is_utf8(out);
}

}  // namespace

void Parameters::limit(Page& out) {
    out.limit = base::limits::api_list_default;
    all_.push_back({"limit", Kind::limit,
                    "limit=N, N from 1 to " + std::to_string(base::limits::api_list_max),
                    [&out](std::string_view value) {
                        return read_number(value, base::limits::api_list_max, out.limit);
                    }});
}

void Parameters::page(Page& out) {
    limit(out);
    all_.push_back({"page", Kind::page, "page=N, N from 1 on", [&out](std::string_view value) {
                        return read_number(value, base::limits::api_listed_max, out.page);
                    }});
    bounded_ = &out;
}

void Parameters::flag(std::string_view name, bool& out) {
    all_.push_back({name, Kind::flag, std::string(name) + "=true", [&out](std::string_view value) {
                        out = value == "true" || value == "1";
                        return out || value == "false" || value == "0";
                    }});
}

void Parameters::text(std::string_view name, std::string& out) {
    all_.push_back({name, Kind::text, std::string(name) + "=TEXT in percent-encoded UTF-8",
                    [&out](std::string_view value) { return read_text(value, out); }});
}

std::vector<Parameters::Described> Parameters::described() const {
    std::vector<Described> out;
    for (const Parameter& each : all_) out.push_back({each.name, each.kind});
    return out;
}

std::string Parameters::expected() const {
    if (all_.empty()) return ": this path takes none";
    std::string out;
    for (const Parameter& each : all_)
        out += (out.empty() ? "; expected " : ", or ") + each.expected;
    return out;
}

base::Result<void> Parameters::read(std::string_view query) const {
    std::set<std::string_view> seen;
    while (!query.empty()) {
        const std::size_t end = std::min(query.find('&'), query.size());
        const std::string_view pair = query.substr(0, end);
        query.remove_prefix(std::min(end + 1, query.size()));
        const std::size_t equals = std::min(pair.find('='), pair.size());
        const std::string_view name = pair.substr(0, equals);
        const auto found = std::find_if(all_.begin(), all_.end(),
                                        [&](const Parameter& each) { return each.name == name; });
        if (found == all_.end())
            return base::fail(ErrorCode::invalid, "unknown query" + expected());
        if (!seen.insert(name).second)
            return base::fail(ErrorCode::invalid,
                              std::string(name) + " is given twice" + expected());
        if (!found->take(pair.substr(std::min(equals + 1, pair.size()))))
            return base::fail(ErrorCode::invalid, "bad " + std::string(name) + expected());
    }
    if (bounded_ != nullptr && bounded_->end() > base::limits::api_listed_max)
        return base::fail(ErrorCode::invalid, "a list shows its first " +
                                                  std::to_string(base::limits::api_listed_max) +
                                                  " only: expected limit times page to be no more");
    return {};
}

}  // namespace hearsay::api
