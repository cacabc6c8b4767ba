// Killed writers and full disks. Children report by pipe or exit code; nothing is asserted inside
// them.
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <doctest/doctest.h>

#include "base/limits/store.hpp"
#include "unit/store/fixture.hpp"

namespace hearsay::store {
namespace {

using namespace testing;
using market::Table;

constexpr std::uint32_t batch = 5;
constexpr int kills = 50;

void tell(int pipe, std::uint32_t number) {
    if (::write(pipe, &number, sizeof number) != sizeof number) ::_exit(3);
}

// Commits turn after turn (batch items, and batch rows that say so) and tells the number of each
// once it is kept.
[[noreturn]] void write_until_killed(const std::string& directory, std::uint32_t turn, int pipe) {
    auto flood = Flood::open(directory + "/flood", flood_options());
    auto own = Own::open(directory + "/own", 1ULL << 28);
    if (!flood || !own) ::_exit(1);
    for (;; ++turn) {
        auto flood_txn = (*flood)->begin();
        auto own_txn = (*own)->begin();
        if (!flood_txn || !own_txn) ::_exit(2);
        for (std::uint32_t i = 0; i < batch; ++i) {
            const std::uint32_t number = turn * batch + i;
            if (!(*flood_txn)->apply(storing(mail(number)))) ::_exit(2);
            (*own_txn)->put(Table::inbox, base::big_endian(number), base::Bytes(200, 0x55));
        }
        if (!(*own_txn)->commit() || !(*flood_txn)->commit()) ::_exit(2);
        tell(pipe, turn);
    }
}

// The last turn the child told, after it was killed once it had told `least` turns;
// nothing if it told none.
std::optional<std::uint32_t> run_and_kill(const std::string& directory, std::uint32_t first_turn,
                                          int least, useconds_t pause) {
    int ends[2];
    REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        ::close(ends[0]);
        write_until_killed(directory, first_turn, ends[1]);
    }
    ::close(ends[1]);
    std::optional<std::uint32_t> last;
    std::uint32_t turn = 0;
    for (int i = 0; i < least && ::read(ends[0], &turn, sizeof turn) == sizeof turn; ++i)
        last = turn;
    ::usleep(pause);  // to fall into another moment of a turn each time
    ::kill(child, SIGKILL);
    while (::read(ends[0], &turn, sizeof turn) == sizeof turn) last = turn;
    ::close(ends[0]);
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    REQUIRE_MESSAGE(WIFSIGNALED(status), "the writer failed by itself: ", WEXITSTATUS(status));
    return last;
}

struct SpaceLimit {
    // No file of this process may grow beyond `bytes`: a full disk that needs no privileges.
    static bool set(rlim_t bytes) {
        ::signal(SIGXFSZ, SIG_IGN);
        struct rlimit limit{};
        if (::getrlimit(RLIMIT_FSIZE, &limit) != 0) return false;
        limit.rlim_cur = bytes;
        return ::setrlimit(RLIMIT_FSIZE, &limit) == 0;
    }
    static bool lift() {
        struct rlimit limit{};
        if (::getrlimit(RLIMIT_FSIZE, &limit) != 0) return false;
        limit.rlim_cur = limit.rlim_max;
        return ::setrlimit(RLIMIT_FSIZE, &limit) == 0;
    }
};

bool says_full(const base::Error& error) {
    // A write cut short by a limit is EIO to LMDB, and the disk itself has room here.
    return (error.code == base::ErrorCode::exhausted &&
            error.text.find("disk full") != std::string::npos) ||
           (error.code == base::ErrorCode::io && error.text.find("is full") != std::string::npos);
}

}  // namespace

TEST_CASE("a writer killed fifty times loses nothing it committed and leaves nothing half") {
    const TemporaryDirectory directory;
    base::Rng rng(seed_of(1));
    std::uint32_t next_turn = 0;
    for (int kill = 0; kill < kills; ++kill) {
        const auto told =
            run_and_kill(directory.path(), next_turn, 1 + static_cast<int>(rng.below(4)),
                         static_cast<useconds_t>(rng.below(3000)));
        REQUIRE(told);
        const auto flood = open_flood(directory / "flood");
        const auto own = open_own(directory / "own");
        CHECK_FALSE(flood->stats().wiped);
        auto view = flood->read();
        auto keep = own->read();
        REQUIRE(view);
        REQUIRE(keep);
        // Whole turns: all that were told, at most one more.
        const std::uint64_t kept = (*view)->alive_count();
        CHECK(kept % batch == 0);
        CHECK(kept >= (*told + 1) * batch);
        CHECK(kept <= (*told + 2) * batch);
        std::uint64_t rows = 0;
        (*keep)->scan(Table::inbox, {}, [&](base::ByteView key, base::ByteView value) {
            CHECK(base::equal(key, base::big_endian(static_cast<std::uint32_t>(rows))));
            CHECK(value.size() == 200);
            return ++rows > 0;
        });
        CHECK(rows % batch == 0);
        CHECK(rows >= kept);  // own is committed first
        CHECK(rows <= kept + batch);
        std::uint64_t readable = 0;
        (*view)->of_kind_since(item::kind_mail, 0,
                               [&](core::Position position, const item::ReadPtr& item) {
                                   CHECK(position == readable + 1);
                                   CHECK((*view)->presence(item->id) == core::Presence::alive);
                                   return ++readable > 0;
                               });
        CHECK(readable == kept);
        CHECK(flood->stats().damaged == 0);
        // The turn that own had and flood had not is done again, as the network would.
        next_turn = static_cast<std::uint32_t>(kept / batch);
    }
}

