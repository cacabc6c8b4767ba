// market/mail/letter_body.hpp - a Letter as the protobuf message that is signed, sealed and kept.
#pragma once

#include <optional>

#include "mail.pb.h"
#include "market/mail/letter.hpp"

namespace hearsay::market {

wire::LetterBody write_body(const Letter& letter);
// Nothing if a field has another size than proto/mail.proto gives it, or exceeds its limit.
std::optional<Letter> read_body(const wire::LetterBody& body, const base::PublisherKey& sender);

}  // namespace hearsay::market
