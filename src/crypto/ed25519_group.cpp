// The subgroup check of ed25519.hpp: is [L]A the neutral element?
//
// OpenSSL has no interface for points of this curve, so the arithmetic is done on its big numbers,
// in extended coordinates X, Y, Z, T with x = X/Z, y = Y/Z, xy = T/Z. The unified addition of
// Hisil, Wong, Carter and Dawson (Asiacrypt 2008, section 3.1; RFC 8032 section 5.1.4) holds for
// every pair of points of this curve, so doubling needs no formula of its own. Keys are public:
// nothing here is constant-time.
#include "crypto/ed25519.hpp"
#include "crypto/openssl.hpp"

namespace hearsay::crypto {
namespace {

openssl::Number number(const char* hex) {
    BIGNUM* raw = nullptr;
    ENSURE(BN_hex2bn(&raw, hex) > 0, "a constant is no number");
    return openssl::Number(raw);
}

struct Constants {
    openssl::Number p = number("7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffed");
    openssl::Number d = number("52036cee2b6ffe738cc740797779e89800700a4d4141d8ab75eb4dca135978a3");
    openssl::Number order =
        number("1000000000000000000000000000000014def9dea2f79cd65812631a5cf5d3ed");
};

const Constants& constants() {
    static const Constants* const shared = new Constants;  // threads may outlive static objects
    return *shared;
}

// Arithmetic modulo p. Elements are in Montgomery form from of() on.
class Field {
public:
    Field() : work_(BN_CTX_new()), montgomery_(BN_MONT_CTX_new()) {
        ENSURE(work_ && montgomery_ && BN_MONT_CTX_set(montgomery_.get(), p(), work_.get()) == 1,
               "out of memory");
    }
    static const BIGNUM* p() { return constants().p.get(); }
    BN_CTX* work() const { return work_.get(); }
    static openssl::Number fresh() {
        openssl::Number out(BN_new());
        ENSURE(out, "out of memory");
        return out;
    }
    openssl::Number of(const BIGNUM* plain) const {
        openssl::Number out = fresh();
        ENSURE(BN_to_montgomery(out.get(), plain, montgomery_.get(), work_.get()) == 1,
               "out of memory");
        return out;
    }
    void multiply(BIGNUM* out, const BIGNUM* a, const BIGNUM* b) const {
        ENSURE(BN_mod_mul_montgomery(out, a, b, montgomery_.get(), work_.get()) == 1,
               "out of memory");
    }
    void add(BIGNUM* out, const BIGNUM* a, const BIGNUM* b) const {
        ENSURE(BN_mod_add_quick(out, a, b, p()) == 1, "out of memory");
    }
    void subtract(BIGNUM* out, const BIGNUM* a, const BIGNUM* b) const {
        ENSURE(BN_mod_sub_quick(out, a, b, p()) == 1, "out of memory");
    }

private:
    openssl::NumberContext work_;
    openssl::Montgomery montgomery_;
};

struct Extended {
    openssl::Number x = Field::fresh();
    openssl::Number y = Field::fresh();
    openssl::Number z = Field::fresh();
    openssl::Number t = Field::fresh();
};

class Adder {
public:
    explicit Adder(const Field& field) : field_(field) {
        const openssl::Number d = field.of(constants().d.get());
        field.add(twice_d_.get(), d.get(), d.get());
    }
    void operator()(Extended& sum, const Extended& p, const Extended& q) {
        difference_product(a_.get(), p, q);
        sum_product(b_.get(), p, q);
        field_.multiply(c_.get(), p.t.get(), q.t.get());
        field_.multiply(c_.get(), c_.get(), twice_d_.get());
        field_.multiply(d_.get(), p.z.get(), q.z.get());
        field_.add(d_.get(), d_.get(), d_.get());
        field_.subtract(e_.get(), b_.get(), a_.get());
        field_.subtract(f_.get(), d_.get(), c_.get());
        field_.add(g_.get(), d_.get(), c_.get());
        field_.add(h_.get(), b_.get(), a_.get());
        field_.multiply(sum.x.get(), e_.get(), f_.get());
        field_.multiply(sum.y.get(), g_.get(), h_.get());
        field_.multiply(sum.t.get(), e_.get(), h_.get());
        field_.multiply(sum.z.get(), f_.get(), g_.get());
    }

private:
    void difference_product(BIGNUM* out, const Extended& p, const Extended& q) {  // (Y1-X1)(Y2-X2)
        field_.subtract(left_.get(), p.y.get(), p.x.get());
        field_.subtract(right_.get(), q.y.get(), q.x.get());
        field_.multiply(out, left_.get(), right_.get());
    }
    void sum_product(BIGNUM* out, const Extended& p, const Extended& q) {  // (Y1+X1)(Y2+X2)
        field_.add(left_.get(), p.y.get(), p.x.get());
        field_.add(right_.get(), q.y.get(), q.x.get());
        field_.multiply(out, left_.get(), right_.get());
    }

