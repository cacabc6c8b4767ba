#include "app/cli/secrets.hpp"

#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <istream>
#include <unistd.h>

#include "app/cli/new_file.hpp"
#include "app/no_echo.hpp"
#include "app/signals.hpp"
#include "base/unique_fd.hpp"

namespace hearsay::app::cli {
namespace {

constexpr std::size_t secret_bytes_max = 1024;

std::expected<std::string, SecretProblem> first_line(std::istream& in, const std::string& name) {
    std::string out;
    char c = 0;
    while (out.size() <= secret_bytes_max && in.get(c) && c != '\n') out.push_back(c);
    if (!out.empty() && out.back() == '\r') out.pop_back();
    if (out.empty()) return std::unexpected(SecretProblem{exit_usage, "nothing came from " + name});
    if (out.size() > secret_bytes_max)
        return std::unexpected(
            SecretProblem{exit_usage, "the line from " + name + " is over 1024 bytes long"});
    return out;
}

std::expected<std::string, SecretProblem> asked(const std::string& prompt, Terminal& terminal) {
    const auto typed = terminal.ask_secret ? terminal.ask_secret(prompt) : std::nullopt;
    if (!typed || typed->empty())
        return std::unexpected(SecretProblem{exit_usage, "nothing was typed"});
    return *typed;
}

}  // namespace

// Ctrl-C ends the program, and leaves the terminal as it was.
std::optional<std::string> ask_on_terminal(const std::string& prompt) {
    const base::UniqueFd terminal(open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY));
    if (!terminal) return std::nullopt;
    const signals::Held held;
    const NoEcho quiet(terminal.get());
    if (write(terminal.get(), prompt.data(), prompt.size()) != static_cast<ssize_t>(prompt.size()))
        return std::nullopt;
    std::string line;
    char c = 0;
    while (line.size() <= secret_bytes_max && signals::wait_for_input(terminal.get()) &&
           read(terminal.get(), &c, 1) == 1 && c != '\n')
        line.push_back(c);
    if (line.size() > secret_bytes_max) return std::nullopt;
    return line;
}

std::expected<std::string, SecretProblem> read_secret(const std::string& prompt,
                                                      const std::string& file, Terminal& terminal) {
    if (!file.empty()) {
        std::ifstream in(file, std::ios::binary);
        if (!in) return std::unexpected(SecretProblem{exit_usage, cannot_read(file)});
        return first_line(in, file);
    }
    if (terminal.in_is_tty) return asked(prompt, terminal);
    return first_line(terminal.in, "standard input");
}

std::expected<std::string, SecretProblem> read_words(Terminal& terminal) {
    if (terminal.in_is_tty) return asked("The twelve words, blanks between: ", terminal);
    std::string out;
    char c = 0;
    while (out.size() <= secret_bytes_max && terminal.in.get(c)) out.push_back(c);
    if (out.size() > secret_bytes_max)
        return std::unexpected(
            SecretProblem{exit_usage, "standard input holds more than twelve words"});
    return out;
}

std::expected<std::string, SecretProblem> read_passphrase(const BackupCommand& command,
                                                          Terminal& terminal) {
    auto once = read_secret("Passphrase of the backup: ", command.passphrase_file, terminal);
    if (!once || command.restore || !command.passphrase_file.empty() || !terminal.in_is_tty)
        return once;
    const auto twice = asked("The same again: ", terminal);
    if (!twice || *twice != *once)
        return std::unexpected(SecretProblem{exit_usage, "the two passphrases differ"});
    return once;
}

std::string absolute_path(const std::string& file) {
    std::error_code failed;
    const auto path = std::filesystem::absolute(file, failed);
    return failed ? file : path.lexically_normal().string();
}

}  // namespace hearsay::app::cli
