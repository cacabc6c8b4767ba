#include "api/encode/json.hpp"

#include <algorithm>
#include <vector>

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <google/protobuf/util/json_util.h>

#include "api.pb.h"
#include "api/encode/sentences.hpp"
#include "api/encode/utf8.hpp"

namespace hearsay::api {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

namespace {

std::string describe(const FieldDescriptor& field) {
    std::string what;
    switch (field.cpp_type()) {
        case FieldDescriptor::CPPTYPE_STRING:
            what = field.type() == FieldDescriptor::TYPE_BYTES ? "base64" : "text";
            break;
        case FieldDescriptor::CPPTYPE_BOOL:
            what = "true or false";
            break;
        case FieldDescriptor::CPPTYPE_UINT32:
            what = "number from 0 to 4294967295";
            break;
        case FieldDescriptor::CPPTYPE_MESSAGE:
            what = "object";
            break;
        default:
            what = "number";
            break;
    }
    if (field.is_repeated()) what = "list of " + what;
    return field.name() + " (" + what + ")";
}

// What protobuf's parser says, short enough to be read: it may quote the whole input.
std::string shorten(std::string text) {
    constexpr std::size_t most = 160;
    std::replace(text.begin(), text.end(), '\n', ' ');
    if (text.size() <= most) return text;
    std::size_t end = most;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
    return text.substr(0, end) + "...";
}

// protobuf would replace such bytes silently and complain on stderr.
bool has_bad_text(const google::protobuf::Message& message) {
    const google::protobuf::Reflection& reflection = *message.GetReflection();
    std::vector<const FieldDescriptor*> present;
    reflection.ListFields(message, &present);
    for (const FieldDescriptor* field : present) {
        const int count = field->is_repeated() ? reflection.FieldSize(message, field) : 1;
        for (int i = 0; i < count; ++i) {
            if (field->type() == FieldDescriptor::TYPE_STRING) {  // not bytes, which become base64
                std::string scratch;
                const std::string& text =
                    field->is_repeated()
                        ? reflection.GetRepeatedStringReference(message, field, i, &scratch)
                        : reflection.GetStringReference(message, field, &scratch);
                if (!is_utf8(text)) return true;
            } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
                if (has_bad_text(field->is_repeated()
                                     ? reflection.GetRepeatedMessage(message, field, i)
                                     : reflection.GetMessage(message, field)))
                    return true;
            }
        }
    }
    return false;
}

}  // namespace

std::string describe_fields(const Descriptor& type) {
    std::string out;
    for (int i = 0; i < type.field_count(); ++i) {
        if (i != 0) out += ", ";
        out += describe(*type.field(i));
    }
    return out;
}

base::Result<std::string> to_json(const google::protobuf::Message& message) {
    google::protobuf::util::JsonPrintOptions options;
    options.always_print_primitive_fields = true;
    options.preserve_proto_field_names = true;
    std::string out;
    if (has_bad_text(message) ||
        !google::protobuf::util::MessageToJsonString(message, &out, options).ok())
        return base::fail(base::ErrorCode::corrupt,
                          "the answer cannot be written as JSON: a text is not UTF-8");
    return out;
}

base::Result<void> from_json(std::string_view text, google::protobuf::Message& out,
                             Unknown unknown) {
    const Descriptor& type = *out.GetDescriptor();
    const auto refuse = [&](const std::string& why) {
        return base::fail(base::ErrorCode::invalid, "not the JSON of " + type.name() + ": " + why +
                                                        "; expected an object with the fields " +
                                                        describe_fields(type));
    };
    if (!is_utf8(text)) return refuse("it is not UTF-8");
    const std::size_t begin = text.find_first_not_of(" \t\r\n");
    if (begin == std::string_view::npos) return refuse("it is empty");
    if (text[begin] != '{') return refuse("it does not begin with {");  // total: found in it
    google::protobuf::util::JsonParseOptions options;
    options.ignore_unknown_fields = unknown == Unknown::ignore;
    const google::protobuf::StringPiece piece(text.data(), text.size());
    const auto status = google::protobuf::util::JsonStringToMessage(piece, &out, options);
    if (!status.ok()) return refuse(shorten(std::string(status.message())));
    return {};
}

std::string error_json(const base::Error& error) {
    Error message;
    message.set_code(std::string(base::name(error.code)));
    message.set_message(error.text);
    if (auto said = recognize(error.text)) *message.mutable_said() = *std::move(said);
    if (base::Result<std::string> json = to_json(message)) return *json;
    message.set_message("the reason cannot be written as JSON");
    return to_json(message).value_or("{}");
}

}  // namespace hearsay::api