TEST_CASE(
    "a full disk fails the flood's commit, keeps all from before, and writing works again when "
    "there is "
    "space") {
    const TemporaryDirectory directory;
    const int code = in_child([&] {
        auto flood = Flood::open(directory / "flood", flood_options());
        if (!flood || !SpaceLimit::set(512 * 1024)) return 1;
        std::uint32_t number = 0;
        std::uint32_t committed = 0;
        std::optional<base::Error> error;
        for (int turn = 0; turn < 1000 && !error; ++turn) {
            auto txn = (*flood)->begin();
            if (!txn) return 2;
            for (int i = 0; i < 20; ++i)
                if (!(*txn)->apply(storing(mail(number++)))) return 3;
            if (auto done = (*txn)->commit(); !done)
                error = done.error();
            else
                committed = number;
        }
        if (!error || committed == 0 || !says_full(*error)) return 4;
        for (int again = 0; again < 3; ++again) {  // still full: fails the same way, still readable
            auto txn = (*flood)->begin();
            if (!txn) return 5;
            for (std::uint32_t i = 0; i < 20; ++i)
                if (!(*txn)->apply(storing(mail(committed + i)))) return 6;
            if ((*txn)->commit()) return 7;
            auto view = (*flood)->read();
            if (!view || (*view)->alive_count() != committed) return 8;
            for (std::uint32_t i = 0; i < committed; ++i)
                if (!(*view)->get(mail(i)->id)) return 9;
        }
        if (!SpaceLimit::lift()) return 10;
        auto txn = (*flood)->begin();
        if (!txn || !(*txn)->apply(storing(mail(committed))) || !(*txn)->commit()) return 11;
        return (*flood)->stats().items == committed + 1 ? 0 : 12;
    });
    CHECK(code == 0);
}

TEST_CASE(
    "a full disk fails own's commit, keeps all from before, and writing works again when there is "
    "space") {
    const TemporaryDirectory directory;
    const int code = in_child([&] {
        auto own = Own::open(directory / "own", 1ULL << 28);
        if (!own || !SpaceLimit::set(512 * 1024)) return 1;
        std::uint32_t committed = 0;
        std::optional<base::Error> error;
        for (std::uint32_t number = 0; number < 1000 && !error; ++number) {
            auto txn = (*own)->begin();
            if (!txn) return 2;
            (*txn)->put(Table::inbox, base::big_endian(number), base::Bytes(10'000, 0x55));
            if (auto done = (*txn)->commit(); !done)
                error = done.error();
            else
                committed = number + 1;
        }
        if (!error || committed == 0 || !says_full(*error)) return 3;
        const auto rows = [&] {
            std::uint32_t out = 0;
            (**(*own)->read()).scan(Table::inbox, {}, [&](base::ByteView, base::ByteView value) {
                out += value.size() == 10'000 ? 1 : 0;
                return true;
            });
            return out;
        };
        if (rows() != committed) return 4;
        if (!SpaceLimit::lift()) return 5;
        auto txn = (*own)->begin();
        if (!txn) return 6;
        (*txn)->put(Table::inbox, base::big_endian(committed), base::Bytes(10'000, 0x55));
        if (!(*txn)->commit()) return 7;
        return rows() == committed + 1 ? 0 : 8;
    });
    CHECK(code == 0);
}

TEST_CASE("where address space is scarce the map shrinks and the store opens all the same") {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    MESSAGE("sanitizers need the address space themselves");
#else
    const TemporaryDirectory directory;
    const int code = in_child([&] {
        struct rlimit limit{};
        if (::getrlimit(RLIMIT_AS, &limit) != 0) return 1;
        limit.rlim_cur = 1ULL << 30;
        if (::setrlimit(RLIMIT_AS, &limit) != 0) return 2;
        auto env = Env::open(directory.path(), base::limits::flood_map_bytes_max, MDB_NOSYNC);
        if (!env) return 3;
        return env->map_bytes() >= map_bytes_min &&
                       env->map_bytes() < base::limits::flood_map_bytes_max
                   ? 0
                   : 4;
    });
    CHECK(code == 0);
#endif
}

}  // namespace hearsay::store
