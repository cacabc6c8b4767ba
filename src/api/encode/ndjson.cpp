#include "api/encode/ndjson.hpp"

#include "api/encode/json.hpp"
#include "base/ensure.hpp"

namespace hearsay::api {

base::Result<std::string> to_ndjson(const google::protobuf::Message& message) {
    base::Result<std::string> json = to_json(message);
    if (!json) return json;
    ENSURE(json->find('\n') == std::string::npos, "JSON on one line");
    *json += '\n';
    return json;
}

}  // namespace hearsay::api
