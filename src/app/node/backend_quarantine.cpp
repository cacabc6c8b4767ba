// What was set aside because reading it ended the node, as the local API asks for it.
#include "api.pb.h"
#include "app/node/backend.hpp"

namespace hearsay::app {
namespace {

api::SetAside to_api(const SetAside& entry) {
    api::SetAside out;
    out.set_id(entry.id());
    out.set_kind(std::string(entry.kind()));
    out.mutable_at()->set_seconds(base::unix_seconds(entry.at));
    out.set_times(entry.times);
    out.set_retried(entry.retried);
    out.set_why("the node ended twice while it read this " + out.kind());
    return out;
}

base::Result<api::SetAside> answer_of(const base::Result<SetAside>& entry) {
    if (!entry) return std::unexpected(entry.error());
    return to_api(*entry);
}

}  // namespace

void Backend::list_set_aside(api::Reply<api::SetAsideList> reply) {
    answer<api::SetAsideList>(std::move(reply),
                              [this](Shell::Turn&) -> base::Result<api::SetAsideList> {
                                  api::SetAsideList out;
                                  for (const SetAside& entry : shell_.quarantine().all())
                                      *out.add_set_aside() = to_api(entry);
                                  return out;
                              });
}

void Backend::retry_set_aside(const std::string& id, api::Reply<api::SetAside> reply) {
    answer<api::SetAside>(std::move(reply), [this, id](Shell::Turn& turn) {
        return answer_of(shell_.read_again(id, turn));
    });
}

void Backend::remove_set_aside(const std::string& id, api::Reply<api::SetAside> reply) {
    answer<api::SetAside>(std::move(reply), [this, id](Shell::Turn& turn) {
        return answer_of(shell_.remove_set_aside(id, turn));
    });
}

// What is set aside is something that is there, though the market does not see it.
std::optional<base::Error> Backend::not_empty() const {
    if (shell_.quarantine().all().empty()) return std::nullopt;
    return base::Error{base::ErrorCode::refused,
                       "the node is not empty: " + shell_.quarantine().summary()};
}

}  // namespace hearsay::app
