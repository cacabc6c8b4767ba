// Any bytes as a picture: a byte that says how, then the file or what is done to one.
//
//   0  the file as it is
//   1  a script of cuts, inserts and changes of a good JPEG or WebP, so that bytes deep inside are
//      reached
//
// What passes is in one format, within its limits, and ends where its last part ends: whatever is
// put behind it, or taken from its end, it passes no more. What the command makes of any file
// passes, and it makes the same of that again.
#include "app/cli/picture_file.hpp"
#include "base/ensure.hpp"
#include "item/kinds/picture.hpp"
#include "unit/item/picture_samples.hpp"

namespace hearsay {
namespace {

class Script {
public:
    explicit Script(base::ByteView bytes) : left_(bytes) {}
    bool done() const { return left_.empty(); }
    std::uint8_t byte() {
        if (left_.empty()) return 0;
        const std::uint8_t out = left_.front();
        left_ = left_.subspan(1);
        return out;
    }
    std::size_t below(std::size_t end) {
        const std::size_t high = byte();
        return end == 0 ? 0 : (high << 8 | byte()) % end;
    }

private:
    base::ByteView left_;
};

base::Bytes changed(Script& script) {
    const std::uint8_t which = script.byte();
    base::Bytes out;
    if (which % 2 == 0)
        out = samples::webp({.width = 1U + script.byte(), .rest = script.byte()});
    else
        out = samples::jpeg(
            {.width = 1U + script.byte(), .height = 1U + script.byte(), .restart = which / 2 % 8U});
    for (int step = 0; step < 32 && !script.done(); ++step) {
        const std::size_t at = script.below(out.size());
        const auto place = out.begin() + static_cast<std::ptrdiff_t>(at);
        switch (script.byte() % 4) {
            case 0:
                if (at < out.size()) *place = script.byte();
                break;
            case 1:
                out.insert(place, script.byte());
                break;
            case 2:
                if (at < out.size()) out.erase(place);
                break;
            default:
                if (at < out.size())
                    *place = static_cast<std::uint8_t>(*place ^ 1U << script.byte() % 8);
        }
    }
    return out;
}

void check_passed(const base::Bytes& file, const item::PictureFacts& facts) {
    ENSURE(file.size() <= item::picture_bytes_max, "too large a picture passes");
    ENSURE(!item::side_problem(facts.width, facts.height), "too large sides pass");
    const bool is_webp = facts.format == item::PictureFormat::webp;
    ENSURE(is_webp == (file.front() == 'R'), "another format than its first byte");
    base::Bytes longer = file;
    for (const int more : {0x00, 0xff, 0x50}) {
        longer.push_back(static_cast<std::uint8_t>(more));
        ENSURE(!item::read_picture(longer), "something stands behind a picture");
    }
    for (std::size_t less = 1; less <= 8 && less <= file.size(); ++less)
        ENSURE(!item::read_picture(base::ByteView(file).first(file.size() - less)),
               "a picture lacks its end");
}

void check(const base::Bytes& file) {
    const auto facts = item::read_picture(file);
    if (facts)
        check_passed(file, *facts);
    else
        ENSURE(!facts.error().empty(), "no sentence");
    const auto made = app::cli::picture_of(base::as_text(file), "file");
    if (!made) {
        ENSURE(!made.error().empty(), "no sentence");
        return;
    }
    const auto made_facts = item::read_picture(base::as_bytes(*made));
    ENSURE(made_facts.has_value(), "what the command makes is no picture");
    check_passed(base::to_bytes(*made), *made_facts);
    ENSURE(!facts || *facts == *made_facts, "the command makes another image");
    ENSURE(app::cli::picture_of(*made, "file") == made, "the command makes something else of it");
}

}  // namespace
}  // namespace hearsay

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace hearsay;
    if (size == 0) return 0;
    const base::ByteView rest(data + 1, size - 1);
    if (data[0] % 2 == 0) {
        check(base::to_bytes(rest));
    } else {
        Script script(rest);
        check(changed(script));
    }
    return 0;
}
