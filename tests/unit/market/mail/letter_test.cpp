#include <doctest/doctest.h>

#include "base/limits/person.hpp"
#include "crypto/ed25519.hpp"
#include "crypto/sha256.hpp"
#include "crypto/x25519.hpp"
#include "fakes.hpp"
#include "item/mailbox.hpp"
#include "item/make.hpp"
#include "mail.pb.h"
#include "market/mail/letter_body.hpp"
#include "market/mail/letter_padding.hpp"

namespace hearsay::market {
namespace {

constexpr std::string_view signing_tag("hearsay letter v1\0", 18);
constexpr std::string_view hpke_tag("hearsay mail v1\0", 16);
constexpr std::size_t seal_size = 8 + 1120 + 16;
constexpr std::size_t payloads[] = {3584, 5120, 9216, 17408, 33792};

struct Fixture {
    base::Rng rng = seeded(3);
    base::Secret sender_seed = rng.secret();
    crypto::XWingKey key{rng.secret()};
    base::MailboxKey mailbox = key.public_key();
    Letter letter = make_letter();

    Letter make_letter() {
        Letter out;
        rng.fill(out.id);
        out.sender = base::PublisherKey{crypto::ed25519_public_key(sender_seed).data};
        out.written = noon;
        out.removal_secret = rng.secret();
        out.subject = "A question";
        out.text = "Is it still there?\n\tYours";
        return out;
    }
    base::Result<item::Item> seal() {
        return seal_letter(letter, sender_seed, mailbox, item::Network::sim, noon, day, rng);
    }
    static item::ReadPtr read(item::Item made) {
        auto out = item::read(std::move(made), item::Network::sim);
        REQUIRE(out);
        return *out;
    }
    item::ReadPtr sealed() {
        auto made = seal();
        REQUIRE(made);
        return read(*std::move(made));
    }
    std::expected<Letter, OpenProblem> open(const item::Read& mail) {
        return open_letter(mail, key);
    }

