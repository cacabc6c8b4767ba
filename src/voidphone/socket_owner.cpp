#include "voidphone/socket_owner.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <netinet/in.h>
#include <string>
#include <unistd.h>
#include <vector>

#include "base/unique_fd.hpp"

namespace hearsay::voidphone {
namespace {

// A hundred thousand sockets. The kernel makes the text as it is read.
constexpr std::size_t table_bytes_max = 16 * 1024 * 1024;

// The columns of proc(5): sl local_address rem_address st tx:rx tr:when retrnsmt uid timeout inode.
enum Column : std::size_t { local_address = 1, remote_address = 2, user = 7, inode = 9, columns };

std::vector<std::string_view> columns_of(std::string_view line) {
    std::vector<std::string_view> out;
    while (out.size() < columns) {
        // total: at most all of it
        line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
        if (line.empty()) break;
        const std::size_t end = std::min(line.find(' '), line.size());
        out.push_back(line.substr(0, end));
        line.remove_prefix(end);
    }
    return out;
}

std::optional<std::uint64_t> number(std::string_view text) {
    std::uint64_t out = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return out;
}

std::string hex_word(std::uint32_t word) {
    char out[9];
    std::snprintf(out, sizeof out, "%08X", word);
    return out;
}

std::string hex_port(std::uint16_t port) {
    char out[6];
    std::snprintf(out, sizeof out, ":%04X", ntohs(port));
    return out;
}

// As the kernel prints it: each 32 bits as a number of this machine's.
std::string as_v4(const sockaddr_in& address) {
    return hex_word(address.sin_addr.s_addr) + hex_port(address.sin_port);
}
std::string as_v6(const sockaddr_in6& address) {
    std::string out;
    for (std::size_t at = 0; at < sizeof address.sin6_addr; at += 4) {
        std::uint32_t word = 0;
        std::memcpy(&word, address.sin6_addr.s6_addr + at, sizeof word);
        out += hex_word(word);
    }
    return out + hex_port(address.sin6_port);
}
// What a socket of IPv6 shows that talks IPv4 (RFC 4291 section 2.5.5.2).
std::string as_mapped(const sockaddr_in& address) {
    return "0000000000000000" + hex_word(htonl(0xffff)) + as_v4(address);
}

std::string read_table(const char* path) {
    const base::UniqueFd file(open(path, O_RDONLY | O_CLOEXEC));
    std::string out;
    std::array<char, 65536> piece;
    while (file.valid() && out.size() < table_bytes_max) {
        const ssize_t got = read(file.get(), piece.data(), piece.size());
        if (got <= 0) break;
        out.append(piece.data(), static_cast<std::size_t>(got));
    }
    return out;
}

union AnyAddress {
    sockaddr any;
    sockaddr_in v4;
    sockaddr_in6 v6;
};

}  // namespace

std::optional<uid_t> owner_in(std::string_view table, std::string_view local,
                              std::string_view remote) {
    while (!table.empty()) {
        const std::size_t end = std::min(table.find('\n'), table.size());
        const std::string_view line = table.substr(0, end);
        table.remove_prefix(std::min(end + 1, table.size()));
        if (line.find(local) == line.npos) continue;  // nearly all
        const std::vector<std::string_view> row = columns_of(line);
        if (row.size() < columns || row[local_address] != local || row[remote_address] != remote)
            continue;
        const auto owner = number(row[user]);
        const auto file = number(row[inode]);
        if (owner && file && *file != 0 && *owner <= UINT32_MAX) return static_cast<uid_t>(*owner);
    }
    return std::nullopt;
}

std::optional<uid_t> owner_of_peer(int fd) {
    AnyAddress ours{};
    AnyAddress theirs{};
    socklen_t ours_size = sizeof ours;
    socklen_t theirs_size = sizeof theirs;
    if (getsockname(fd, &ours.any, &ours_size) != 0 ||
        getpeername(fd, &theirs.any, &theirs_size) != 0)
        return std::nullopt;
    if (ours.any.sa_family == AF_INET6)
        return owner_in(read_table("/proc/net/tcp6"), as_v6(theirs.v6), as_v6(ours.v6));
    if (ours.any.sa_family != AF_INET) return std::nullopt;
    if (const auto owner = owner_in(read_table("/proc/net/tcp"), as_v4(theirs.v4), as_v4(ours.v4)))
        return owner;
    return owner_in(read_table("/proc/net/tcp6"), as_mapped(theirs.v4), as_mapped(ours.v4));
}

}  // namespace hearsay::voidphone
