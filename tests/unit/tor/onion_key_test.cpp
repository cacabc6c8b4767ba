#include "tor/onion_key.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <sys/stat.h>

#include <doctest/doctest.h>

namespace {

using namespace hearsay;

struct Directory {
    std::string path = [] {
        std::string name =
            (std::filesystem::temp_directory_path() / "hearsay-onion.XXXXXX").string();
        REQUIRE(::mkdtemp(name.data()) != nullptr);
        return name;
    }();
    ~Directory() { std::filesystem::remove_all(path); }
};

tor::OnionKey example() {
    tor::OnionKey key;
    key.expanded.fill(0xaa);
    key.public_key.fill(0xbb);
    key.address = std::string(56, 'a') + ".onion";
    return key;
}

std::string content(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

mode_t mode(const std::string& path) {
    struct stat info{};
    REQUIRE(::stat(path.c_str(), &info) == 0);
    return info.st_mode & 07777;
}

}  // namespace

TEST_CASE("the key files have Tor's headers and sizes") {
    const std::string secret = base::to_text(tor::secret_key_file(example()));
    CHECK(secret ==
          std::string("== ed25519v1-secret: type0 ==\0\0\0", 32) + std::string(64, '\xaa'));
    const std::string open = base::to_text(tor::public_key_file(example()));
    CHECK(open == std::string("== ed25519v1-public: type0 ==\0\0\0", 32) + std::string(32, '\xbb'));
    CHECK(base::to_text(tor::hostname_file(example())) == example().address + "\n");
}

TEST_CASE("the key files are for the user alone and replace another key's") {
    Directory directory;
    const std::string onion = directory.path + "/onion";
    tor::OnionKey other = example();
    other.expanded.fill(1);
    REQUIRE(tor::write_onion_files(onion, other));
    REQUIRE(tor::write_onion_files(onion, example()));
    CHECK(mode(onion) == 0700);
    CHECK(mode(onion + "/hs_ed25519_secret_key") == 0600);
    CHECK(content(onion + "/hs_ed25519_secret_key") ==
          base::to_text(tor::secret_key_file(example())));
    CHECK(std::distance(std::filesystem::directory_iterator(onion), {}) == 3);
}

TEST_CASE("a directory that others can read is closed to them") {
    Directory directory;
    ::chmod(directory.path.c_str(), 0755);
    REQUIRE(tor::make_private_directory(directory.path));
    CHECK(mode(directory.path) == 0700);
}

TEST_CASE("a link in place of the directory is not followed") {
    Directory directory;
    std::filesystem::create_directory_symlink(directory.path, directory.path + "/link");
    CHECK_FALSE(tor::make_private_directory(directory.path + "/link"));
}

TEST_CASE("a directory that cannot be made is an error with its name") {
    const auto made = tor::write_onion_files("/nonexistent/onion", example());
    REQUIRE_FALSE(made);
    CHECK(made.error().text.find("/nonexistent/onion") != std::string::npos);
}
