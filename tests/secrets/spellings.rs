//! Secrets in the spellings in which services, mail and dumps give them back: no run of eight characters is left, and
//! what is not a secret stays as it is.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use certcheck::redact::KnownSecrets;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use serde_json::Value;

/// Characters of a secret in a row that may not be left.
const RUN: usize = 8;

fn percent(c: char) -> String {
    c.to_string()
        .bytes()
        .map(|byte| format!("%{byte:02X}"))
        .collect()
}

/// Of a URL's reserved characters only.
fn url(c: char) -> String {
    if c.is_ascii_alphanumeric() || "-_.~".contains(c) {
        c.to_string()
    } else {
        percent(c)
    }
}

fn form(c: char) -> String {
    if c == ' ' { "+".to_owned() } else { url(c) }
}

fn json(c: char) -> String {
    let quoted = Value::from(c.to_string()).to_string();
    quoted[1..quoted.len() - 1].replace('/', "\\/")
}

fn html(c: char) -> String {
    let name = match c {
        '/' => "sol",
        '+' => "plus",
        '=' => "equals",
        '&' => "amp",
        '<' => "lt",
        '>' => "gt",
        '"' => "quot",
        '\'' => "apos",
        _ => return c.to_string(),
    };
    format!("&{name};")
}

fn mail(c: char) -> String {
    match c {
        '=' | ' ' => format!("={:02X}", c as u32),
        _ => c.to_string(),
    }
}

/// Its name, and how a letter is spelt.
type Spelling = (&'static str, fn(char) -> String);

/// Spellings letter by letter.
const LETTERS: &[Spelling] = &[
    ("plain", |c| c.to_string()),
    ("upper case", |c| c.to_ascii_uppercase().to_string()),
    ("percent", percent),
    ("url", url),
    ("form", form),
    ("lower percent", |c| percent(c).to_lowercase()),
    ("percent twice", |c| percent(c).chars().map(url).collect()),
    ("json", json),
    ("json in json", |c| json(c).chars().map(json).collect()),
    ("\\u", |c| format!("\\u{:04x}", c as u32)),
    ("\\u{}", |c| format!("\\u{{{:x}}}", c as u32)),
    ("\\x", |c| format!("\\x{:02X}", c as u32)),
    ("octal", |c| format!("\\{:03o}", c as u32)),
    ("html", html),
    ("html decimal", |c| format!("&#{};", c as u32)),
    ("html hex", |c| format!("&#x{:X};", c as u32)),
    ("html of percent", |c| url(c).chars().map(html).collect()),
    ("quoted-printable", mail),
    ("all quoted-printable", |c| format!("={:02X}", c as u32)),
    ("a blank for +", |c| {
        if c == '+' {
            " ".to_owned()
        } else {
            c.to_string()
        }
    }),
    ("zero-width space", |c| format!("{c}\u{200b}")),
    ("byte-order mark", |c| format!("{c}\u{feff}")),
    ("soft hyphen", |c| format!("{c}\u{ad}")),
    ("hex", |c| format!("{:02x}", c as u32)),
    ("hex with blanks", |c| format!("{:02x} ", c as u32)),
    ("hex with colons", |c| format!("{:02X}:", c as u32)),
    ("hex with 0x", |c| format!("0x{:02x}, ", c as u32)),
];

/// What stands between two letters, and after how many.
const FOLDS: [(&str, usize); 6] = [
    ("", 1),
    ("\r\n ", 5),
    ("\n", 7),
    ("=\r\n", 6),
    ("\\r\\n", 9),
    ("\u{2060}", 3),
];

/// A part of the secret, spelt: each letter with its spelling.
fn spelt(part: &str, letter: fn(char) -> String, fold: (&str, usize)) -> Vec<String> {
    let letters = part.chars().enumerate();
    letters
        .map(|(place, c)| {
            let folded = place > 0 && place % fold.1 == 0;
            format!("{}{}", if folded { fold.0 } else { "" }, letter(c))
        })
        .collect()
}

fn known(secret: &str) -> KnownSecrets {
    let known = KnownSecrets::default();
    known.learn(secret);
    known
}

/// Whether so many letters in a row are left in a text.
fn is_left(pieces: &[String], clean: &str) -> bool {
    pieces
        .windows(RUN)
        .any(|window| clean.contains(&window.concat()))
}

/// Everything that base64 can mean in a text, at each of its letters.
fn decoded(text: &str) -> Vec<String> {
    let inside = |c: char| c.is_ascii_alphanumeric() || "+/-_".contains(c);
    let words = text.split(|c| !inside(c)).filter(|word| word.len() > 9);
    words
        .flat_map(|word| (0..4).filter_map(move |at| word.get(at..)))
        .filter_map(|word| {
            let word = word.replace('-', "+").replace('_', "/");
            let whole = &word[..word.len() - usize::from(word.len() % 4 == 1)];
            let bytes = lenient().decode(whole).ok()?;
            Some(String::from_utf8_lossy(&bytes).into_owned())
        })
        .collect()
}

fn lenient() -> base64::engine::GeneralPurpose {
    let config = base64::engine::GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(base64::engine::DecodePaddingMode::Indifferent);
    base64::engine::GeneralPurpose::new(&base64::alphabet::STANDARD, config)
}

/// As keys are: no word of the field, and a letter in every run.
const SECRET: &str = "[A-Za-z0-9]{3}[!-~]{9,40}";

proptest! {
    // The same cases in every run: a spelling in a million is no reason for a red run of something else.
    #![proptest_config(ProptestConfig {
        rng_seed: RngSeed::Fixed(20_261_128),
        ..ProptestConfig::with_cases(1500)
    })]

    #[test]
    fn a15_no_run_of_a_secret_is_left_in_any_spelling(
        secret in SECRET,
        cut in any::<(prop::sample::Index, prop::sample::Index)>(),
        letter in prop::sample::select(LETTERS),
        fold in prop::sample::select(&FOLDS[..]),
        (before, after) in ("[a-z ]{0,12}", "[a-z ]{0,12}"),
    ) {
        let first = cut.0.index(secret.len() - RUN + 1);
        let length = RUN + cut.1.index(secret.len() - first - RUN + 1);
        let pieces = spelt(&secret[first..first + length], letter.1, fold);
        let text = format!("{before} {} {after}", pieces.concat());
        let clean = known(&secret).scrub(&text);
        prop_assert!(!is_left(&pieces, &clean), "{} {secret:?}: {text:?}: {clean:?}", letter.0);
        prop_assert!(clean.contains("[secret]"));
        let field = known(&secret).field(&text);
        prop_assert_eq!(field.as_ref(), Some(&clean));
    }

    #[test]
    fn a15_no_run_of_a_secret_is_left_in_base64(
        secret in SECRET,
        letter in prop::sample::select(&LETTERS[..9]),
        engine in prop::sample::select(vec![STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD]),
        cut in any::<(prop::sample::Index, prop::sample::Index)>(),
        (before, after) in ("[ -~]{0,7}", "[ -~]{0,7}"),
    ) {
        prop_assume!(letter.0 != "upper case");
        let pieces = spelt(&secret, letter.1, ("", 1));
        let whole = engine.encode(format!("{before}{}{after}", pieces.concat()));
        let first = cut.0.index(whole.len());
        let text = &whole[first..first + cut.1.index(whole.len() - first + 1)];
        let clean = known(&secret).scrub(text);
        for rest in clean.split("[secret]") {
            for meant in decoded(rest) {
                prop_assert!(!is_left(&pieces, &meant), "{} {secret:?}: {text}: {clean}", letter.0);
            }
        }
    }

    #[test]
    fn a15_a_text_without_a_secret_stays_as_it_is(
        secret in SECRET,
        text in "([ -~]|证书|%[0-9a-f]{2}|&#[0-9]{2};|\\\\u00[2-7][0-9]){0,40}",
    ) {
        let lower = text.to_lowercase();
        let shares = |window: &[u8]| lower.contains(&String::from_utf8_lossy(window).to_lowercase());
        prop_assume!(!secret.as_bytes().windows(4).any(shares));
        prop_assert_eq!(known(&secret).scrubbed(&text), None);
    }
}

