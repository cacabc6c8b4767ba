// base/ids.hpp - the identifiers that cross rooms. Each says what it is the hash or the key of.
#pragma once

#include "base/bytes.hpp"

namespace hearsay::base {

struct ItemIdTag;
struct PeerIdTag;
struct NodeIdTag;
struct PublisherTag;
struct MailboxTag;
struct MailboxIdTag;
struct SlotTag;
struct DigestTag;
struct SecretTag;

using Digest = FixedBytes<32, DigestTag>;  // a SHA-256 value
using Secret = FixedBytes<32, SecretTag>;  // a private key, a seed, a revealed secret
using ItemId = FixedBytes<32, ItemIdTag>;  // SHA-256, see item/item.hpp
using PeerId = FixedBytes<32, PeerIdTag>;  // a node's onion key (Ed25519 public key)
using NodeId = FixedBytes<32, NodeIdTag>;  // SHA-256 of a PeerId: a place in Kademlia's space
using PublisherKey = FixedBytes<32, PublisherTag>;  // a persona's Ed25519 public key
// The X-Wing public key that mail is sealed to (crypto/xwing.hpp), and what names it everywhere
// else: its fingerprint, see item/mailbox.hpp.
using MailboxKey = FixedBytes<1216, MailboxTag>;
using MailboxId = FixedBytes<32, MailboxIdTag>;
using Slot = FixedBytes<16, SlotTag>;  // names one thing of one publisher

// One connection while it lasts; numbers are never used twice in one run of the node.
enum class LinkId : std::uint64_t {};
// One piece of work given to the worker pool.
enum class JobId : std::uint64_t {};

}  // namespace hearsay::base
