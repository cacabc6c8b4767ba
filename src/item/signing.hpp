// item/signing.hpp - what a publisher signs: the tag "hearsay publication v1" 0x00 and the exact
// header bytes.
#pragma once

#include "base/bytes.hpp"

namespace hearsay::item {

base::Bytes signed_message(base::ByteView header);

}  // namespace hearsay::item
