#include "core/effects.hpp"

namespace hearsay::core {

Notice::Notice(const Notice&) = default;
Notice::Notice(Notice&&) noexcept = default;
Notice& Notice::operator=(const Notice&) = default;
Notice& Notice::operator=(Notice&&) noexcept = default;
Notice::~Notice() = default;

Effect::Effect(const Effect&) = default;
Effect::Effect(Effect&&) noexcept = default;
Effect& Effect::operator=(const Effect&) = default;
Effect& Effect::operator=(Effect&&) noexcept = default;
Effect::~Effect() = default;

}  // namespace hearsay::core
