#include "store/schema.hpp"

namespace hearsay::store {
namespace {

const base::ByteView schema_key = base::as_bytes("schema");

// Nothing in an empty environment.
base::Result<std::optional<std::uint64_t>> stored_schema(const Env& env) {
    auto txn = Txn::begin(env, Txn::Kind::read);
    if (!txn) return std::unexpected(txn.error());
    std::optional<base::ByteView> value;
    if (const auto table = txn->open_table(about_table, 0)) value = txn->get(*table, schema_key);
    if (txn->error()) return std::unexpected(*txn->error());
    if (!value) return std::optional<std::uint64_t>();
    if (value->size() != 8)
        return base::fail(base::ErrorCode::corrupt, env.path() + ": no readable schema version");
    return std::optional(read_number(*value));
}

}  // namespace

base::Result<void> open_schema(const Env& env, std::span<const Migration> migrations) {
    const std::uint64_t ours = 1 + migrations.size();
    const auto stored = stored_schema(env);
    if (!stored) return std::unexpected(stored.error());
    const std::uint64_t found = stored->value_or(ours);
    if (*stored && found == ours) return {};
    if (found > ours)
        return base::fail(base::ErrorCode::refused,
                          env.path() + " was written by a newer version of hearsayd (schema " +
                              std::to_string(found) + ", this one knows " + std::to_string(ours) +
                              "); nothing was changed, use the newer version");
    if (found == 0)
        return base::fail(base::ErrorCode::corrupt, env.path() + ": there is no schema 0");

    auto txn = Txn::begin(env, Txn::Kind::write);
    if (!txn) return std::unexpected(txn.error());
    for (const Migration migrate : migrations.subspan(static_cast<std::size_t>(found - 1)))
        if (auto done = migrate(*txn); !done) return done;
    if (const auto table = txn->open_table(about_table, MDB_CREATE))
        txn->put(*table, schema_key, base::big_endian(ours));
    return txn->commit();
}

}  // namespace hearsay::store
