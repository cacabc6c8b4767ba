// app/cli/qr.hpp - a QR code (ISO/IEC 18004) for a terminal.
//
// Two rows of modules a line, in half blocks, with the quiet zone of four modules that readers
// need. With colours it is black on white whatever the terminal's are; without, light modules are
// drawn and dark ones left out, which is right on the usual light text on a dark ground,
// and most readers take the inverse too.
#pragma once

#include <string>
#include <string_view>

namespace hearsay::app::cli {

// At most `width` columns wide: where a code that mends 15 % does not fit, one that mends 7 %.
// Empty for no text, or one for which no code fits. Bech32m addresses are written in
// capitals, which take less room (alphanumeric mode) and mean the same (BIP-173).
std::string qr_code(std::string_view address, bool colour, std::size_t width);

}  // namespace hearsay::app::cli
