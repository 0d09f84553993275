//! DNS names as they are compared: in A-labels and lower case, without the dot at the end.

use std::net::IpAddr;

use idna::AsciiDenyList;

/// Separators between labels (UTS 46).
const DOTS: [char; 4] = ['.', '\u{3002}', '\u{ff0e}', '\u{ff61}'];

/// Characters that no label has; `*` is not one of them.
const NO_LABEL: AsciiDenyList = AsciiDenyList::URL;

/// A name in the one form in which equal names are equal texts. An IP address is one too. A label that is no DNS label
/// only loses its case.
pub fn canonical(name: &str) -> String {
    labels(name, |label| {
        if label.is_ascii() && !has_prefix(label) {
            return label.to_ascii_lowercase();
        }
        match idna::domain_to_ascii_cow(label.as_bytes(), NO_LABEL) {
            Ok(ascii) => ascii.into_owned(),
            Err(_) => label.to_lowercase(),
        }
    })
}

/// A name in U-labels: a pattern such as `b?cher.example` matches the letters that people read.
pub fn readable(name: &str) -> String {
    labels(name, |label| match idna::domain_to_unicode(label) {
        (text, Ok(())) => text,
        (_, Err(_)) => label.to_lowercase(),
    })
}

fn labels(name: &str, form: impl Fn(&str) -> String) -> String {
    let name = name.trim();
    if let Ok(address) = name.parse::<IpAddr>() {
        return address.to_string();
    }
    let name = name.strip_suffix(DOTS).unwrap_or(name);
    let labels: Vec<String> = name.split(DOTS).map(form).collect();
    labels.join(".")
}

fn has_prefix(label: &str) -> bool {
    let prefix = label.get(..4);
    prefix.is_some_and(|prefix| prefix.eq_ignore_ascii_case("xn--"))
}

/// The wildcard that covers a canonical name: it stands for the whole first label of a host name whose rest has two labels
/// or more. An IP address has none, and neither has another wildcard.
pub fn wildcard_for(name: &str) -> Option<String> {
    let (first, base) = name.split_once('.')?;
    let is_label = |label: &str| {
        let odd = |byte: u8| !(byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
        !label.is_empty() && !label.bytes().any(odd)
    };
    let mut labels = base.split('.').rev();
    // No top-level domain is a number; an address written in another way ends with one.
    let top = labels
        .next()
        .filter(|top| !top.bytes().all(|b| b.is_ascii_digit()));
    let two = top.is_some() && base.contains('.');
    let host = is_label(first) && base.split('.').all(is_label);
    (two && host).then(|| format!("*.{base}"))
}
