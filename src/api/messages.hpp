// api/messages.hpp - the names of proto/api.proto's messages, for headers that only pass them on.
// Whoever looks inside one includes api.pb.h, which is some 20,000 lines.
#pragma once

namespace hearsay::api {

class Attachment;
class Backup;
class BackupDraft;
class Correction;
class Error;
class Event;
class Friend;
class FriendList;
class Identity;
class Mail;
class MailDraft;
class MailList;
class Mailbox;
class MailboxRule;
class Offer;
class OfferDraft;
class OfferList;
class PageAccess;
class PageCode;
class PageToken;
class Peer;
class PeerAdd;
class PeerBan;
class PeerList;
class PassphraseChange;
class Persona;
class PersonaDraft;
class PersonaImport;
class PersonaList;
class PersonaRef;
class PersonaSecret;
class Post;
class PostDraft;
class PostList;
class Profile;
class ProfileDraft;
class ProfileList;
class Progress;
class Protection;
class Rating;
class RatingDraft;
class RatingList;
class Recovery;
class SearchAnswer;
class SetAside;
class SetAsideList;
class Status;
class Stopping;
class Trade;
class TradeDraft;
class TradeList;
class TradeMessage;
class TradeMissing;
class TradeMove;
class TradePayload;
class TradeTerms;
class WordCheck;

}  // namespace hearsay::api
