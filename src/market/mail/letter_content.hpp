// market/mail/letter_content.hpp - which plaintexts of an opened mail are letters.
// docs/protocol.md, section 10.
//
// All of it but the signature, whose check costs a hundred times as much and needs the mailbox:
//   1. the padding is one of five sizes, its length lies within, and the rest is zeros
//   2. Letter and LetterBody parse; sender and signature have their sizes
//   3. fields of the body have the sizes that mail.proto gives them, lists their bounds, `written`
//      is a time
//   4. a letter with `received` says nothing else
//   5. the removal secret is the one that the mail's header commits to
//   6. subject, text and names of attachments hold, in normalization form C, what an offer's text
//      may hold
// A total function of any bytes.
#pragma once

#include <optional>
#include <string>

#include "crypto/ed25519.hpp"
#include "market/mail/letter.hpp"

namespace hearsay::market {

struct LetterContent {
    Letter letter{};
    base::Bytes body{};  // the exact bytes that are signed
    crypto::Signature signature{};
};
std::optional<LetterContent> read_content(base::ByteView plain,
                                          const base::Digest& removal_commitment);

// Why it is no name of an attachment, as a sentence for the user, or nothing: then it is
// normalised.
std::optional<std::string> name_problem(std::string& name);

}  // namespace hearsay::market
