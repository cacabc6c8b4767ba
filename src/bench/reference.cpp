#include "bench/reference.hpp"

#include <atomic>
#include <thread>

#include <lmdb.h>
#include <openssl/evp.h>

#include "base/ensure.hpp"
#include "bench/measure.hpp"
#include "store/file.hpp"
#include "store/lmdb.hpp"

namespace hearsay::bench {
namespace {

constexpr std::uint64_t raw_map_bytes = 16ULL << 30;

bool openssl_verify(const SignedMessage& each) {
    EVP_PKEY* key =
        EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, each.key.data(), each.key.size());
    EVP_MD_CTX* context = EVP_MD_CTX_new();
    const bool right = key && context &&
                       EVP_DigestVerifyInit(context, nullptr, nullptr, nullptr, key) == 1 &&
                       EVP_DigestVerify(context, each.signature.data(), each.signature.size(),
                                        each.message.data(), each.message.size()) == 1;
    EVP_MD_CTX_free(context);
    EVP_PKEY_free(key);
    return right;
}

// The environment and its transaction of one raw measurement, closed whatever happens.
class Raw {
public:
    base::Result<void> open(const std::string& directory, unsigned flags) {
        int code = mdb_env_create(&env_);
        if (code == 0) code = mdb_env_set_maxdbs(env_, store::tables_max);
        if (code == 0) code = mdb_env_set_mapsize(env_, raw_map_bytes);
        if (code == 0) code = mdb_env_open(env_, directory.c_str(), flags, 0600);
        if (code != 0) return std::unexpected(store::lmdb_error(code, "measuring", directory));
        return {};
    }
    ~Raw() {
        if (txn_) mdb_txn_abort(txn_);
        if (env_) mdb_env_close(env_);
    }
    int begin(unsigned flags) { return mdb_txn_begin(env_, nullptr, flags, &txn_); }
    int commit() { return mdb_txn_commit(std::exchange(txn_, nullptr)); }
    MDB_txn* txn() const { return txn_; }

private:
    MDB_env* env_ = nullptr;
    MDB_txn* txn_ = nullptr;
};

int write_all(Raw& raw, MDB_dbi& table, std::uint64_t items, std::size_t value_bytes,
              std::uint64_t batch) {
    const base::Bytes value(value_bytes, 0x5a);
    int code = raw.begin(0);
    if (code == 0) code = mdb_dbi_open(raw.txn(), nullptr, 0, &table);
    for (std::uint64_t i = 0; code == 0 && i < items; ++i) {
        auto number = base::big_endian(i);
        MDB_val key{number.size(), number.data()};
        MDB_val data{value.size(), const_cast<std::uint8_t*>(value.data())};
        code = mdb_put(raw.txn(), table, &key, &data, MDB_APPEND);
        if (code == 0 && (i + 1) % batch == 0 && i + 1 < items) {
            code = raw.commit();
            if (code == 0) code = raw.begin(0);
        }
    }
    return code == 0 ? raw.commit() : code;
}

// Reads every byte of the value: a page that is not looked at is not read.
std::uint64_t look_at(const MDB_val& value) {
    std::uint64_t sum = 0;
    const auto* at = static_cast<const std::uint8_t*>(value.mv_data);
    for (std::size_t i = 0; i < value.mv_size; ++i) sum += at[i];
    return sum;
}

int scan(MDB_txn* txn, MDB_dbi table, std::uint64_t& sum) {
    MDB_cursor* cursor = nullptr;
    int code = mdb_cursor_open(txn, table, &cursor);
    MDB_val key{};
    MDB_val value{};
    while (code == 0) {
        code = mdb_cursor_get(cursor, &key, &value, MDB_NEXT);
        if (code == 0) sum += look_at(value);
    }
    if (cursor) mdb_cursor_close(cursor);
    return code == MDB_NOTFOUND ? 0 : code;
}

volatile std::uint64_t sink = 0;  // so that reading is not optimized away

}  // namespace

double openssl_verifications(const std::vector<SignedMessage>& messages, unsigned threads,
                             double seconds) {
    ENSURE(!messages.empty() && threads > 0, "something is verified by somebody");
    std::atomic<std::uint64_t> done{0};
    const double start = wall_seconds();
    const auto verify = [&](std::size_t at) {
        std::uint64_t mine = 0;
        while (wall_seconds() - start < seconds) {
            for (int i = 0; i < 64; ++i, ++mine, at = (at + 1) % messages.size())
                ENSURE(openssl_verify(messages[at]), "OpenSSL refuses a signature of ours");
        }
        done += mine;
    };
    std::vector<std::thread> others;
    for (unsigned i = 1; i < threads; ++i)
        others.emplace_back(
            [&verify, &messages, i, threads] { verify(messages.size() * i / threads); });
    verify(0);
    for (std::thread& other : others) other.join();
    return static_cast<double>(done) / (wall_seconds() - start);
}

