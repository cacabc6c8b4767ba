// app/node/rows.hpp - the rows of a long list, made in as many turns as it takes.
//
// Links wait while a turn runs, and to open ten thousand letters takes seconds. So a turn goes on
// for rows_time, and makes one row at least. What a turn made counts when it ends well: one that
// could not be kept is done again (Shell::look).
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <iterator>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "base/error.hpp"

namespace hearsay::app {

inline constexpr std::chrono::milliseconds rows_time(5);

template <class Turn, class Place, class Row>
class Rows {
public:
    using Finish = std::function<void(const std::optional<base::Error>& failed)>;
    // Nothing: there is none, as of what is gone meanwhile.
    using Make = std::function<std::optional<Row>(const Place&, Turn&)>;
    struct Work {
        std::function<void(std::function<Finish(Turn&)>)> look;
        std::vector<Place> places;
        Make make;
        std::function<void(std::vector<Row>)> done;  // in the order of places
        std::chrono::steady_clock::duration a_turn = rows_time;
    };
    static void begin(Work work) { go_on(std::make_shared<Rows>(std::move(work))); }
    explicit Rows(Work work) : work_(std::move(work)) {}

private:
    static void go_on(const std::shared_ptr<Rows>& self) {
        if (self->next_ == self->work_.places.size())
            return self->work_.done(std::move(self->rows_));
        self->work_.look([self](Turn& turn) -> Finish {
            const auto end = std::chrono::steady_clock::now() + self->work_.a_turn;
            const std::vector<Place>& places = self->work_.places;
            const auto made = std::make_shared<std::vector<Row>>();
            std::size_t next = self->next_;
            do {
                if (auto row = self->work_.make(places[next++], turn))
                    made->push_back(*std::move(row));
            } while (next < places.size() && std::chrono::steady_clock::now() < end);
            return [self, made, next](const std::optional<base::Error>&) {
                std::ranges::move(*made, std::back_inserter(self->rows_));
                self->next_ = next;
                go_on(self);
            };
        });
    }

    const Work work_;
    std::size_t next_ = 0;
    std::vector<Row> rows_;
};

}  // namespace hearsay::app
