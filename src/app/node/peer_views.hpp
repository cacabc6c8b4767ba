// app/node/peer_views.hpp - what the core knows of peers, in the words of the local API.
#pragma once

#include <string_view>

#include "api.pb.h"
#include "core/node.hpp"

namespace hearsay::app {

// linked, visiting, dialling, waiting, shunned or banned; the first that fits,
// but banned before all.
std::string_view peer_state(const core::Node& node, const base::PeerId& peer, base::Now now);
// A link or a visit to or from this peer; the one that stands first.
std::optional<base::LinkId> any_link_of(const core::Node& node, const base::PeerId& peer);
// Known by a link, from the book, or from hearsay.
bool is_known(const core::Node& node, const base::PeerId& peer);
// All of it but the bytes, which only `net` counts.
api::Peer peer_to_api(const core::Node& node, const base::PeerId& peer, base::Now now);

// The peers' part of the status, with its figures. `network_ready`: Tor can build circuits.
void fill_peers(api::Status& status, const core::Node& node, bool network_ready);

}  // namespace hearsay::app
