#include "app/node/passphrase.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <termios.h>
#include <unistd.h>

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
    bool say(const std::string& text) const {
        return write(fd_.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size());
    }
    int fd() const { return fd_.get(); }

private:
    base::UniqueFd fd_;
};

// What is typed is not shown while this lives.
class NoEcho {
public:
    explicit NoEcho(int fd) : fd_(fd), had_(tcgetattr(fd, &before_) == 0) {
        if (!had_) return;
        termios quiet = before_;
        quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
        quiet.c_lflag |= ECHONL;
        tcsetattr(fd_, TCSAFLUSH, &quiet);
    }
    NoEcho(const NoEcho&) = delete;
    NoEcho& operator=(const NoEcho&) = delete;
    ~NoEcho() {
        if (had_) tcsetattr(fd_, TCSAFLUSH, &before_);
    }

private:
    int fd_;
    termios before_{};
    bool had_;
};

base::Result<std::string> first_line(int fd, const std::string& what) {
    std::string line;
    while (line.size() <= passphrase_bytes_max) {
        char c = 0;
        const ssize_t got = read(fd, &c, 1);
        if (got < 0 && errno == EINTR) continue;
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

base::Result<std::string> ask(bool fresh) {
    const Terminal terminal;
    if (!terminal.there())
        return base::fail(
            ErrorCode::invalid,
            "no terminal to ask for the passphrase: give --passphrase-file, --passphrase-fd or "
            "--no-passphrase");
    const NoEcho quiet(terminal.fd());
    terminal.say(fresh ? "New passphrase for the keys of this node: "
                       : "Passphrase for the keys of this node: ");
    auto once = first_line(terminal.fd(), "the terminal");
    if (!once || !fresh) return once;
    terminal.say("The same again: ");
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
    const int fd = open(options.passphrase_file.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return base::fail(ErrorCode::io,
                          "cannot open " + options.passphrase_file + ": " + std::strerror(errno));
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
        const bool said =
            terminal.there() &&
            terminal.say(
                "\nThese twelve words bring your identities and your living mail back if this disk "
                "is "
                "lost.\nWrite them on paper now: they are shown once and kept nowhere.\n\n    " +
                words + "\n\n");
        if (!said)
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
