// fuzz: max_len=1200
// What is inside an opened mail. One half of the inputs are plaintexts as they come; the other half
// choose a field after the other of a Letter and its LetterBody, valid or broken in any of the ways
// that the protocol names, and know from the choices alone - never from what was read - whether
// docs/protocol.md, section 10, takes the whole for a letter.
//
//   bytes      what is read is within every bound, and is read again as it was written
//   fields     read if and only if the choices were all allowed; what was chosen is what was read
//   sending    what our own node would seal is read by everybody; a letter that was read can be
//              sent on
#include <optional>

#include <google/protobuf/stubs/logging.h>

#include "base/ensure.hpp"
#include "base/limits/person.hpp"
#include "fuzz/market_input.hpp"
#include "item/item.hpp"
#include "mail.pb.h"
#include "market/mail/letter_body.hpp"
#include "market/mail/letter_content.hpp"
#include "market/mail/letter_padding.hpp"

namespace hearsay::fuzz {
namespace {

using market::Letter;
using market::LetterContent;

const base::Secret& removal_secret() {
    static const base::Secret secret = filled<base::Secret>(7);
    return secret;
}
const base::Digest& commitment() {
    static const base::Digest made = item::removal_commitment(removal_secret());
    return made;
}

// A piece of text: each begins with a letter of its own, so pieces beside each other do not
// combine.
struct Piece {
    std::string_view bytes;
    std::size_t normal_size;  // in normalization form C
    bool is_utf8;
    bool in_line;   // may stand in one line
    bool in_lines;  // may stand in a text
    bool in_name;   // may stand in a file name
};
constexpr Piece pieces[] = {
    {"a", 1, true, true, true, true},
    {"b.", 2, true, true, true, true},
    {" ", 1, true, true, true, true},
    {"\xC3\xA9", 2, true, true, true, true},          // e with acute
    {"e\xCC\x81", 2, true, true, true, true},         // the same, decomposed
    {"\xE0\xA5\x98", 6, true, true, true, true},      // decomposes, and is never composed
    {"\xF0\x9F\x98\x80", 4, true, true, true, true},  // beyond the basic plane
    {"\xE2\x80\x8B", 3, true, true, true, true},      // zero width space: a format character
    {"\n", 1, true, false, true, false},
    {"\t", 1, true, false, true, false},
    {"\r", 1, true, false, false, false},
    {"\x7F", 1, true, false, false, false},
    {"\xC2\x85", 2, true, false, false, false},      // next line, a control character
    {"\xE2\x80\xA8", 3, true, false, false, false},  // line separator
    {"\xE2\x80\xA9", 3, true, false, false, false},  // paragraph separator
    {std::string_view("\0", 1), 1, true, false, false, false},
    {"/", 1, true, true, true, false},
    {"\\", 1, true, true, true, false},
    {".", 1, true, true, true, true},
    {"\xFF", 1, false, false, false, false},
    {"\xED\xA0\x80", 3, false, false, false, false},  // a surrogate
    {"\xC0\xAF", 2, false, false, false, false},      // longer than need be
};

// What the five payloads hold beside a tag, an encapsulation and the cipher's tag.
constexpr std::size_t plains[] = {2440, 3976, 8072, 16264, 32648};

struct Text {
    std::string bytes{};
    std::size_t normal_size = 0;
    bool is_utf8 = true;
    bool in_line = true;
    bool in_lines = true;
    bool in_name = true;
};
Text text(Input& in, std::size_t pieces_most, std::size_t times_most) {
    Text out;
    const std::size_t count = in.below(pieces_most + 1);
    for (std::size_t i = 0; i < count; ++i) {
        const Piece& piece = in.choose(pieces);
        for (std::size_t times = 1 + in.below(times_most); times > 0; --times) {
            out.bytes += piece.bytes;
            out.normal_size += piece.normal_size;
        }
        out.is_utf8 = out.is_utf8 && piece.is_utf8;
        out.in_line = out.in_line && piece.in_line;
        out.in_lines = out.in_lines && piece.in_lines;
        out.in_name = out.in_name && piece.in_name;
    }
    return out;
}

// Bytes of a size that is right most of the time.
std::string sized(Input& in, std::size_t right, bool may_be_empty, bool& fine) {
    std::size_t size = right;
    switch (in.below(16)) {
        case 13:
            size = 0;
            fine = fine && may_be_empty;
            break;
        case 14:
            size = right - 1;
            fine = false;
            break;
        case 15:
            size = right + 1;
            fine = false;
            break;
        default:
            break;
    }
    return std::string(size, static_cast<char>('A' + in.below(20)));
}

class Chosen {
public:
    explicit Chosen(Input& in) {
        choose_ids(in);
        choose_texts(in);
        choose_lists(in);
        envelope_.set_sender(sized(in, 32, false, fine_));
        envelope_.set_signature(sized(in, 64, false, fine_));
    }
    bool is_letter() const { return fine_; }
    const wire::LetterBody& body() const { return body_; }
    // Padded as it should be, or not.
    base::Bytes plain(Input& in) {
        // Serialized by hand where the library would not: it leaves bad UTF-8 to the reader, and
        // says so on its log.
        envelope_.set_body(body_.SerializeAsString());
        const std::string letter = envelope_.SerializeAsString();
        if (letter.size() + 4 > market::padded_bytes_max) {
            fine_ = false;
            return base::to_bytes(letter);
        }
        base::Bytes out = market::pad(base::as_bytes(letter));
        break_padding(in, out, letter.size());
        return out;
    }

private:
    void choose_ids(Input& in) {
        body_.set_message_id(sized(in, 16, false, fine_));
        constexpr std::uint64_t last = 253402300799ULL;
        constexpr std::uint64_t times[] = {0, 1793880000, last, last + 1, UINT64_MAX};
        body_.set_written(in.choose(times));
        fine_ = fine_ && body_.written() <= last;
        body_.set_removal_secret(base::to_text(removal_secret().view()));
        if (in.one_in(16)) {
            body_.mutable_removal_secret()->at(in.below(32)) ^= 1;
            fine_ = false;
        }
        if (in.flag()) body_.set_reply_to(sized(in, 1216, true, fine_));
        if (in.flag()) body_.set_about(sized(in, 32, true, fine_));
        if (in.flag()) body_.set_in_reply_to(sized(in, 16, true, fine_));
        if (in.flag()) body_.set_ticket(sized(in, 16, true, fine_));
        body_.set_stamp(in.word());
    }
    void choose_texts(Input& in) {
        const Text subject = text(in, 3, 72);
        body_.set_subject(subject.bytes);
        fine_ = fine_ && subject.is_utf8 && subject.in_line && subject.bytes.size() <= 200;
        const Text said = text(in, 6, 8);
        body_.set_text(said.bytes);
        fine_ = fine_ && said.is_utf8 && said.in_lines;
        says_something_ = !subject.bytes.empty() || !said.bytes.empty();
        const std::size_t attachments = in.one_in(8) ? in.below(20) : in.below(3);
        for (std::size_t i = 0; i < attachments; ++i) {
            const Text name = text(in, 3, 40);
            wire::Attachment& each = *body_.add_attachments();
            each.set_name(name.bytes);
            each.set_content(std::string(in.below(200), 'c'));
            fine_ = fine_ && name.is_utf8 && name.in_name && name.normal_size >= 1 &&
                    name.normal_size <= 100 && name.bytes != "." && name.bytes != "..";
            says_something_ = true;
        }
        fine_ = fine_ && attachments <= 16;
    }
    void choose_lists(Input& in) {
        const std::size_t tickets = in.one_in(8) ? in.below(20) : in.below(3);
        for (std::size_t i = 0; i < tickets; ++i) body_.add_tickets(sized(in, 16, false, fine_));
        const std::size_t received = in.one_in(4) ? in.below(20) : 0;
        for (std::size_t i = 0; i < received; ++i) body_.add_received(sized(in, 16, false, fine_));
        if (in.one_in(4)) body_.set_trade(std::string(1 + in.below(9), 't'));
        says_something_ = says_something_ || !body_.trade().empty();
        fine_ = fine_ && tickets <= 16 && received <= 16 && (received == 0 || !says_something_);
    }
    void break_padding(Input& in, base::Bytes& out, std::size_t size) {
        switch (in.below(16)) {
            case 12:  // more than need be, of zeros, is one of the five
                for (std::size_t at = 0; at + 1 < std::size(plains); ++at)
                    if (plains[at] == out.size()) {
                        out.resize(plains[at + 1]);
                        break;
                    }
                break;
            case 13:
                out.resize(out.size() + 1);
                fine_ = false;
                break;
            case 14:
                out[2] ^= 0x80;  // the length
                fine_ = false;
                break;
            case 15:
                fine_ = fine_ && size + 4 == out.size();
                if (size + 4 < out.size()) out.back() = 1;
                break;
            default:
                break;
        }
    }

