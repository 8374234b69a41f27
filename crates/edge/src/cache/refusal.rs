//! Why a response is not stored.

/// A reason, of which each has a short name for `Cache-Status`, metrics and logs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Refusal {
    /// A status code that is not stored, or not without a lifetime of its own.
    Status,
    /// `no-store`.
    NoStore,
    /// `private`.
    Private,
    /// `no-cache`: every use would have to be checked with the app first.
    NoCache,
    /// Neither the response nor a rule says how long it is fresh.
    NoFreshness,
    /// It was stale when it came, and may not be served stale.
    Stale,
    /// `Set-Cookie`.
    SetCookie,
    /// `Vary: *`, or one that cannot be read.
    VaryStar,
    /// It depends on `Authorization`, or answers a request with it, and does not say that it is for all (RFC 9111 section 3.5).
    Authorization,
    /// It depends on cookies that no setting allows.
    Cookie,
    /// It depends on the client's address.
    ClientAddress,
    /// It depends on what no other request has.
    Unique,
    /// A part of something.
    Range,
    /// A document at a path that looks like a file: what web cache deception leads victims to.
    StaticPath,
    /// A body over the limit.
    TooLarge,
    /// More tags than are kept: a purge would not reach it.
    Tags,
    /// The values that it depends on are longer than a key may be.
    KeyTooLong,
    /// A body that did not end well.
    BrokenStream,
    /// A file, which is on a disk already.
    File,
    /// It is for the proxy in front, which is to send this request elsewhere.
    Replay,
}

impl Refusal {
    /// A token.
    pub fn name(self) -> &'static str {
        match self {
            Refusal::Status => "status",
            Refusal::NoStore => "no-store",
            Refusal::Private => "private",
            Refusal::NoCache => "no-cache",
            Refusal::NoFreshness => "no-freshness",
            Refusal::Stale => "stale",
            Refusal::SetCookie => "set-cookie",
            Refusal::VaryStar => "vary-star",
            Refusal::Authorization => "authorization",
            Refusal::Cookie => "cookie",
            Refusal::ClientAddress => "client-address",
            Refusal::Unique => "unique",
            Refusal::Range => "range",
            Refusal::StaticPath => "static-path",
            Refusal::TooLarge => "too-large",
            Refusal::Tags => "tags",
            Refusal::KeyTooLong => "key-too-long",
            Refusal::BrokenStream => "broken-stream",
            Refusal::File => "file",
            Refusal::Replay => "replay",
        }
    }
}
