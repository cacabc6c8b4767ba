#include "app/node/passphrase.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>

#include "app/layout.hpp"
#include "app/no_echo.hpp"
#include "app/signals.hpp"
#include "app/terminal_size.hpp"
#include "base/unique_fd.hpp"
#include "base/wipe.hpp"
#include "item/text.hpp"

namespace hearsay::app {
namespace {

using base::ErrorCode;
constexpr std::size_t passphrase_bytes_max = 1024;

class Terminal {
public:
    Terminal() : fd_(open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY)) {}
    bool there() const { return fd_.valid(); }
    std::size_t width() const { return terminal_columns(fd_.get()).value_or(width_usual); }
    void prompt(const std::string& text) const { say(wrapped(text, 0, width() - 1) + " "); }
    bool say(const std::string& text) const {
        return write(fd_.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size());
    }
    int fd() const { return fd_.get(); }

private:
    base::UniqueFd fd_;
};

base::Result<std::string> first_line(int fd, const std::string& what) {
    std::string line;
    while (line.size() <= passphrase_bytes_max) {
        char c = 0;
        if (!signals::wait_for_input(fd))
            return base::fail(ErrorCode::unavailable,
                              "the passphrase was waited for when the end was asked for");
        const ssize_t got = read(fd, &c, 1);
        if (got < 0 && (errno == EINTR || errno == EAGAIN)) continue;
        if (got < 0)
            return base::fail(ErrorCode::io, "cannot read the passphrase from " + what + ": " +
                                                 std::strerror(errno));
        if (got == 0 || c == '\n') break;
        line.push_back(c);
    }
    if (line.size() > passphrase_bytes_max)
        return base::fail(ErrorCode::invalid,
                          "the passphrase from " + what + " is over 1024 bytes long");
    if (line.empty())
        return base::fail(ErrorCode::invalid,
                          "the passphrase from " + what +
                              " is empty; to keep the keys without one, give --no-passphrase");
    return line;
}

std::string words_for_paper(const std::string& words, std::size_t columns) {
    constexpr std::size_t indent = 4;
    const std::size_t width = std::min(columns, width_prose);
    return "\n" +
           wrapped(
               "These twelve words bring your identities and your living mail back if this "
               "disk is lost.",
               0, width) +
           "\n" +
           wrapped("Write them on paper now: they are shown once and kept nowhere.", 0, width) +
           "\n\n" + indented(words, indent, width) + "\n";
}

base::Result<std::string> ask(bool fresh) {
    const Terminal terminal;
    if (!terminal.there())
        return base::fail(
            ErrorCode::invalid,
            "no terminal to ask for the passphrase: give --passphrase-file, --passphrase-fd or "
            "--no-passphrase");
    const NoEcho quiet(terminal.fd());
    terminal.prompt(fresh ? "New passphrase for the keys of this node:"
                          : "Passphrase for the keys of this node:");
    auto once = first_line(terminal.fd(), "the terminal");
    if (!once || !fresh) return once;
    terminal.prompt("The same again:");
    const auto twice = first_line(terminal.fd(), "the terminal");
    if (!twice || *twice != *once)
        return base::fail(ErrorCode::invalid, "the two passphrases differ");
    return once;
}

}  // namespace

base::Result<std::string> read_passphrase(const Options& options, bool fresh) {
    if (options.no_passphrase) return std::string();
    if (options.passphrase_fd)
        return first_line(*options.passphrase_fd,
                          "descriptor " + std::to_string(*options.passphrase_fd));
    if (options.passphrase_file.empty()) return ask(fresh);
    // A pipe may have nobody yet who writes: that is waited for behind it.
    const int fd = open(options.passphrase_file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return base::fail(ErrorCode::io, "--passphrase-file: cannot open " +
                                             options.passphrase_file + ": " + std::strerror(errno));
    auto line = first_line(fd, options.passphrase_file);
    close(fd);
    return line;
}

std::string normal_passphrase(const std::string& line) {
    constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
    std::string_view text = line;
    if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
    if (text.ends_with('\r')) text.remove_suffix(1);
    // What is no text stays as it is.
    return item::to_nfc(text).value_or(std::string(text));
}

base::Result<market::Vault> open_vault_with(base::ByteView file, const std::string& line) {
    std::string normal = normal_passphrase(line);
    const base::WipeAtEnd wiped(normal);
    auto vault = market::Vault::open(file, base::as_bytes(normal));
    if (vault || vault.error().code != ErrorCode::denied || normal == line) return vault;
    return market::Vault::open(file, base::as_bytes(line));
}

crypto::ScryptCost cost_of(const std::string& passphrase) {
    constexpr crypto::ScryptCost none{2, 8, 1};
    return passphrase.empty() ? none : crypto::ScryptCost{};
}

base::Result<void> can_show_words(const Options& options) {
    if (options.no_words) return {};
    if (options.words_file.empty()) {
        if (Terminal().there()) return {};
        return base::fail(ErrorCode::invalid,
                          "a new identity has twelve recovery words, and there is no terminal to "
                          "show them on: give "
                          "--recovery-words-file FILE, or --no-recovery-words");
    }
    const std::size_t slash = options.words_file.rfind('/');
    const std::string folder =
        slash == std::string::npos ? "." : options.words_file.substr(0, slash + 1);
    if (access(folder.c_str(), W_OK | X_OK) != 0)
        return base::fail(ErrorCode::io, "--recovery-words-file: nothing can be written into " +
                                             folder + ": " + std::strerror(errno));
    if (access(options.words_file.c_str(), F_OK) == 0)
        return base::fail(
            ErrorCode::conflict,
            options.words_file + " exists already; the recovery words would replace it");
    return {};
}

base::Result<void> show_words(const Options& options, const std::string& words) {
    if (options.no_words) return {};
    if (options.words_file.empty()) {
        const Terminal terminal;
        if (!terminal.there() || !terminal.say(words_for_paper(words, terminal.width())))
            return base::fail(ErrorCode::io, "cannot show the recovery words on the terminal");
        return {};
    }
    const int fd = open(options.words_file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return base::fail(ErrorCode::io,
                          "cannot write " + options.words_file + ": " + std::strerror(errno));
    const std::string line = words + "\n";
    const bool written =
        write(fd, line.data(), line.size()) == static_cast<ssize_t>(line.size()) && fsync(fd) == 0;
    close(fd);
    if (!written)
        return base::fail(ErrorCode::io,
                          "cannot write " + options.words_file + ": " + std::strerror(errno));
    return {};
}

}  // namespace hearsay::app
