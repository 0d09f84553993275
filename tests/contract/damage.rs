//! Damaged versions of a JSON text. They are made in the text, so that doubled keys and the order stay.

/// Values that lie deeper are like those above them.
const DEEPEST: usize = 5;

/// One damaged version.
pub struct Damage {
    /// Where: `Response.Status`, `SubjectAltName[1]`.
    pub path: String,
    /// What was done there.
    pub how: &'static str,
    /// The text after it.
    pub text: String,
}

/// A value in the text.
struct Place {
    path: String,
    /// Where its key begins, or itself in a list.
    start: usize,
    value: usize,
    end: usize,
    /// Whether it has a key.
    keyed: bool,
}

/// Every damage of every value in a text that is JSON.
pub fn damages(text: &str) -> Vec<Damage> {
    let mut scan = Scan {
        text,
        at: 0,
        places: Vec::new(),
    };
    scan.value(String::new());
    scan.places
        .iter()
        .filter(|place| place.path.matches(['.', '[']).count() < DEEPEST)
        .flat_map(|place| of_one(text, place))
        .collect()
}

fn of_one(text: &str, place: &Place) -> Vec<Damage> {
    let Place {
        path,
        start,
        value,
        end,
        keyed,
    } = place;
    let (before, old, after) = (&text[..*value], &text[*value..*end], &text[*end..]);
    let mut all = Vec::new();
    let mut add = |how, text: String| {
        all.push(Damage {
            path: path.clone(),
            how,
            text,
        })
    };
    let replaced = |new: &str| format!("{before}{new}{after}");
    add("null", replaced("null"));
    add("empty", replaced("\"\""));
    add("retyped", replaced(&retyped(old)));
    add("cut before", before.to_owned());
    add("cut after", text[..*end].to_owned());
    if path.is_empty() {
        return all;
    }
    add("deleted", without(text, *start, *end));
    if *keyed {
        let key = &text[*start..*value];
        add(
            "doubled",
            format!("{before}{old},{key}{}{after}", another(old)),
        );
        add(
            "doubled with null",
            format!("{before}{old},{key}null{after}"),
        );
        add(
            "doubled with nothing",
            format!("{before}{old},{key}\"\"{after}"),
        );
    }
    all
}

fn retyped(old: &str) -> String {
    match old.as_bytes()[0] {
        b'{' => format!("[{old}]"),
        b'[' => format!("{{\"0\":{old}}}"),
        b'"' => {
            let plain = old.trim_matches('"');
            let number = plain
                .parse::<u64>()
                .is_ok_and(|number| number.to_string() == plain);
            if number {
                plain.to_owned()
            } else {
                format!("[{old}]")
            }
        }
        b'n' => "{}".to_owned(),
        _ => format!("\"{old}\""),
    }
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