#[test]
fn a15_the_cut_ends_of_a_secret_are_taken_out_where_they_are_long_enough() {
    let known = known("0Xq7-mR+t/Zk=29Ws");
    for (text, clean) in [
        ("key 0Xq7-mR+ is wrong", "key [secret]+ is wrong"),
        ("key t/Zk=29Ws", "key [secret]"),
        ("key /Zk=29Ws", "key [secret]"),
        ("key Zk=29Ws", "key Zk=29Ws"),
        ("0Xq7-mR t/Zk=29W", "[secret]"),
        ("x0Xq7-mR+t/Zk=29Wsx", "x[secret]x"),
        ("0XQ7-MR+T/ZK=29WS", "[secret]"),
        ("0Xq7-mR+0Xq7-mR+", "[secret]+[secret]+"),
    ] {
        assert_eq!(known.scrub(text), clean, "{text}");
    }
}

#[test]
fn a15_what_mail_escapes_once_more_is_read_in_each_way() {
    let known = known("AAa00!%a0<a0");
    assert_eq!(known.scrub("a00!%a=\r\n0&lt;"), "[secret]");
}

#[test]
fn a15_words_of_the_field_count_from_twelve_characters_on() {
    let known = known("my-certificate-signature-password");
    for text in [
        "the certificate of the signature",
        "Certificate, Password, credential",
        "SignatureDoesNotMatch",
    ] {
        assert_eq!(known.scrub(text), text);
    }
    assert_eq!(known.scrub("the certificate-signature"), "the [secret]");
}