    const Field& field_;
    openssl::Number twice_d_ = Field::fresh();
    openssl::Number left_ = Field::fresh(), right_ = Field::fresh();
    openssl::Number a_ = Field::fresh(), b_ = Field::fresh(), c_ = Field::fresh(),
                    d_ = Field::fresh();
    openssl::Number e_ = Field::fresh(), f_ = Field::fresh(), g_ = Field::fresh(),
                    h_ = Field::fresh();
};

// The point that 32 canonical bytes stand for (RFC 8032 section 5.1.3); nothing if y is not on the
// curve.
std::optional<Extended> decompress(const Field& field, base::ByteView encoded) {
    base::Bytes bytes = base::to_bytes(encoded);
    const bool x_is_odd = (bytes.back() & 0x80) != 0;
    bytes.back() &= 0x7f;
    const openssl::Number y(BN_lebin2bn(bytes.data(), static_cast<int>(bytes.size()), nullptr));
    ENSURE(y, "out of memory");

    // x^2 = (y^2 - 1) / (d y^2 + 1); the divisor is never zero, as -1/d is no square.
    const openssl::Number above = Field::fresh();
    const openssl::Number below = Field::fresh();
    BN_CTX* const work = field.work();
    ENSURE(BN_mod_sqr(above.get(), y.get(), Field::p(), work) == 1, "out of memory");
    ENSURE(BN_mod_mul(below.get(), above.get(), constants().d.get(), Field::p(), work) == 1,
           "out of memory");
    field.add(below.get(), below.get(), BN_value_one());
    field.subtract(above.get(), above.get(), BN_value_one());
    ENSURE(BN_mod_inverse(below.get(), below.get(), Field::p(), work), "zero has no inverse");
    ENSURE(BN_mod_mul(above.get(), above.get(), below.get(), Field::p(), work) == 1,
           "out of memory");
    const openssl::QuietErrors quiet;  // "not a square" is an answer
    const openssl::Number x(BN_mod_sqrt(nullptr, above.get(), Field::p(), work));
    if (!x) return std::nullopt;
    if ((BN_is_odd(x.get()) == 1) != x_is_odd)
        ENSURE(BN_sub(x.get(), Field::p(), x.get()) == 1, "out of memory");

    Extended out;
    out.x = field.of(x.get());
    out.y = field.of(y.get());
    out.z = field.of(BN_value_one());
    field.multiply(out.t.get(), out.x.get(), out.y.get());
    return out;
}

}  // namespace

bool ed25519_key_is_torsion_free(base::ByteView public_key) {
    if (!ed25519_key_is_acceptable(public_key)) return false;
    const Field field;
    const std::optional<Extended> point = decompress(field, public_key);
    if (!point) return false;
    Adder add(field);
    Extended sum;  // the neutral element 0, 1, 1, 0
    sum.y = field.of(BN_value_one());
    sum.z = field.of(BN_value_one());
    const BIGNUM* const order = constants().order.get();
    for (int bit = BN_num_bits(order) - 1; bit >= 0; --bit) {
        add(sum, sum, sum);
        if (BN_is_bit_set(order, bit)) add(sum, sum, *point);
    }
    return BN_is_zero(sum.x.get()) && BN_cmp(sum.y.get(), sum.z.get()) == 0;
}

}  // namespace hearsay::crypto
