// api/door/keys.hpp - who is let in by the door: codes that are good once, and tokens.
//
// Rules:
//   1. A code is made because somebody asked over the Unix socket. It is good for one exchange
//      within `page_code_life`; there are at most `page_codes_max`, and the oldest goes.
//   2. An exchange gives a token, which is good until it is given back, until nothing was asked
//      with it for `page_token_idle`, or until the node ends: nothing of this is on the disk.
//      There are at most `page_tokens_max`, and the one that was used longest ago goes.
//   3. Both are 32 random bytes, in hexadecimal. What is shown is compared with each of them and
//      over its whole length, so the time of an answer says nothing about what would fit.
//   4. Mistakes are counted. Beyond `page_mistakes` they get a shorter answer. What is right is
//      let in all the same: 32 bytes are not guessed, so the count protects the node's time, and
//      must be no way to lock the person out.
// Pure: time is an argument, randomness is given.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/ids.hpp"
#include "base/rng.hpp"
#include "base/time.hpp"
#include "base/token_bucket.hpp"

namespace hearsay::api {

// Numbers a token without saying it, and never another one.
using Holder = std::uint64_t;
inline constexpr Holder nobody = 0;
// Whoever shows the token for figures, which is the user's own, on the disk, and good for nothing
// else (docs/operating.md).
inline constexpr Holder who_measures = ~Holder{0};
// Whether the text is this secret in hexadecimal.
bool is_secret(std::string_view text, const base::Secret& secret);

class DoorKeys {
public:
    // `ended` hears of each token that is not good any more.
    DoorKeys(base::Rng rng, std::function<void(Holder)> ended)
        : rng_(std::move(rng)), ended_(std::move(ended)) {}

    std::string new_code(base::MonoTime now);
    // The token for a code, or nothing.
    std::optional<std::string> enter(std::string_view code, base::MonoTime now);
    // Whose token this is, or nobody's.
    Holder holder(std::string_view token, base::MonoTime now) const;
    void on_used(Holder holder, base::MonoTime now);
    void leave(Holder holder);
    // Lets go what is too old.
    void sweep(base::MonoTime now);
    void clear();

    // Counts one; false if there were too many lately.
    bool on_mistake(base::MonoTime now);

    std::size_t codes() const { return codes_.size(); }
    std::size_t tokens() const { return tokens_.size(); }

private:
    struct Code {
        base::Secret secret;
        base::MonoTime ends;
    };
    struct Token {
        Holder holder;
        base::Secret secret;
        base::MonoTime used;
    };

    base::Rng rng_;
    std::function<void(Holder)> ended_;
    std::deque<Code> codes_;    // oldest first
    std::deque<Token> tokens_;  // in the order in which they were made
    Holder last_ = nobody;
    base::TokenBucket mistakes_;
};

}  // namespace hearsay::api
