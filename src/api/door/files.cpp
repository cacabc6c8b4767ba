#include "api/door/files.hpp"

#include <algorithm>
#include <string>

#include "api/door/verdict.hpp"
#include "api/encode/answers.hpp"

namespace hearsay::api {

namespace {

// Several may be given, and a weak one is as good: there is one form of each file.
bool has_it(const HttpHead& head, std::string_view etag) {
    return head.has_token("if-none-match", etag) ||
           head.has_token("if-none-match", "W/" + std::string(etag));
}

}  // namespace

Response file_response(const HttpHead& head) {
    std::string_view path = path_of(head);
    if (path == "/" || path == entry_path) path = "/index.html";
    const std::span<const PageFile> files = page_files();
    const auto found = std::find_if(files.begin(), files.end(),
                                    [&](const PageFile& file) { return file.path == path; });
    if (found == files.end())
        return error_response(404, base::ErrorCode::not_found, "the page has no such file");
    // They hold nothing of anybody's, so the browser may keep them. It asks each time whether they
    // are still right, because the next program at this address may have others.
    const std::vector<HttpField> fields{{"ETag", std::string(found->etag)},
                                        {"Cache-Control", "no-cache"}};
    if (has_it(head, found->etag)) return {304, fields, std::string()};
    Response out{200, fields, std::string(found->bytes)};
    out.fields.push_back({"Content-Type", std::string(found->type)});
    return out;
}

}  // namespace hearsay::api
