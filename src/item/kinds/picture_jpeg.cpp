// JPEG: baseline, one scan, nothing but what the image needs. ITU-T T.81, annexes B and F; JFIF
// 1.02 (ITU-T T.871).
//
//   SOI, at most one JFIF head, then in any order DQT, DHT, at most one DRI and one SOF0, then one
//   SOS with all components, its data, EOI, and the file is over.
//
// The data of the scan are walked for what may stand in them, not decoded: stuffed bytes, and
// restarts as many as the sizes ask for.
#include <array>
#include <bitset>

#include "item/kinds/picture.hpp"

namespace hearsay::item {
namespace {

using Problem = std::optional<std::string>;

constexpr std::uint8_t sof0 = 0xc0, dht = 0xc4, rst0 = 0xd0, rst7 = 0xd7, eoi = 0xd9, sos = 0xda,
                       dqt = 0xdb, dri = 0xdd, app0 = 0xe0;

std::uint32_t two(base::ByteView bytes, std::size_t at) {
    // total: the callers have looked whether two bytes are there
    return static_cast<std::uint32_t>(bytes[at]) << 8 | bytes[at + 1];
}

struct Component {
    std::uint8_t id = 0;
    std::uint32_t across = 0, down = 0;
    std::uint8_t quantization = 0;
};

class JpegWalk {
public:
    explicit JpegWalk(base::ByteView file) : file_(file) {}

    PictureVerdict run() {
        at_ = 2;  // the caller saw SOI
        while (true) {
            if (file_.size() - at_ < 4) return cut();
            if (file_[at_] != 0xff) return std::unexpected("a JPEG with bytes between its parts");
            const std::uint8_t marker = file_[at_ + 1];
            const std::size_t length = two(file_, at_ + 2);
            if (length < 2 || length > file_.size() - at_ - 2) return cut();
            const base::ByteView part = file_.subspan(at_ + 4, length - 2);
            if (Problem problem = read(marker, part)) return std::unexpected(*std::move(problem));
            at_ += 2 + length;
            if (marker == sos) break;
        }
        if (Problem problem = walk_data()) return std::unexpected(*std::move(problem));
        return PictureFacts{PictureFormat::jpeg, width_, height_};
    }

private:
    static std::unexpected<std::string> cut() {
        return std::unexpected(std::string("a JPEG that is cut off"));
    }

    Problem read(std::uint8_t marker, base::ByteView part) {
        switch (marker) {
            case app0:
                return read_head(part);
            case dqt:
                return read_quantization(part);
            case dht:
                return read_codes(part);
            case dri:
                if (part.size() != 2 || restart_) return "a JPEG with odd restarts";
                restart_ = two(part, 0);
                return std::nullopt;
            case sof0:
                return read_frame(part);
            case sos:
                return read_scan(part);
            default:
                return other(marker);
        }
    }

    static Problem other(std::uint8_t marker) {
        if (marker == 0xe1 || marker == 0xed)
            return "a JPEG that says where and with what it was made (Exif, XMP or IPTC)";
        if (marker >= 0xe0 && marker <= 0xef)
            return "a JPEG with APP" + std::to_string(marker - 0xe0);
        if (marker == 0xfe) return "a JPEG with a comment";
        if (marker >= 0xc1 && marker <= 0xcf) return "a JPEG that is not baseline";
        return "a JPEG with a part that no baseline image needs";
    }

    // Without a thumbnail: that is 16 bytes with the length.
    Problem read_head(base::ByteView part) {
        if (at_ != 2) return "a JPEG whose JFIF head is not the first part";
        if (part.size() != 14 || base::as_text(part.first(5)) != std::string_view("JFIF\0", 5))
            return "a JPEG with another APP0 than a JFIF head without thumbnail";
        if (part[5] != 1 || part[7] > 2 || part[12] != 0 || part[13] != 0)
            return "a JPEG with another APP0 than a JFIF head without thumbnail";
        return std::nullopt;
    }

    Problem read_quantization(base::ByteView part) {
        constexpr std::size_t table = 65;
        if (part.empty() || part.size() % table != 0) return "a JPEG with an odd quantization";
        for (; !part.empty(); part = part.subspan(table)) {
            if (part[0] > 3) return "a JPEG with an odd quantization";
            for (const std::uint8_t step : part.subspan(1, 64))
                if (step == 0) return "a JPEG with an odd quantization";
            quantizations_.set(part[0]);
        }
        return std::nullopt;
    }

    Problem read_codes(base::ByteView part) {
        if (part.empty()) return "a JPEG with odd codes";
        while (!part.empty()) {
            if (part.size() < 17) return "a JPEG with odd codes";
            const std::uint8_t which = part[0];
            const bool is_ac = which >> 4 == 1;
            if ((which & 0xee) != 0) return "a JPEG with odd codes";
            std::size_t count = 0;
            std::uint32_t taken = 0;  // of 2^16 code words of full length; the last one is no code
            for (std::size_t bits = 1; bits <= 16; ++bits) {
                count += part[bits];
                taken += static_cast<std::uint32_t>(part[bits]) << (16 - bits);
            }
            if (count == 0 || taken > 0xffff || count > part.size() - 17)
                return "a JPEG with odd codes";
            for (const std::uint8_t symbol : part.subspan(17, count))
                if (!(is_ac ? is_ac_symbol(symbol) : symbol <= 11)) return "a JPEG with odd codes";
            codes_.set(static_cast<std::size_t>(is_ac ? 2 : 0) + (which & 1));
            part = part.subspan(17 + count);
        }
        return std::nullopt;
    }

