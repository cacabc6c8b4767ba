// app/cli/run_mail.hpp - the commands about mail and friends that ask more than one question.
#pragma once

#include "app/cli/asker.hpp"

namespace hearsay::app::cli {

// Marks it as read; where nothing can be kept (a full disk) it is shown all the same. With a
// directory its attachments are saved: exit_failed if one of them is not.
int run_mail_read(const MailRead& command, const Asker& asker);

// Shows it, or changes what is named and leaves the rest.
int run_rule(const MailboxRule& command, const Asker& asker);

// What the user calls a friend may be any text, which no path holds: its address then. Else as it
// is, for the node to tell, unless it has to be a friend. The error is the exit code, and is told.
enum class Known { anywhere, friends };
std::expected<std::string, int> friends_address(const Asker& asker, const std::string& who,
                                                Known known_by = Known::anywhere);

}  // namespace hearsay::app::cli
