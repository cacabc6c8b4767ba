# Writes the page's files into a C++ source:
#   cmake -DOUT=FILE -DFROM=FOLDER "-DNAMES=A;B" -P embed.cmake
# An ETag is the beginning of the content's SHA-256: the same file has the same one in each build.
set(types_html "text/html; charset=utf-8")
set(types_js "text/javascript; charset=utf-8")
set(types_css "text/css; charset=utf-8")
set(types_json "application/json")

set(arrays "")
set(rows "")
set(number 0)
set(languages "")
foreach(name IN LISTS NAMES)
  if(name MATCHES "^words/(.+)\\.js$")
    list(APPEND languages "\"${CMAKE_MATCH_1}\"")
  endif()
  file(READ "${FROM}/${name}" bytes HEX)
  file(SHA256 "${FROM}/${name}" digest)
  string(SUBSTRING "${digest}" 0 32 etag)
  string(REGEX REPLACE "(................................)" "\\1\n" bytes "${bytes}")
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "'\\\\x\\1'," bytes "${bytes}")
  get_filename_component(suffix "${name}" LAST_EXT)
  string(SUBSTRING "${suffix}" 1 -1 suffix)
  string(APPEND arrays "constexpr char file_${number}[] = {\n${bytes}};\n")
  string(APPEND rows "    {\"/${name}\", \"${types_${suffix}}\", \"\\\"${etag}\\\"\",\n"
                     "     std::string_view(file_${number}, sizeof file_${number})},\n")
  math(EXPR number "${number} + 1")
endforeach()
# The page asks which languages there are, so that a file is all that another one takes.
list(JOIN languages "," languages)
string(SHA256 digest "${languages}")
string(SUBSTRING "${digest}" 0 32 etag)
string(APPEND rows "    {\"/words.json\", \"application/json\", \"\\\"${etag}\\\"\",\n"
                   "     R\"([${languages}])\"},\n")
file(WRITE "${OUT}" "// Made from src/page by embed.cmake.
#include \"api/door/files.hpp\"

namespace hearsay::api {
namespace {

${arrays}
constexpr PageFile all[] = {
${rows}};

}  // namespace

std::span<const PageFile> page_files() {
    return all;
}

}  // namespace hearsay::api
")
