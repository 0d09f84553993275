//! Takes every secret known to the run out of a text: providers echo canonical requests, tokens and passwords.

use std::cell::RefCell;
use std::rc::Rc;

use secrecy::zeroize::Zeroizing;

use super::{Credential, spelling};

const MASK: &str = "[secret]";
/// Shorter texts are no secrets, and taking them out would make every message unreadable.
const SHORTEST: usize = 4;

/// The secrets of a run, shared by those who learn of new ones (a PBX hands out tokens).
#[derive(Clone, Default)]
pub struct KnownSecrets(Rc<RefCell<Vec<Needle>>>);

struct Needle {
    text: Zeroizing<String>,
    shown_as: String,
}

impl KnownSecrets {
    /// Learns a key pair with its token.
    pub fn learn_credential(&self, credential: &Credential) {
        let key = credential.key();
        self.learn(key.secret);
        credential
            .token()
            .into_iter()
            .for_each(|token| self.learn(token));
        let start: String = key.id.chars().take(4).collect();
        self.add(key.id, &format!("{start}…"));
    }

    /// Learns a secret.
    pub fn learn(&self, secret: &str) {
        self.add(secret, MASK);
    }

    fn add(&self, secret: &str, shown_as: &str) {
        if secret.chars().count() < SHORTEST {
            return;
        }
        // A blank is a plus sign in a form; every other spelling is read where it stands.
        for text in [secret.to_owned(), secret.replace(' ', "+")] {
            let text = Zeroizing::new(text.to_ascii_lowercase());
            let mut needles = self.0.borrow_mut();
            if !needles.iter().any(|needle| needle.text == text) {
                let shown_as = shown_as.to_owned();
                needles.push(Needle { text, shown_as });
            }
        }
    }

    /// The text without any of them, in whatever spelling and case: hosts and hex digits come back in lower case,
    /// and a secret that has lost its capitals has lost little.
    pub fn scrub(&self, text: &str) -> String {
        let needles = self.0.borrow();
        let texts: Vec<&str> = needles.iter().map(|needle| needle.text.as_str()).collect();
        let mut found = spelling::find(text, &texts);
        // The longest first: an id can be the beginning of a token.
        found.sort_by_key(|(range, place)| (range.start, std::cmp::Reverse(range.end), *place));
        let (mut clean, mut rest) = (String::with_capacity(text.len()), 0);
        for (range, place) in found {
            if range.start >= rest {
                clean.push_str(text.get(rest..range.start).unwrap_or_default());
                clean.push_str(needles.get(place).map_or(MASK, |needle| &needle.shown_as));
            }
            rest = rest.max(range.end);
        }
        clean.push_str(text.get(rest..).unwrap_or_default());
        clean
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mixture_of_spellings_is_taken_out_too() {
        let known = KnownSecrets::default();
        known.learn("tok!en+é/b&\"==");
        for echo in [
            "tok!en%2Bé/b&\"==",
            "tok!en+%C3%A9/b&\"%3d%3D",
            "tok!en+\\u00e9/b&\\\"==",
            "tok!en+&#233;/b&amp;&quot;==",
            "tok!en\\u002B\\u00E9\\/b%26\"==",
            "tok!en%252b%25C3%25a9/b%2526\"==",
            "tok!en&#x2b;é/b&amp;\\u0022==",
        ] {
            let clean = known.scrub(&format!("é%41 {echo} \\u00e9 100%"));
            assert_eq!(clean, "é%41 [secret] \\u00e9 100%", "{echo}");
        }
        let harmless = "50% of a\\b & c &amp; %zz \\u12 \\ud800 &#; &#x110000; &é;%";
        assert_eq!(known.scrub(harmless), harmless);
    }

    #[test]
    fn every_spelling_of_a_secret_is_taken_out() {
        let known = KnownSecrets::default();
        known.learn_credential(&Credential::new(
            "AKIDexample01",
            "s/e+c r&\"et",
            Some("tok/en==".to_owned()),
        ));
        let echoes = [
            "s/e+c r&\"et",
            "s%2Fe%2Bc%20r%26%22et",
            "s%2fe%2bc%20r%26%22et",
            "s%2Fe%2Bc+r%26%22et",
            "s\\/e+c r&\\\"et",
            "s/e+c r\\u0026\\\"et",
            "tok%252Fen%253D%253D",
            "https://TOK%2fEN%3d%3d/",
            "tok/en\\u003d\\u003d",
        ];
        for echo in echoes {
            let clean = known.scrub(&format!("before {echo} after"));
            assert!(
                clean.contains("[secret]") || clean.contains("\\u003d"),
                "{echo} -> {clean}"
            );
            assert!(
                !clean.contains("en==") && !clean.contains("c r"),
                "{echo} -> {clean}"
            );
        }
        assert_eq!(
            known.scrub("ak AKIDexample01 not exist"),
            "ak AKID… not exist"
        );
    }
}
