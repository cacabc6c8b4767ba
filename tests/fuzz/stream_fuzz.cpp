// fuzz: max_len=600
// The first bytes of a stream and its frames, in any cuts, beside a naive reader that sees
// everything at once: Tor's PROXY line (net/proxy_line.hpp) and the frames behind it
// (net/frame_cutter.hpp).
#include <array>
#include <cstdio>
#include <string>
#include <vector>

#include "base/ensure.hpp"
#include "base/limits/frames.hpp"
#include "fuzz/stranger_script.hpp"
#include "net/frame_cutter.hpp"
#include "net/proxy_line.hpp"

namespace hearsay::net {
namespace {

using fuzz::Script;

// ---- the PROXY line -----------------------------------------------------------------------------

// Mostly Tor's line with something spoiled, sometimes anything.
std::string some_stream(Script& script) {
    static const char* const formats[] = {"PROXY TCP6 fc00:dead:beef:4dad::%x:%x ::1 %u %u\r\n",
                                          "PROXY TCP6 fc00:dead:beef:4dad::%X:%x ::1 %u %u\r\n",
                                          "PROXY TCP6 fc00:dead:beef:4dad::%x:%04x ::1 %u %u\r\n",
                                          "PROXY TCP6 fc00:dead:beef:4dad::%x:%x ::1 %+d %u\n",
                                          "PROXY TCP6 fc00:dead:beef:4dad::%x:%x ::1 %u %05u\r\n",
                                          "PROXY TCP6 fc00:dead:beef:4dad::%x:%x  ::1 %u %u\r\n"};
    static const unsigned values[] = {0, 1, 9, 10, 255, 256, 0xFFFF, 0x10000, 0xABCDEF, 0xFFFFFFFF};
    std::array<char, 300> line{};
    const std::size_t format = script.below(std::size(formats) + 1);
    std::string out;
    if (format < std::size(formats)) {
        const unsigned a = script.one_of(values), b = script.one_of(values),
                       c = script.one_of(values);
        std::snprintf(line.data(), line.size(), formats[format], a, b, c, script.one_of(values));
        out = line.data();
    }
    for (std::size_t spoilt = script.below(3); spoilt > 0; --spoilt) {
        const std::size_t at = script.below(out.size() + 1);
        const auto letter = static_cast<char>(script.byte());
        switch (script.below(3)) {
            case 0:
                out.insert(at, 1, letter);
                break;
            case 1:
                if (at < out.size()) out[at] = letter;
                break;
            default:
                if (at < out.size()) out.erase(at, 1 + script.below(8));
        }
    }
    return out.append(base::as_text(script.take(120)));
}

// What it says, if it is what Tor's format writes for some numbers: found by writing it again.
std::optional<std::uint64_t> naive_line(const std::string& line) {
    unsigned high = 0, low = 0, from = 0, to = 0;
    if (std::sscanf(line.c_str(), "PROXY TCP6 fc00:dead:beef:4dad::%x:%x ::1 %u %u", &high, &low,
                    &from, &to) != 4)
        return std::nullopt;
    if (high > 0xFFFF || low > 0xFFFF || from > 0xFFFF || to > 0xFFFF) return std::nullopt;
    std::array<char, 300> again{};
    std::snprintf(again.data(), again.size(), "PROXY TCP6 fc00:dead:beef:4dad::%x:%x ::1 %u %u\r\n",
                  high, low, from, to);
    if (line != again.data()) return std::nullopt;
    return std::uint64_t{high} << 16 | low;
}

void play_line(Script& script) {
    const std::string stream = some_stream(script);
    const std::string beginning = stream.substr(0, proxy_line_bytes_max);
    const std::size_t end = beginning.find('\n');
    const std::size_t line_size = end == std::string::npos ? beginning.size() : end + 1;

    ProxyLineReader reader;
    std::size_t taken = 0;
    for (std::size_t at = 0; at < stream.size();) {
        const std::size_t piece = std::min(1 + script.below(40), stream.size() - at);
        const std::size_t used = reader.take(std::string_view(stream).substr(at, piece));
        ENSURE(used <= piece, "more was taken than there was");
        taken += used;
        at += piece;
        if (reader.state() != ProxyLineReader::State::reading)
            ENSURE(reader.take("PROXY") == 0, "it reads on behind the line");
    }
    ENSURE(taken == line_size, "the line ends somewhere else");
    using State = ProxyLineReader::State;
    if (end == std::string::npos) {
        const bool full = beginning.size() == proxy_line_bytes_max;
        ENSURE(reader.state() == (full ? State::endless : State::reading),
               "a line without an end was judged");
        return;
    }
    const auto circuit = naive_line(stream.substr(0, line_size));
    ENSURE(reader.state() == (circuit ? State::done : State::malformed),
           "the line was judged otherwise");
    if (circuit) ENSURE(reader.circuit() == *circuit, "another circuit");
}

// ---- frames -------------------------------------------------------------------------------------

struct Whole {
    std::vector<base::Bytes> frames;
    std::optional<base::Fault> fault;
    std::size_t used = 0;  // up to the end of the last whole frame
};

Whole naive_frames(base::ByteView stream) {
    Whole out;
    while (stream.size() - out.used >= 4) {
        const base::ByteView rest = stream.subspan(out.used);
        const std::size_t size =
            std::size_t{rest[0]} << 24 | rest[1] << 16 | rest[2] << 8 | rest[3];
        if (size == 0) out.fault = base::Fault::frame_malformed;
        if (size > base::limits::frame_bytes_max) out.fault = base::Fault::frame_too_long;
        if (out.fault || rest.size() - 4 < size) break;
        out.frames.push_back(base::to_bytes(rest.subspan(4, size)));
        out.used += 4 + size;
    }
    return out;
}

base::Bytes some_frames(Script& script) {
    static const std::uint32_t lengths[] = {1,   2,          3,       4,         5,      60,
                                            300, 0xFFFF,     0x3FFFF, 262144,    262145, 0x01000001,
                                            0,   0x80000000, 16384,   0xFFFFFFFF};
    base::Bytes out;
    for (std::size_t frames = 1 + script.below(6); frames > 0; --frames) {
        const std::uint32_t length = script.one_of(lengths);
        base::append(out, base::big_endian(length));
        const bool short_of_it = script.below(8) == 0;
        std::size_t body = std::min<std::size_t>(length, base::limits::frame_bytes_max + 10);
        // The large ones rarely whole: they cost time.
        if (short_of_it || (length > 1000 && script.below(16) != 0))
            body = script.below(std::min<std::size_t>(body, 200) + 1);
        out.resize(out.size() + body, static_cast<std::uint8_t>(frames));
    }
    base::append(out, script.take(script.below(20)));
    return out;
}

void play_frames(Script& script) {
    const base::Bytes stream = some_frames(script);
    const Whole whole = naive_frames(stream);
    FrameCutter cutter;
    std::size_t fed = 0, given = 0, frames = 0;
    bool broken = false;
    const auto cut = [&] {
        const bool ahead = cutter.has_next();
        const std::size_t held = cutter.held();
        auto next = cutter.next();
        if (!next) {
            ENSURE(ahead && whole.fault == next.error() && frames == whole.frames.size(),
                   "another fault");
            ENSURE(cutter.held() == held && cutter.next().error() == next.error(),
                   "something is cut behind a fault");
            broken = true;
            return false;
        }
        ENSURE(next->has_value() == ahead, "has_next() and next() disagree");
        if (!*next) return false;
        ENSURE(frames < whole.frames.size() && **next == whole.frames[frames], "another frame");
        given += 4 + (*next)->size();
        ++frames;
        return true;
    };
    // A few hundred pieces at most: a byte at a time only of what is short.
    const std::size_t scale = std::max(stream.size() / 128, std::size_t{1} << script.below(19));
    while (fed < stream.size() && !broken) {
        const std::size_t piece = std::min(1 + script.below(scale), stream.size() - fed);
        cutter.add(base::ByteView(stream).subspan(fed, piece));
        fed += piece;
        ENSURE(cutter.held() == fed - given, "bytes were lost or made");
        for (std::size_t most = script.below(4); most > 0 && cut(); --most) {
        }
    }
    while (cut()) {
    }
    ENSURE(broken == whole.fault.has_value(), "a fault was passed over");
    ENSURE(frames == whole.frames.size(), "a frame was passed over");
    ENSURE(broken || (given == whole.used && cutter.held() == stream.size() - given),
           "a beginning was lost");
}

}  // namespace
}  // namespace hearsay::net

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    hearsay::fuzz::Script script({data, size});
    if (script.byte() % 2 == 0)
        hearsay::net::play_line(script);
    else
        hearsay::net::play_frames(script);
    return 0;
}
