#include "bench/sqlite_texts.hpp"

#include <filesystem>

#ifdef HEARSAY_BENCH_SQLITE
#include <sqlite3.h>
#endif

namespace hearsay::bench {

#ifdef HEARSAY_BENCH_SQLITE

namespace {
base::Error error_of(sqlite3* db) {
    return {base::ErrorCode::io, std::string("SQLite: ") + sqlite3_errmsg(db)};
}
}  // namespace

bool SqliteTexts::is_there() {
    return true;
}

base::Result<std::unique_ptr<SqliteTexts>> SqliteTexts::open(const std::string& path) {
    std::unique_ptr<SqliteTexts> out(new SqliteTexts);
    out->path_ = path;
    if (sqlite3_open(path.c_str(), &out->db_) != SQLITE_OK)
        return std::unexpected(error_of(out->db_));
    // As our flood store: what a crash of the machine loses is fetched again.
    if (auto done = out->run("PRAGMA synchronous=OFF; PRAGMA journal_mode=WAL;"
                             "CREATE VIRTUAL TABLE offers USING fts5(title, text, give, want, tags,"
                             " tokenize='unicode61 remove_diacritics 2')");
        !done)
        return std::unexpected(done.error());
    if (sqlite3_prepare_v2(out->db_, "INSERT INTO offers VALUES(?,?,?,?,?)", -1, &out->insert_,
                           nullptr) != SQLITE_OK)
        return std::unexpected(error_of(out->db_));
    return out;
}

SqliteTexts::~SqliteTexts() {
    sqlite3_finalize(insert_);
    sqlite3_close(db_);
}

base::Result<void> SqliteTexts::run(const char* sql) {
    if (sqlite3_exec(db_, sql, nullptr, nullptr, nullptr) != SQLITE_OK)
        return std::unexpected(error_of(db_));
    return {};
}

base::Result<void> SqliteTexts::begin() {
    return run("BEGIN");
}
base::Result<void> SqliteTexts::commit() {
    return run("COMMIT");
}

base::Result<void> SqliteTexts::add(const item::OfferText& offer) {
    const std::string tags = offer.tags.empty() ? "" : offer.tags.front();
    int at = 0;
    for (const std::string* text : {&offer.title, &offer.text, &offer.give, &offer.want, &tags})
        sqlite3_bind_text(insert_, ++at, text->data(), static_cast<int>(text->size()),
                          SQLITE_TRANSIENT);
    const bool done = sqlite3_step(insert_) == SQLITE_DONE;
    sqlite3_reset(insert_);
    if (!done) return std::unexpected(error_of(db_));
    return {};
}

base::Result<void> SqliteTexts::search(const std::string& query, Order order) {
    sqlite3_stmt* statement = nullptr;
    const char* const sql =
        order == Order::newest
            ? "SELECT * FROM offers WHERE offers MATCH ? ORDER BY rowid DESC LIMIT 20"
            : "SELECT * FROM offers WHERE offers MATCH ? ORDER BY rank LIMIT 20";
    if (sqlite3_prepare_v2(db_, sql, -1, &statement, nullptr) != SQLITE_OK)
        return std::unexpected(error_of(db_));
    sqlite3_bind_text(statement, 1, query.data(), static_cast<int>(query.size()), SQLITE_STATIC);
    int code = sqlite3_step(statement);
    while (code == SQLITE_ROW) code = sqlite3_step(statement);
    sqlite3_finalize(statement);
    if (code != SQLITE_DONE) return std::unexpected(error_of(db_));
    return {};
}

#else

bool SqliteTexts::is_there() {
    return false;
}
base::Result<std::unique_ptr<SqliteTexts>> SqliteTexts::open(const std::string&) {
    return base::fail(base::ErrorCode::unavailable,
                      "built without SQLite; contrib/setup --bench-peers installs it");
}
SqliteTexts::~SqliteTexts() = default;
base::Result<void> SqliteTexts::begin() {
    return {};
}
base::Result<void> SqliteTexts::commit() {
    return {};
}
base::Result<void> SqliteTexts::add(const item::OfferText&) {
    return {};
}
base::Result<void> SqliteTexts::search(const std::string&, Order) {
    return {};
}

#endif

std::uint64_t SqliteTexts::bytes() const {
    std::error_code ignored;
    const auto size = std::filesystem::file_size(path_, ignored);
    return ignored ? 0 : size;
}

}  // namespace hearsay::bench
