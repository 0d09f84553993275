//! Certificates made for a test, and ESA answers that carry them.

use certcheck::sign::sha256_hex;
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, IsCa, Issuer, KeyPair,
    PKCS_ED25519, SerialNumber, date_time_ymd,
};
use serde_json::{Value, json};

use crate::support::fixtures::{notes, only};

pub const FOLDER: &str = "esa/get-client-certificate";
pub const ID: &str = "baba39055622c008b90285a8838ed09a";

/// One certificate, and the key to issue others with.
pub struct Made {
    pub pem: String,
    pub sha256: String,
    parameters: CertificateParams,
    key: KeyPair,
}

/// What a certificate is to say.
#[derive(Clone)]
pub struct Wish {
    /// Common name; the only alternative name too, unless it is an authority's.
    pub name: &'static str,
    pub years: (i32, i32),
    pub serial: Vec<u8>,
    /// `CA:TRUE`, `CA:FALSE`, or no word of it.
    pub authority: Option<bool>,
}

/// A server's certificate that is valid in 2026.
pub const LEAF: Wish = Wish {
    name: "shop.example.com",
    years: (2025, 2028),
    serial: Vec::new(),
    authority: None,
};

/// An authority.
pub const ROOT: Wish = Wish {
    name: "Example Root",
    years: (2020, 2040),
    serial: Vec::new(),
    authority: Some(true),
};

/// The end of what has ended in January 2026.
pub const ENDED: (i32, i32) = (2025, 2026);

fn parameters(wish: &Wish) -> CertificateParams {
    let names = match wish.authority {
        Some(true) => vec![],
        _ => vec![wish.name.to_owned()],
    };
    let mut parameters = CertificateParams::new(names).expect("a name");
    parameters.distinguished_name = DistinguishedName::new();
    parameters
        .distinguished_name
        .push(DnType::CommonName, wish.name);
    (parameters.not_before, parameters.not_after) = (
        date_time_ymd(wish.years.0, 1, 1),
        date_time_ymd(wish.years.1, 1, 1),
    );
    parameters.is_ca = match wish.authority {
        Some(true) => IsCa::Ca(BasicConstraints::Unconstrained),
        Some(false) => IsCa::ExplicitNoCa,
        None => IsCa::NoCa,
    };
    if !wish.serial.is_empty() {
        parameters.serial_number = Some(SerialNumber::from_slice(&wish.serial));
    }
    parameters
}

fn key() -> KeyPair {
    KeyPair::generate_for(&PKCS_ED25519).expect("a key")
}

fn made(parameters: CertificateParams, key: KeyPair, certificate: &rcgen::Certificate) -> Made {
    Made {
        pem: certificate.pem(),
        sha256: sha256_hex(certificate.der()),
        parameters,
        key,
    }
}

/// A certificate of itself.
pub fn alone(wish: &Wish) -> Made {
    alone_with(wish, key())
}

/// The same with a key that is there.
pub fn alone_with(wish: &Wish, key: KeyPair) -> Made {
    let parameters = parameters(wish);
    let certificate = parameters.self_signed(&key).expect("a certificate");
    made(parameters, key, &certificate)
}

impl Made {
    /// A certificate that this one issues.
    pub fn issue(&self, wish: &Wish) -> Made {
        let issuer = Issuer::from_params(&self.parameters, &self.key);
        let (parameters, key) = (parameters(wish), key());
        let certificate = parameters.signed_by(&key, &issuer).expect("a certificate");
        made(parameters, key, &certificate)
    }

    /// The key, for another certificate.
    pub fn key(self) -> KeyPair {
        self.key
    }
}

/// An answer whose record has these members, with that certificate text.
pub fn answer(members: Value, text: &str) -> String {
    let mut result = json!({"Id": ID, "Status": "active"});
    let more = members.as_object().expect("members").clone();
    result.as_object_mut().expect("an object").extend(more);
    json!({"SiteId": 1_234_567_890_123_i64, "Status": "active", "Result": result, "Certificate": text, "RequestId": "R"})
        .to_string()
}

/// What comes of it, as of November 2026: status, verdict, end of validity, codes of the notes.
pub fn read(members: Value, text: &str) -> Read {
    let record = only(FOLDER, ID, &answer(members, text));
    let member = |key: &str| record[key].as_str().unwrap_or_default().to_owned();
    Read {
        status: member("status"),
        verdict: member("verdict"),
        end: member("not_after").get(..4).unwrap_or_default().to_owned(),
        sha256: member("fingerprint_sha256"),
        notes: notes(&record).into_iter().map(str::to_owned).collect(),
        record,
    }
}

pub struct Read {
    pub status: String,
    pub verdict: String,
    /// The year.
    pub end: String,
    pub sha256: String,
    pub notes: Vec<String>,
    pub record: Value,
}

impl Read {
    /// Status, verdict and year of the end, for one comparison.
    pub fn summary(&self) -> (&str, &str, &str) {
        (&self.status, &self.verdict, &self.end)
    }

    pub fn has(&self, code: &str) -> bool {
        self.notes.iter().any(|own| own == code)
    }
}
