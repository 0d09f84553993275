//! Damaged versions of a JSON text. They are made in the text, so that doubled keys and the order stay.

/// Values that lie deeper are like those above them.
const DEEPEST: usize = 5;

/// Longer values are shortened to so many lengths, not to every one.
const LENGTHS: usize = 32;

/// One damaged version.
#[derive(Debug, Clone)]
pub struct Damage {
    /// What was done to the value.
    pub how: String,
    /// The text after it.
    pub text: String,
}

/// A value in the text.
#[derive(Debug)]
pub struct Place {
    /// Where: `Response.Status`, `SubjectAltName[1]`.
    pub path: String,
    /// Where its key begins, or itself in a list.
    start: usize,
    value: usize,
    end: usize,
    /// Whether it has a key.
    keyed: bool,
}

/// Every value in a text that is JSON.
pub fn places(text: &str) -> Vec<Place> {
    let mut scan = Scan {
        text,
        at: 0,
        places: Vec::new(),
    };
    scan.value(String::new());
    let shallow = |place: &Place| place.path.matches(['.', '[']).count() < DEEPEST;
    scan.places.retain(shallow);
    scan.places
}

impl Place {
    /// Every damage of this value: nulled, emptied, retyped, shortened, taken away, doubled.
    pub fn damages(&self, text: &str) -> Vec<Damage> {
        let (before, old, after) = self.parts(text);
        let mut all = Vec::new();
        let mut add = |how: &str, text: String| {
            all.push(Damage {
                how: how.to_owned(),
                text,
            })
        };
        let replaced = |new: &str| format!("{before}{new}{after}");
        add("null", replaced("null"));
        add("empty", replaced("\"\""));
        for new in retyped(old) {
            add(&format!("retyped to {}", short(&new)), replaced(&new));
        }
        for new in shortened(old) {
            add(&format!("shortened to {}", short(&new)), replaced(&new));
        }
        if self.path.is_empty() {
            return all;
        }
        add("deleted", without(text, self.start, self.end));
        if self.keyed {
            let key = &text[self.start..self.value];
            for other in [old, another(old), "null", "\"\""] {
                let how = format!("doubled with {}", short(other));
                add(&how, format!("{before}{old},{key}{other}{after}"));
            }
        }
        all
    }

    /// The text cut off where this value begins, and where it ends.
    pub fn cuts(&self, text: &str) -> Vec<Damage> {
        let cut = |how: &str, end: usize| Damage {
            how: how.to_owned(),
            text: text[..end].to_owned(),
        };
        vec![cut("cut before", self.value), cut("cut after", self.end)]
    }

    fn parts<'t>(&self, text: &'t str) -> (&'t str, &'t str, &'t str) {
        (
            &text[..self.value],
            &text[self.value..self.end],
            &text[self.end..],
        )
    }
}

/// The beginning of a value, for the name of a damage.
fn short(value: &str) -> String {
    value.chars().take(40).collect()
}

/// The value as another type.
fn retyped(old: &str) -> Vec<String> {
    let mut all = vec![format!("[{old}]"), format!("{{\"0\":{old}}}")];
    all.extend(["[]", "{}", "true", "false"].map(str::to_owned));
    match old.as_bytes()[0] {
        b'"' => {
            let plain = old.trim_matches('"');
            let number = plain
                .parse::<u64>()
                .is_ok_and(|number| number.to_string() == plain);
            all.extend(number.then(|| plain.to_owned()));
        }
        b'{' | b'[' => {}
        _ => all.push(format!("\"{old}\"")),
    }
    let truth = ["true", "false"].contains(&old);
    // The other truth is no other type.
    all.retain(|new| !(truth && ["true", "false"].contains(&new.as_str())));
    all
}

/// A text or a number that ends too early.
fn shortened(old: &str) -> Vec<String> {
    let (inside, quote) = match old.as_bytes()[0] {
        b'"' => (&old[1..old.len() - 1], "\""),
        b'-' | b'0'..=b'9' => (old, ""),
        _ => return Vec::new(),
    };
    let ends: Vec<usize> = inside.char_indices().map(|(at, _)| at).skip(1).collect();
    let step = ends.len().div_ceil(LENGTHS).max(1);
    let ends = ends.into_iter().rev().step_by(step);
    ends.map(|end| format!("{quote}{}{quote}", &inside[..end]))
        .collect()
}

fn another(old: &str) -> &'static str {
    match old {
        "true" => "false",
        "false" => "true",
        "1" => "2",
        _ => match old.as_bytes()[0] {
            b'{' => "{\"other\":1}",
            b'[' => "[\"other\"]",
            b'"' | b'n' => "\"other\"",
            _ => "1",
        },
    }
}
/// The text without a member and the comma that belongs to it.
fn without(text: &str, start: usize, end: usize) -> String {
    let (before, after) = (text[..start].trim_end(), text[end..].trim_start());
    match (before.strip_suffix(','), after.strip_prefix(',')) {
        (_, Some(after)) => format!("{before}{after}"),
        (Some(before), None) => format!("{before}{after}"),
        (None, None) => format!("{before}{after}"),
    }
}

struct Scan<'t> {
    text: &'t str,
    at: usize,
    places: Vec<Place>,
}

impl Scan<'_> {
    fn byte(&self) -> u8 {
        self.text.as_bytes()[self.at]
    }

    fn blanks(&mut self) {
        while self
            .text
            .as_bytes()
            .get(self.at)
            .is_some_and(u8::is_ascii_whitespace)
        {
            self.at += 1;
        }
    }

    fn string(&mut self) -> &str {
        let start = self.at + 1;
        self.at = start;
        while self.byte() != b'"' {
            self.at += if self.byte() == b'\\' { 2 } else { 1 };
        }
        self.at += 1;
        &self.text[start..self.at - 1]
    }

    /// Goes over a value that begins here or after blanks (or a byte order mark).
    fn value(&mut self, path: String) {
        self.text[self.at..]
            .starts_with('\u{feff}')
            .then(|| self.at += 3);
        self.blanks();
        let start = self.at;
        self.keyed(path, start, false);
    }

    fn keyed(&mut self, path: String, start: usize, keyed: bool) {
        let value = self.at;
        match self.byte() {
            b'{' => self.members(&path, true),
            b'[' => self.members(&path, false),
            b'"' => drop(self.string().len()),
            _ => {
                let rest = &self.text[self.at..];
                self.at += rest
                    .find(|c: char| !(c.is_ascii_alphanumeric() || "+-.".contains(c)))
                    .unwrap_or(rest.len());
            }
        }
        self.places.push(Place {
            path,
            start,
            value,
            end: self.at,
            keyed,
        });
    }

    fn members(&mut self, path: &str, object: bool) {
        self.at += 1;
        for place in 0.. {
            self.blanks();
            match self.byte() {
                b'}' | b']' => break,
                b',' => {
                    self.at += 1;
                    self.blanks();
                }
                _ => {}
            }
            if !object {
                self.value(format!("{path}[{place}]"));
                continue;
            }
            let start = self.at;
            let key = self.string().trim().to_owned();
            self.blanks();
            self.at += 1;
            self.blanks();
            let path = if path.is_empty() {
                key
            } else {
                format!("{path}.{key}")
            };
            self.keyed(path, start, true);
        }
        self.at += 1;
    }
}
