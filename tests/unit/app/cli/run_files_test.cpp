// Files that the user names and that are of no use.
#include <doctest/doctest.h>

#include "node_fixture.hpp"

namespace hearsay::app::cli {

TEST_CASE_FIXTURE(NodeFixture, "a file that is of no use is told with the reason") {
    const auto said = [&](std::vector<std::string> words) { return hearsay(std::move(words)).err; };
    CHECK(said({"offer", "publish", "--title", "x", "--text-file", "/nonexistent"}) ==
          "hearsay: --text-file: cannot read /nonexistent: No such file or directory\n");
    CHECK(said({"offer", "publish", "--title", "x", "--text-file", "/tmp"}) ==
          "hearsay: --text-file: cannot read /tmp: Is a directory\n");
    CHECK(said({"offer", "import", "/nonexistent"}) ==
          "hearsay: cannot read /nonexistent: No such file or directory\n");
    CHECK(said({"offer", "import", "/tmp"}) == "hearsay: cannot read /tmp: Is a directory\n");
    CHECK(said({"mail", "send", "bbbbbbbb", "--subject", "x", "--text", "x", "--attach", "/tmp"}) ==
          "hearsay: --attach: cannot read /tmp: Is a directory\n");
    CHECK(said({"backup", "create", "x", "--passphrase-file", "/nonexistent"}) ==
          "hearsay: cannot read /nonexistent: No such file or directory\n");
    CHECK(backend.calls.empty());
}

TEST_CASE("a data directory that is none is named as what it is") {
    const Outcome outcome = run_in("/etc/passwd", {"status"});
    CHECK(outcome.code == exit_not_running);
    CHECK(outcome.err == "hearsay: /etc/passwd is not a directory, and no node's\n");
}

}  // namespace hearsay::app::cli
