// Which plaintexts of an opened mail are letters: sizes, texts and names, whatever was sealed.
#include "market/mail/letter_content.hpp"

#include <doctest/doctest.h>

#include "mail.pb.h"
#include "market/mail/letter_padding.hpp"

namespace hearsay::market {
namespace {

struct Plaintext {
    wire::LetterBody body;
    wire::Letter letter;
    base::Secret secret{{7}};

    Plaintext() {
        body.set_message_id(std::string(16, 'm'));
        body.set_removal_secret(base::to_text(secret.view()));
        letter.set_sender(std::string(32, 's'));
        letter.set_signature(std::string(64, 's'));
    }
    bool is_letter() {
        letter.set_body(body.SerializeAsString());
        const base::Bytes plain = pad(base::as_bytes(letter.SerializeAsString()));
        return read_content(plain, item::removal_commitment(secret)).has_value();
    }
    bool takes_name(const std::string& name) {
        body.clear_attachments();
        body.add_attachments()->set_name(name);
        return is_letter();
    }
};

std::string repeated(std::string_view text, int times) {
    std::string out;
    for (int i = 0; i < times; ++i) out += text;
    return out;
}

}  // namespace

TEST_CASE_FIXTURE(Plaintext,
                  "the name of an attachment is one clean line, measured in normalization form C") {
    for (const char* good : {"a", "...", "a b.txt", "e\xCC\x81.txt", "\xE2\x80\x8B"})
        CHECK(takes_name(good));
    for (const char* bad : {"", ".", "..", "a/b", "a\\b", "a\nb", "a\tb", "\x7F", "\xC2\x85",
                            "\xE2\x80\xA8", "\xE2\x80\xA9", "\xFF"})
        CHECK(!takes_name(bad));
    CHECK(takes_name(repeated("a", 100)));
    CHECK(!takes_name(repeated("a", 101)));
    // Three bytes that become two, and three that become six.
    CHECK(takes_name(repeated("e\xCC\x81", 50)));
    CHECK(!takes_name(repeated("e\xCC\x81", 51)));
    CHECK(takes_name(repeated("\xE0\xA5\x98", 16)));
    CHECK(!takes_name(repeated("\xE0\xA5\x98", 17)));
}

TEST_CASE_FIXTURE(Plaintext, "a subject is measured as it came") {
    body.set_subject(repeated("e\xCC\x81", 66));
    CHECK(is_letter());
    body.set_subject(repeated("e\xCC\x81", 67));  // 201 bytes, 134 in form C
    CHECK(!is_letter());
}

TEST_CASE_FIXTURE(
    Plaintext,
    "any bytes in the place of a plaintext are a letter or none, and nothing else happens") {
    CHECK(is_letter());
    const base::Digest commitment = item::removal_commitment(secret);
    base::Bytes plain = pad(base::as_bytes(letter.SerializeAsString()));
    for (std::size_t i = 0; i < plain.size(); ++i) {
        base::Bytes other = plain;
        other[i] ^= 0xFF;
        (void)read_content(other, commitment);
        CHECK(!read_content(base::ByteView(plain).first(i), commitment));
    }
    CHECK(!read_content(plain, base::Digest{}));
}

}  // namespace hearsay::market
