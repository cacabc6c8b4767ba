// tests/unit/store/fixture.hpp - directories, items and children for the store's tests.
#pragma once

#include <functional>
#include <string>

#include "base/rng.hpp"
#include "item/make.hpp"
#include "store/flood.hpp"
#include "store/own.hpp"

namespace hearsay::store::testing {

// A new directory under TMPDIR, mode 0700, removed with all it holds.
class TemporaryDirectory {
public:
    TemporaryDirectory();
    TemporaryDirectory(const TemporaryDirectory&) = delete;
    TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
    ~TemporaryDirectory();
    const std::string& path() const { return path_; }
    std::string operator/(const std::string& name) const { return path_ + "/" + name; }

private:
    std::string path_;
};

inline constexpr base::WallTime noon = base::from_unix_seconds(1'800'000'000 / 600 * 600);
inline constexpr base::Seconds hour = base::Seconds(3600);

base::Secret seed_of(std::uint8_t number);

struct Wanted {
    std::uint8_t publisher = 1;
    std::uint8_t slot = 1;
    std::uint64_t sequence = 1;
    bool removed = false;
    item::Kind kind = item::kind_offer;
    base::WallTime created = noon;
    base::Seconds lifetime = 24 * hour;
    std::string payload = "an offer";
};
item::ReadPtr publication(const Wanted& wanted);
// Different `number`, different mail.
item::ReadPtr mail(std::uint32_t number, base::WallTime created = noon,
                   base::Seconds lifetime = 24 * hour);
item::ThingId thing_of(const item::ReadPtr& item);

FloodOptions flood_options(std::uint64_t new_life = 7);
std::unique_ptr<Flood> open_flood(const std::string& path,
                                  const FloodOptions& options = flood_options());
std::unique_ptr<Own> open_own(const std::string& path);

core::Effect storing(const item::ReadPtr& item);
core::Effect forgetting(const base::ItemId& id, base::WallTime until = noon + 48 * hour);
// Applies all in one transaction and commits.
void commit(Flood& flood, const core::Effects& effects);

// A flood store in a directory of its own.
struct FloodFixture {
    TemporaryDirectory directory;
    std::string path = directory / "flood";
    std::unique_ptr<Flood> flood = open_flood(path);

    std::unique_ptr<FloodReader> read() const;
    std::unique_ptr<FloodTxn> begin() const;
    void reopen(const FloodOptions& options = flood_options());
    // Changes rows behind the store's back.
    void edit(const std::function<void(Txn&, const FloodTables&)>& change);
};

// Runs `work` in a child and answers its exit code; 255 for a child that was killed.
int in_child(const std::function<int()>& work);

}  // namespace hearsay::store::testing
