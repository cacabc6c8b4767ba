// api/encode/answers.hpp - answers in JSON: what fields they carry, and which status an error has.
#pragma once

#include <string>
#include <string_view>

#include "api/http/message.hpp"
#include "base/error.hpp"

namespace hearsay::api {

// 400 for invalid, 404 for not_found and so on (docs/api.md, "Errors").
int http_status(base::ErrorCode code);

// Nothing may be kept by whoever passes it on, nor be taken for anything else than JSON.
Response json_response(int status, std::string json);
// Likewise: for no other type than this, and no document of its own in a browser.
Response picture_response(std::string_view media_type, std::string bytes);
Response ndjson_response(Feed& feed, Feed::Filter filter = {}, std::string first = {});
Response error_response(const base::Error& error);
Response error_response(int status, base::ErrorCode code, std::string text);

}  // namespace hearsay::api
