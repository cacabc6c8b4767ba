// app/cli/show.hpp - the node's answers as text for a person. Everything that a stranger may have
// written goes through safe_line or safe_lines.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "api.pb.h"
#include "app/layout.hpp"
#include "base/time.hpp"
#include "doctor.pb.h"

namespace hearsay::app::cli {

struct Terminal;

struct Style {
    bool colour = false;
    std::size_t width = width_usual;
    base::WallTime now;
    bool one_screen =
        false;  // drawn again and again: a part has one line, cut where it has no room
};

Style style_of(const Terminal& terminal);

std::string show(const api::Identity& identity, const Style& style);
// What a person made and gives to others; of the rest only how much there is.
std::string summary(const api::Identity& identity, const Style& style);
std::string show(const api::Persona& persona, const Style& style);
std::string show(const api::PersonaList& personas, const Style& style);
std::string show(const api::PersonaSecret& secret, const Style& style);
std::string show(const api::Backup& backup, const Style& style);
std::string main_mailbox(const api::Identity& identity);  // its address: the newest one, or empty
std::string show(const api::Offer& offer, const Style& style);
std::string show(const api::OfferList& offers, const Style& style);
std::string show(const api::WorkEstimate& estimate, const Style& style);
std::string told(const api::WorkEstimate& estimate);
std::string show(const api::Profile& profile, const Style& style);
std::string show(const api::ProfileList& profiles, const Style& style);
std::string show(const api::Post& post, const Style& style);
std::string show(const api::PostList& posts, const Style& style);
std::string show(const api::SearchAnswer& answer, const Style& style);
std::string show(const api::Renewal& renewal, const Style& style);
std::string show(const api::CuratedList& list, const Style& style);
std::string show(const api::CuratedLists& lists, const Style& style);
std::string show(const api::Why& why, const Style& style);
std::string show(const api::Audit& audit, const Style& style);
std::string show(const api::Watch& watch, const Style& style);
std::string show(const api::WatchList& watches, const Style& style);
std::string show(const api::Mail& mail, const Style& style);
std::string show(const api::MailList& mails, const Style& style);
std::string show(const api::SetAside& entry, const Style& style);
std::string show(const api::SetAsideList& entries, const Style& style);
std::string show(const api::Mailbox& mailbox, const Style& style);
std::string show(const api::Friend& known, const Style& style);
std::string show(const api::FriendList& friends, const Style& style);
std::string show(const api::Trade& trade, const Style& style);
std::string show(const api::TradeList& trades, const Style& style);
std::string show(const api::Rating& rating, const Style& style);
std::string show(const api::RatingList& ratings, const Style& style);
std::string show(const api::Peer& peer, const Style& style);
std::string show(const api::PeerList& peers, const Style& style);
std::string show(const api::Examination& examination, const Style& style);
std::string show(const api::Status& status, const Style& style);

// `before` is what was done, ahead of what it was done to: "Removed: " on the same line, or a
// sentence that ends its line.
std::string introduced(std::string_view before, std::string_view shown, std::size_t width);

// What a watcher without a terminal prints: a line for each part of the status, without what
// changes all the time.
std::vector<std::string> status_lines(const api::Status& status);

}  // namespace hearsay::app::cli
