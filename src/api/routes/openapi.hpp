// api/routes/openapi.hpp - the local interface as OpenAPI 3.1 describes one, for programs that make
// clients of it. Served at GET /v1/openapi.json.
//
// It is made of what answers requests: the table of routes, the parameters that each reads, and the
// descriptors of the messages. So it cannot say anything else than the node does. What words a
// field may hold, docs/api.md says.
#pragma once

#include <string>

namespace hearsay::api {

// JSON. The same at every call.
std::string openapi_document();

}  // namespace hearsay::api
