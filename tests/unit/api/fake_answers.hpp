// When a Backend of the tests answers, and what it was asked.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "api/backend.hpp"

namespace hearsay::api {

class FakeAnswers {
public:
    std::optional<base::Error> error;  // answers everything with it
    bool hold = false;                 // answers wait in `held`
    std::vector<std::function<void()>> held;
    std::vector<std::string> calls;  // "publish_offer Bicycle"

protected:
    template <class T>
    void answer(std::string call, T message, Reply<T> reply) {
        calls.push_back(std::move(call));
        auto speak = [message = std::move(message), reply = std::move(reply), failure = error] {
            if (failure)
                reply(std::unexpected(*failure));
            else
                reply(message);
        };
        if (hold)
            held.push_back(std::move(speak));
        else
            speak();
    }
};

}  // namespace hearsay::api
