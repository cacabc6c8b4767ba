// bench/sqlite_texts.hpp - SQLite FTS5 with the same texts: what searching is measured beside.
// Only the benchmarks know SQLite, and only where its headers are (contrib/setup --bench-peers).
#pragma once

#include <memory>
#include <string>

#include "base/error.hpp"
#include "item/kinds.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace hearsay::bench {

class SqliteTexts {
public:
    static bool is_there();
    static base::Result<std::unique_ptr<SqliteTexts>> open(const std::string& path);
    ~SqliteTexts();

    base::Result<void> begin();
    base::Result<void> add(const item::OfferText& offer);
    base::Result<void> commit();
    enum class Order { newest, rank };
    // The first 20 rows, read whole.
    base::Result<void> search(const std::string& query, Order order);
    std::uint64_t bytes() const;  // of the file

private:
    SqliteTexts() = default;
    base::Result<void> run(const char* sql);
    std::string path_;
    sqlite3* db_ = nullptr;
    sqlite3_stmt* insert_ = nullptr;
};

}  // namespace hearsay::bench
