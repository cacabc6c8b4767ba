// market/pictures/views.hpp - what a picture looks like from outside.
#pragma once

#include "item/kinds/picture.hpp"
#include "market/publications/views.hpp"

namespace hearsay::market {

struct PictureView : PublicationView {
    base::Digest hash{};
    item::PictureFacts facts{};
};

}  // namespace hearsay::market
