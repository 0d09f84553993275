//! The forms in which a secret may come back from a service, beside escapes, which are read where they stand.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use secrecy::zeroize::Zeroizing;

/// Of fewer bytes too little is left in base64 to be told from any other word.
const SHORTEST_IN_BASE64: usize = 8;

/// All forms of a secret, itself first.
pub fn of(secret: &str) -> Vec<Zeroizing<String>> {
    // A blank is a plus sign in a form.
    let mut forms = vec![
        secret.to_owned(),
        secret.replace(' ', "+"),
        hex::encode(secret),
    ];
    if secret.len() >= SHORTEST_IN_BASE64 {
        forms.extend((0..3).flat_map(|before| in_base64(secret, before)));
    }
    forms.into_iter().map(Zeroizing::new).collect()
}

/// The letters of base64, in both alphabets, that depend on nothing but the secret, when so many bytes stand before
/// it in its group of three (a user's name and a colon, say).
fn in_base64(secret: &str, before: usize) -> [String; 2] {
    let mut whole = Zeroizing::new(vec![0; before]);
    whole.extend_from_slice(secret.as_bytes());
    // Six bits a letter: the first and the last one can be shared with a neighbour.
    let own = (before * 8).div_ceil(6)..whole.len() * 8 / 6;
    [
        STANDARD_NO_PAD.encode(&whole),
        URL_SAFE_NO_PAD.encode(&whole),
    ]
    .map(Zeroizing::new)
    .map(|text| text.get(own.clone()).unwrap_or_default().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_letters_of_base64_are_those_that_stand_wherever_the_secret_does() {
        let secret = "s3cr?t~~key>>01";
        let forms = of(secret);
        for before in ["", "a", "ab", "user:", "0123456789"] {
            for after in ["", "\n", "&x", "yz0"] {
                let text = format!("{before}{secret}{after}");
                for engine in [&STANDARD_NO_PAD, &URL_SAFE_NO_PAD] {
                    let echo = engine.encode(&text);
                    let found = forms.iter().any(|form| echo.contains(form.as_str()));
                    assert!(found, "{text}: {echo} has none of {forms:?}");
                }
            }
        }
    }

    #[test]
    fn no_form_is_so_short_that_any_word_could_be_it() {
        for secret in ["1234", "sev en7", "8letters", "éééé"] {
            for form in of(secret) {
                assert!(form.len() >= 8 || form.len() >= secret.len(), "{form:?}");
            }
        }
    }
}