    // By hand, so that it may break the rules. `recipient` is whom the signature names. Null:
    // it is no item.
    using Change = std::function<void(wire::LetterBody&, wire::Letter&)>;
    item::ReadPtr forged(const Change& change,
                         const std::function<void(base::Bytes&)>& change_plain = {},
                         std::optional<base::MailboxId> signed_for = {},
                         std::optional<base::Digest> said_hash = {},
                         std::string_view info = hpke_tag) {
        crypto::EncapsulationSeed random;
        rng.fill(random);
        auto hpke = crypto::HpkeSender::setup(mailbox, base::as_bytes(info), random);
        REQUIRE(hpke);
        const base::Digest hash =
            said_hash.value_or(item::encapsulation_hash(hpke->encapsulation().view()));
        wire::LetterBody body = write_body(letter);
        wire::Letter envelope;
        envelope.set_sender(base::to_text(letter.sender.view()));
        change(body, envelope);
        if (envelope.body().empty()) envelope.set_body(body.SerializeAsString());
        if (envelope.signature().empty()) {
            base::Bytes message = base::to_bytes(signing_tag);
            base::append(message, signed_for.value_or(item::mailbox_id(mailbox)).view());
            base::append(message, hash.view());
            base::append(message, base::as_bytes(envelope.body()));
            envelope.set_signature(
                base::to_text(crypto::ed25519_sign(sender_seed, message).view()));
        }
        base::Bytes plain = pad(base::as_bytes(envelope.SerializeAsString()));
        if (change_plain) change_plain(plain);
        const item::Mail claim{item::removal_commitment(letter.removal_secret), hash};
        const item::Terms terms{item::Network::sim, item::kind_mail, noon, day};
        const base::Bytes associated = item::mail_associated_data(
            terms.network, terms.kind, item::created_for(noon), item::expires_for(noon, day),
            static_cast<std::uint32_t>(plain.size() + seal_size), claim, item::mailbox_id(mailbox));
        base::Bytes payload = base::to_bytes(hpke->tag().view());
        base::append(payload, hpke->encapsulation().view());
        base::append(payload, std::move(*hpke).seal(associated, plain));
        auto out = item::read(item::make_mail(terms, claim, payload), item::Network::sim);
        return out ? *out : nullptr;
    }
    static void nothing(wire::LetterBody&, wire::Letter&) {}
};

std::expected<Letter, OpenProblem> because(OpenProblem problem) {
    return std::unexpected(problem);
}

}  // namespace

TEST_CASE_FIXTURE(Fixture,
                  "a letter arrives as it was written, with and without its optional parts") {
    CHECK(open(*sealed()) == letter);
    letter.reply_to.emplace().data.fill(1);
    letter.about.emplace().data.fill(2);
    letter.in_reply_to.emplace().data.fill(3);
    CHECK(open(*sealed()) == letter);
}

TEST_CASE_FIXTURE(Fixture, "a letter made by hand as docs/protocol.md says is accepted") {
    CHECK(open(*forged(nothing)) == letter);
}

TEST_CASE_FIXTURE(Fixture, "every padded size carries a letter") {
    std::size_t text_size = 100;
    for (const std::size_t payload : payloads) {
        letter.text = std::string(text_size, 'x');
        const item::ReadPtr mail = sealed();
        CHECK(mail->item.payload.size() == payload);
        CHECK(open(*mail) == letter);
        text_size = payload - seal_size;  // does not fit with its envelope: the next size
    }
}

TEST_CASE_FIXTURE(Fixture, "the size on the wire tells the size class and nothing else") {
    const std::size_t small = sealed()->item.size();
    letter.text = std::string(500, 'x');
    letter.reply_to.emplace().data.fill(1);
    letter.about.emplace().data.fill(2);
    letter.in_reply_to.emplace().data.fill(3);
    CHECK(sealed()->item.size() == small);
    letter.text.clear();
    letter.subject.clear();
    CHECK(sealed()->item.size() == small);
    letter.text = std::string(2400, 'x');
    CHECK(sealed()->item.size() > small);
}

TEST_CASE_FIXTURE(Fixture, "an answer of 850 bytes with its key fits the smallest, below 4 KiB") {
    letter.reply_to = mailbox;
    letter.about.emplace();
    letter.in_reply_to.emplace();
    letter.stamp = UINT64_MAX;
    letter.ticket.emplace();
    letter.tickets.resize(4);
    letter.subject = "Re: is it still there?";
    letter.text = std::string(850, 'x');
    const item::ReadPtr mail = sealed();
    CHECK(mail->item.payload.size() == payloads[0]);
    CHECK(mail->item.size() <= 4096);
}

TEST_CASE_FIXTURE(Fixture, "the longest letter fits, one byte more is refused with both numbers") {
    letter.subject = std::string(base::limits::subject_bytes_max, 's');
    letter.reply_to.emplace().data.fill(1);
    letter.about.emplace().data.fill(2);
    letter.in_reply_to.emplace().data.fill(3);
    letter.stamp = 1;
    letter.attachments = {{"photo.jpg", base::Bytes(30000, 0xff)}};
    letter.text = std::string(800, 'x');
    while (seal()) letter.text += 'x';
    CHECK(seal().error() ==
          base::Error{
              base::ErrorCode::invalid,
              "the mail is 1 bytes too large: text, attachments and envelope together take 32648 "
              "bytes, the largest size that mail is padded to"});
    letter.text.pop_back();
    CHECK(open(*sealed()) == letter);
    letter.subject += 's';
    CHECK(seal().error() ==
          base::Error{base::ErrorCode::invalid, "the subject is 201 bytes long; at most 200 fit"});
}

TEST_CASE_FIXTURE(Fixture, "what is not UTF-8 or holds control characters is not sealed") {
    for (const std::string bad : {"\xff", "a\xc3", "\x1b[2J", "\xed\xa0\x80"}) {
        letter.text = bad;
        CHECK(seal().error().code == base::ErrorCode::invalid);
    }
    letter.text = "fine";
    letter.subject = "two\nlines";
    CHECK(seal().error().code == base::ErrorCode::invalid);
}

TEST_CASE_FIXTURE(Fixture, "text is normalised when sealed") {
    letter.subject = "Cafe\xcc\x81";
    letter.text = "one\r\ntwo";
    const auto read = open(*sealed());
    REQUIRE(read);
    CHECK(read->subject == "Caf\xc3\xa9");
    CHECK(read->text == "one\ntwo");
}

TEST_CASE_FIXTURE(Fixture, "a header field that was changed on the way makes the letter nobody's") {
    const item::ReadPtr mail = sealed();
    const auto changed = [&](const std::function<void(item::Header&)>& change) {
        item::Read copy = *mail;
        change(copy.header);
        return open(copy);
    };
    const auto not_ours = because(OpenProblem::not_ours);
    CHECK(changed([](item::Header&) {}) == letter);
    CHECK(changed([](item::Header& header) { header.network = item::Network::local; }) == not_ours);
    CHECK(changed([](item::Header& header) { header.kind = 3; }) == not_ours);
    CHECK(changed([](item::Header& header) { header.created += hour; }) == not_ours);
    CHECK(changed([](item::Header& header) { header.expires += hour; }) == not_ours);
    CHECK(changed([](item::Header& header) { header.payload_size += 1; }) == not_ours);
    CHECK(changed([](item::Header& header) {
              std::get<item::Mail>(header.claim).removal_commitment.data[0] ^= 1;
          }) == not_ours);
    CHECK(changed([](item::Header& header) {
              std::get<item::Mail>(header.claim).encapsulation_hash.data[0] ^= 1;
          }) == not_ours);
}

TEST_CASE_FIXTURE(Fixture, "a changed tag, encapsulation or ciphertext is nobody's") {
    const item::ReadPtr mail = sealed();
    // The tag, ML-KEM's part, X25519's, the ciphertext and its tag.
    for (const std::size_t at : {0, 7, 8, 500, 1095, 1096, 1127, 1128, 2000, 3583}) {
        CAPTURE(at);
        item::Read copy = *mail;
        copy.item.payload[at] ^= 1;
        CHECK(open(copy) == because(OpenProblem::not_ours));
    }
}

TEST_CASE_FIXTURE(Fixture, "whoever knows the key can make a tag fit, and no more") {
    item::Read copy = *sealed();
    copy.item.payload[1100] ^= 1;  // of X25519's key
    const SealedLetter tried(copy);
    CHECK(tried.is_tagged_for(key));
    CHECK(tried.open(key) == because(OpenProblem::not_ours));
}

TEST_CASE_FIXTURE(Fixture, "a letter of another format's info is nobody's, though its tag fits") {
    for (const std::string_view info :
         {std::string_view("hearsay mail v0\0", 16), std::string_view("hearsay mail v2\0", 16),
          hpke_tag.substr(0, 15), std::string_view()}) {
        CAPTURE(info);
        const item::ReadPtr mail = forged(nothing, {}, {}, {}, info);
        CHECK(SealedLetter(*mail).is_tagged_for(key));
        CHECK(open(*mail) == because(OpenProblem::not_ours));
    }
    CHECK(open(*forged(nothing)) == letter);
}

// What a sender can make who knows X25519's half of the key alone, as all senders did before.
TEST_CASE_FIXTURE(Fixture, "a letter whose tag is of X25519's secret is nobody's") {
    item::Read copy = *sealed();
    const base::Secret ephemeral = rng.secret();
    crypto::X25519Public recipient;
    std::copy(mailbox.data.end() - 32, mailbox.data.end(), recipient.data.begin());
    const auto shared = crypto::x25519(ephemeral, recipient);
    REQUIRE(shared);
    const base::Digest tag = crypto::tagged_sha256("hearsay mail tag v1", {shared->view()});
    const crypto::X25519Public shown = crypto::x25519_public_key(ephemeral);
    base::Bytes& payload = copy.item.payload;
    rng.fill(std::span(payload).subspan(8, 1088));
    std::copy(shown.data.begin(), shown.data.end(), payload.begin() + 8 + 1088);
    std::copy_n(tag.data.begin(), 8, payload.begin());
    CHECK_FALSE(SealedLetter(copy).is_tagged_for(key));
    CHECK(open(copy) == because(OpenProblem::not_ours));
}

TEST_CASE_FIXTURE(Fixture, "a header whose hash is not the encapsulation's is malformed") {
    CHECK(open(*forged(nothing, {}, {}, base::Digest{})) == because(OpenProblem::malformed));
}

TEST_CASE_FIXTURE(Fixture, "mail of the sizes of before is none") {
    for (const std::size_t before : {1040, 2064, 4112, 8208, 16400, 32784})
        CHECK_FALSE(item::is_mail_size(before));
}

TEST_CASE_FIXTURE(Fixture, "another mailbox does not open it") {
    const crypto::XWingKey other(rng.secret());
    CHECK(open_letter(*sealed(), other) == because(OpenProblem::not_ours));
    CHECK(SealedLetter(*sealed()).open(other) == because(OpenProblem::not_ours));
}

TEST_CASE_FIXTURE(Fixture, "a sender who did not sign is found out") {
    const item::ReadPtr mail = forged([](wire::LetterBody&, wire::Letter& envelope) {
        base::Secret somebody;
        envelope.set_sender(base::to_text(crypto::ed25519_public_key(somebody).view()));
    });
    CHECK(open(*mail) == because(OpenProblem::bad_signature));
}

TEST_CASE_FIXTURE(Fixture,
                  "a letter to somebody else that is passed on does not count as written to us") {
    base::MailboxId other;
    other.data.fill(9);
    CHECK(open(*forged(nothing, {}, other)) == because(OpenProblem::bad_signature));
}

TEST_CASE_FIXTURE(
    Fixture,
    "padding that is not zero and a wrong length are malformed, of an odd size there is no mail") {
    const auto malformed = because(OpenProblem::malformed);
    CHECK(open(*forged(nothing, [](base::Bytes& plain) { plain.back() = 1; })) == malformed);
    CHECK(open(*forged(nothing, [](base::Bytes& plain) { plain[2] = 0xff; })) == malformed);
    CHECK(open(*forged(nothing, [](base::Bytes& plain) { plain[0] = 0xff; })) == malformed);
    for (const std::size_t odd : {2, 512, 3 * 1024})  // no mail has it: item::read()
        CHECK(!forged(nothing, [&](base::Bytes& plain) { plain.resize(odd); }));
    CHECK(open(*forged(nothing, [](base::Bytes& plain) {
              plain.resize(payloads[1] - seal_size);
          })) == letter);
}

TEST_CASE_FIXTURE(Fixture,
                  "fields of a wrong size, a wrong removal secret and harmful text are malformed") {
    const auto malformed = because(OpenProblem::malformed);
    const auto with = [&](const std::function<void(wire::LetterBody&)>& change) {
        return open(*forged([&](wire::LetterBody& body, wire::Letter&) { change(body); }));
    };
    CHECK(with([](wire::LetterBody& body) { body.set_message_id("short"); }) == malformed);
    CHECK(with([](wire::LetterBody& body) { body.set_removal_secret("short"); }) == malformed);
    CHECK(with([](wire::LetterBody& body) { body.set_removal_secret(std::string(32, 'x')); }) ==
          malformed);
    CHECK(with([](wire::LetterBody& body) { body.set_reply_to("short"); }) == malformed);
    CHECK(with([](wire::LetterBody& body) { body.set_about("short"); }) == malformed);
    CHECK(with([](wire::LetterBody& body) { body.set_in_reply_to("short"); }) == malformed);
    CHECK(with([](wire::LetterBody& body) { body.set_written(UINT64_MAX); }) == malformed);
    CHECK(with([](wire::LetterBody& body) { body.set_subject(std::string(201, 's')); }) ==
          malformed);
    CHECK(with([](wire::LetterBody& body) { body.set_subject("two\nlines"); }) == malformed);
    CHECK(with([](wire::LetterBody& body) { body.set_text("\x1b[2J"); }) == malformed);
    CHECK(open(*forged([](wire::LetterBody&, wire::Letter& envelope) {
              envelope.set_sender("x");
          })) == malformed);
    CHECK(open(*forged([](wire::LetterBody&, wire::Letter& envelope) {
              envelope.set_signature("x");
          })) == malformed);
}

TEST_CASE_FIXTURE(Fixture, "bytes that are no UTF-8 or no message are malformed") {
    std::string bad_text = write_body(letter).SerializeAsString();
    bad_text.back() = '\xff';  // the last letter of the text
    const auto with_body = [&](const std::string& body) {
        return open(
            *forged([&](wire::LetterBody&, wire::Letter& envelope) { envelope.set_body(body); }));
    };
    CHECK(with_body(bad_text) == because(OpenProblem::malformed));
    CHECK(with_body("\xff\xff\xff") == because(OpenProblem::malformed));
}

TEST_CASE_FIXTURE(Fixture, "text that another program did not normalise is read all the same") {
    const item::ReadPtr mail =
        forged([](wire::LetterBody& body, wire::Letter&) { body.set_text("Cafe\xcc\x81"); });
    const auto read = open(*mail);
    REQUIRE(read);
    CHECK(read->text == "Cafe\xcc\x81");
}

TEST_CASE_FIXTURE(Fixture, "nothing is sealed to a key that is none") {
    CHECK(is_usable(mailbox));
    mailbox = base::MailboxKey{};
    CHECK_FALSE(is_usable(mailbox));
    CHECK(seal().error().code == base::ErrorCode::refused);
}

}  // namespace hearsay::market
