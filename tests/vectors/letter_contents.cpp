// What opened letters say: docs/protocol.md, section 10. Letters are not in one encoding, and their
// signatures are not looked at here.
#include "base/ensure.hpp"
#include "letter_entries.hpp"
#include "mail.pb.h"
#include "market/mail/letter_body.hpp"
#include "market/mail/letter_content.hpp"
#include "market/mail/letter_padding.hpp"
#include "unit/item/samples.hpp"

namespace hearsay::vectors {
namespace {

using namespace samples;
using Change = std::function<void(wire::LetterBody&)>;

const base::Secret removal_secret = filled<base::Secret>(9);

wire::LetterBody sample() {
    wire::LetterBody out;
    out.set_message_id(std::string(16, '\4'));
    out.set_written(1'800'000'017);
    out.set_removal_secret(base::to_text(removal_secret.view()));
    return out;
}
base::Bytes letter_of(const std::string& body, std::size_t sender = 32,
                      std::size_t signature = 64) {
    wire::Letter out;
    out.set_body(body);
    out.set_sender(std::string(sender, 's'));
    out.set_signature(std::string(signature, 'x'));
    return base::to_bytes(out.SerializeAsString());
}

Entry content(const std::string& about, const base::Bytes& letter) {
    const base::Digest commitment = item::removal_commitment(removal_secret);
    return Entry(about)
        .text("what", "content")
        .hex("letter", letter)
        .hex("commitment", commitment.view())
        .flag("reads", market::read_content(market::pad(letter), commitment).has_value());
}
Entry plaintext(const std::string& about, const base::Bytes& plain) {
    const base::Digest commitment = item::removal_commitment(removal_secret);
    return Entry(about)
        .text("what", "plaintext")
        .hex("plain", plain)
        .hex("commitment", commitment.view())
        .flag("reads", market::read_content(plain, commitment).has_value());
}

class Contents {
public:
    explicit Contents(std::vector<Entry>& out) : out_(out) {}
    void add(const std::string& about, const Change& change) {
        wire::LetterBody body = sample();
        change(body);
        out_.push_back(content(about, letter_of(body.SerializeAsString())));
    }
    // Bytes behind the body's, whose library would not write them.
    void add_behind(const std::string& about, const std::string& bytes) {
        out_.push_back(content(about, letter_of(sample().SerializeAsString() + bytes)));
    }

private:
    std::vector<Entry>& out_;
};

void add_texts(Contents& of) {
    of.add("a letter that says nothing", [](auto&) {});
    of.add("a text with line feed and tab", [](auto& body) { body.set_text("a\n\tb"); });
    of.add("a text in another form than C", [](auto& body) { body.set_text("u\xcc\x88"); });
    of.add("a text with a carriage return", [](auto& body) { body.set_text("a\r\n"); });
    of.add("a text with an escape", [](auto& body) { body.set_text("\x1b[2J"); });
    of.add("a text with U+2028", [](auto& body) { body.set_text("\xe2\x80\xa8"); });
    of.add_behind("a text that is no UTF-8", "\x42\x01\xff");
    of.add("a subject of two lines", [](auto& body) { body.set_subject("a\nb"); });
    of.add("a subject of 200 bytes", [](auto& body) { body.set_subject(std::string(200, 's')); });
    of.add("a subject of 201 bytes", [](auto& body) { body.set_subject(std::string(201, 's')); });
    of.add("a subject of 201 bytes as they came, of 200 in form C",
           [](auto& body) { body.set_subject(std::string(198, 's') + "u\xcc\x88"); });
}

void add_fields(Contents& of) {
    of.add("a message id of 15 bytes", [](auto& body) { body.set_message_id("short message i"); });
    of.add("no message id", [](auto& body) { body.clear_message_id(); });
    of.add("written in the last second of 9999",
           [](auto& body) { body.set_written(253402300799); });
    of.add("written a second later", [](auto& body) { body.set_written(253402300800); });
    of.add("a removal secret that the header does not commit to",
           [](auto& body) { body.set_removal_secret(std::string(32, 'x')); });
    of.add("a removal secret of 31 bytes",
           [](auto& body) { body.set_removal_secret(std::string(31, '\x09')); });
    of.add("a key for the answer, unusable: that shows when somebody writes",
           [](auto& body) { body.set_reply_to(std::string(1216, '\0')); });
    of.add("a key for the answer of 32 bytes",
           [](auto& body) { body.set_reply_to(std::string(32, 'r')); });
    of.add("about a thing of 31 bytes", [](auto& body) { body.set_about(std::string(31, 'a')); });
    of.add("an answer to 17 bytes", [](auto& body) { body.set_in_reply_to(std::string(17, 'a')); });
    of.add("a ticket of 15 bytes", [](auto& body) { body.set_ticket(std::string(15, 't')); });
    const auto times = [](int count, std::size_t size) {
        return [count, size](auto& body) {
            for (int at = 0; at < count; ++at) body.add_tickets(std::string(size, 't'));
        };
    };
    of.add("16 tickets", times(16, 16));
    of.add("17 tickets", times(17, 16));
    of.add("tickets of 17 bytes", times(2, 17));
    const auto received = [](int count) {
        return [count](auto& body) {
            for (int at = 0; at < count; ++at) body.add_received(std::string(16, 'r'));
        };
    };
    of.add("a receipt for 16 letters", received(16));
    of.add("a receipt for 17 letters", received(17));
    of.add("a receipt with a text", [](auto& body) {
        body.add_received(std::string(16, 'r'));
        body.set_text("Thanks");
    });
    of.add("a receipt with a trade", [](auto& body) {
        body.add_received(std::string(16, 'r'));
        body.set_trade("t");
    });
    of.add("a trade of whatever bytes", [](auto& body) { body.set_trade("\xff\xff"); });
    of.add_behind("fields of a later text, out of order", "\xc0\x0c\x01\xa2\x06\x01x\xb0\x06\x07");
    of.add_behind("the text twice: the last one is meant",
                  "\x42\x01"
                  "a"
                  "\x42\x01\n");
    of.add_behind("cut off",
                  "\x42\x05"
                  "a");
}

void add_attachments(Contents& of) {
    const auto named = [&](const std::string& about, const std::string& name) {
        of.add("an attachment whose name " + about,
               [&](auto& body) { body.add_attachments()->set_name(name); });
    };
    named("has 100 bytes", std::string(100, 'n'));
    named("has 101 bytes", std::string(101, 'n'));
    named("is empty", "");
    named("is a path", "a/b");
    named("has a backslash", "a\\b");
    named("is a dot", ".");
    named("is two dots", "..");
    named("is three dots", "...");
    named("has a line feed", "a\nb");
    named("has 102 bytes and 100 in form C", std::string(98, 'n') + "u\xcc\x88");
    const auto count = [](int most) {
        return [most](auto& body) {
            for (int at = 0; at < most; ++at) body.add_attachments()->set_name("a");
        };
    };
    of.add("16 attachments", count(16));
    of.add("17 attachments", count(17));
}

}  // namespace

void add_letter_contents(std::vector<Entry>& out) {
    Contents of(out);
    add_texts(of);
    add_fields(of);
    add_attachments(of);
    const std::string body = sample().SerializeAsString();
    out.push_back(content("a sender of 31 bytes", letter_of(body, 31)));
    out.push_back(content("a signature of 63 bytes", letter_of(body, 32, 63)));
    out.push_back(content("no letter", {}));
    base::Bytes plain = market::pad(letter_of(body));
    out.push_back(plaintext("a letter and its padding", plain));
    plain.back() = 1;
    out.push_back(plaintext("padding that is not zero", plain));
    plain.back() = 0;
    plain[2] = 0xff;
    out.push_back(plaintext("a length beyond the end", plain));
}

}  // namespace hearsay::vectors
