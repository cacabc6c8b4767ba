#include "sim/trace.hpp"

#include <algorithm>

#include "base/encoding.hpp"
#include "sim/frames.hpp"

namespace hearsay::sim {
namespace {

// In the order of core::Input and core::Effect.
constexpr std::array<const char*, 23> inputs{
    "link up",     "link down",  "dial failed", "frame",       "link drained",  "verified",
    "timer",       "submit",     "add peer",    "remove peer", "network ready", "injected",
    "ban peer",    "unban peer", "suggest",     "look up",     "recall",        "set budget",
    "set traffic", "brought",    "audit",       "probed",      "lists changed"};
constexpr std::array<const char*, 16> effects_names{
    "store",          "forget", "sweep",      "keep peer", "drop peer", "keep candidate",
    "drop candidate", "send",   "disconnect", "dial",      "verify",    "throttle",
    "notify",         "inject", "improve",    "probe"};
static_assert(inputs.size() == std::variant_size_v<core::Input::variant>);
static_assert(effects_names.size() == std::variant_size_v<core::Effect::variant>);

std::string frame_name(std::uint8_t field) {
    constexpr std::array<const char*, 20> names{"?",     "hello",    "ping",     "pong",    "items",
                                                "have",  "want",     "compare",  "symbols", "more",
                                                "fetch", "done",     "announce", "request", "push",
                                                "find",  "contacts", "floor",    "probe",   "held"};
    return field < names.size() ? names[field] : "?";
}

std::uint64_t link_of(const core::Input& input) {
    if (const auto* up = std::get_if<core::LinkUp>(&input))
        return static_cast<std::uint64_t>(up->link);
    if (const auto* down = std::get_if<core::LinkDown>(&input))
        return static_cast<std::uint64_t>(down->link);
    if (const auto* frame = std::get_if<core::FrameReceived>(&input))
        return static_cast<std::uint64_t>(frame->link);
    if (const auto* drained = std::get_if<core::LinkDrained>(&input))
        return static_cast<std::uint64_t>(drained->link);
    return 0;
}

}  // namespace

void Digest::mix(base::ByteView bytes) {
    std::size_t at = 0;
    for (; at + 8 <= bytes.size(); at += 8)
        mix(base::read_big_endian<std::uint64_t>(bytes.subspan(at).first<8>()));
    std::uint64_t rest = bytes.size();
    for (; at < bytes.size(); ++at) rest = rest << 8 | bytes[at];
    mix(rest);
}

std::string Digest::text() const {
    return base::to_hex(base::big_endian(state_));
}

void TraceRing::add(base::MonoTime at, std::uint32_t node, const core::Input& input,
                    const core::Effects& effects) {
    if (lines_.size() < lines_max) lines_.emplace_back();
    Line& line = lines_[next_];
    next_ = (next_ + 1) % lines_max;
    line.at = at;
    line.node = node;
    line.input = static_cast<std::uint8_t>(input.index());
    line.link = link_of(input);
    line.frame = 0;
    if (const auto* frame = std::get_if<core::FrameReceived>(&input);
        frame && !frame->frame.empty())
        line.frame = static_cast<std::uint8_t>(std::min(kind_of(frame->frame), 255));
    line.effects = static_cast<std::uint32_t>(effects.size());
    line.shown = static_cast<std::uint8_t>(std::min(effects.size(), effects_shown));
    for (std::size_t i = 0; i < line.shown; ++i) {
        std::uint64_t link = 0;
        if (const auto* send = std::get_if<core::Send>(&effects[i]))
            link = static_cast<std::uint64_t>(send->link);
        if (const auto* gone = std::get_if<core::Disconnect>(&effects[i]))
            link = static_cast<std::uint64_t>(gone->link);
        line.what[i] = {static_cast<std::uint8_t>(effects[i].index()),
                        static_cast<std::uint32_t>(link)};
    }
}

std::string TraceRing::words(const Line& line) {
    const auto millis = line.at.time_since_epoch().count();
    const std::string fraction = std::to_string(1000 + millis % 1000).substr(1);
    std::string out = "  " + std::to_string(millis / 1000) + "." + fraction + " s  node " +
                      std::to_string(line.node) + ": " + inputs[line.input];
    if (line.frame != 0) out += " " + frame_name(line.frame);
    if (line.link != 0) out += " (link " + std::to_string(line.link) + ")";
    out += line.shown == 0 ? " -> nothing" : " -> ";
    for (std::size_t i = 0; i < line.shown; ++i) {
        const auto& [effect, link] = line.what[i];
        out += (i == 0 ? "" : ", ") + std::string(effects_names[effect]);
        if (link != 0) out += " " + std::to_string(link);
    }
    if (line.effects > line.shown)
        out += ", and " + std::to_string(line.effects - line.shown) + " more";
    return out;
}

std::string TraceRing::text(std::uint32_t node, std::size_t most) const {
    std::vector<const Line*> found;
    for (std::size_t i = 0; i < lines_.size() && found.size() < most; ++i) {
        const Line& line = lines_[(next_ + lines_max - 1 - i) % lines_max];
        if (line.node == node) found.push_back(&line);
    }
    std::string out;
    for (auto line = found.rbegin(); line != found.rend(); ++line) out += words(**line) + "\n";
    return out;
}

}  // namespace hearsay::sim
