#include "kill/poison.hpp"

#include <atomic>
#include <csignal>
#include <new>
#include <stdexcept>
#include <string>
#include <unistd.h>

#include "base/guard.hpp"
#include "mail.pb.h"
#include "market/mail/letter.hpp"
#include "market/mail/letter_body.hpp"
#include "market/records.hpp"

namespace hearsay::kill {
namespace {

std::atomic<bool> poisonous = false;

// The test knows by this line that the end was meant.
bool say(const char* line) {
    const std::string whole = "killed " + std::string(line) + "\n";
    const ssize_t written = ::write(STDOUT_FILENO, whole.data(), whole.size());
    return written < 0;  // and to standard error, as hearsayd without a log
}

[[noreturn]] void die() {
    say("poison");
    std::signal(SIGSEGV, SIG_DFL);
    std::raise(SIGSEGV);
    std::abort();
}

}  // namespace

void poison(bool on) {
    base::set_last_words(say);
    poisonous = on;
}

// Under the names that the compiler gives to these functions, with what --wrap puts before them; a
// member function has its object as the first argument. CMakeLists.txt has the same names.
using Opened = std::expected<market::Letter, market::OpenProblem>;
Opened open_really(const market::SealedLetter* sealed, const crypto::XWingKey& mailbox) asm(
    "__real__ZNK7hearsay6market12SealedLetter4openERKNS_6crypto8XWingKeyE");
Opened open_poisoned(const market::SealedLetter* sealed, const crypto::XWingKey& mailbox) asm(
    "__wrap__ZNK7hearsay6market12SealedLetter4openERKNS_6crypto8XWingKeyE");
using Body = decltype(market::write_body(std::declval<const market::Letter&>()));
Body write_really(const market::Letter& letter) asm(
    "__real__ZN7hearsay6market10write_bodyERKNS0_6LetterE");
Body write_poisoned(const market::Letter& letter) asm(
    "__wrap__ZN7hearsay6market10write_bodyERKNS0_6LetterE");
using base::ByteView;
using market::Records;
using market::Table;
using Plain = std::optional<base::Bytes>;
Plain load_really(const Records* self, Table table, ByteView key) asm(
    "__real__ZNK7hearsay6market7Records10load_bytesENS0_5TableESt4spanIKhLm18446744073709551615EE");
Plain load_poisoned(const Records* self, Table table, ByteView key) asm(
    "__wrap__ZNK7hearsay6market7Records10load_bytesENS0_5TableESt4spanIKhLm18446744073709551615EE");
Plain open_row_really(const Records* self, Table table, ByteView key, ByteView value) asm(
    "__real__ZNK7hearsay6market7Records4openENS0_5TableESt4spanIKhLm18446744073709551615EES5_");
Plain open_row_poisoned(const Records* self, Table table, ByteView key, ByteView value) asm(
    "__wrap__ZNK7hearsay6market7Records4openENS0_5TableESt4spanIKhLm18446744073709551615EES5_");

Opened open_poisoned(const market::SealedLetter* sealed, const crypto::XWingKey& mailbox) {
    Opened out = open_really(sealed, mailbox);
    if (poisonous && out && out->subject == "poison-worker") die();
    if (poisonous && out && out->subject == "poison-throw")
        throw std::out_of_range("no such place");
    return out;
}

Body write_poisoned(const market::Letter& letter) {
    if (poisonous && letter.subject == "poison-turn") die();
    if (poisonous && letter.subject == "poison-memory") throw std::bad_alloc();
    return write_really(letter);
}

Plain poisoned_record(Plain plain) {
    if (poisonous && plain && base::as_text(*plain).find("poison-record") != std::string_view::npos)
        die();
    return plain;
}

Plain load_poisoned(const Records* self, Table table, ByteView key) {
    return poisoned_record(load_really(self, table, key));
}

Plain open_row_poisoned(const Records* self, Table table, ByteView key, ByteView value) {
    return poisoned_record(open_row_really(self, table, key, value));
}

}  // namespace hearsay::kill
