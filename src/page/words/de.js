export const nav = {
  pages: 'Seiten', market: 'Markt', offer: 'Angebot', publish: 'Anbieten', mine: 'Meine',
  mail: 'Post', trades: 'Handel', people: 'Leute', network: 'Netz', keys: 'Schlüssel und Sicherung',
  settings: 'Einstellungen', notices: 'Hinweise',
};
export const skip = 'Zum Inhalt';
export const again = 'Noch einmal versuchen';
export const all = 'Alle';
export const older = 'Ältere zeigen';
export const done = 'Erledigt.';
export const you = 'Sie';
export const remove = 'Entfernen';
export const cancel = 'Abbrechen';
export const send = 'Senden';
export const sent = 'Es ist sicher aufgehoben und unterwegs.';
export const locked = {
  title: 'Hier ist niemand angemeldet',
  text: 'Ihr Knoten lässt ein, wer auf der Befehlszeile seines Rechners bittet:',
  hint: 'Der Verweis gilt einmal, eine Minute lang. Eine Sitzung endet mit der Abmeldung, nach'
    + ' einer halben Stunde ohne Benutzung und mit dem Knoten.',
};
export const lost = {
  title: 'Der Knoten antwortet nicht.',
  text: 'Was Sie sehen, ist von vorher. Die Seite versucht es von selbst weiter.',
  open: 'Ein neu gestarteter Knoten hat eine andere Adresse: noch einmal „hearsay open“.',
  back: 'Der Knoten antwortet wieder.',
  here: 'Der Knoten antwortet nicht: Hier ist noch nichts zu sehen.',
  form: 'Der Knoten hat nicht geantwortet. Ihre Eingabe steht noch hier: Sehen Sie erst nach, ob'
    + ' sie ankam, und senden Sie dann neu.',
};
export const full = {
  title: 'Die Platte ist voll.',
  text: 'Der Knoten nimmt nichts Neues an, bis Platz ist: Löschen Sie etwas.',
};
export const error = {
  any: 'Das ging nicht.', gone: 'Das gibt es hier nicht mehr, oder es gab es nie.',
  denied: 'Das ist nicht erlaubt, oder die Passphrase ist falsch:',
  exhausted: 'Eine Grenze ist erreicht, oder die Platte ist voll:', unavailable: 'Jetzt nicht:',
  conflict: 'Das gibt es schon:',
};
export const market = {
  search: 'Im Markt suchen', hint: 'Ein Fahrrad, Unterricht, …', results: 'Angebote',
  sort: 'Reihenfolge', newest: 'Neueste zuerst', relevance: 'Passendste zuerst',
  price: 'Günstigste zuerst', filters: 'Filter', clear: 'Ohne Filter', least: 'Preis ab',
  most: 'Preis bis', who: 'Von', count: { one: '{n} Angebot', other: '{n} Angebote' },
  more: 'Mehr zeigen', narrow: 'Es gibt mehr: Suchen Sie, um weniger zu sehen.',
  'none.title': 'Nichts passt',
  'none.text': 'Suchen Sie nach weniger Wörtern, oder wählen Sie weniger aus.',
  'tor.title': 'Ihr Knoten verbindet sich noch: {percent} %',
  'tor.text': 'Er erreicht andere durch Tor; das braucht eine Minute. Angebote erscheinen, wie sie'
    + ' kommen.', 'peers.title': 'Ihr Knoten kennt noch niemanden',
  'peers.text': 'Er sucht andere. Sie können ihm die Adresse eines Freundes geben.',
  'empty.title': 'Der Markt ist leer',
  'empty.text': 'Gerade bietet niemand etwas an. Sie könnten anfangen.',
  'more-than': 'Mehr als {n} Angebote', corrected: '„{found}“ statt „{written}“, das es nicht gibt',
  ranked: 'so geordnet die neuesten {n}', unrated: 'ohne {n}, die niemand bewertet hat',
  stars: '{n} oder besser', rated: 'Bewertet von mindestens',
};
export const offer = {
  for: 'für', give: 'Der Anbieter gibt', want: 'Der Anbieter will', ends: 'Endet', id: 'Kennung',
  take: 'Angebot annehmen', write: 'Dem Anbieter schreiben', maker: 'Wer das anbietet',
  'maker.hint': 'Ein Schlüssel, kein Name: Was ein Schlüssel unterschreibt, ist von einer Person.',
  name: 'Einen Namen geben', others: 'Auch von dort',
  'write.hint': 'Nur er kann es lesen. Die Marke kostet Ihren Rechner einige Sekunden.',
  'take.hint': 'Sie schlagen einen Handel vor, mit Bedingungen, wie Sie wollen; leer gilt das'
    + ' Angebot.', propose: 'Handel vorschlagen', arbiter: 'Schiedsrichter',
  'arbiter.hint': 'Wer bei Streit entscheidet: Persona und Postfach, wie er sie gab. Darf leer'
    + ' bleiben.',
};
export const audit = {
  title: 'Haben es andere?', ask: 'Andere Knoten fragen',
  hint: 'Zehn Knoten ohne Verbindung zu Ihrem werden nach sechzehn Dingen gefragt, auch diesem.',
  running: 'Sie werden gefragt; das kann eine Minute dauern.', held: '{n} von {asked} haben es',
  lacking: '{n} ohne es', silent: '{n} antworteten nicht', linked: '{n} davon mit Ihnen verbunden',
  nobody: 'Noch war niemand zu fragen.',
};
export const ratings = {
  title: 'Bewertungen', none: 'Diesen Schlüssel hat noch niemand bewertet.', mean: '{mean} von 5',
  count: { one: 'aus {n} Geschäft', other: 'aus {n} Geschäften' },
  basis: 'Jede ist vom Partner eines Handels unterschrieben. Ob er jemand anderes ist, weiß'
    + ' niemand.', stars: { one: '{n} Stern von 5', other: '{n} Sterne von 5' },
  thing: 'Bewertungen dieses Angebots',
  'thing.basis': 'Jede ist von jemandem, der darum gehandelt hat.',
};
export const field = {
  title: 'Titel', text: 'Beschreibung', give: 'Sie geben', want: 'Sie wollen', tags: 'Schlagwörter',
  side: 'Art', price: 'Preis', quantity: 'Menge', condition: 'Zustand', category: 'Kategorie',
  region: 'Gegend', country: 'Land', geohash: 'Gebiet', delivery: 'Lieferung', payment: 'Bezahlung',
  language: 'Sprache', status: 'Stand', details: 'Einzelheiten', pictures: 'Bilder',
  warning: 'Warnung', 'country.hint': 'Zwei Buchstaben, etwa DE.',
  'geohash.hint': 'Ein Geohash aus höchstens vier Zeichen: etwa 40 mal 20 Kilometer.',
  'details.hint': 'Eine je Zeile, etwa „Rahmen: 56 cm“.',
  'category.hint': 'Ein Pfad, etwa sport/bicycles.', 'language.hint': 'Zwei Buchstaben, etwa de.',
  'warning.hint': 'Was man vor dem Ansehen wissen sollte.',
  'want.hint': 'Etwa 80 EUR. Nach einem Preis unten lässt es sich auch suchen und ordnen.',
};
export const side = { offered: 'Geboten', wanted: 'Gesucht' };
export const status = { active: 'Zu haben', reserved: 'Reserviert', sold: 'Vergeben' };
export const condition = {
  new: 'Neu', 'like-new': 'Wie neu', good: 'Gut', used: 'Gebraucht', 'for-parts': 'Für Teile',
};
export const price = {
  mode: 'Preisart', amount: 'Betrag', currency: 'Währung', premium: '{percent} % über dem Markt',
  per: 'je {what}', fixed: 'fest', free: 'umsonst', market: 'nach dem Markt',
  negotiable: 'verhandelbar', per_what: 'Je', percent: '% über dem Markt', amount_most: 'Bis',
};
export const form = {
  unsaid: 'Nicht gesagt', untitled: 'Ohne Titel', list: 'Mit Kommas dazwischen.',
  text: 'Ein Wort dazu', days: 'Lebt', more: 'Zustand, Gegend, Lieferung und mehr',
  number: 'Schreiben Sie eine Zahl wie 1000 oder 12,50.',
  unclear: 'Tausend, oder eins mit drei Stellen? Schreiben Sie 1000 oder 1,0000.',
};
export const publish = {
  hint: 'Alle können es lesen, und Abschriften können es überdauern.', do: 'Veröffentlichen',
  edit: 'Eine neue Fassung', renew: 'Neue Fassung veröffentlichen', as: 'Unterschrieben von',
  fresh: 'Einem frischen Schlüssel, den nichts mit Ihnen verbindet',
  'as.hint': 'Eine behaltene Persona wird bewertet und verbindet, was sie unterschreibt.',
  stamp: 'Porto der Antworten', 'stamp.0': 'Das übliche', 'stamp.12': 'Wenig', 'stamp.28': 'Viel',
  'stamp.hint': 'Arbeit fremder Rechner für einen Brief an Sie. Sie hält Werbung fern.',
  preview: 'Vorschau', cost: 'Etwa {time} Arbeit für diesen Rechner.',
  'cost.full': 'Das Netz ist voll: etwa {time} Arbeit, {day}, wenn es einen Tag lebt.',
  'cost.dear': 'Das Netz ist voll: Dies wartet auf Platz.',
  lasts: 'Vor dem Ende neu veröffentlichen, bis ich es entferne',
  draft: 'Ein Entwurf bleibt in diesem Tab, bis er veröffentlicht ist.',
};
export const mine = {
  'none.title': 'Sie bieten noch nichts an',
  'none.text': 'Was Sie veröffentlichen, steht hier, und wie weit es gekommen ist.',
  heard: 'von {n} Knoten zurückgehört', ends: 'endet {when}', ended: 'endete {when}',
  'waits-tor': 'wartet auf Tor', 'waits-peer': 'wartet auf einen anderen Knoten: siehe Netz',
  edit: 'Ändern oder erneuern', renewed: 'Wird vor dem Ende neu veröffentlicht.',
  renew: 'Weiter veröffentlichen', stop: 'Enden lassen', again: 'Noch einmal anbieten',
  sure: 'Dieses Angebot überall entfernen?',
  next: 'Das ist alles: Briefe kommen unter Post, Vorschläge unter Handel.',
};
export const mail = {
  unread: '{n} ungelesen', 'none.title': 'Noch keine Post',
  'none.text': 'Briefe und Antworten stehen hier. Schreiben Sie einem Anbieter, um anzufangen.',
  new: 'An eine Adresse schreiben', to: 'An', 'to.hint': 'Eine Postfachadresse, hsm1…', in: 'von',
  out: 'an', number: { one: '{n} Brief', other: '{n} Briefe' }, back: 'Alle Post',
  subject: 'Betreff', text: 'Text', about: 'Das Angebot', withdraw: 'Zurücknehmen',
  remove: 'Meine Abschrift löschen', sure: 'Endgültig löschen?', save: 'Speichern',
  answer: 'Antworten',
};
export const trade = {
  'none.title': 'Noch kein Handel',
  'none.text': 'Nehmen Sie ein Angebot an, oder warten Sie, bis jemand Ihres annimmt.',
  turn: 'Sie sind dran', back: 'Alle Geschäfte', with: 'Sie sind {role}, mit',
  'role.maker': 'Anbieter',
  'role.taker': 'Abnehmer', 'role.arbiter': 'Schiedsrichter', 'role.neither': 'niemand',
  unknown: 'unbekannt', proposal: 'Vorgeschlagen:', deal: 'Vereinbart:',
  steps: 'Wie weit der Handel ist', 'step.proposed': 'Vorgeschlagen', 'step.accepted': 'Angenommen',
  'step.agreed': 'Vereinbart', 'step.paid': 'Zahlungsdaten', 'step.shipped': 'Abgeschickt',
  'step.received': 'Erhalten', 'step.complete': 'Fertig', 'step.disputed': 'Strittig',
  'step.declined': 'Abgelehnt', 'step.withdrawn': 'Zurückgezogen', 'step.cancelled': 'Aufgehoben',
  'step.ruled': 'Entschieden', 'state.accepted': 'Angenommen, noch zu bestätigen',
  'state.ruled': 'Vom Schiedsrichter entschieden', messages: 'Was gesagt wurde',
  missing: 'Eine Nachricht fehlt und kann noch kommen.',
  waiting: 'Wartet auf eine frühere Nachricht.', problem: 'Das hat nichts geändert:',
  remove: 'Löschen', right: 'Wer recht hat', showall: 'Dem Schiedsrichter alle Nachrichten zeigen',
  evidence: 'Was der Schiedsrichter sieht', shown: 'dem Schiedsrichter gezeigt',
  ruled: 'im Recht: {who}',
  'next.answer': 'Sie werden gefragt: zustimmen, ablehnen oder andere Bedingungen vorschlagen.',
  'next.proposed': 'Nun antwortet die andere Seite. Sie müssen nicht warten: Es wird hier stehen.',
  'next.accepted': 'Wer es vorschlug, dessen Knoten bestätigt es von selbst. Vorher nichts'
    + ' abschicken.',
  'next.agreed': 'Wer Geld bekommt, sagt, wohin. Schicken Sie ab, was Sie schulden, und sagen Sie'
    + ' es; auch, wenn das andere da ist.',
};
export const move = {
  take: 'Vorschlag', accept: 'Zustimmen', decline: 'Ablehnen',
  counter: 'Andere Bedingungen vorschlagen', confirm: 'Bestätigen',
  'pay-info': 'Zahlungsdaten senden', shipped: 'Ich habe es abgeschickt',
  received: 'Ich habe es erhalten', dispute: 'Schiedsrichter rufen',
  evidence: 'Dem Schiedsrichter mehr zeigen', ruling: 'Entscheiden', text: 'Etwas sagen',
  close: 'Das Ende', withdraw: 'Zurückziehen', cancel: 'Um Aufhebung bitten',
  'hint.accept': 'Sie stimmen den Bedingungen oben zu.',
  'hint.confirm': 'Von jetzt an bindet beide, was vereinbart ist.',
  'hint.pay-info': 'Wohin das Geld geht: eine Adresse, ein Konto.',
  'hint.shipped': 'Was Sie schulden, ist unterwegs: Geld, Ware oder beides.',
  'hint.received': 'Was die andere Seite schuldet, ist da.',
  'hint.dispute': 'Der in den Bedingungen genannte Schiedsrichter entscheidet.',
  'hint.text': 'Es steht beim Handel und ändert nichts an ihm.',
  'hint.withdraw': 'Noch ist niemand gebunden: Damit endet es.',
  'hint.cancel': 'Es ist aufgehoben, wenn auch die andere Seite darum bittet.',
  'hint.rate': 'Alle können es lesen, unter dem Schlüssel dieses Handels.',
};
export const rate = {
  title: 'Ihren Partner bewerten', stars: 'Sterne', again: 'Neu bewerten',
  thing: 'Bewerten, was Sie bekamen',
};
export const lists = {
  hidden: 'Von Ihrer Liste {name} ausgeblendet.', good: 'Von Ihrer Liste {name} empfohlen.',
  count: '{n} von {name} ausgeblendet.', show: 'Zeigen', hide: 'Wieder ausblenden', title: 'Listen',
  hint: 'Sie blenden aus oder empfehlen. Ihre sehen nur Sie, bis Sie sie zeigen.',
  entries: { one: '{n} Eintrag', other: '{n} Einträge' }, subscribe: 'Abonnieren',
  unsubscribe: 'Abbestellen', add: 'Ausblenden', what: 'Was', word: 'Ein Wort',
  publisher: 'Eine Persona', item: 'Eine Kennung', value: 'Welche', reason: 'Grund', mine: 'meine',
  'hide-persona': 'Alles von dieser Persona ausblenden',
  'hide-sure': 'Ausblenden? Es lässt sich wieder zeigen.',
};
export const watch = {
  title: 'Gemerkte Suchen',
  hint: 'Sie erfahren, was neu ist oder neu so bewertet. Sonst weiß niemand davon.',
  add: 'Diese Suche merken', name: 'Ein Name dafür: Buchstaben und Ziffern',
  matches: 'Treffer: {n}',
};
export const people = {
  friend: 'befreundet', friends: 'Freunde',
  'friends.hint': 'Personas, deren Post immer durchkommt. Die Namen sind nur für Sie.',
  none: 'Noch nichts.', name: 'Name', address: 'Adresse', add: 'Hinzufügen oder umbenennen',
  personas: 'Ihre Personas',
  'personas.hint': 'Was eine Persona unterschreibt, ist verbunden und kann bewertet werden.',
  make: 'Persona machen', retire: 'Zurückziehen',
  'retire.sure': 'Sie wird nichts Neues unterschreiben.', retired: 'zurückgezogen',
  mailbox: 'Ihr Postfach', 'mailbox.hint': 'Die Adresse für alle, die Ihnen schreiben sollen.',
  published: 'Die Adresse genügt, um an es zu schreiben.',
  unpublished: 'Mit der Adresse allein kann niemand schreiben.',
  publish: 'Schlüssel veröffentlichen', withdraw: 'Nicht mehr veröffentlichen',
  rule: 'Wer dorthin schreiben darf', write: 'Schreiben', main: 'Hauptpersona',
};
export const rule = {
  anyone: 'Alle, mit einer Marke', takers: 'Wer das Angebot annimmt', friends: 'Nur Freunde',
};
export const aside = {
  title: 'Beiseitegelegt', hint: 'Sie zu lesen beendete den Knoten; sie bleiben ungelesen.',
  retry: 'Noch einmal lesen', letter: 'Brief', trade: 'Handel', record: 'Eintrag',
};
export const net = {
  tor: 'Tor', onion_descriptor: 'Onion-Deskriptor', reachability: 'Erreichbarkeit',
  peers: 'Partner', sync: 'Vollständigkeit', store: 'Speicher', clock: 'Uhr', outbox: 'Unterwegs',
  old: 'Länger nichts gehört', age: 'Stand {when}',
  links: 'Ausgehend {out} von {wanted}, eingehend {in}; bekannt: {known}',
  'clock.fine': 'Geht richtig', 'clock.off': 'Zweifelhaft',
  'clock.text': 'Sie geht {n} s anders als die dieses Browsers.', 'outbox.none': 'Nichts wartet',
  'outbox.some': 'Es warten: {n}', address: 'Adresse des Knotens', version: 'Fassung',
  main: 'Hauptnetz', local: 'privates Netz', uptime: 'Läuft seit', nopeers: 'Gerade keiner.',
  traffic: '{in} empfangen, {out} gesendet', friend: 'angeheftet', ban: 'Sperren',
  'ban.sure': 'Einen Tag lang aussperren?', unban: 'Wieder einlassen', more: '{n} weitere bekannt.',
  add: 'Knoten hinzufügen', pin: 'Ein Knoten zum Anheften',
  'pin.hint': 'Seine Onion-Adresse. Wer angeheftet ist, wird immer angewählt und eingelassen.',
  tor_version: 'Fassung von Tor', disk: '{used}; {free} der Platte sind frei', sandbox: 'Sandbox',
  'sandbox-on': 'ein', 'sandbox-off': 'aus, wie gewünscht',
};
export const next = {
  'tor.bootstrapping': 'Warten Sie. Dauert es Minuten, ist Tor vielleicht gesperrt: Eine Brücke'
    + ' hilft (hearsayd --tor-config).',
  'tor.failed': 'Sein Protokoll ansehen, dann den Knoten neu starten.',
  'reachability.unreachable': 'Andere können Sie nicht anwählen; Ihre Verbindungen tragen alles.',
  'peers.alone': 'Dem Knoten unten eine Adresse geben.',
  'store.failed': 'Das Protokoll des Knotens ansehen: Die Platte ist vielleicht beschädigt.',
  clock: 'Die Uhr dieses Rechners stellen. Unterdessen wird nichts veröffentlicht.',
  tor_version: 'Erneuern Sie Hearsay: Tor ist ein Teil davon.',
  wait: 'Warten Sie; es geht von selbst weiter.',
};
export const keys = {
  disk: 'Auf dieser Platte', sealed: 'Eine Passphrase schützt Ihre Schlüssel',
  open: 'Keine Passphrase schützt Ihre Schlüssel',
  'open.text': 'Wer diese Platte hat, hat Ihre Schlüssel. Im Terminal setzt dies eine:',
  backup: 'Sicherung',
  'backup.text': 'Schlüssel, Personas, Post und Handel in einer verschlüsselten Datei. Mit ihrer'
    + ' Passphrase öffnet sie alle Post jenes Tages: Vernichten Sie alte.', path: 'Datei',
  'path.hint': 'Eine neue Datei auf dem Rechner des Knotens, etwa /home/ann/hearsay.backup.',
  pass: 'Passphrase', twice: 'Noch einmal', differ: 'Die beiden Passphrasen sind verschieden.',
  make: 'Sicherung schreiben', done: 'Geschrieben und zurückgelesen: {path}, {size}.',
  last: 'Die letzte wurde am {when} gemacht.', never: 'Es gibt noch keine.',
  remind: 'Sie haben keine Sicherung. Eine verlorene Platte ist dann eine verlorene Identität.',
  snooze: 'In einer Woche', words: 'Die zwölf Wörter',
  'words.text': 'Sie wurden beim ersten Start des Knotens einmal gezeigt: Auf Papier bringen sie'
    + ' Ihre Schlüssel zurück. Ob Ihre stimmen, sagt im Terminal:', back: 'Zurückkommen',
  'back.text': 'Auf einem neuen, leeren Knoten, in seinem Terminal:',
  'sealed.text': 'Um sie zu ändern:',
};
export const settings = {
  language: 'Sprache', theme: 'Farben', notify: 'Neue Post im Hintergrund melden',
  leave: 'Abmelden',
  'leave.text': 'Beendet diese Sitzung in allen Tabs. Zurück geht es mit „hearsay open“.',
  content: 'Mit dem Betreff, auch auf gesperrtem Bildschirm', arrived: 'Neue Post',
  refused: 'Der Browser lehnt ab. Welchen Adressen er Hinweise erlaubt, steht in seinen'
    + ' Einstellungen.',
  last: 'All das bleibt in diesem Browser, bis der Knoten einen anderen Port hat. Mit hearsayd'
    + ' --page-port N behält er einen.',
};
export const theme = { system: 'Wie das System', light: 'Hell', dark: 'Dunkel' };
export const state = {
  working: 'Wird gemacht', queued: 'Wartet darauf, hinauszugehen', injected: 'Dem Netz übergeben',
  published: 'Veröffentlicht', removed: 'Entfernt', expired: 'Abgelaufen', live: 'Gilt',
  draft: 'wartet auf den Schlüssel ihres Postfachs', heard: 'aus dem Netz zurückgehört',
  delivered: 'zugestellt', withdrawn: 'zurückgenommen', starting: 'Startet',
  bootstrapping: 'Verbindet sich', ready: 'Bereit', restarting: 'Startet neu',
  silent: 'Antwortet nicht', failed: 'Gescheitert', waiting: 'Wartet',
  uploading: 'Wird veröffentlicht', unknown: 'Noch nicht bekannt', checking: 'Wird versucht',
  reachable: 'Erreichbar', unreachable: 'Nicht erreichbar', alone: 'Allein',
  connecting: 'Verbindet sich', connected: 'Verbunden', comparing: 'Vergleicht',
  complete: 'Vollständig', full: 'Voll', current: 'Aktuell', newer: 'Neuer als empfohlen',
  outdated: 'Veraltet', unlisted: 'Nicht empfohlen', linked: 'Verbunden', visiting: 'Wird gefragt',
  dialling: 'Wird angewählt', shunned: 'Eine Weile ausgesperrt', banned: 'Gesperrt',
  private: 'Ihre', unsubscribed: 'nicht abonniert', subscribed: 'abonniert', awaited: 'erwartet',
};
export const picture = {
  show: 'Bild zeigen', alt: 'Bild', absent: 'Ein Bild, das noch nicht da ist',
  failed: 'Dieses Bild ist nicht mehr da.',
  hint: 'Wird hier klein: höchstens 640 Pixel, 16 KiB, ohne Ort, Zeit und Kamera.',
  noise: 'Dieser Browser verändert Bilder, damit ihn niemand wiedererkennt. Nehmen Sie den Befehl:'
    + ' hearsay offer publish --picture DATEI.',
  unread: 'Das ist kein Bild, das der Browser lesen kann.', large: 'Es passt nicht in {size}.',
  many: 'Höchstens vier Bilder.', made: 'Bilder: {n}',
};
export const profile = {
  title: 'Profile', hint: 'Was Ihre Persona von sich sagt. Jeder kann jeden Namen nehmen.',
  nickname: 'Spitzname', about: 'Über sich', languages: 'Sprachen',
  contact: 'Mit einem Postfach für alle, die schreiben wollen', do: 'Profil veröffentlichen',
  edit: 'Ändern', sure: 'Dieses Profil überall entfernen?',
};
export const plot = {
  title: 'Der letzte Tag', soon: 'Die Kurven beginnen in einer Minute.', rate: '{bytes} je Sekunde',
  span: 'Über {time}', said: '{name}: jetzt {now}, {least} bis {most}.', traffic: 'Verkehr',
  items: 'Einträge', links: 'Verbindungen', received: 'Empfangen', sent: 'Gesendet',
  outbound: 'Ausgehend', inbound: 'Eingehend',
};
export const node = {
  phase_starting: 'Es startet.', phase_conn_pt: 'Es verbindet sich mit dem Programm der Brücke.',
  phase_conn_done_pt: 'Das Programm der Brücke antwortet.',
  phase_conn_proxy: 'Es verbindet sich mit dem Proxy.',
  phase_conn_done_proxy: 'Der Proxy antwortet.',
  phase_conn: 'Es verbindet sich mit einem ersten Relais.',
  phase_conn_done: 'Ein erstes Relais antwortet.',
  phase_handshake: 'Es vereinbart Schlüssel mit dem Relais.',
  phase_handshake_done: 'Die Verbindung zum Relais ist verschlüsselt.',
  phase_onehop_create: 'Es öffnet einen Weg zum Verzeichnis.',
  phase_requesting_status: 'Es fragt nach der Liste der Relais.',
  phase_loading_status: 'Es lädt die Liste der Relais.',
  phase_loading_keys: 'Es lädt die Schlüssel derer, die die Liste unterschreiben.',
  phase_requesting_descriptors: 'Es fragt nach den Schlüsseln der Relais.',
  phase_loading_descriptors: 'Es lädt die Schlüssel der Relais.',
  phase_enough_dirinfo: 'Es kennt genug Relais.',
  phase_ap_conn_pt: 'Es verbindet sich noch einmal mit dem Programm der Brücke.',
  phase_ap_conn_done_pt: 'Das Programm der Brücke antwortet noch einmal.',
  phase_ap_conn_proxy: 'Es verbindet sich noch einmal mit dem Proxy.',
  phase_ap_conn_done_proxy: 'Der Proxy antwortet noch einmal.',
  phase_ap_conn: 'Es verbindet sich mit dem Relais, bei dem es bleibt.',
  phase_ap_conn_done: 'Das Relais, bei dem es bleibt, antwortet.',
  phase_ap_handshake: 'Es vereinbart Schlüssel mit jenem Relais.',
  phase_ap_handshake_done: 'Die Verbindung zu jenem Relais ist verschlüsselt.',
  phase_circuit_create: 'Es baut die erste Strecke.',
  tor_silent: 'Es antwortet nicht; dauert das an, wird es ersetzt.',
  tor_refused: 'Tor lehnt seine Einstellungen ab: {words}',
  tor_ended_saying: 'Tor endete ({how}) und sagte: {words}', tor_ended: 'Tor endete ({how}).',
  tor_clock: 'Die Uhr dieses Rechners geht falsch, sagen Tors Relais. Stellen Sie sie, auch die'
    + ' Zeitzone; dann geht Tor von selbst weiter.',
  transport_missing: 'Einer Brücke fehlt ihr Programm: Die Datei von --tor-config braucht seine'
    + ' Zeile „ClientTransportPlugin … exec PROGRAMM“.',
  no_resources: 'Speicher oder Deskriptoren reichen nicht für Tors Verbindungen: Beenden Sie'
    + ' anderes, oder heben Sie die Grenze (ulimit -n).',
  no_sandbox: 'Der Knoten läuft ohne seine Sandbox: {why}.',
  no_seccomp: 'der Kern nimmt keinen Filter von seccomp ({reason})',
  no_voidphone: 'Es gibt keine VoidPhone-Schnittstelle: {why}.',
  port_taken: 'an {address} lauscht schon ein anderes Programm',
  no_port: 'an {address} lässt sich nicht lauschen ({reason})',
  view: 'Gleich mit {same} von {n}.',
  clock_not_peers: 'Ungewiss: Ihre Uhr ist nicht die der anderen.',
  store: '{items} Einträge, {n} Angebote', no_room: 'der Platz reicht nicht',
  pauses: 'Der Knoten ruht: {why}.', directories: '{done} von {n} Verzeichnissen haben ihn.',
  not_reached: 'Seine Adresse antwortet nicht ({reason}).',
  clock_wrong: 'Sie zeigt {time}; bis sie stimmt, wird nichts gemacht und läuft nichts ab',
  clock_doubted: 'Die Uhr ist zweifelhaft: {why}.',
  clock_differs: 'Die Uhr geht {n} Minuten anders als die der anderen Knoten.',
  dear: 'Das Netz ist voll: Anbieten kostet {times}-mal so viel Arbeit.',
  set_aside: 'Briefe wurden beiseitegelegt: siehe Leute.', turns: 'Ein Handel wartet auf Sie.',
  ends: '„{title}“ endet in {n} h: siehe Meine.', more_end: '{n} weitere enden heute.',
  unsealed: 'Keine Passphrase schützt Ihre Schlüssel.', searching: 'Arbeit: {n} % getan.',
  unreachable: 'Fremde erreichen diesen Knoten nicht.',
  tor_old: 'Tors Verzeichnis empfiehlt {version} nicht mehr.',
  offline: 'Dieser Rechner hat kein Netz.',
  tor_blocked: 'Vielleicht ist Tor hier gesperrt: Eine Brücke hilft.',
  too_long: 'Zu lang: höchstens {most} Bytes.', no_text: 'Steuerzeichen gehen nicht.',
  too_many: 'Zu viele: höchstens {most}.', no_word: 'Nur je ein kleines Wort, bis {most} Bytes.',
  twice: '„{word}“ steht zweimal da.', no_currency: 'Es fehlt die Währung.',
  no_amount: 'Ein fester Preis braucht einen Betrag.',
  price_kind: 'Diese Preisart hat keinen Betrag oder Aufschlag.',
  price_range: 'Eine Spanne hat zwei Enden, erst das kleinere.',
  price_form: 'Eine Zahl wie 12 oder 12.50.', currency: 'Eine Währung ist etwa EUR oder XMR.',
  geohash_alone: 'Zum Geohash gehört ein Land.',
  query_empty: 'Kein Buchstabe und keine Ziffer zu suchen.',
  name: 'Der Name ist zu lang oder hat verbotene Zeichen.', called_so: 'So heißt schon etwas.',
  address: 'Die Adresse ist falsch geschrieben.', no_such: 'Nichts hier beginnt mit {id}.',
  over: 'Das ist schon vorbei.', full: 'Es sind schon {n}: Warten Sie, bis welche enden.',
  persona_offers: 'Erst müssen ihre {n} Angebote enden.',
  no_mailbox: 'Dort lässt sich nicht antworten.',
  key_missing: 'Der Schlüssel von {address} ist nicht hier.', arrived: 'Es ist angekommen.',
  no_receipt: 'Abgelaufen: Das Netz hatte es, keine Quittung kam.',
  lost: 'Abgelaufen, ehe es ankam.', arbiter: 'Ein Schiedsrichter ist ein Dritter: hsp1…/hsm1….',
  show_what: 'Wählen Sie, was er sehen soll.',
  fork: '{address} unterschrieb zwei Nachrichten {n}: Betrug oder eine alte Sicherung. Die erste'
    + ' gilt.', stuck: 'Hier fehlt, was Sie unterschrieben, wie nach einer alten Sicherung.',
  claimed: 'Die andere Seite will mehr von Ihnen haben. Ist dies eine alte Kopie, sagen Sie nichts'
    + ' mehr.', path_there: '{path} gibt es schon.',
  earlier: 'Man nahm eine frühere Fassung Ihres Angebots: Sehen Sie nach, was sie gibt und will.',
  peer_offline: 'vermutlich nicht da', peer_no_way: 'der Weg dorthin brach ab',
  under_way: 'Anderes läuft noch: gleich noch einmal.',
};
