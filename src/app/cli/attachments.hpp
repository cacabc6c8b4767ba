// app/cli/attachments.hpp - files that go with a mail, and come with one.
#pragma once

#include <expected>
#include <string>
#include <vector>

#include "api.pb.h"

namespace hearsay::app::cli {

// Adds each file under its own name, without its path.
// The error says which cannot be read or is too large, or which two have one name. Notes for the
// sender: names that a reader's machine will not take as they are.
std::expected<std::vector<std::string>, std::string> attach(const std::vector<std::string>& files,
                                                            api::MailDraft& draft);

struct Saved {
    std::vector<std::string> lines;  // what became of each attachment, for people
    bool whole = true;               // all of them were saved, or were there already
};

// Writes each attachment into `directory`, which is made if it is missing. A stranger chose the
// names: one that leads elsewhere, hides or holds what no terminal should get is changed
// (safe_name()), and so is one that is taken, by a number. A file with the same content is there
// already. Nothing is overwritten, and what cannot be written keeps no other from it.
// The error: the directory cannot be made.
std::expected<Saved, std::string> save_attachments(const api::Mail& mail,
                                                   const std::string& directory);

// As a file's name: without a path, a dot in front, and what is not plain text. Never empty, and
// at most 200 bytes.
std::string safe_name(const std::string& name);

}  // namespace hearsay::app::cli
