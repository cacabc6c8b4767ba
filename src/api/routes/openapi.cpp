#include "api/routes/openapi.hpp"

#include <map>
#include <set>

#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>

#include "api.pb.h"
#include "api/routes/routes.hpp"
#include "base/limits/api.hpp"

namespace hearsay::api {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

constexpr std::string_view timestamp = "google.protobuf.Timestamp";

// All names and texts here are our own, of letters that JSON takes as they are.
std::string json_text(std::string_view text) {
    return "\"" + std::string(text) + "\"";
}
std::string pair(std::string_view name, const std::string& value) {
    return json_text(name) + ":" + value;
}

class List {  // of members or elements
public:
    void add(const std::string& one) { text_ += (text_.empty() ? "" : ",") + one; }
    std::string object() const { return "{" + text_ + "}"; }
    std::string array() const { return "[" + text_ + "]"; }

private:
    std::string text_;
};

std::string type(std::string_view name, std::string_view format = {}) {
    return "{" + pair("type", json_text(name)) +
           (format.empty() ? "" : "," + pair("format", json_text(format))) + "}";
}
std::string reference(const Descriptor* message) {
    return "{" + pair("$ref", json_text("#/components/schemas/" + message->name())) + "}";
}

// As protobuf's JSON mapping writes it.
std::string single(const FieldDescriptor* field) {
    switch (field->cpp_type()) {
        case FieldDescriptor::CPPTYPE_BOOL:
            return type("boolean");
        case FieldDescriptor::CPPTYPE_DOUBLE:
        case FieldDescriptor::CPPTYPE_FLOAT:
            return type("number");
        case FieldDescriptor::CPPTYPE_INT32:
            return type("integer", "int32");
        case FieldDescriptor::CPPTYPE_UINT32:
            return "{" + pair("type", json_text("integer")) + "," + pair("minimum", "0") + "," +
                   pair("maximum", "4294967295") + "}";
        case FieldDescriptor::CPPTYPE_INT64:
        case FieldDescriptor::CPPTYPE_UINT64:
            return "{" + pair("type", json_text("string")) + "," +
                   pair("pattern", json_text("^-?[0-9]+$")) + "}";
        case FieldDescriptor::CPPTYPE_MESSAGE:
            return field->message_type()->full_name() == timestamp
                       ? type("string", "date-time")
                       : reference(field->message_type());
        default:
            return field->type() == FieldDescriptor::TYPE_BYTES
                       ? "{" + pair("type", json_text("string")) + "," +
                             pair("contentEncoding", json_text("base64")) + "}"
                       : type("string");
    }
}

std::string schema(const FieldDescriptor& field) {
    if (field.is_map())
        return "{" + pair("type", json_text("object")) + "," +
               pair("additionalProperties", single(field.message_type()->map_value())) + "}";
    if (field.is_repeated())
        return "{" + pair("type", json_text("array")) + "," + pair("items", single(&field)) + "}";
    return single(&field);
}

std::string schema(const Descriptor& message) {
    List fields;
    for (int i = 0; i < message.field_count(); ++i)
        fields.add(pair(message.field(i)->name(), schema(*message.field(i))));
    return "{" + pair("type", json_text("object")) + "," + pair("properties", fields.object()) +
           "}";
}

// A message and all that it is made of.
void collect(const Descriptor* message, std::map<std::string, const Descriptor*>& out) {
    if (message->full_name() == timestamp) return;
    const bool entry = message->options().map_entry();
    if (!entry && !out.emplace(message->name(), message).second) return;
    for (int i = 0; i < message->field_count(); ++i)
        if (const Descriptor* const part = message->field(i)->message_type()) collect(part, out);
}

std::string json_content(const std::string& content, std::string_view media) {
    return pair("content", "{" + pair(media, "{" + pair("schema", content) + "}") + "}");
}

// OpenAPI 3.1: a media type with nothing said of it is raw bytes.
std::string picture_content() {
    return pair("content", "{" + pair("image/webp", "{}") + "," + pair("image/jpeg", "{}") + "}");
}

std::string path_parameter(std::string_view path) {
    const std::size_t open = path.find('{');
    if (open == path.npos) return "";
    const std::string_view name = path.substr(open + 1, path.find('}') - open - 1);
    return "{" + pair("name", json_text(name)) + "," + pair("in", json_text("path")) + "," +
           pair("required", "true") + "," + pair("schema", type("string")) + "}";
}

std::string number_type(std::size_t most, std::size_t usual) {
    return "{" + pair("type", json_text("integer")) + "," + pair("minimum", "1") + "," +
           pair("maximum", std::to_string(most)) + "," + pair("default", std::to_string(usual)) +
           "}";
}

std::string query_type(Parameters::Kind kind) {
    switch (kind) {
        case Parameters::Kind::limit:
            return number_type(base::limits::api_list_max, base::limits::api_list_default);
        case Parameters::Kind::page:
            return number_type(base::limits::api_listed_max, 1);
        case Parameters::Kind::flag:
            return type("boolean");
        case Parameters::Kind::text:
            break;
    }
    return type("string");
}

std::string query_parameter(const Parameters::Described& one) {
    const std::string kind = query_type(one.kind);
    return "{" + pair("name", json_text(one.name)) + "," + pair("in", json_text("query")) + "," +
           pair("schema", kind) + "}";
}

std::string parameters_of(const Route& route) {
    List out;
    if (const std::string id = path_parameter(route.path); !id.empty()) out.add(id);
    if (route.parameters != nullptr)
        for (const Parameters::Described& one : route.parameters()) out.add(query_parameter(one));
    return out.array();
}

// "post_v1_trades_id_moves"
std::string operation_id(const Route& route) {
    std::string out;
    for (const char c : std::string(route.method) + std::string(route.path)) {
        if (c >= 'A' && c <= 'Z')
            out += static_cast<char>(c - 'A' + 'a');
        else if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
            out += c;
        else if (c != '}')
            out += out.ends_with('_') ? "" : "_";
    }
    return out;
}

std::string operation(const Route& route) {
    const bool streams = route.path == "/v1/events";
    List out;
    out.add(pair("operationId", json_text(operation_id(route))));
    const std::string_view where = route.where == Route::Where::socket ? "over the socket only"
                                   : route.where == Route::Where::page ? "over the page only"
                                                                       : "";
    if (!where.empty()) out.add(pair("description", json_text(where)));
    if (const std::string parameters = parameters_of(route); parameters != "[]")
        out.add(pair("parameters", parameters));
    if (route.request != nullptr)
        out.add(pair("requestBody",
                     "{" + pair("required", "true") + "," +
                         json_content(reference(route.request()), "application/json") + "}"));
    const std::string answer = route.answer == nullptr ? type("object") : reference(route.answer());
    const std::string content =
        route.path == "/v1/pictures/{hash}"
            ? picture_content()
            : json_content(answer, streams ? "application/x-ndjson" : "application/json");
    List responses;
    responses.add(pair(std::to_string(route.status),
                       "{" + pair("description", json_text(streams ? "one on each line" : "done")) +
                           "," + content + "}"));
    responses.add(pair("default",
                       "{" + pair("description", json_text("what was wrong")) + "," +
                           json_content(reference(Error::descriptor()), "application/json") + "}"));
    out.add(pair("responses", responses.object()));
    return out.object();
}

std::string lower(std::string_view method) {
    std::string out;
    for (const char c : method) out += static_cast<char>(c - 'A' + 'a');
    return out;
}

}  // namespace

std::string openapi_document() {
    std::map<std::string_view, List> paths;
    std::map<std::string, const Descriptor*> messages;
    collect(Error::descriptor(), messages);
    for (const Route& route : routes()) {
        paths[route.path].add(pair(lower(route.method), operation(route)));
        if (route.request != nullptr) collect(route.request(), messages);
        if (route.answer != nullptr) collect(route.answer(), messages);
    }
    List all_paths;
    for (const auto& [path, operations] : paths) all_paths.add(pair(path, operations.object()));
    List schemas;
    for (const auto& [name, message] : messages) schemas.add(pair(name, schema(*message)));
    List out;
    out.add(pair("openapi", json_text("3.1.0")));
    out.add(pair("info", "{" + pair("title", json_text("The local interface of a Hearsay node")) +
                             "," + pair("version", json_text("1")) + "}"));
    out.add(pair("servers", "[{" + pair("url", json_text("http://hearsay")) + "," +
                                pair("description", json_text("the Unix socket DIR/run/api")) +
                                "}]"));
    out.add(pair("paths", all_paths.object()));
    out.add(pair("components", "{" + pair("schemas", schemas.object()) + "}"));
    return out.object();
}

}  // namespace hearsay::api
