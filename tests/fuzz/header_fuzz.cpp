// fuzz: max_len=1500
// A header as bytes, or built field by field and then spoiled in one place, read by our strict
// reader and by a model that lets protobuf parse, write again and compare: both say the same of
// every header, and where it is good they read the same fields. Frames:
// what is accepted is what protobuf writes.
#include <google/protobuf/io/coded_stream.h>

#include "base/ensure.hpp"
#include "base/limits/items.hpp"
#include "core/messages.hpp"
#include "crypto/sha256.hpp"
#include "frame.pb.h"
#include "unit/item/samples.hpp"

namespace hearsay {
namespace {

using Verdict = std::string;
namespace limits = base::limits;

// The input from its front; zeros behind its end.
class Provider {
public:
    explicit Provider(base::ByteView rest) : rest_(rest) {}
    std::uint64_t below(std::uint64_t bound) { return number(2) % bound; }
    bool flag() { return below(2) == 1; }
    bool rarely() { return below(16) == 1; }
    std::uint64_t number(std::size_t size) {
        std::uint64_t out = 0;
        for (std::uint8_t byte : taken(size)) out = out << 8 | byte;
        return out;
    }
    base::Bytes bytes(std::size_t most) { return base::to_bytes(taken(most)); }
    template <class Value, std::size_t N>
    Value one_of(const Value (&values)[N]) {
        return values[below(N)];
    }

private:
    base::ByteView taken(std::size_t most) {
        const base::ByteView out = rest_.first(std::min(most, rest_.size()));
        rest_ = rest_.subspan(out.size());
        return out;
    }
    base::ByteView rest_;
};

// The message of these bytes, if protobuf would write them so, unknown fields at the end included.
template <class Message>
std::optional<Message> rewritten(base::ByteView bytes) {
    Message message;
    if (!message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return std::nullopt;
    if (message.SerializeAsString() != base::as_text(bytes)) return std::nullopt;
    return message;
}
template <class Message>
std::optional<Message> canonical(base::ByteView bytes) {
    auto message = rewritten<Message>(bytes);
    if (!message) return std::nullopt;
    message->DiscardUnknownFields();
    if (message->ByteSizeLong() != bytes.size()) return std::nullopt;
    return message;
}

bool is_later_version(base::ByteView bytes) {
    if (bytes.empty() || bytes[0] != 8) return false;
    google::protobuf::io::CodedInputStream in(bytes.data() + 1, static_cast<int>(bytes.size() - 1));
    std::uint64_t version = 0;
    if (!in.ReadVarint64(&version) || version < 2 || version > UINT32_MAX) return false;
    const auto size =
        static_cast<int>(google::protobuf::io::CodedOutputStream::VarintSize64(version));
    return in.CurrentPosition() == size;
}

bool fits(const wire::ItemHeader& in) {
    return in.version() == 1 && in.created() <= limits::unix_seconds_max &&
           in.expires() <= limits::unix_seconds_max && in.payload_sha256().size() == 32;
}

bool is_later_claim(base::ByteView bytes) {
    const auto in = rewritten<wire::ItemHeader>(bytes);
    if (!in || !fits(*in) || in->claim_case() != wire::ItemHeader::CLAIM_NOT_SET) return false;
    const auto& unknown = in->GetReflection()->GetUnknownFields(*in);
    using google::protobuf::UnknownField;
    return unknown.field_count() == 1 &&
           unknown.field(0).type() == UnknownField::TYPE_LENGTH_DELIMITED &&
           unknown.field(0).number() >= 11 && unknown.field(0).number() <= 31;
}

std::optional<wire::ItemHeader> model_header(base::ByteView bytes) {
    auto in = canonical<wire::ItemHeader>(bytes);
    if (!in || !fits(*in) || in->kind() == 0 || in->created() % 600 != 0 ||
        in->expires() % 600 != 0)
        return std::nullopt;
    if ((in->kind() == 1) != in->has_mail() || (in->kind() == 3) != in->has_removal())
        return std::nullopt;
    bool right = false;
    if (in->has_publication()) {
        const auto& claim = in->publication();
        right = claim.publisher().size() == 32 && claim.slot().size() == 16 &&
                (claim.mailbox().empty() || claim.mailbox().size() == 32) &&
                (!claim.removed() || (claim.mailbox().empty() && in->payload_size() == 0));
    } else if (in->has_mail()) {
        const auto life =
            static_cast<std::int64_t>(in->expires()) - static_cast<std::int64_t>(in->created());
        const std::int64_t days = life / 86400;
        bool size = false;
        for (const std::uint32_t payload : {3584U, 5120U, 9216U, 17408U, 33792U})
            size |= in->payload_size() == payload;
        right = in->mail().removal_commitment().size() == 32 &&
                in->mail().encapsulation_hash().size() == 32 && size && life == days * 86400 &&
                (days == 1 || days == 3 || days == 7 || days == 15);
    } else if (in->has_removal()) {
        right = in->removal().secret().size() == 32;
    }
    if (!right) return std::nullopt;
    return in;
}

Verdict model(const item::Item& item) {
    if (is_later_version(item.header) || is_later_claim(item.header)) return "item_unknown";
    if (item.header.size() > 512 || item.payload.size() > 33792 || item.signature.size() > 64)
        return "item_too_large";
    const auto header = model_header(item.header);
    if (!header || header->payload_size() != item.payload.size()) return "item_malformed";
    if (item.signature.size() != (header->has_publication() ? 64U : 0U)) return "item_malformed";
    if (header->has_removal()) {
        const auto mail = item.payload.size() <= 512 ? model_header(item.payload) : std::nullopt;
        if (!mail || !mail->has_mail() || mail->network() != header->network() ||
            mail->expires() != header->expires() || mail->created() > header->created())
            return "item_malformed";
    }
    if (header->network() != 3) return "item_wrong_network";
    if (header->expires() <= header->created() || header->expires() - header->created() > 1'296'000)
        return "item_too_long_lived";
    return "ok";
}

void check(const item::Item& item) {
    const auto read = item::read(item, item::Network::sim);
    const Verdict verdict = read ? "ok" : std::string(base::name(read.error()));
    ENSURE(verdict == model(item), "two readers of a header differ");
    if (!read) return;
    const auto header = *model_header(item.header);
    const item::Header& ours = (*read)->header;
    ENSURE(ours.kind == header.kind() && ours.payload_size == header.payload_size() &&
               base::unix_seconds(ours.created) == static_cast<std::int64_t>(header.created()) &&
               base::unix_seconds(ours.expires) == static_cast<std::int64_t>(header.expires()),
           "a field was read as another value");
    ENSURE(base::as_text(ours.payload_sha256.view()) == header.payload_sha256(), "another hash");
    if (const auto* claim = ours.publication())
        ENSURE(base::as_text(claim->publisher.view()) == header.publication().publisher() &&
                   claim->sequence == header.publication().sequence() &&
                   claim->removed == header.publication().removed() &&
                   claim->mailbox.has_value() == !header.publication().mailbox().empty(),
               "another publication");
}

std::string sized(Provider& in, std::size_t usual) {
    const std::size_t size = in.rarely() ? static_cast<std::size_t>(in.below(2 * usual)) : usual;
    std::string out = base::to_text(in.bytes(std::min<std::size_t>(size, 2)));
    out.resize(size, 'z');
    return out;
}

// A header that is mostly right.
wire::ItemHeader built(Provider& in, std::size_t payload, std::uint64_t created) {
    wire::ItemHeader out;
    constexpr std::uint64_t lives[] = {600,       86400, 259200, 604800, 1'296'000,
                                       1'296'600, 0,     601,    172800};
    out.set_version(in.rarely() ? static_cast<std::uint32_t>(in.number(4)) : 1);
    out.set_network(in.rarely() ? static_cast<std::uint32_t>(in.number(4)) : 3);
    out.set_created(created);
    out.set_expires(created + in.one_of(lives));
    out.set_payload_size(static_cast<std::uint32_t>(payload));
    out.set_payload_sha256(sized(in, 32));
    switch (in.below(4)) {
        case 0:
            out.set_kind(static_cast<std::uint32_t>(in.below(7)));
            out.mutable_publication()->set_publisher(sized(in, 32));
            out.mutable_publication()->set_slot(sized(in, 16));
            out.mutable_publication()->set_sequence(in.flag() ? in.number(8) : in.below(300));
            out.mutable_publication()->set_removed(in.flag());
            if (in.flag()) out.mutable_publication()->set_mailbox(sized(in, 32));
            break;
        case 1:
            out.set_kind(1);
            out.mutable_mail()->set_removal_commitment(sized(in, 32));
            out.mutable_mail()->set_encapsulation_hash(sized(in, 32));
            break;
        case 2:
            out.set_kind(3);
            out.mutable_removal()->set_secret(sized(in, 32));
            break;
        default:
            out.set_kind(static_cast<std::uint32_t>(1 + in.below(5)));
            out.GetReflection()->MutableUnknownFields(&out)->AddLengthDelimited(
                static_cast<int>(11 + in.below(23)), base::to_text(in.bytes(in.below(9))));
    }
    return out;
}

// One place of it in other bytes.
void spoil(Provider& in, base::Bytes& bytes) {
    const std::size_t at = in.below(bytes.size() + 1);
    const std::size_t gone = std::min<std::size_t>(in.below(4), bytes.size() - at);
    const auto put = in.bytes(in.below(5));
    const auto from = bytes.begin() + static_cast<std::ptrdiff_t>(at);
    bytes.erase(from, from + static_cast<std::ptrdiff_t>(gone));
    bytes.insert(bytes.begin() + static_cast<std::ptrdiff_t>(at), put.begin(), put.end());
}

void check_built(Provider& in) {
    const std::uint64_t created = 1'800'000'000 + 600 * in.below(4);
    item::Item item;
    if (in.flag()) {  // what a removal's payload is
        constexpr std::size_t sizes[] = {3584, 5120, 33792, 1, 0};
        item.payload = base::to_bytes(built(in, in.one_of(sizes), created).SerializeAsString());
        if (in.flag()) spoil(in, item.payload);
    } else {
        constexpr std::size_t sizes[] = {0, 5, 3584, 5120, 3585};
        item.payload.resize(in.one_of(sizes));
    }
    item.header = base::to_bytes(built(in, item.payload.size(), created).SerializeAsString());
    if (in.flag()) spoil(in, item.header);
    constexpr std::size_t signatures[] = {64, 0, 63, 65};
    item.signature.resize(in.one_of(signatures));
    check(item);
}

void check_frame(base::ByteView bytes) {
    const auto message = core::parse(bytes);
    if (!message) return;
    // A Hello may hold later fields, which protobuf keeps behind those that it knows.
    const bool hello = std::holds_alternative<core::Hello>(*message);
    ENSURE(hello ? rewritten<wire::Frame>(bytes).has_value()
                 : canonical<wire::Frame>(bytes).has_value(),
           "a frame that protobuf writes otherwise");
}

}  // namespace
}  // namespace hearsay

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace hearsay;
    if (size == 0) return 0;
    const base::ByteView rest(data + 1, size - 1);
    if (data[0] % 4 == 0) {
        item::Item item{base::to_bytes(rest), {}, base::Bytes(data[0] % 8 == 0 ? 64 : 0), 0};
        check(item);
    } else if (data[0] % 4 == 1) {
        check_frame(rest);
    } else {
        Provider in(rest);
        check_built(in);
    }
    return 0;
}
