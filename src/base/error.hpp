// base/error.hpp - how a failing environment or a wrong request is told.
//
// Three kinds of trouble are kept apart: a peer that misbehaves is a base::Fault, a bug of ours
// aborts through ENSURE, and everything else is an Error: a code that programs act on and a
// sentence that a person can act on.
#pragma once

#include <expected>
#include <string>
#include <string_view>

namespace hearsay::base {

enum class ErrorCode {
    invalid,      // the request or the file is malformed; the text says what was expected
    not_found,    // no such offer, mail, peer, file
    refused,      // well-formed but against a rule
    conflict,     // somebody else holds the lock, or it exists already
    unavailable,  // cannot be done now (Tor gone, still starting); trying later may help
    exhausted,    // a limit of ours or the disk is full
    corrupt,      // stored data fails its checks
    denied,       // wrong passphrase, missing permission
    io,           // the operating system said no
};

struct Error {
    ErrorCode code = ErrorCode::io;
    std::string text;
    bool operator==(const Error&) const = default;
};

template <class T>
using Result = std::expected<T, Error>;

inline std::unexpected<Error> fail(ErrorCode code, std::string text) {
    return std::unexpected(Error{code, std::move(text)});
}

// The code's name as the local API and --json print it, for instance "not_found".
std::string_view name(ErrorCode code);

}  // namespace hearsay::base