    wire::Letter envelope_;
    wire::LetterBody body_;
    bool fine_ = true;
    bool says_something_ = false;
};

void check_within_bounds(const Letter& letter) {
    ENSURE(letter.subject.size() <= base::limits::subject_bytes_max &&
               letter.attachments.size() <= 16 && letter.tickets.size() <= 16 &&
               letter.received.size() <= 16,
           "a letter beyond its bounds was read");
    ENSURE(letter.received.empty() || (letter.subject.empty() && letter.text.empty() &&
                                       letter.attachments.empty() && letter.trade.empty()),
           "a receipt that says something was read");
}

void check_again(const LetterContent& content) {
    const auto again = market::read_body(market::write_body(content.letter), content.letter.sender);
    ENSURE(again && *again == content.letter, "a letter changed when it was written");
    Letter sent = content.letter;
    if (market::letter_problem(sent)) return;  // in form C it is too long
    wire::Letter envelope;
    envelope.set_body(market::write_body(sent).SerializeAsString());
    envelope.set_sender(std::string(32, 's'));
    envelope.set_signature(std::string(64, 's'));
    const auto read = market::read_content(
        market::pad(base::as_bytes(envelope.SerializeAsString())), commitment());
    ENSURE(read.has_value(), "what we would send nobody would read");
    ENSURE(!market::letter_problem(sent) && read->letter.text == sent.text,
           "normalised twice is another text");
}

void check_bytes(base::ByteView bytes) {
    (void)market::read_content(bytes, commitment());
    if (bytes.size() + 4 > market::padded_bytes_max) return;
    const auto content = market::read_content(market::pad(bytes), commitment());
    if (!content) return;
    check_within_bounds(content->letter);
    check_again(*content);
}

void check_fields(Input& in) {
    Chosen chosen(in);
    const base::Bytes plain = chosen.plain(in);
    const auto content = market::read_content(plain, commitment());
    ENSURE(content.has_value() == chosen.is_letter(),
           "the reader and the protocol disagree about a letter");
    if (!content) return;
    const wire::LetterBody& body = chosen.body();
    const Letter& letter = content->letter;
    ENSURE(base::to_text(content->body) == body.SerializeAsString(),
           "other bytes are signed than came");
    ENSURE(letter.subject == body.subject() && letter.text == body.text() &&
               letter.attachments.size() == static_cast<std::size_t>(body.attachments_size()) &&
               letter.tickets.size() == static_cast<std::size_t>(body.tickets_size()) &&
               letter.received.size() == static_cast<std::size_t>(body.received_size()) &&
               letter.reply_to.has_value() == !body.reply_to().empty() &&
               letter.ticket.has_value() == !body.ticket().empty() && letter.stamp == body.stamp(),
           "another letter was read than was written");
    check_within_bounds(letter);
    check_again(*content);
}

}  // namespace
}  // namespace hearsay::fuzz

// What is broken on purpose is judged, not printed.
[[maybe_unused]] static const auto printed_before = google::protobuf::SetLogHandler(nullptr);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace hearsay;
    if (size == 0) return 0;
    const base::ByteView rest{data + 1, size - 1};
    fuzz::Input in(rest);
    if (data[0] % 8 == 0)
        fuzz::check_bytes(rest);
    else
        fuzz::check_fields(in);
    return 0;
}
