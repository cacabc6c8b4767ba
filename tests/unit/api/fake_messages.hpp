// What FakeBackend shows unless a test says otherwise: an offer, a mail, a peer.
#pragma once

#include <string>

#include "api.pb.h"

namespace hearsay::api {

struct FakeMessages {
    static Offer offer() {
        Offer out;
        out.set_id(std::string(64, 'b'));
        out.set_title("Bicycle");
        out.set_give("bicycle");
        out.set_want("80 EUR");
        out.mutable_created()->set_seconds(1'800'000'000);
        out.mutable_expires()->set_seconds(1'800'600'000);
        return out;
    }
    static Mail mail() {
        Mail out;
        out.set_id(std::string(64, 'c'));
        out.set_direction("in");
        out.set_from("hsp1someone");
        out.set_to("hsm1me");
        out.set_subject("Your bicycle");
        out.set_text("Is it still there?");
        out.mutable_written()->set_seconds(1'800'000'000);
        return out;
    }
    static Peer peer(const std::string& onion) {
        Peer out;
        out.set_onion(onion);
        out.set_state("waiting");
        out.set_manual(true);
        return out;
    }
};

}  // namespace hearsay::api
