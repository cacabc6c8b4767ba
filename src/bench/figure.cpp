#include "bench/figure.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

#include "base/ensure.hpp"

namespace hearsay::bench {
namespace {

constexpr int significant_digits = 6;
constexpr std::size_t name_width = 20;

// Names and references are ours: plain text without control characters.
std::string quoted(const std::string& text) {
    std::string out = "\"";
    for (const char c : text) {
        ENSURE(static_cast<unsigned char>(c) >= 0x20, "a figure's words are printable");
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    return out + "\"";
}

std::string unit(const std::string& key) {
    if (key == "ratio") return " x";
    if (key == "bytes") return " bytes";
    if (key == "bytes_per_item") return " bytes an item";
    if (key == "seconds") return " s";
    if (key == "round_trips") return " round trips";
    return " " + key;
}

}  // namespace

double Figure::value(const std::string& key) const {
    const auto found = std::find_if(values.begin(), values.end(),
                                    [&](const Value& each) { return each.key == key; });
    ENSURE(found != values.end(), "a target is about a value of its figure");
    return found->value;
}

bool Figure::reached() const {
    return std::all_of(targets.begin(), targets.end(), [&](const Target& target) {
        return target.at_least ? value(target.key) >= target.bound
                               : value(target.key) <= target.bound;
    });
}

std::string number_text(double value) {
    ENSURE(std::isfinite(value), "a figure is a number");
    const double size = std::abs(value);
    const int whole = size < 1 ? 0 : static_cast<int>(std::floor(std::log10(size))) + 1;
    // Small values keep their digits: 0.000123 is no zero.
    const int small =
        size > 0 && size < 1 ? static_cast<int>(-std::floor(std::log10(size))) - 1 : 0;
    const int decimals = std::clamp(significant_digits - whole + small, 0, 12);
    std::array<char, 400> text{};
    std::snprintf(text.data(), text.size(), "%.*f", decimals, value);
    std::string out = text.data();
    if (out.find('.') == std::string::npos) return out;
    while (out.back() == '0') out.pop_back();
    if (out.back() == '.') out.pop_back();
    return out == "-0" ? "0" : out;
}

std::string to_json(const Figure& figure) {
    std::string out = "{\"name\":" + quoted(figure.name);
    for (const Value& each : figure.values)
        out += "," + quoted(each.key) + ":" + number_text(each.value);
    out += ",\"reference\":" + quoted(figure.reference) + ",\"targets\":{";
    for (std::size_t i = 0; i < figure.targets.size(); ++i) {
        const Target& target = figure.targets[i];
        out += std::string(i == 0 ? "" : ",") + quoted(target.key) + ":{" +
               (target.at_least ? "\"at_least\":" : "\"at_most\":") + number_text(target.bound) +
               "}";
    }
    return out + "},\"reached\":" + (figure.reached() ? "true" : "false") + "}";
}

std::string to_json(const std::vector<Figure>& figures) {
    std::string out = "[";
    for (std::size_t i = 0; i < figures.size(); ++i)
        out += std::string(i == 0 ? "\n" : ",\n") + to_json(figures[i]);
    return out + "\n]\n";
}

std::string to_text(const Figure& figure) {
    std::string out = figure.name;
    if (out.size() < name_width) out.resize(name_width, ' ');
    std::string others;
    for (std::size_t i = 0; i < figure.values.size(); ++i) {
        const Value& each = figure.values[i];
        const auto target =
            std::find_if(figure.targets.begin(), figure.targets.end(),
                         [&](const Target& wanted) { return wanted.key == each.key; });
        if (i > 0 && target == figure.targets.end()) {
            others += (others.empty() ? "" : ", ") + each.key + " " + number_text(each.value);
            continue;
        }
        out += (i == 0 ? " " : "; ") + number_text(each.value) + unit(each.key);
        if (target != figure.targets.end())
            out += std::string(target->at_least ? " (at least " : " (at most ") +
                   number_text(target->bound) + ")";
    }
    out += figure.targets.empty() ? "" : figure.reached() ? "  reached" : "  MISSED";
    out += "\n    beside: " + figure.reference + "\n";
    if (!others.empty()) out += "    " + others + "\n";
    return out;
}

}  // namespace hearsay::bench
