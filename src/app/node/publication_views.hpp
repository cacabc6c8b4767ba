// app/node/publication_views.hpp - what things that somebody published have in common, in the words
// of the local API: an Offer, a Profile, a Post, a Rating.
#pragma once

#include <string_view>

#include "api.pb.h"
#include "base/encoding.hpp"
#include "market/address.hpp"
#include "market/publications/sifter.hpp"

namespace hearsay::app {

std::string_view name(market::PublicationState state);

inline void set_time(google::protobuf::Timestamp* out, base::WallTime time) {
    out->set_seconds(base::unix_seconds(time));
}

// When, whose, and how far it got.
template <class Api>
void fill_publication(Api& out, const market::PublicationView& view) {
    set_time(out.mutable_created(), view.created);
    set_time(out.mutable_expires(), view.expires);
    out.set_mine(view.mine);
    out.set_state(std::string(name(view.state)));
    out.set_injected(view.spread.injected);
    out.set_heard(view.spread.heard);
}

inline void fill_note(api::ListNote& out, const market::ListNote& note) {
    out.set_list(base::to_hex(note.list));
    out.set_name(note.name);
    out.set_reason(note.reason);
    out.set_mine(note.mine);
}

// What the user's lists say of it.
template <class Api>
void fill_notes(Api& out, const market::PublicationView& view) {
    if (view.hidden_by) fill_note(*out.mutable_hidden_by(), *view.hidden_by);
    if (view.recommended_by) fill_note(*out.mutable_recommended_by(), *view.recommended_by);
}
template <class Api>
void fill_hidden(Api& out, const std::vector<market::HiddenCount>& hidden) {
    for (const market::HiddenCount& each : hidden) {
        api::HiddenCount& count = *out.add_hidden();
        count.set_list(base::to_hex(each.list.list));
        count.set_name(each.list.name);
        count.set_count(each.count);
        count.set_mine(each.list.mine);
    }
}

// The same of what is named by an id and has versions.
template <class Api>
void fill_thing(Api& out, const market::PublicationView& view) {
    out.set_id(base::to_hex(view.thing));
    out.set_item(base::to_hex(view.item));
    out.set_publisher(market::persona_address(view.publisher));
    out.set_sequence(view.sequence);
    fill_publication(out, view);
}

// For people, who published it.
template <class Api>
void set_publisher_name(Api& out, std::string name) {
    if constexpr (requires { out.set_publisher_name(name); })
        out.set_publisher_name(std::move(name));
    else
        out.set_name(std::move(name));
}

}  // namespace hearsay::app
