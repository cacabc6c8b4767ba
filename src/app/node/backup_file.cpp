#include "app/node/backup_file.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/node/passphrase.hpp"
#include "base/encoding.hpp"
#include "base/unique_fd.hpp"
#include "base/wipe.hpp"
#include "store/file.hpp"

namespace hearsay::app {
namespace {

using base::ErrorCode;

std::unexpected<base::Error> failed(std::string_view doing, const std::string& path) {
    const int number = errno;
    const ErrorCode code = number == ENOENT                      ? ErrorCode::not_found
                           : number == EACCES || number == EPERM ? ErrorCode::denied
                           : number == ENOSPC                    ? ErrorCode::exhausted
                           : number == EEXIST                    ? ErrorCode::conflict
                                                                 : ErrorCode::io;
    return base::fail(code, std::string(doing) + " " + path + ": " + std::strerror(number));
}

base::Result<void> write_all(int fd, base::ByteView bytes, const std::string& path) {
    while (!bytes.empty()) {
        const ssize_t count = ::write(fd, bytes.data(), bytes.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return failed("cannot write", path);
        bytes = bytes.subspan(static_cast<std::size_t>(count));
    }
    return {};
}

base::Result<base::Bytes> read_some(int fd, std::size_t size, const std::string& path) {
    base::Bytes out(size);
    std::size_t got = 0;
    while (got < size) {
        const ssize_t count = ::read(fd, out.data() + got, size - got);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return failed("cannot read", path);
        if (count == 0) break;
        got += static_cast<std::size_t>(count);
    }
    out.resize(got);
    return out;
}

// Never over another file; on file systems that cannot promise that, after a look.
base::Result<void> put_in_place(const std::string& temporary, const std::string& path) {
    if (::renameat2(AT_FDCWD, temporary.c_str(), AT_FDCWD, path.c_str(), RENAME_NOREPLACE) == 0)
        return {};
    const bool unsupported = errno == EINVAL || errno == ENOSYS || errno == ENOTSUP;
    if (unsupported && !store::file_exists(path) && ::rename(temporary.c_str(), path.c_str()) == 0)
        return {};
    return failed("cannot create", path);
}

}  // namespace

base::Result<void> check_backup_path(const std::string& path, const std::string& passphrase) {
    if (path.size() < 2 || path.front() != '/' || path.back() == '/' ||
        path.find('\0') != std::string::npos)
        return base::fail(ErrorCode::invalid, "expected the absolute path of a file");
    if (passphrase.empty())
        return base::fail(ErrorCode::invalid,
                          "a backup holds every key of yours: it needs a passphrase");
    return {};
}

base::Result<BackupWritten> write_backup_file(const std::string& path,
                                              const std::string& passphrase,
                                              const crypto::ScryptCost& cost, base::Rng& rng,
                                              base::WallTime now, base::ByteView vault_content,
                                              const store::OwnReader& reader) {
    if (store::file_exists(path))
        return base::fail(ErrorCode::conflict, path + " exists already; a backup replaces no file");
    std::string normal = normal_passphrase(passphrase);
    const base::WipeAtEnd wiped(normal);
    base::FixedBytes<4, struct PartTag> part;
    rng.fill(part);
    const std::string temporary = path + "." + base::to_hex(part) + ".part";
    BackupWritten out;
    base::Result<void> done;
    {
        const base::UniqueFd file(
            ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
        if (!file) return failed("cannot create", temporary);
        const auto rows = market::write_backup(base::as_bytes(normal), cost, rng, now,
                                               vault_content, reader, [&](base::ByteView bytes) {
                                                   out.bytes += bytes.size();
                                                   return write_all(file.get(), bytes, temporary);
                                               });
        if (!rows)
            done = std::unexpected(rows.error());
        else if (reader.error())  // what it could not read it left out
            done = std::unexpected(*reader.error());
        else if (::fsync(file.get()) != 0)
            done = failed("cannot write", temporary);
        else
            out.rows = *rows;
    }
    if (done) done = put_in_place(temporary, path);
    if (!done) {
        ::unlink(temporary.c_str());
        return std::unexpected(done.error());
    }
    const std::string directory = path.substr(0, std::max<std::size_t>(path.rfind('/'), 1));
    if (const auto synced = store::sync_directory(directory); !synced)
        return std::unexpected(synced.error());
    return out;
}

base::Result<market::Backup> read_backup_file(const std::string& path,
                                              const std::string& passphrase) {
    // Without waiting: a pipe has no writer.
    const base::UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!file) return failed("cannot open", path);
    struct stat info{};
    if (::fstat(file.get(), &info) != 0) return failed("cannot open", path);
    if (!S_ISREG(info.st_mode)) return base::fail(ErrorCode::invalid, path + " is not a file");
    const auto read_with = [&](const std::string& text) {
        return market::read_backup(base::as_bytes(text), [&](std::size_t size) {
            return read_some(file.get(), size, path);
        });
    };
    std::string normal = normal_passphrase(passphrase);
    const base::WipeAtEnd wiped(normal);
    auto backup = read_with(normal);
    if (backup || backup.error().code != ErrorCode::denied || normal == passphrase) return backup;
    if (::lseek(file.get(), 0, SEEK_SET) != 0) return failed("cannot read", path);
    return read_with(passphrase);
}

namespace {

const base::Bytes backup_key = base::to_bytes("backup");

}  // namespace

std::optional<base::WallTime> last_backup(const market::OwnStore& store) {
    const auto value = store.get(market::Table::meta, backup_key);
    if (!value || value->size() != 8) return std::nullopt;
    const auto seconds =
        base::read_big_endian<std::uint64_t>(std::span(*value).first<sizeof(std::uint64_t)>());
    constexpr std::uint64_t most = std::uint64_t{1} << 40;  // beyond, it is damaged
    if (seconds > most) return std::nullopt;
    return base::from_unix_seconds(static_cast<std::int64_t>(seconds));
}

void note_backup(market::OwnStore& store, base::WallTime made) {
    store.put(market::Table::meta, backup_key,
              base::big_endian(static_cast<std::uint64_t>(base::unix_seconds(made))));
}

}  // namespace hearsay::app