#[test]
fn a25_a_short_secret_is_taken_out_of_sentences_where_it_stands_alone() {
    for secret in ["a", "abc", "wrong", "s3cr!t"] {
        let known = known(secret);
        for (before, after) in [
            ("", ""),
            ("the password ", " is old"),
            ("`", "`"),
            ("证书", ","),
        ] {
            let text = format!("{before}{secret}{after}");
            assert_eq!(known.scrub(&text), format!("{before}[secret]{after}"));
            // Ids, words of a status, domains and dates.
            assert_eq!(known.field(&text), None);
        }
        for text in [
            format!("x{secret}"),
            format!("{secret}0"),
            format!("b{secret}b"),
        ] {
            assert_eq!(known.scrub(&text), text);
        }
        assert_eq!(known.given(secret).as_deref(), Some("[secret]"));
        assert_eq!(known.given(&format!("{secret}x")), None);
    }
}

#[test]
fn a15_an_id_of_the_user_is_masked_only_if_it_is_a_secret() {
    let known = known("BAbc1234xyz+0987");
    for (id, shown) in [
        ("BAbc1234xyz+0987", Some("[secret]")),
        (" babc1234xyz+0987 ", Some(" [secret] ")),
        ("BAbc1234xyz%2B0987", Some("[secret]")),
        ("BAbc1234", None),
        ("BAbc1234xyz+09876", None),
    ] {
        assert_eq!(known.given(id).as_deref(), shown, "{id}");
    }
}

#[test]
fn u19_of_a_sentence_of_ours_only_the_quotes_are_changed() {
    for secret in [
        "wrong",
        "client",
        "wrong client id or secret",
        "certificate-refused-since",
    ] {
        let known = known(secret);
        let text = format!("wrong client id or secret; certificate refused since {secret}");
        assert_eq!(known.sentence(&text, []), text);
        let clean = "wrong client id or secret; certificate refused since [secret]";
        assert_eq!(known.sentence(&text, [secret]), clean);
    }
    // What nobody said to be a quote is no sentence where it looks like a key.
    let known = known("q7Rt2xYp9wLm4k");
    assert_eq!(
        known.sentence("the key q7Rt2xYp9wLm4k is", []),
        "the key [secret] is"
    );
}

#[test]
fn a11_what_stands_behind_the_name_of_a_secret_is_taken_out() {
    let known = KnownSecrets::default();
    for name in [
        "SecretKey",
        "TmpSecretKey",
        "secret_key",
        "aws_secret_access_key",
        "private_key",
        "passwd",
        "pwd",
        "api_key",
        "apikey",
        "session",
        "client-secret",
        "x-acs-security-token",
        "sessionid",
        "PrivateKey",
    ] {
        for text in [
            format!("{{\"{name}\":\"9f8e7d6c5b4a3f2e\"}}"),
            format!("{{\\\"{name}\\\": \\\"9f8e7d6c5b4a3f2e\\\"}}"),
            format!("a=b&{name}=9f8e7d6c5b4a3f2e&c=d"),
            format!("{name}: 9f8e7d6c5b4a3f2e"),
            format!("{name}%3D9f8e7d6c5b4a3f2e"),
        ] {
            let clean = known.scrub(&text);
            assert!(
                clean.contains(name) && clean.contains("[secret]"),
                "{clean}"
            );
            assert!(!clean.contains("9f8e7d6c"), "{clean}");
        }
    }
    for text in [
        "Authorization: Bearer 9f8e7d6c5b4a3f2e",
        "authorization: TC3-HMAC-SHA256 Credential=AKID/2026-01-01, Signature=9f8e7d6c5b4a3f2e",
        "Cookie: a=1; b=9f8e7d6c5b4a3f2e",
        "set-cookie: JSESSIONID=9f8e7d6c5b4a3f2e; Path=/",
    ] {
        let (name, _) = text.split_once(": ").unwrap();
        assert_eq!(known.scrub(text), format!("{name}: [secret]"));
    }
    for text in [
        "the session ended: try again",
        "pwd=/home",
        "no secret key: 404",
        "cookie: none",
    ] {
        assert_eq!(known.scrub(text), text);
    }
}

#[test]
fn a15_a_text_of_many_megabytes_and_a_token_of_many_kilobytes_take_no_time() {
    let token: String = (0..20_000).map(|number| format!("{number:x}.")).collect();
    let known = known(&token);
    known.learn(&"a".repeat(60_000));
    known.learn("q7Rt2xYp9wLm4k");
    for piece in [
        "a",
        "%25",
        "&amp;\\",
        "=3D",
        "YWFh",
        "61",
        "q7Rt2xYp9wLm4k ",
    ] {
        let text = piece.repeat((1 << 18) / piece.len());
        let clean = known.scrub(&format!("{text}q7Rt2xYp9wLm4k"));
        assert!(!clean.contains("q7Rt2xYp"), "{piece}");
    }
}
