// base/limits.hpp - every maximum of the program, each with its reason.
//
// Nothing that others can make us hold grows without one of these; sizes of a format and of a local buffer
// stand with their one user. Protocol limits are part of docs/protocol.md:
// changing one makes another network. Node limits protect this node and may differ between nodes.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/time.hpp"

namespace hearsay::base::limits {

using namespace std::chrono_literals;

// ---- protocol: items -------------------------------------------------------------------------
// A header is a few fixed fields, about 200 bytes; the rest is room for later fields.
inline constexpr std::size_t header_bytes_max = 512;
// The largest padded mail is 32 KiB and 16 bytes of tag; offers are far smaller.
inline constexpr std::size_t payload_bytes_max = 33 * 1024;
inline constexpr std::size_t item_bytes_max =
    header_bytes_max + payload_bytes_max + 64 + 8;  // signature, nonce
// The window in which a store has to remember anything. Longer offers are renewed by their maker.
inline constexpr Seconds lifetime_max = Seconds(15 * 24 * 3600);
// People's clocks and time zones are wrong by an hour more often than by two.
inline constexpr Seconds future_max = Seconds(2 * 3600);
// Rounding hides when somebody sat at the keyboard and how far their clock is off.
inline constexpr Seconds created_step = Seconds(600);
// After its end an id or a removal is remembered for two clocks' worth of error, so that a peer
// whose clock is behind cannot bring the item back.
inline constexpr Seconds grace = Seconds(4 * 3600);
// Work: expected trials = factor x (size + base) x (1 + lifetime / unit). brief section 5.
inline constexpr std::uint64_t work_factor = 200;
inline constexpr std::uint64_t work_base_bytes = 1000;
inline constexpr std::uint64_t work_lifetime_unit_s = 65536;

// ---- protocol: frames ------------------------------------------------------------------------
// Room for a few of the largest items or a page of ids, small enough to hold one per link.
inline constexpr std::size_t frame_bytes_max = 256 * 1024;
inline constexpr std::size_t items_per_frame_max = 256;
// 1,000 ids of 32 bytes: a page of 32 KB, about a second over a slow circuit.
inline constexpr std::size_t ids_per_page_max = 1000;

// Comparing: symbols in one frame, 14 bytes each or a few more; short ids in one Fetch; sets beyond it page.
inline constexpr std::size_t symbols_per_frame_max = 8192;
inline constexpr std::size_t symbols_max = 16384;  // of one round; a Fetch asks for no more ids than that
inline constexpr std::uint64_t compared_items_max = 1ULL << 30;

// ---- protocol: links -------------------------------------------------------------------------
// The virtual port of every node's onion service.
inline constexpr std::uint16_t onion_port = 7788;

// An answer of Kademlia's k contacts.
inline constexpr std::size_t contacts_per_answer_max = 20;

// ---- node: links -----------------------------------------------------------------------------
// As the user may set them (degree, max_connections), and as they are otherwise: flooding reaches everybody over eight
// links each even if most of the network is silent (docs/simulator.md), and 64 callers cost a few MB.
inline constexpr std::size_t degree_most = 32;
inline constexpr std::size_t degree_default = 8;
inline constexpr std::size_t connections_most = 512;
inline constexpr std::size_t max_connections_default = 72;
inline constexpr std::size_t min_connections_default = 4;
// Each link may wait with this much unsent; more means that the other side does not read.
inline constexpr std::size_t send_queue_bytes_max = 8 * 1024 * 1024;
// Above this we stop answering a link's requests until it has read.
inline constexpr std::size_t send_queue_busy_bytes = 1024 * 1024;
// Handshakes not finished yet: each costs memory and a signature, and is anonymous.
inline constexpr std::size_t handshakes_max = 64;
inline constexpr Millis handshake_wait = 60s;
inline constexpr Millis hello_wait = 30s;
// Tor closes idle circuits; NATs and sleeping laptops make links half-open.
inline constexpr Millis ping_interval = 90s;
inline constexpr Millis pong_wait = 60s;
// A try that has not connected by then hangs on a dead introduction (3 to 6 s are usual on a private network, the
// public one is slower); the next try has twice the time, up to the latter.
inline constexpr Millis dial_wait_first = 10s;
inline constexpr Millis dial_wait = 80s;
// Dials at once: outbound_links_max of the core's, the look at oneself, and room for what comes.
inline constexpr std::size_t dials_max = 32;
// Inbound streams of one circuit. An honest dial has a circuit of its own; one more may overlap when it comes
// again before we noticed that it went.
inline constexpr std::size_t circuit_streams_max = 2;
// A graceful close, in all: who does not read its last frames by then does not want them.
inline constexpr Millis flush_wait = 5s;
// Two links of one pair that came up within this time are dials that crossed; a later one replaces a dead
// one.
inline constexpr Millis crossing_dials_max = 60s;
// A link that lasted this long was a good one: its peer is dialled again at once when it ends.
inline constexpr Millis lasting_link = 60s;
inline constexpr Millis redial_first = 2s;
inline constexpr Millis redial_most = 10min;
inline constexpr std::size_t known_peers_max = 2000;
// A peer that broke the rules stays out long enough to make trying again pointless, short enough that a bug
// on either side heals within a coffee break; core/links/scores.hpp.
inline constexpr Millis ban_wait = 10min;
inline constexpr Millis ban_long = 24h;
inline constexpr std::int64_t ban_score = 3;
inline constexpr Millis score_half_life = 6h;
inline constexpr std::size_t banned_peers_max = 10000;
inline constexpr std::size_t ban_reason_bytes_max = 200;
// Of inbound_links_max, only for peers that answered a dial of ours, or are friends: strangers cannot fill them.
inline constexpr std::size_t inbound_reserved = 16;
// Links that each of three classes protects from eviction (core/links/eviction.hpp).
inline constexpr std::size_t evict_protected = 8;
// Inbound links whose Hello has not come: nobody knows yet what they want.
inline constexpr std::size_t ungreeted_links_max = 64;
// A link that does not say who it is, or only asks something, may do so and go; it is not asked to stay. A visit takes two
// round trips, so 32 places serve ten a second.
inline constexpr std::size_t passing_links_max = 32;
inline constexpr Millis passing_stay = 60s;
inline constexpr std::size_t items_per_passing_link_max = 16;

// ---- node: discovery -------------------------------------------------------------------------
// Kademlia's k: so many that it is unlikely that all of them leave within an hour.
inline constexpr std::size_t bucket_contacts_max = 20;
inline constexpr std::size_t bucket_replacements_max = 20;
inline constexpr std::uint32_t stale_tries_max = 5;
inline constexpr Millis bucket_refresh = 1h;
// 64 sources of 64 candidates: ten times what is tried in a day, 400 KB on disk.
inline constexpr std::size_t candidates_per_source_max = 64;
inline constexpr std::size_t candidate_sources_max = 64;
// Who has just come up cannot be dialled until Tor's directories have its descriptor, which takes up to a minute: tried
// again soon, then later, for eight minutes in all.
inline constexpr std::uint32_t candidate_tries_max = 6;
inline constexpr Millis candidate_pause_first = 15s;
inline constexpr Millis candidate_pause_most = 10min;
inline constexpr Millis lost_pause_most =
    2h;  // of proved peers: they are not dropped, so they must not cost much
inline constexpr std::size_t paused_peers_max = 8192;
// A look-up (core/discovery/lookup.hpp); figures by measurement, docs/simulator.md.
inline constexpr std::size_t lookup_paths = 3;
inline constexpr std::size_t lookup_settled = 3;
inline constexpr std::uint32_t lookup_asks_max = 12;
inline constexpr std::size_t lookup_heard_max = 60;
inline constexpr std::size_t lookups_waiting_max = 16;
// Own look-ups while the network is new to us: at once and after these. Later visits and refreshes keep up.
inline constexpr Millis own_lookup_waits[] = {1min, 5min, 30min};
// The 99th percentile of a round trip through Tor is 3 s, and the other side may be busy.
inline constexpr Millis find_wait = 12s;
// Questions that one link may ask, at once and one more each find_every: a join needs about ten.
inline constexpr std::int64_t find_burst = 32;
inline constexpr Millis find_every = 10s;
// Visits at once: Kademlia's alpha.
inline constexpr std::size_t visits_max = 3;
inline constexpr std::size_t eager_contacts = 60;
inline constexpr Millis ask_again_first = 2s;
inline constexpr Millis ask_again_most = 2min;
// Between visits later: six circuits an hour, of twelve that an idle node may open.
inline constexpr Millis feeler_wait = 2min;
inline constexpr Millis feeler_rest = 10min;
inline constexpr Millis bootstrap_wait_first = 2s;
inline constexpr Millis bootstrap_wait_most = 5min;
inline constexpr Millis rotate_wait_min = 2h;
inline constexpr Millis rotate_wait_max = 4h;
inline constexpr Millis rotate_age = 1h;  // younger links are not rotated away
// Of eight links three to peers that we know for a day or more: docs/decisions/0009.
inline constexpr Seconds long_tried_age = Seconds(24 * 3600);
inline constexpr std::size_t long_tried_of_eight = 3;
inline constexpr std::size_t anchors_max = 2;
inline constexpr Millis anchor_age = 10min;
inline constexpr std::uint32_t anchor_tries_max = 3;
inline constexpr Seconds ban_most = Seconds(10LL * 365 * 24 * 3600);

// ---- node: relay -----------------------------------------------------------------------------
// Items waiting for the verification workers; beyond it links are not read (back-pressure).
inline constexpr std::size_t verifying_items_max = 4096;
inline constexpr std::size_t verifying_bytes_max = 32 * 1024 * 1024;
// Copies of one id that wait while the first is being checked, in case the first is a forgery.
inline constexpr std::size_t alternates_max = 8;
// An asked peer has several times what answers usually take, within these: a round trip's 99th percentile
// through Tor is 3 s, and it may have to wait for the item itself.
inline constexpr Millis answer_wait_min = 2s;
inline constexpr Millis answer_wait_max = 10s;
inline constexpr std::uint32_t debts_max = 3;
// What was heard of items of the last seconds: at a hundred items a second a few hundred.
inline constexpr Millis news_memory = 5s;
// Ids that never came: longer than any queue that may still hold their announcements.
inline constexpr Millis vain_memory = 10min;
inline constexpr std::size_t news_max = 16384;
inline constexpr std::size_t announced_per_link_max = 4096;
inline constexpr std::size_t announcers_max = 16;
inline constexpr std::size_t askers_max = 72;  // every listed link, once
inline constexpr std::uint32_t early_hops_max = 4;
// Ids are gathered this long, or until there are enough for three Tor cells.
inline constexpr Millis announce_pause = 100ms;
inline constexpr std::size_t announce_batch = 32;
inline constexpr std::size_t announce_queue_max = 10000;
inline constexpr std::size_t requested_max = 10000;  // items asked for by one link and not sent yet
// Sent to a link and not read: beyond, it hears only ids until it has read.
inline constexpr std::size_t relay_ahead_bytes = 256 * 1024;
// What a link may send in vain, at once and for ever: a comparison's push of 8,192 items twice, then a trickle.
inline constexpr std::int64_t waste_bytes_max = 16 * 1024 * 1024;
inline constexpr std::int64_t waste_bytes_per_s = 16 * 1024;
// Copies on their way when we told a link to stop.
inline constexpr Millis push_grace = 10s;
// Answers to one link's wishes, sent piece by piece as it reads: enough to fill a slow circuit.
inline constexpr std::size_t exchange_piece_bytes = 256 * 1024;
// Ten million ids: more than a store holds, few enough that a peer cannot list for ever.
inline constexpr std::uint32_t exchange_pages_max = 10000;
// Differences that are decoded; for more, both sides list all they have, page by page.
inline constexpr std::uint64_t differences_max = 8192;
// Times that a round asks for more symbols before it gives up.
inline constexpr std::uint32_t batches_max = 8;
// Sets of short ids held at once, 16 bytes an item: a million items four times are 64 MB.
inline constexpr std::size_t snapshots_max = 4;
// Between rounds over one link; random, so that nobody knows when we look. The other side may ask no
// sooner than compare_wait_least: an answer costs us a fifth of a second at a million items.
inline constexpr Millis compare_wait_min = 2min;
inline constexpr Millis compare_wait_max = 8min;
inline constexpr Millis compare_wait_least = 60s;
// A round without lists takes a few round trips and its items' way.
inline constexpr Millis round_wait = 20s;
// Equal summaries are checked by this many keyed symbols, one time in so many (core/reconcile/summary.hpp).
inline constexpr std::uint64_t recheck_one_in = 16;
inline constexpr std::uint32_t recheck_symbols = 8;
// An own item leaves within this time for each own item that waits, at random: alone within seconds, because
// somebody waits for it; many together spread out. Less than the minimum would tell when the user pressed the key.
inline constexpr Millis injection_delay_min = 500ms;
inline constexpr Millis injection_delay = 5s;
inline constexpr Millis injection_delay_max = 10min;
// Until an injected item is injected elsewhere; doubling, to the last. A flood takes seconds, so a minute
// means that it was kept back; four an hour are enough if the whole neighbourhood does so.
inline constexpr Millis injection_wait_min = 1min;
inline constexpr Millis injection_wait_max = 3min;
inline constexpr Millis injection_wait_most = 15min;
// Until another peer is tried after a failed dial; doubling, to injection_wait_max.
inline constexpr Millis injection_retry_min = 2s;
inline constexpr Millis injection_retry_max = 8s;
// Until we go from a peer that was handed an item and says nothing: several round trips.
inline constexpr Millis injection_stay = 20s;
// At once: each is a circuit and a place among dials_max.
inline constexpr std::size_t injections_max = 4;
// Own items that are injected or followed, and how far their return is counted.
inline constexpr std::size_t followed_items_max = 10000;
inline constexpr std::size_t followed_peers_max = 1000;
// Items forgotten in one step: keeps a step short when many expire together.
inline constexpr std::size_t sweep_items_max = 1000;
// Memory of gone ids and slots erased in one step: nothing is read for it but keys.
inline constexpr std::size_t sweep_memories_max = 10000;
inline constexpr Millis sweep_interval = 30s;

// ---- node: store -----------------------------------------------------------------------------
inline constexpr std::uint64_t flood_map_bytes_max = 64ULL << 30;
inline constexpr std::uint64_t own_map_bytes_max = 4ULL << 30;
// Free space below which nothing new is accepted from peers: the user's own mail still fits.
inline constexpr std::uint64_t free_disk_bytes_min = 64ULL << 20;

// ---- person ----------------------------------------------------------------------------------
inline constexpr std::size_t mailbox_keys_max = 4096;  // each new mail costs a worker an X25519 a key
inline constexpr std::size_t own_offers_max = 1000;
inline constexpr std::size_t outbox_max = 1000;
inline constexpr std::size_t inbox_max = 100000;
// Unread letters of strangers in one mailbox, unless its owner says otherwise: more than anybody reads.
inline constexpr std::uint32_t strangers_mail_default = 500;
// Letters that found their mailbox or the inbox full and are tried again; beyond, they are refused.
inline constexpr std::size_t waiting_mail_max = 10000;
inline constexpr std::size_t friends_max = 1000;
inline constexpr std::size_t receipts_max = 1000;  // of ours on their way; beyond, a mail is not acknowledged
// Removals that are due or on their way; those of mail that came leave room for withdrawing one's own.
inline constexpr std::size_t mail_removals_max = 10000;
inline constexpr std::size_t read_removals_max = mail_removals_max - outbox_max;
inline constexpr std::size_t subject_bytes_max = 200;

// ---- trades ----------------------------------------------------------------------------------
// One message, so that it fits a letter with its envelope, tickets and subject; a payload leaves room for a text.
inline constexpr std::size_t trade_message_bytes_max = 30000;
inline constexpr std::size_t trade_payload_bytes_max = 24576;
inline constexpr std::size_t trade_text_bytes_max = 4096;
inline constexpr std::size_t trade_letter_messages_max = 64;
// Protocol: of one sender in one trade, so that nobody uses up another's room. A fifth of it stays for moves, which are
// few; texts and pay-infos fill the rest.
inline constexpr std::uint32_t trade_sender_messages_max = 300;
inline constexpr std::size_t trade_sender_bytes_max = 1024 * 1024;
// Nobody sends more moves than these beside texts, pay-infos and counters.
inline constexpr std::uint32_t trade_moves_reserved = 8;
// A trade is one record, written anew with each message: maker, taker, arbiter, and all strangers together.
inline constexpr std::size_t trade_bytes_max = 4 * trade_sender_bytes_max;
// What one says ahead of a silent partner, beside its moves; the partner's buffer takes it, whatever the order.
inline constexpr std::uint32_t trade_unseen_max = 64;
inline constexpr std::size_t trade_waiting_max = 2 * trade_unseen_max;  // of each sender
// Proofs that somebody contradicted itself; one is enough.
inline constexpr std::size_t trade_forks_of_sender_max = 2;
inline constexpr std::size_t trade_forks_max = 3 * trade_forks_of_sender_max;
inline constexpr std::size_t open_trades_max = 500;
// Of these, what strangers began and we never answered: the oldest make room.
inline constexpr std::size_t unanswered_trades_max = 200;  // proposals
inline constexpr std::size_t unanswered_cases_max = 50;    // shown to us as the arbiter
// Ids of trades that the user removed, so that their messages cannot begin them again.
inline constexpr std::size_t removed_trades_max = 10000;
inline constexpr std::size_t trades_max = 5000;  // with those that are over, until the user removes them
// A trade may rest for months; its mailbox is one more key to try on every mail, so it ends some day.
inline constexpr Seconds trade_life_max = Seconds(400LL * 24 * 3600);
inline constexpr Seconds rating_renewal = Seconds(3LL * 24 * 3600);  // before its end

// ---- local API -------------------------------------------------------------------------------
inline constexpr std::size_t api_body_bytes_max = 256 * 1024;
inline constexpr std::size_t api_connections_max = 64;
// A browser's largest heads; ours are 200 bytes.
inline constexpr std::size_t api_head_bytes_max = 16 * 1024;
// About 1,000 events for a consumer that does not read.
inline constexpr std::size_t api_stream_bytes_max = 256 * 1024;
// Read ahead of one connection, and answers it has not read before the next request is looked at.
inline constexpr std::size_t api_pending_bytes_max = 64 * 1024;
inline constexpr std::size_t api_unread_bytes_max = 1024 * 1024;
// One answer of a list; a page for a person, a bite for a script.
inline constexpr std::size_t api_list_max = 1000;

}  // namespace hearsay::base::limits
