//! The flags of every provider's command: what is checked, where requests go, how, and with whose key.

use super::{ConfigTable, Flag, FlagRef, Shape, Spec, readers};

const ACCOUNT: &[ConfigTable] = &[ConfigTable::Account];
const CHECK: &[ConfigTable] = &[ConfigTable::Check];

/// The key of the config file for IDs, whatever the flag of the provider is called.
pub const IDS: &str = "ids";

/// The flag that names certificates, for a provider that calls it so.
pub const fn id_flag(
    name: &'static str,
    value_name: &'static str,
    help: &'static str,
) -> Flag<String> {
    Flag {
        spec: Spec {
            shape: Shape::List,
            sections: CHECK,
            key: Some(IDS),
            ..Spec::one(name, value_name, help)
        },
        read: readers::text,
    }
}

pub const ALL: Flag<bool> = Flag {
    spec: Spec {
        sections: CHECK,
        conflicts: &["from"],
        ..Spec::switch("all", "Check every certificate in the account")
    },
    read: readers::switch,
};

pub const FROM: Flag<String> = Flag {
    spec: Spec::one(
        "from",
        "FILE|-",
        "Evaluate saved answers; sends nothing and needs no key",
    ),
    read: |text| Ok(text.to_owned()),
};

pub const PROFILE: Flag<String> = Flag {
    spec: Spec::one(
        "profile",
        "NAME",
        "Use the key of this profile in the vendor's files; no other source is tried",
    ),
    read: readers::text,
};

/// An empty name is whichever role the machine has.
pub const INSTANCE_ROLE: Flag<String> = Flag {
    spec: Spec {
        shape: Shape::Optional,
        ..Spec::one(
            "instance-role",
            "NAME",
            "Use this machine's instance role, from the metadata service; no other source is tried",
        )
    },
    read: readers::text,
};

pub const ENDPOINT: Flag<String> = Flag {
    spec: Spec {
        variables: &["CERTCHECK_<PROVIDER>_ENDPOINT"],
        sections: ACCOUNT,
        for_requests: true,
        chooses_host: true,
        ..Spec::one(
            "endpoint",
            "URL",
            "Use this endpoint instead of the provider's host: a gateway, the sandbox",
        )
    },
    read: readers::text,
};

pub const ALLOW_HTTP: Flag<bool> = Flag {
    spec: Spec {
        sections: ACCOUNT,
        ..Spec::switch(
            "allow-http",
            "Allow plain HTTP to a host other than localhost",
        )
    },
    read: readers::switch,
};

pub const CA_FILE: Flag<String> = Flag {
    spec: Spec {
        shape: Shape::Path,
        variables: &["CERTCHECK_<PROVIDER>_CA_FILE"],
        sections: ACCOUNT,
        for_requests: true,
        ..Spec::one(
            "ca-file",
            "FILE",
            "Also trust the CA certificates in this PEM file",
        )
    },
    read: |text| Ok(text.to_owned()),
};

pub const PIN_SHA256: Flag<[u8; 32]> = Flag {
    spec: Spec {
        shape: Shape::List,
        variables: &["CERTCHECK_<PROVIDER>_PIN_SHA256"],
        sections: ACCOUNT,
        conflicts: &["ca-file"],
        for_requests: true,
        ..Spec::one(
            "pin-sha256",
            "HEX",
            "Accept only the certificate with this SHA-256 fingerprint of its DER; repeatable",
        )
    },
    read: readers::fingerprint,
};

pub const INSECURE: Flag<bool> = Flag {
    spec: Spec {
        sections: ACCOUNT,
        conflicts: &["ca-file", "pin-sha256"],
        ..Spec::switch("insecure", "Turn TLS verification off, with a warning")
    },
    read: readers::switch,
};

pub const PROXY: Flag<String> = Flag {
    spec: Spec {
        variables: &["CERTCHECK_<PROVIDER>_PROXY"],
        sections: ACCOUNT,
        for_requests: true,
        ..Spec::one(
            "proxy",
            "URL",
            "Use this HTTP proxy; a URL with a password goes into the variable",
        )
    },
    read: readers::text,
};

/// Flags that say whose key is used, where a provider has such a source.
pub const SIGN_IN: [FlagRef; 2] = [&PROFILE, &INSTANCE_ROLE];

/// Flags that say where requests go and how, behind the provider's own.
pub const PLACE: &[FlagRef] = &[&FROM, &ENDPOINT, &ALLOW_HTTP];
pub const CONNECTION: &[FlagRef] = &[&CA_FILE, &PIN_SHA256, &INSECURE, &PROXY];
