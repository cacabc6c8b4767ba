// api/encode/json.hpp - protobuf's JSON mapping as the local API uses it: field names as written in
// api.proto, primitive fields always present, unknown fields refused in what clients send.
#pragma once

#include <string>
#include <string_view>

#include "base/error.hpp"

namespace google::protobuf {
class Descriptor;
class Message;
}  // namespace google::protobuf

namespace hearsay::api {

// One line. Fails with `corrupt` only if a text in the message is not UTF-8.
base::Result<std::string> to_json(const google::protobuf::Message& message);

enum class Unknown { refuse, ignore };
// Fails with `invalid`; the text names the message's fields and what each may hold.
base::Result<void> from_json(std::string_view text, google::protobuf::Message& out,
                             Unknown unknown);

// {"code": ..., "message": ...}; always succeeds.
std::string error_json(const base::Error& error);

// "title (text), tags (list of text), lifetime_seconds (number)"
std::string describe_fields(const google::protobuf::Descriptor& type);

}  // namespace hearsay::api
