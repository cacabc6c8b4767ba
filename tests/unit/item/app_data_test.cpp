// Kind 9: what an application may have carried.
#include "item/kinds/app_data.hpp"

#include <doctest/doctest.h>

#include "item/kinds.hpp"
#include "samples.hpp"

namespace hearsay {

TEST_CASE("an application's data are read back as they were written, whatever they are") {
    const item::AppData full{UINT32_MAX, {0, 255, 10}};
    CHECK(item::read_app_data(item::write_app_data(full)) == full);
    CHECK(item::read_app_data(item::write_app_data({})) == item::AppData{});
    CHECK(item::write_app_data({}).empty());
    CHECK_FALSE(item::read_app_data(base::as_bytes("\x12")));
    CHECK_FALSE(item::read_app_data(base::as_bytes("\x18\x01")));
}

TEST_CASE("16 KiB of an application's data fit, and one byte more does not") {
    item::Read read;
    read.header.kind = item::kind_app_data;
    read.header.claim = item::Publication{};
    read.item.payload = item::write_app_data({500, base::Bytes(16 * 1024)});
    CHECK_FALSE(item::content_problem(read));
    read.item.payload = item::write_app_data({500, base::Bytes(16 * 1024 + 1)});
    const auto problem = item::content_problem(read);
    REQUIRE(problem);
    CHECK(problem->find("at most 16384") != std::string::npos);
}

}  // namespace hearsay
