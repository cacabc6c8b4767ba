// store/schema.hpp - which layout an environment has.
//
//   none yet   -> ours is written down
//   ours       -> nothing
//   older      -> the migrations that lead to ours run in order, in one transaction
//   newer      -> ErrorCode::refused and nothing is touched: an older program would misread it
// The number lies in the table "about" under "schema". Ours is 1 + the number of migrations:
// migrations[0] leads from 1 to 2.
#pragma once

#include <span>

#include "store/lmdb.hpp"

namespace hearsay::store {

using Migration = base::Result<void> (*)(Txn&);

inline constexpr const char* about_table = "about";

base::Result<void> open_schema(const Env& env, std::span<const Migration> migrations);

}  // namespace hearsay::store
