#include "api/encode/answers.hpp"

#include <utility>

#include "api/encode/json.hpp"
#include "api/encode/ndjson.hpp"

namespace hearsay::api {

using base::ErrorCode;

int http_status(ErrorCode code) {
    switch (code) {
        case ErrorCode::invalid:
            return 400;
        case ErrorCode::denied:
            return 403;
        case ErrorCode::not_found:
            return 404;
        case ErrorCode::conflict:
            return 409;
        case ErrorCode::refused:
            return 422;
        case ErrorCode::unavailable:
            return 503;
        case ErrorCode::exhausted:
            return 507;
        case ErrorCode::corrupt:
        case ErrorCode::io:
            return 500;
    }
    return 500;
}

Response json_response(int status, std::string json) {
    return {status,
            {{"Content-Type", "application/json"},
             {"Cache-Control", "no-store"},
             {"X-Content-Type-Options", "nosniff"}},
            std::move(json)};
}

Response picture_response(std::string_view media_type, std::string bytes) {
    return {200,
            {{"Content-Type", std::string(media_type)},
             {"Content-Disposition", "attachment"},
             {"Cache-Control", "no-store"},
             {"X-Content-Type-Options", "nosniff"}},
            std::move(bytes)};
}

Response ndjson_response(Feed& feed, Feed::Filter filter, std::string first) {
    return {200,
            {{"Content-Type", ndjson_type}, {"Cache-Control", "no-store"}},
            &feed,
            std::move(filter),
            std::move(first)};
}

Response error_response(const base::Error& error) {
    return json_response(http_status(error.code), error_json(error));
}

Response error_response(int status, ErrorCode code, std::string text) {
    return json_response(status, error_json({code, std::move(text)}));
}

}  // namespace hearsay::api
