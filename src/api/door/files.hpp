// api/door/files.hpp - the files of the page (src/page), which are part of the program: they are of
// its version, and nobody can change them on the disk.
#pragma once

#include <span>
#include <string_view>

#include "api/http/message.hpp"

namespace hearsay::api {

struct PageFile {
    std::string_view path;  // "/market.js"
    std::string_view type;  // "text/javascript; charset=utf-8"
    std::string_view etag;  // of the content, with its quotes
    std::string_view bytes;
};

// Written by embed.cmake.
std::span<const PageFile> page_files();

// The file that the path names, 304 if the browser has it (RFC 9110 section 13.1.2), or 404.
// "/" and entry_path name the start page.
Response file_response(const HttpHead& head);

}  // namespace hearsay::api
