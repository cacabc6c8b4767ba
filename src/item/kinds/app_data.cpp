#include "item/kinds/app_data.hpp"

#include "app_data.pb.h"
#include "base/canonical.hpp"
#include "item/kinds/parts.hpp"

namespace hearsay::item {

std::optional<std::string> app_data_problem(const AppData& data) {
    if (data.data.size() > app_data_bytes_max)
        return "the data are " + std::to_string(data.data.size()) + " bytes; at most " +
               std::to_string(app_data_bytes_max) + " fit";
    return std::nullopt;
}

base::Bytes write_app_data(const AppData& data) {
    wire::AppData out;
    out.set_type(data.type);
    out.set_data(base::to_text(data.data));
    return serialized(out);
}

std::optional<AppData> read_app_data(base::ByteView payload) {
    base::CanonicalReader in(payload);
    AppData out;
    out.type = in.number32(1);
    out.data = base::to_bytes(in.bytes(2));
    if (!in.is_whole()) return std::nullopt;
    return out;
}

}  // namespace hearsay::item
