// versions.json: which of two items of one thing counts.
#include "unit/item/samples.hpp"
#include "vectors.hpp"

namespace hearsay::vectors {
namespace {

using namespace samples;

// "both" are kept if they are of two things.
std::string_view counting(const item::Read& first, const item::Read& second) {
    if (first.version.thing != second.version.thing) return "both";
    if (first.version.sequence != second.version.sequence)
        return first.version.sequence > second.version.sequence ? "first" : "second";
    return first.id < second.id ? "first" : "second";
}

Entry two(const std::string& about, const item::Item& first, const item::Item& second) {
    return Entry(about)
        .hex("first_header", first.header)
        .hex("first_payload", first.payload)
        .hex("first_signature", first.signature)
        .hex("second_header", second.header)
        .hex("second_payload", second.payload)
        .hex("second_signature", second.signature)
        .text("counts", std::string(counting(*accepted(first), *accepted(second))));
}

}  // namespace

File versions() {
    File out{"versions", "Which of two items counts: docs/protocol.md, section 5.", {}};
    const auto of = [&](const std::string& about, const Wish& first, const Wish& second) {
        out.entries.push_back(two(about, publication(first), publication(second)));
    };
    of("the second version", {.sequence = 2}, {.sequence = 1});
    of("sequences of one byte and of two", {.sequence = 127}, {.sequence = 128});
    of("the last sequence there is", {.sequence = UINT64_MAX}, {.sequence = UINT64_MAX - 1});
    of("a removal, which is a version as any other", {.sequence = 1},
       {.sequence = 2, .removed = true});
    of("a version after a removal", {.sequence = 3}, {.sequence = 2, .removed = true});
    of("of one sequence the smaller id", {.payload = "a"}, {.payload = "b"});
    of("of one sequence the smaller id, again", {.payload = "b"}, {.payload = "a"});
    of("another kind in the same slot", {.sequence = 1, .kind = 2000}, {.sequence = 2});
    of("two slots", {.slot = 1}, {.slot = 2});
    of("two publishers", {.persona = 1}, {.persona = 2});
    const base::Secret secret = filled<base::Secret>(9);
    const item::Item mail = mail_of(secret);
    out.entries.push_back(two("a mail and its removal", mail, removal(mail, secret)));
    const base::WallTime later = noon + base::Seconds(600);
    out.entries.push_back(
        two("two removals of one mail", removal(mail, secret), removal(mail, secret, later)));
    out.entries.push_back(two("two mails", mail, mail_of(filled<base::Secret>(8))));
    return out;
}

}  // namespace hearsay::vectors
