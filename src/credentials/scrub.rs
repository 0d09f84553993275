//! Takes every secret known to the run out of a text: providers echo canonical requests, tokens and passwords.

use std::cell::RefCell;
use std::rc::Rc;

use percent_encoding::percent_decode_str;

use super::spelling::Needles;
use super::{Credential, forms, shortened, telltale};

const MASK: &str = "[secret]";
/// Shorter texts are no secrets, and taking them out would make every message unreadable.
const SHORTEST: usize = 4;

/// The secrets of a run, shared by those who learn of new ones (a PBX hands out tokens).
#[derive(Clone, Default)]
pub struct KnownSecrets(Rc<RefCell<Known>>);

#[derive(Default)]
struct Known {
    needles: Needles,
    /// What stands in the place of each needle.
    shown_as: Vec<String>,
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
        self.learn_id(key.id);
    }

    /// Learns a secret.
    pub fn learn(&self, secret: &str) {
        self.add(secret, MASK);
    }

    /// Learns the public half of a key, which may be shown shortened.
    pub fn learn_id(&self, id: &str) {
        self.add(id, &shortened(id));
    }

    /// Learns the password in the URL of a proxy, which may be without its scheme.
    pub fn learn_proxy(&self, url: &str) {
        let full = match url.contains("://") {
            true => url.to_owned(),
            false => format!("http://{url}"),
        };
        let user_info = telltale::in_urls(&full).filter_map(|range| full.get(range));
        for (_, password) in user_info.filter_map(|text| text.split_once(':')) {
            self.learn(password);
            // As it is sent: in base64, where no escape can be read any more.
            self.learn(&percent_decode_str(password).decode_utf8_lossy());
        }
    }

    fn add(&self, secret: &str, shown_as: &str) {
        if secret.chars().count() < SHORTEST {
            return;
        }
        let mut known = self.0.borrow_mut();
        for form in forms::of(secret) {
            if known.needles.add(&form) {
                known.shown_as.push(shown_as.to_owned());
            }
        }
    }

    /// The text without any of them, in whatever spelling and case: hosts and hex digits come back in lower case,
    /// and a secret that has lost its capitals has lost little. What its own name calls a secret goes too.
    pub fn scrub(&self, text: &str) -> String {
        self.scrubbed(text).unwrap_or_else(|| text.to_owned())
    }

    /// The same, if there is anything to take out.
    pub fn scrubbed(&self, text: &str) -> Option<String> {
        let known = self.0.borrow();
        let mut found = known.needles.find(text);
        found.extend(telltale::find(text).map(|range| (range, usize::MAX)));
        if found.is_empty() {
            return None;
        }
        // The longest first: an id can be the beginning of a token.
        found.sort_by_key(|(range, place)| (range.start, std::cmp::Reverse(range.end), *place));
        let (mut clean, mut rest) = (String::with_capacity(text.len()), 0);
        for (range, place) in found {
            if range.start >= rest {
                clean.push_str(text.get(rest..range.start).unwrap_or_default());
                clean.push_str(known.shown_as.get(place).map_or(MASK, String::as_str));
            }
            rest = rest.max(range.end);
        }
        clean.push_str(text.get(rest..).unwrap_or_default());
        Some(clean)
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
            Some("tok/en==1".to_owned()),
        ));
        for echo in [
            "s/e+c r&\"et",
            "s%2Fe%2Bc%20r%26%22et",
            "s%2fe%2bc%20r%26%22et",
            "s%2Fe%2Bc+r%26%22et",
            "s\\/e+c r&\\\"et",
            "s/e+c r\\u0026\\\"et",
            "s/e\\x2bc r&\\x22et",
            "s\\/e\\+c r\\&\\\"et",
            "tok%252Fen%253D%253D1",
            "TOK%2fEN%3d%3d1",
            "tok/en\\u003d\\u003d1",
            "dG9rL2VuPT0x",
            "dG9r\r\nL2Vu\\nPT0x",
            "746f6b2f656e3d3d31",
            "746F6B2F656E3D3D31",
        ] {
            let clean = known.scrub(&format!("before {echo} after"));
            assert_eq!(clean, "before [secret] after", "{echo}");
        }
        // `user:tok/en==`, as `Authorization: Basic` has it: a letter at either end is shared.
        assert_eq!(
            known.scrub("Basic dXNlcjp0b2svZW49PTE="),
            "Basic dXNlcjp[secret]E="
        );
        assert_eq!(
            known.scrub("ak AKIDexample01 not exist"),
            "ak AKID… not exist"
        );
    }

    #[test]
    fn of_a_short_key_id_less_is_shown_and_of_a_proxy_the_password_is_not() {
        let known = KnownSecrets::default();
        known.learn_id("admin");
        known.learn_proxy("http://user:p%40ssword@host:3128");
        known.learn_proxy("user:password2@host");
        known.learn_proxy("http://nobody@host");
        assert_eq!(
            known.scrub("admin user p@ssword p%40ssword password2 nobody"),
            "a… user [secret] [secret] [secret] nobody"
        );
    }
}