    // A run of zeros and the bits of what follows; or 16 zeros, or the end.
    static bool is_ac_symbol(std::uint8_t symbol) {
        const unsigned bits = symbol & 15;
        return bits <= 10 && (bits != 0 || symbol == 0 || symbol == 0xf0);
    }

    Problem read_frame(base::ByteView part) {
        if (components_ != 0) return "a JPEG with two images";
        if (part.size() < 6) return "a JPEG with an odd image";
        height_ = two(part, 1);
        width_ = two(part, 3);
        const std::size_t count = part[5];
        if (part[0] != 8 || (count != 1 && count != 3) || part.size() != 6 + 3 * count)
            return "a JPEG that is neither gray nor of three colours of 8 bits";
        if (Problem problem = side_problem(width_, height_)) return problem;
        std::uint32_t blocks = 0;
        for (std::size_t i = 0; i < count; ++i) {
            const base::ByteView one = part.subspan(6 + 3 * i, 3);
            const std::uint32_t sampling = one[1];
            const Component component{one[0], sampling >> 4, sampling & 15, one[2]};
            // total: at most three, as many as there is room for; so below
            for (std::size_t before = 0; before < i; ++before)
                if (of_frame_[before].id == component.id) return "a JPEG with a colour twice";
            if (component.across < 1 || component.across > 4 || component.down < 1 ||
                component.down > 4 || component.quantization > 3)
                return "a JPEG with an odd image";
            blocks += component.across * component.down;
            of_frame_[i] = component;  // total: likewise
        }
        if (blocks > 10) return "a JPEG with an odd image";
        components_ = count;
        return std::nullopt;
    }

    Problem read_scan(base::ByteView part) {
        if (components_ == 0) return "a JPEG whose image is not described";
        if (part.size() != 4 + 2 * components_ || part[0] != components_)
            return "a JPEG in several scans";
        for (std::size_t i = 0; i < components_; ++i) {
            const std::uint8_t dc = part[2 + 2 * i] >> 4, ac = part[2 + 2 * i] & 15;
            const Component& component = of_frame_[i];  // total: read_frame() filled as many
            if (part[1 + 2 * i] != component.id || dc > 1 || ac > 1 || !codes_.test(dc) ||
                !codes_.test(2U + ac) || !quantizations_.test(component.quantization))
                return "a JPEG that lacks a table";
        }
        const base::ByteView last = part.last(3);
        if (last[0] != 0 || last[1] != 63 || last[2] != 0) return "a JPEG in several scans";
        return std::nullopt;
    }

    // Of the scan, by the sizes: a unit is one block where there is one component only.
    std::uint32_t units() const {
        std::uint32_t across = 1, down = 1;
        if (components_ > 1)
            for (std::size_t i = 0; i < components_; ++i) {
                const Component& component = of_frame_[i];  // total: read_frame() filled as many
                across = std::max(across, component.across);
                down = std::max(down, component.down);
            }
        const auto parts = [](std::uint32_t side, std::uint32_t by) {
            return (side + 8 * by - 1) / (8 * by);
        };
        return parts(width_, across) * parts(height_, down);
    }

    Problem walk_data() {
        const std::uint32_t interval = restart_.value_or(0);
        const std::uint32_t wanted = interval == 0 ? 0 : (units() - 1) / interval;
        std::uint32_t restarts = 0;
        std::size_t since = 0;  // bytes of this interval
        for (; at_ < file_.size(); ++at_) {
            ++since;
            if (file_[at_] != 0xff) continue;
            if (++at_ == file_.size()) break;
            const std::uint8_t next = file_[at_];
            if (next == 0) continue;
            if (since == 1) return "a JPEG with an empty scan";
            if (next == eoi) {
                if (at_ + 1 != file_.size()) return "a JPEG with something behind its image";
                if (restarts != wanted) return "a JPEG that is cut off";
                return std::nullopt;
            }
            if (next < rst0 || next > rst7 || restarts == wanted || next != rst0 + restarts % 8)
                return "a JPEG with something else in its image";
            ++restarts;
            since = 0;
        }
        return "a JPEG that is cut off";
    }

    base::ByteView file_;
    std::size_t at_ = 0;
    std::uint32_t width_ = 0, height_ = 0;
    std::size_t components_ = 0;  // 0: not described yet
    std::array<Component, 3> of_frame_{};
    std::bitset<4> quantizations_;
    std::bitset<4> codes_;  // DC 0 and 1, AC 0 and 1
    std::optional<std::uint32_t> restart_;
};

}  // namespace

PictureVerdict read_jpeg(base::ByteView payload) {
    if (payload.size() < 4) return std::unexpected("a JPEG that is cut off");
    return JpegWalk(payload).run();
}

}  // namespace hearsay::item