OpensslDecapsulations::OpensslDecapsulations()
    : key_(EVP_PKEY_Q_keygen(nullptr, nullptr, "ML-KEM-768")),
      context_(EVP_PKEY_CTX_new_from_pkey(nullptr, key_, nullptr)),
      ciphertexts_(64) {
    ENSURE(context_ && EVP_PKEY_encapsulate_init(context_, nullptr) == 1,
           "OpenSSL begins no ML-KEM");
    for (base::Bytes& ciphertext : ciphertexts_) {
        std::array<std::uint8_t, 32> secret{};
        std::size_t secret_size = secret.size();
        std::size_t size = 1088;
        ciphertext.resize(size);
        ENSURE(EVP_PKEY_encapsulate(context_, ciphertext.data(), &size, secret.data(),
                                    &secret_size) == 1,
               "OpenSSL does not encapsulate");
    }
    ENSURE(EVP_PKEY_decapsulate_init(context_, nullptr) == 1, "OpenSSL begins no ML-KEM");
}

OpensslDecapsulations::~OpensslDecapsulations() {
    EVP_PKEY_CTX_free(context_);
    EVP_PKEY_free(key_);
}

std::uint64_t OpensslDecapsulations::run(double seconds) {
    std::uint64_t done = 0;
    for (const double start = wall_seconds(); wall_seconds() - start < seconds;) {
        for (const base::Bytes& ciphertext : ciphertexts_) {
            std::array<std::uint8_t, 32> secret{};
            std::size_t size = secret.size();
            ENSURE(EVP_PKEY_decapsulate(context_, secret.data(), &size, ciphertext.data(),
                                        ciphertext.size()) == 1,
                   "OpenSSL refuses a ciphertext of its own");
            ++done;
        }
    }
    return done;
}

base::Result<RawLmdb> raw_lmdb(const std::string& directory, std::uint64_t items,
                               std::size_t value_bytes, std::uint64_t batch, std::uint64_t gets) {
    if (auto made = store::prepare_directory(directory); !made)
        return std::unexpected(made.error());
    Raw raw;
    if (auto opened = raw.open(directory, MDB_NOSYNC); !opened)
        return std::unexpected(opened.error());
    RawLmdb out;
    MDB_dbi table = 0;
    const auto failed = [&](int code) {
        return std::unexpected(store::lmdb_error(code, "measuring", directory));
    };
    const Stopwatch writing;
    if (const int code = write_all(raw, table, items, value_bytes, batch); code != 0)
        return failed(code);
    out.write_seconds = writing.wall();
    std::uint64_t sum = 0;
    if (const int code = raw.begin(MDB_RDONLY); code != 0) return failed(code);
    const Stopwatch scanning;
    if (const int code = scan(raw.txn(), table, sum); code != 0) return failed(code);
    out.scan_seconds = scanning.wall();
    const Stopwatch getting;
    for (std::uint64_t i = 0; i < gets; ++i) {
        auto number = base::big_endian(i * 0x9e3779b97f4a7c15ULL % items);
        MDB_val key{number.size(), number.data()};
        MDB_val value{};
        if (const int code = mdb_get(raw.txn(), table, &key, &value); code != 0)
            return failed(code);
        sum += look_at(value);
    }
    out.get_seconds = getting.wall();
    sink = sum;
    return out;
}

base::Result<double> raw_scan(const std::string& directory, const char* table) {
    const Stopwatch watch;
    Raw raw;
    if (auto opened = raw.open(directory, MDB_RDONLY | MDB_NOLOCK); !opened)
        return std::unexpected(opened.error());
    MDB_dbi handle = 0;
    std::uint64_t sum = 0;
    int code = raw.begin(MDB_RDONLY);
    if (code == 0) code = mdb_dbi_open(raw.txn(), table, 0, &handle);
    if (code == 0) code = scan(raw.txn(), handle, sum);
    if (code != 0) return std::unexpected(store::lmdb_error(code, "scanning", directory));
    sink = sum;
    return watch.wall();
}

base::Result<std::uint64_t> table_bytes(const std::string& directory, const char* table) {
    Raw raw;
    if (auto opened = raw.open(directory, MDB_RDONLY | MDB_NOLOCK); !opened)
        return std::unexpected(opened.error());
    MDB_dbi handle = 0;
    MDB_stat stat{};
    int code = raw.begin(MDB_RDONLY);
    if (code == 0) code = mdb_dbi_open(raw.txn(), table, 0, &handle);
    if (code == 0) code = mdb_stat(raw.txn(), handle, &stat);
    if (code != 0) return std::unexpected(store::lmdb_error(code, "measuring", directory));
    return (stat.ms_branch_pages + stat.ms_leaf_pages + stat.ms_overflow_pages) * stat.ms_psize;
}

}  // namespace hearsay::bench
