//! Damage after which an answer is, byte for byte, another answer that the provider documents as good. Nothing in it
//! tells that anything is missing. Each entry must still happen: one that no longer does fails its test.

/// One such damage.
#[derive(Debug, PartialEq)]
pub struct Meant {
    /// The operation's folder; empty for all.
    pub folder: &'static str,
    /// Cases, by the beginning of their names.
    pub cases: &'static [&'static str],
    /// Path of the value; a `*` at its end stands for any rest.
    pub path: &'static str,
    /// What is done to it; a `*` at its end stands for any rest.
    pub how: &'static [&'static str],
    /// The answer that it then is.
    pub is: &'static str,
}

impl Meant {
    /// Whether it is this one.
    pub fn covers(&self, folder: &str, case: &str, path: &str, how: &str) -> bool {
        (self.folder.is_empty() || self.folder == folder)
            && self.cases.iter().any(|start| case.starts_with(start))
            && like(self.path, path)
            && self.how.iter().any(|pattern| like(pattern, how))
    }
}

fn like(pattern: &str, text: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(start) => text.starts_with(start),
        None => text == pattern,
    }
}

/// All there are.
pub const MEANT: &[Meant] = &[
    Meant {
        folder: "",
        cases: &["too-deep"],
        path: "Extra*",
        how: &["*"],
        is: "a good one without the unknown member that was nested too deeply, or with less of it",
    },
    Meant {
        folder: "huawei/show-certificate",
        cases: &["duplicate-key-date"],
        path: "not_after",
        how: &["deleted"],
        is: "a good one: of two unequal ends of validity one is taken away, and the good one stands alone",
    },
    Meant {
        folder: "huawei/show-certificate",
        cases: &["duplicate-key-status"],
        path: "status",
        how: &["deleted"],
        is: "a good one: of two unequal words one is taken away, and the good one stands alone",
    },
    Meant {
        folder: "esa/get-client-certificate",
        cases: &[
            "pem-expired-text-valid",
            "pem-ca-first",
            "pem-dates-differ",
            "pem-names-differ",
            "pem-not-base64",
            "pem-not-der",
            "pem-unparsable",
        ],
        path: "Certificate",
        how: &["null", "empty", "deleted", "shortened to *", "retyped to *"],
        is: "the page's own example in this: it shows no certificate that could be read, and the text fields count",
    },
    Meant {
        folder: "tencent/describe-certificate",
        cases: &["ca-"],
        path: "Response.CAEndTimes[1]",
        how: &["deleted"],
        is: "a smaller bundle: the certificate that ends first is no longer in it",
    },
    Meant {
        folder: "tencent/describe-certificate",
        cases: &["svr-with-ca-end"],
        path: "Response.CAEndTimes*",
        how: &["null", "deleted", "retyped to []"],
        is: "a server certificate as the page has it, without the ends of a bundle",
    },
    Meant {
        folder: "tencent/describe-certificate",
        cases: &["error-beside-fields"],
        path: "Response.Error",
        how: &["null", "deleted"],
        is: "a whole record without an error (`error-null`)",
    },
    Meant {
        folder: "tencent/describe-certificate",
        cases: &["status-1"],
        path: "Response.Status",
        how: &["shortened to 1"],
        is: "a good one: 1 is the number for issued, whatever stood behind it",
    },
    Meant {
        folder: "mpush/check-certificate",
        cases: &["both-spellings"],
        path: "ProductionCertInfo.ExipreTime",
        how: &["null", "deleted", "empty"],
        is: "one that spells the expiry as the page's prose does (`expire-time-spelling`)",
    },
    Meant {
        folder: "mpush/check-certificate",
        cases: &["unreadable-date"],
        path: "DevelopmentCertInfo.ExipreTime",
        how: &["shortened to 9223372036854", "shortened to 9223372036"],
        is: "a time in milliseconds or in seconds, with all its digits",
    },
    Meant {
        folder: "mpush/check-certificate",
        cases: &["hostile-text"],
        path: "ProductionCertInfo.Status",
        how: &["shortened to \"OK\""],
        is: "the word OK, without what stood behind it",
    },
];
