//! Problems with flags, as data: which flag, and what is wrong. `messages` holds the sentences, and spells each flag as
//! its reader wrote it: `--crit` on a command line, `crit` in the config file.
//!
//! No problem holds the value of a flag: one of the config file may be a secret.

/// A flag by its long name, so that a problem can name one without the table of flags.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct FlagId(pub &'static str);

/// The form that a value should have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expected {
    Threshold,
    /// A positive time of at most a day.
    TimeLimit,
    /// `STATUS=VERDICT`.
    Severity,
    Status,
    Verdict,
    /// A moment, or a time from now.
    Time,
    /// One of these words.
    OneOf(Vec<&'static str>),
    /// A whole number within these bounds.
    Number {
        least: u64,
        most: u64,
    },
    /// Requests a second within these bounds, or `off` where that is possible.
    Rate {
        most: u32,
        or_off: bool,
    },
    /// Days, or another length of time.
    TimeSpan,
    /// A length of time of at most an hour.
    Latency,
    UtcOffset,
    /// The alphabet of a region, since it becomes a part of a host name.
    RegionName,
    /// A region that the provider has; these are the most similar. Another flag can name any host.
    Region {
        similar: Vec<&'static str>,
        other_host: FlagId,
    },
    /// An ID of this alphabet.
    Id(&'static str),
    /// A SHA-256 in hex.
    Fingerprint,
    /// The URL of a proxy; why it is none.
    Proxy(&'static str),
    /// A fault of the sandbox; why it is none.
    Fault(String),
}

/// Why a text is no endpoint. It never holds the text, which may have a password in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EndpointProblem {
    Characters,
    NotAUrl,
    Scheme,
    Password,
    Query,
    NoHost,
    /// The signature covers the whole path: a gateway that strips a part of it would break the signature.
    Path,
    /// Keys would be sent in clear text, to another host than this machine.
    PlainHttp,
}

impl EndpointProblem {
    /// The reason, as the second half of a sentence.
    pub fn reason(self) -> &'static str {
        match self {
            EndpointProblem::Characters => {
                "it is empty or has blanks, control characters or backslashes in it"
            }
            EndpointProblem::NotAUrl => "it is not a URL",
            EndpointProblem::Scheme => "only https:// and http:// are known",
            EndpointProblem::Password => {
                "it has a user or a password in it; keys come from the environment"
            }
            EndpointProblem::Query => "it has a query or a fragment",
            EndpointProblem::NoHost => "it has no host",
            EndpointProblem::Path => "it has a path, and the signature covers the whole path",
            EndpointProblem::PlainHttp => "plain http would send keys in clear text",
        }
    }
}

/// A problem with one flag or a combination of flags.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FlagProblem {
    /// A value that its reader refuses.
    Value { flag: FlagId, expected: Expected },
    Endpoint {
        flag: FlagId,
        problem: EndpointProblem,
        /// The flag that allows plain HTTP.
        allow_http: FlagId,
    },
    /// A file that cannot be read, or has nothing of use in it.
    File { flag: FlagId, reason: String },
    /// A flag that the command needs.
    Missing { flag: FlagId, example: &'static str },
    /// Two flags that exclude each other.
    Conflict { flag: FlagId, other: FlagId },
    /// A flag that another one needs.
    Requires {
        flag: FlagId,
        needed: FlagId,
        example: &'static str,
    },
    /// The critical threshold would be reached before the warning.
    CritAboveWarn { crit: FlagId, warn: FlagId },
    /// An order for a format that prints each result as it arrives.
    SortOfStream { flag: FlagId, format: &'static str },
    /// A call without a list, together with `--all`.
    NoList { flag: FlagId, all: FlagId },
    /// A flag of TLS for an endpoint without TLS.
    NoTls { flag: FlagId, endpoint: String },
    /// A file of CA certificates and a pin, both from variables: neither is nearer.
    TwoTrusts { file: FlagId, pin: FlagId },
    /// Several values where there can be one.
    Several { flag: FlagId },
    /// A proxy on the way to this machine.
    ProxyToLoopback { flag: FlagId },
    /// A password on a command line, which everybody on the machine can read.
    Password { flag: FlagId },
}

impl FlagProblem {
    /// The flags that it is about; the first one is to blame.
    pub fn flags(&self) -> Vec<FlagId> {
        match self {
            FlagProblem::Value { flag, .. }
            | FlagProblem::Endpoint { flag, .. }
            | FlagProblem::File { flag, .. }
            | FlagProblem::Missing { flag, .. }
            | FlagProblem::SortOfStream { flag, .. }
            | FlagProblem::NoTls { flag, .. }
            | FlagProblem::Several { flag }
            | FlagProblem::ProxyToLoopback { flag }
            | FlagProblem::Password { flag } => vec![*flag],
            FlagProblem::Conflict { flag, other } => vec![*flag, *other],
            FlagProblem::Requires { flag, needed, .. } => vec![*flag, *needed],
            FlagProblem::CritAboveWarn { crit, warn } => vec![*crit, *warn],
            FlagProblem::NoList { flag, all } => vec![*flag, *all],
            FlagProblem::TwoTrusts { file, pin } => vec![*file, *pin],
        }
    }
}

/// How a flag is spelled for the reader of a message.
pub trait Spelling {
    /// The name of the flag at the place that sets it, or would: `--crit`, `CERTCHECK_CRIT`, `` `crit` ``.
    fn name(&self, flag: FlagId) -> String;
    /// How to set it there: `--crit 20d`, `CERTCHECK_CRIT=20d`, `crit = "20d"`.
    fn set(&self, flag: FlagId, example: &str) -> String;
    /// The variable of the flag, if it has one.
    fn variable(&self, flag: FlagId) -> Option<String>;
    /// The refused value, for a reader who typed it.
    fn value(&self, flag: FlagId) -> Option<&str>;
}
