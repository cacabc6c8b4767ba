// bench/reference.hpp - what ours is measured against, without any code of ours in between.
#pragma once

#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "base/error.hpp"

struct evp_pkey_st;
struct evp_pkey_ctx_st;

namespace hearsay::bench {

struct SignedMessage {
    base::Bytes key;
    base::Bytes message;
    base::Bytes signature;
};

// OpenSSL's Ed25519 verifications with a key object made for each (a fresh key), on `threads`
// threads at once, for about `seconds`. The sum over the threads, a second.
double openssl_verifications(const std::vector<SignedMessage>& messages, unsigned threads,
                             double seconds);

// OpenSSL's ML-KEM-768 on one thread: one key and many ciphertexts, all objects made before.
class OpensslDecapsulations {
public:
    OpensslDecapsulations();
    ~OpensslDecapsulations();
    OpensslDecapsulations(const OpensslDecapsulations&) = delete;
    OpensslDecapsulations& operator=(const OpensslDecapsulations&) = delete;
    std::uint64_t run(double seconds);  // how many in about this time

private:
    evp_pkey_st* key_;
    evp_pkey_ctx_st* context_;
    std::vector<base::Bytes> ciphertexts_;
};

// A bare LMDB environment as close to the machine as LMDB lets one go: one table, keys in order
// (MDB_APPEND), values of `value_bytes`, a commit each `batch`, not synced. Seconds taken to write
// and to read all of it once in key order and once at random places.
struct RawLmdb {
    double write_seconds = 0;
    double scan_seconds = 0;
    double get_seconds = 0;
};
base::Result<RawLmdb> raw_lmdb(const std::string& directory, std::uint64_t items,
                               std::size_t value_bytes, std::uint64_t batch, std::uint64_t gets);

// Opens the environment at `directory` read-only and reads every row of `table`: seconds.
base::Result<double> raw_scan(const std::string& directory, const char* table);
// What the pages of a table take.
base::Result<std::uint64_t> table_bytes(const std::string& directory, const char* table);

}  // namespace hearsay::bench
