// api/encode/ndjson.hpp - messages one after the other in a stream: each is JSON on a line of its
// own, ended by a line feed and holding no other (https://github.com/ndjson/ndjson-spec, 1.0.0).
#pragma once

#include <string>

#include "base/error.hpp"

namespace google::protobuf {
class Message;
}  // namespace google::protobuf

namespace hearsay::api {

inline constexpr const char* ndjson_type = "application/x-ndjson";

// Fails as to_json() does.
base::Result<std::string> to_ndjson(const google::protobuf::Message& message);

}  // namespace hearsay::api
