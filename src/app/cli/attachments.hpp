// app/cli/attachments.hpp - files that go with a mail, and come with one.
#pragma once

#include <expected>
#include <string>
#include <vector>

#include "api.pb.h"

namespace hearsay::app::cli {

// Adds each file under its own name, without its path.
// The error says which cannot be read or is too large.
std::expected<void, std::string> attach(const std::vector<std::string>& files,
                                        api::MailDraft& draft);

// Writes each attachment into `directory`, which is made if it is missing, and gives the paths. A
// stranger chose the names: whatever leads elsewhere, hides or is there already is an error,
// and nothing is overwritten.
std::expected<std::vector<std::string>, std::string> save_attachments(const api::Mail& mail,
                                                                      const std::string& directory);

}  // namespace hearsay::app::cli
