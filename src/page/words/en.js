export const nav = {
  pages: 'Pages', market: 'Market', offer: 'Offer', publish: 'Publish', mine: 'Mine', mail: 'Mail',
  trades: 'Trades', people: 'People', network: 'Network', keys: 'Keys and backup',
  settings: 'Settings', notices: 'Notices',
};
export const skip = 'Skip to the content';
export const again = 'Try again';
export const all = 'All';
export const older = 'Show older ones';
export const done = 'Done.';
export const you = 'You';
export const remove = 'Remove';
export const cancel = 'Cancel';
export const send = 'Send';
export const sent = 'It is safely kept and on its way.';
export const locked = {
  title: 'Nobody is logged in here',
  text: 'Your node lets in who asks on its machine’s command line:',
  hint: 'The link is good once, for a minute. A session ends with the log-out, after half an hour'
    + ' without use, and with the node.',
};
export const lost = {
  title: 'The node does not answer.',
  text: 'What you see is from before. The page tries again by itself.',
  open: 'A node that was started anew has another address: run “hearsay open” again.',
  back: 'The node answers again.', here: 'The node does not answer: there is nothing to show yet.',
  form: 'The node did not answer. What you typed is still here: see whether it arrived, then send'
    + ' it again.',
};
export const full = {
  title: 'The disk is full.',
  text: 'The node takes nothing new until there is room: delete something.',
};
export const error = {
  any: 'That did not work.', gone: 'This is not here any more, or never was.',
  denied: 'That is not allowed, or the passphrase is wrong:',
  exhausted: 'A limit is reached, or the disk is full:', unavailable: 'Not now:',
  conflict: 'That is there already:',
};
export const market = {
  search: 'Search the market', hint: 'A bicycle, lessons, …', results: 'Offers', sort: 'Order',
  newest: 'Newest first', relevance: 'Best match first', price: 'Cheapest first',
  filters: 'Filters', clear: 'No filters', least: 'Price from', most: 'Price up to', who: 'By',
  count: { one: '{n} offer', other: '{n} offers' }, more: 'Show more',
  narrow: 'There are more: search to see fewer.', 'none.title': 'Nothing fits',
  'none.text': 'Search for fewer words, or choose fewer filters.',
  'tor.title': 'Your node is still connecting: {percent} %',
  'tor.text': 'It reaches others through Tor, which takes a minute. Offers appear as they arrive.',
  'peers.title': 'Your node knows nobody yet',
  'peers.text': 'It looks for others. You can give it the address of a friend’s node.',
  'empty.title': 'The market is empty',
  'empty.text': 'Nobody offers anything right now. You could be the first.',
  'more-than': 'More than {n} offers',
  corrected: '“{found}” in place of “{written}”, which nothing has',
  ranked: 'the newest {n} in this order', unrated: '{n} that nobody rated left out',
  stars: '{n} or better', rated: 'Rated by, at least',
};
export const offer = {
  for: 'for', give: 'The maker gives', want: 'The maker wants', ends: 'Ends', id: 'Id',
  take: 'Take this offer', write: 'Write to the maker', maker: 'Who offers this',
  'maker.hint': 'A key, not a name: what one key signs is by one person.', name: 'Give them a name',
  others: 'Also by them',
  'write.hint': 'Only they can read it. The stamp costs your machine some seconds.',
  'take.hint': 'You propose a trade, on terms as you like; empty, they are the offer’s.',
  propose: 'Propose the trade', arbiter: 'Arbiter',
  'arbiter.hint': 'Who decides disputes: persona and mailbox, as they gave them. May stay empty.',
};
export const audit = {
  title: 'Do others have it?', ask: 'Ask other nodes',
  hint: 'Ten nodes without a link to yours are asked for sixteen items, this among them.',
  running: 'They are being asked; that may take a minute.', held: 'held by {n} of {asked} asked',
  lacking: '{n} without it', silent: '{n} did not answer', linked: '{n} of them linked to you',
  nobody: 'Nobody could be asked yet.',
};
export const ratings = {
  title: 'Ratings', none: 'Nobody has rated this key yet.', mean: '{mean} of 5',
  count: { one: 'from {n} trade', other: 'from {n} trades' },
  basis: 'Each is signed by a trade’s partner. Whether that is another person, nobody knows.',
  stars: { one: '{n} star of 5', other: '{n} stars of 5' }, thing: 'Ratings of this offer',
  'thing.basis': 'Each is by somebody who traded for it.',
};
export const field = {
  title: 'Title', text: 'Description', give: 'You give', want: 'You want', tags: 'Tags',
  side: 'Kind', price: 'Price', quantity: 'Quantity', condition: 'Condition', category: 'Category',
  region: 'Region', country: 'Country', geohash: 'Area', delivery: 'Delivery', payment: 'Payment',
  language: 'Language', status: 'Status', details: 'Details', pictures: 'Pictures',
  warning: 'Warning', 'country.hint': 'Two letters, such as DE.',
  'geohash.hint': 'A geohash of at most four letters: some 40 by 20 kilometres.',
  'details.hint': 'One a line, such as “Frame: 56 cm”.',
  'category.hint': 'A path, such as sport/bicycles.', 'language.hint': 'Two letters, such as en.',
  'warning.hint': 'What to know before looking.',
  'want.hint': 'Such as 80 EUR. By a price below it can be searched and ordered, too.',
};
export const side = { offered: 'Offered', wanted: 'Wanted' };
export const status = { active: 'To be had', reserved: 'Reserved', sold: 'Gone' };
export const condition = {
  new: 'New', 'like-new': 'Like new', good: 'Good', used: 'Used', 'for-parts': 'For parts',
};
export const price = {
  mode: 'Kind of price', amount: 'Amount', currency: 'Currency',
  premium: '{percent} % over the market', per: 'per {what}', fixed: 'fixed', free: 'for nothing',
  market: 'by the market', negotiable: 'negotiable', per_what: 'For each',
  percent: '% over the market', amount_most: 'Up to',
};
export const form = {
  unsaid: 'Not said', untitled: 'Untitled', list: 'With commas between.', text: 'A word to it',
  days: 'Lives for', more: 'Condition, region, delivery and more',
  number: 'Write a number, such as 1000 or 12.50.',
  unclear: 'A thousand, or one with three decimals? Write 1000, or 1.0000.',
};
export const publish = {
  hint: 'Everybody can read it, and copies may outlive it.', do: 'Publish', edit: 'A new version',
  renew: 'Publish the new version', as: 'Signed by',
  fresh: 'A fresh key, which nothing links to you',
  'as.hint': 'A kept persona earns ratings, and links what it signs.', stamp: 'Postage of answers',
  'stamp.0': 'The usual', 'stamp.12': 'Little', 'stamp.28': 'Much',
  'stamp.hint': 'Work of strangers’ machines for a letter to you. It keeps spam away.',
  preview: 'Preview', cost: 'About {time} of work for this machine.',
  'cost.full': 'The network is full: about {time} of work, {day} if it lives for one day.',
  'cost.dear': 'The network is full: this waits for room.',
  lasts: 'Publish it anew before it ends, until I remove it',
  draft: 'A draft stays in this tab until it is published.',
};
export const mine = {
  'none.title': 'You offer nothing yet',
  'none.text': 'What you publish is listed here, with how far it has come.',
  heard: { one: 'heard back from {n} peer', other: 'heard back from {n} peers' },
  ends: 'ends {when}', ended: 'ended {when}', 'waits-tor': 'waits for Tor',
  'waits-peer': 'waits for another node: see Network', edit: 'Edit or renew',
  renewed: 'Published anew before it ends.', renew: 'Keep it published', stop: 'Let it end',
  again: 'Publish again', sure: 'Remove this offer everywhere?',
  next: 'That is all: letters come under Mail, proposals under Trades.',
};
export const mail = {
  unread: '{n} unread', 'none.title': 'No mail yet',
  'none.text': 'Letters and answers appear here. Write to the maker of an offer to begin.',
  new: 'Write to an address', to: 'To', 'to.hint': 'A mailbox address, hsm1…', in: 'from',
  out: 'to', number: { one: '{n} letter', other: '{n} letters' }, back: 'All mail',
  subject: 'Subject', text: 'Text', about: 'The offer', withdraw: 'Take it back',
  remove: 'Delete my copy', sure: 'Delete it for good?', save: 'Save', answer: 'Answer',
};
export const trade = {
  'none.title': 'No trades yet',
  'none.text': 'Take an offer, or wait until somebody takes one of yours.', turn: 'Your turn',
  back: 'All trades', with: 'You are the {role}, with', 'role.maker': 'maker',
  'role.taker': 'taker', 'role.arbiter': 'arbiter', 'role.neither': 'neither', unknown: 'unknown',
  proposal: 'Proposed:', deal: 'Agreed:', steps: 'How far the trade is',
  'step.proposed': 'Proposed', 'step.accepted': 'Accepted', 'step.agreed': 'Agreed',
  'step.paid': 'Payment details', 'step.shipped': 'Sent', 'step.received': 'Received',
  'step.complete': 'Complete', 'step.disputed': 'Disputed', 'step.declined': 'Declined',
  'step.withdrawn': 'Withdrawn', 'step.cancelled': 'Cancelled', 'step.ruled': 'Ruled',
  'state.accepted': 'Accepted, to be confirmed', 'state.ruled': 'Ruled by the arbiter',
  messages: 'What was said', missing: 'A message is missing and may still come.',
  waiting: 'Waits for an earlier message.', problem: 'This changed nothing:', remove: 'Delete it',
  right: 'Who is right', showall: 'Show all messages to the arbiter',
  evidence: 'What the arbiter sees', shown: 'shown to the arbiter', ruled: 'in the right: {who}',
  'next.answer': 'They wait for you: accept, decline, or propose other terms.',
  'next.proposed': 'Now they answer. You need not stay: it will stand here.',
  'next.accepted': 'The proposer’s node confirms by itself. Send nothing before.',
  'next.agreed': 'Who gets money says where to. Send what you owe and say so; say, too, when'
    + ' theirs is here.',
};
export const move = {
  take: 'Proposal', accept: 'Accept', decline: 'Decline', counter: 'Propose other terms',
  confirm: 'Confirm', 'pay-info': 'Send payment details', shipped: 'I have sent it',
  received: 'I have received it', dispute: 'Call the arbiter', evidence: 'Show the arbiter more',
  ruling: 'Rule', text: 'Say something', close: 'The end', withdraw: 'Withdraw',
  cancel: 'Ask to cancel', 'hint.accept': 'You agree to the terms above.',
  'hint.confirm': 'From now on both are bound by what was agreed.',
  'hint.pay-info': 'Where the money goes: an address, an account.',
  'hint.shipped': 'What you owe is on its way: money, goods, or both.',
  'hint.received': 'What the other side owes has arrived.',
  'hint.dispute': 'The arbiter named in the terms decides.',
  'hint.text': 'It stands with the trade and changes nothing in it.',
  'hint.withdraw': 'Nobody is bound yet: that ends it.',
  'hint.cancel': 'It is off once the other side asks for it, too.',
  'hint.rate': 'Everybody can read it, under the key of this trade.',
};
export const rate = {
  title: 'Rate your partner', stars: 'Stars', again: 'Rate again', thing: 'Rate what you got',
};
export const lists = {
  hidden: 'Hidden by your list {name}.', good: 'Recommended by your list {name}.',
  count: '{n} hidden by {name}.', show: 'Show', hide: 'Hide again', title: 'Lists',
  hint: 'They hide or recommend. Your own are for you only unless published.',
  entries: { one: '{n} entry', other: '{n} entries' }, subscribe: 'Subscribe',
  unsubscribe: 'Unsubscribe', add: 'Hide', what: 'What', word: 'A word', publisher: 'A persona',
  item: 'An id', value: 'Which', reason: 'Reason', mine: 'mine',
  'hide-persona': 'Hide all of this persona', 'hide-sure': 'Hide it? It can be shown again.',
};
export const watch = {
  title: 'Kept searches',
  hint: 'You are told of what is new, or newly rated so. Nobody else learns of them.',
  add: 'Keep this search', name: 'A name for it: letters and digits', matches: 'matches: {n}',
};
export const people = {
  friend: 'friend', friends: 'Friends',
  'friends.hint': 'Personas whose mail always comes through. The names are for you only.',
  none: 'Nothing yet.', name: 'Name', address: 'Address', add: 'Add, or rename',
  personas: 'Your personas',
  'personas.hint': 'What a persona signs is linked, and may earn ratings.', make: 'Make a persona',
  retire: 'Retire', 'retire.sure': 'It will sign nothing new.', retired: 'retired',
  mailbox: 'Your mailbox', 'mailbox.hint': 'The address to give to whoever should write to you.',
  published: 'The address is enough to write to it.',
  unpublished: 'Nobody can write to the address alone.', publish: 'Publish its key',
  withdraw: 'Stop publishing it', rule: 'Who may write to it', write: 'Write to them',
  main: 'Main persona',
};
export const rule = {
  anyone: 'Anyone, with a stamp', takers: 'Who takes the offer', friends: 'Friends only',
};
export const aside = {
  title: 'Set aside', hint: 'Reading them ended the node; they stay unread.',
  retry: 'Read it again', letter: 'Letter', trade: 'Trade', record: 'Record',
};
export const net = {
  tor: 'Tor', onion_descriptor: 'Onion descriptor', reachability: 'Reachability', peers: 'Peers',
  sync: 'Completeness', store: 'Store', clock: 'Clock', outbox: 'On their way',
  old: 'Not heard of lately', age: 'As of {when}',
  links: 'Outbound {out} of {wanted}, inbound {in}; known: {known}', 'clock.fine': 'Right',
  'clock.off': 'Doubted', 'clock.text': 'It differs from this browser’s by {n} s.',
  'outbox.none': 'Nothing waits', 'outbox.some': 'Waiting: {n}', address: 'Address of the node',
  version: 'Version', main: 'main network', local: 'private network', uptime: 'Running since',
  nopeers: 'None right now.', traffic: 'received {in}, sent {out}', friend: 'pinned', ban: 'Ban',
  'ban.sure': 'Keep it out for a day?', unban: 'Let in again', more: '{n} more known.',
  add: 'Add a node', pin: 'A node to pin',
  'pin.hint': 'Its onion address. A pinned node is always dialled and let in.',
  tor_version: 'Version of Tor', disk: '{used}; {free} of the disk are free', sandbox: 'Sandbox',
  'sandbox-on': 'on', 'sandbox-off': 'off, as was asked',
};
export const next = {
  'tor.bootstrapping': 'Wait. If it takes minutes, Tor may be blocked: a bridge helps (hearsayd'
    + ' --tor-config).', 'tor.failed': 'Look at the node’s log, then start it anew.',
  'reachability.unreachable': 'Others cannot dial you; your links carry everything.',
  'peers.alone': 'Give the node an address below.',
  'store.failed': 'Look at the node’s log: the disk may be damaged.',
  clock: 'Set this machine’s clock. Meanwhile nothing is published.',
  tor_version: 'Upgrade Hearsay: Tor is a part of it.', wait: 'Wait; it goes on by itself.',
};
export const keys = {
  disk: 'On this disk', sealed: 'A passphrase protects your keys',
  open: 'No passphrase protects your keys',
  'open.text': 'Whoever has this disk has your keys. In a terminal, this sets one:',
  backup: 'Backup',
  'backup.text': 'Keys, personas, mail and trades in one encrypted file. With its passphrase it'
    + ' opens all mail of that day: destroy old ones.', path: 'File',
  'path.hint': 'A new file on the node’s machine, such as /home/ann/hearsay.backup.',
  pass: 'Passphrase', twice: 'The same again', differ: 'The two passphrases differ.',
  make: 'Write the backup', done: 'Written and read back: {path}, {size}.',
  last: 'The last one was made {when}.', never: 'There is none yet.',
  remind: 'You have no backup. A lost disk is then a lost identity.', snooze: 'In a week',
  words: 'The twelve words',
  'words.text': 'They were shown once, at the node’s first start: on paper they bring your keys'
    + ' back. Whether yours are right, this tells in a terminal:', back: 'Coming back',
  'back.text': 'On a new, empty node, in its terminal:', 'sealed.text': 'To change it:',
};
export const settings = {
  language: 'Language', theme: 'Colours', notify: 'Tell me of new mail in the background',
  leave: 'Log out', 'leave.text': 'Ends this session in all tabs. Come back with “hearsay open”.',
  content: 'With its subject, also on a locked screen', arrived: 'New mail',
  refused: 'The browser refuses. Its settings say for which addresses it allows notifications.',
  last: 'All this stays in this browser until the node has another port. Started with hearsayd'
    + ' --page-port N, it keeps one.',
};
export const theme = { system: 'As the system', light: 'Light', dark: 'Dark' };
export const state = {
  working: 'Being made', queued: 'Waiting to go out', injected: 'Handed to the network',
  published: 'Published', removed: 'Removed', expired: 'Expired', live: 'Live',
  draft: 'waits for the key of its mailbox', heard: 'heard back from the network',
  delivered: 'delivered', withdrawn: 'taken back', starting: 'Starting',
  bootstrapping: 'Connecting', ready: 'Ready', restarting: 'Restarting', silent: 'Does not answer',
  failed: 'Failed', waiting: 'Waiting', uploading: 'Being published', unknown: 'Not known yet',
  checking: 'Being tried', reachable: 'Reachable', unreachable: 'Not reachable', alone: 'Alone',
  connecting: 'Connecting', connected: 'Connected', comparing: 'Comparing', complete: 'Complete',
  full: 'Full', current: 'Current', newer: 'Newer than recommended', outdated: 'Outdated',
  unlisted: 'Not recommended', linked: 'Linked', visiting: 'Being asked', dialling: 'Being dialled',
  shunned: 'Kept out for a while', banned: 'Banned', private: 'yours',
  unsubscribed: 'not subscribed', subscribed: 'subscribed', awaited: 'awaited',
};
export const picture = {
  show: 'Show the picture', alt: 'Picture', absent: 'A picture that has not arrived yet',
  failed: 'This picture is not here any more.',
  hint: 'Made small here: 640 pixels, 16 KiB at most, without place, time and camera.',
  noise: 'This browser changes pictures, so that nobody recognises it. Use the command: hearsay'
    + ' offer publish --picture FILE.', unread: 'This is no picture that the browser can read.',
  large: 'It does not fit into {size}.', many: 'Four pictures at most.', made: 'Pictures: {n}',
};
export const profile = {
  title: 'Profiles', hint: 'What your persona says of itself. Anybody may take any name.',
  nickname: 'Nickname', about: 'About', languages: 'Languages',
  contact: 'With a mailbox for whoever wants to write', do: 'Publish the profile',
  edit: 'Change', sure: 'Remove this profile everywhere?',
};
export const plot = {
  title: 'The last day', soon: 'The plots begin in a minute.', rate: '{bytes} a second',
  span: 'Over {time}', said: '{name}: {now} now, {least} to {most}.', traffic: 'Traffic',
  items: 'Items', links: 'Links', received: 'Received', sent: 'Sent', outbound: 'Outbound',
  inbound: 'Inbound',
};
// What the node says has its own words in English; these are those that speak of the command, and
// what Tor says of its way into its network, for those who are no experts of it.
export const node = {
  phase_starting: 'It starts.', phase_conn_pt: 'It connects to the bridge’s transport.',
  phase_conn_done_pt: 'The bridge’s transport answers.',
  phase_conn_proxy: 'It connects to the proxy.', phase_conn_done_proxy: 'The proxy answers.',
  phase_conn: 'It connects to a first relay.', phase_conn_done: 'A first relay answers.',
  phase_handshake: 'It agrees on keys with the relay.',
  phase_handshake_done: 'The connection to the relay is encrypted.',
  phase_onehop_create: 'It opens a way to the directory.',
  phase_requesting_status: 'It asks for the list of relays.',
  phase_loading_status: 'It loads the list of relays.',
  phase_loading_keys: 'It loads the keys of those who sign the list.',
  phase_requesting_descriptors: 'It asks for the relays’ keys.',
  phase_loading_descriptors: 'It loads the relays’ keys.',
  phase_enough_dirinfo: 'It knows enough relays.',
  phase_ap_conn_pt: 'It connects to the bridge’s transport once more.',
  phase_ap_conn_done_pt: 'The bridge’s transport answers once more.',
  phase_ap_conn_proxy: 'It connects to the proxy once more.',
  phase_ap_conn_done_proxy: 'The proxy answers once more.',
  phase_ap_conn: 'It connects to the relay that it keeps.',
  phase_ap_conn_done: 'The relay that it keeps answers.',
  phase_ap_handshake: 'It agrees on keys with that relay.',
  phase_ap_handshake_done: 'The connection to that relay is encrypted.',
  phase_circuit_create: 'It builds the first circuit.',
  turns: 'A trade waits for you.', ends: '“{title}” ends in {n} h: see Mine.',
};
