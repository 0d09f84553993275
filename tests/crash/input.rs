//! Input for the targets: any bytes, and answers of the providers with whatever in the place of their values.

use std::path::{Path, PathBuf};

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::Value;

/// Where the saved answers are.
pub fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures")
}

/// Every file below a folder.
pub fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// JSON that keeps doubled keys, and numbers as they are written.
#[derive(Debug, Clone)]
enum Node {
    Leaf(String),
    List(Vec<Node>),
    Object(Vec<(String, Node)>),
}

impl Node {
    fn new(value: &Value) -> Node {
        match value {
            Value::Array(members) => Node::List(members.iter().map(Node::new).collect()),
            Value::Object(members) => {
                let own = |(key, value): (&String, &Value)| (key.clone(), Node::new(value));
                Node::Object(members.iter().map(own).collect())
            }
            scalar => Node::Leaf(scalar.to_string()),
        }
    }

    fn keys(&self, found: &mut Vec<String>) {
        match self {
            Node::Leaf(_) => {}
            Node::List(members) => members.iter().for_each(|member| member.keys(found)),
            Node::Object(members) => members.iter().for_each(|(key, value)| {
                found.push(key.clone());
                value.keys(found);
            }),
        }
    }

    fn write(&self, text: &mut String) {
        let parted = |place: usize| if place == 0 { "" } else { "," };
        match self {
            Node::Leaf(raw) => text.push_str(raw),
            Node::List(members) => {
                text.push('[');
                for (place, member) in members.iter().enumerate() {
                    text.push_str(parted(place));
                    member.write(text);
                }
                text.push(']');
            }
            Node::Object(members) => {
                text.push('{');
                for (place, (key, value)) in members.iter().enumerate() {
                    text.push_str(parted(place));
                    text.push_str(&Value::from(key.as_str()).to_string());
                    text.push(':');
                    value.write(text);
                }
                text.push('}');
            }
        }
    }

    /// Puts something in the place of one of the values, or beside it under the same key.
    fn edit(&mut self, edit: &Edit, path: &[Index]) {
        let Some((place, deeper)) = path.split_first() else {
            *self = edit.new.clone();
            return;
        };
        match self {
            Node::Leaf(_) => *self = edit.new.clone(),
            Node::List(members) if members.is_empty() => members.push(edit.new.clone()),
            Node::List(members) => {
                let place = place.index(members.len());
                members[place].edit(edit, deeper);
            }
            Node::Object(members) if members.is_empty() => {}
            Node::Object(members) => {
                let place = place.index(members.len());
                if edit.beside {
                    let key = members[place].0.clone();
                    members.push((key, edit.new.clone()));
                } else {
                    members[place].1.edit(edit, deeper);
                }
            }
        }
    }
}

#[derive(Debug, Clone)]
struct Edit {
    path: Vec<Index>,
    new: Node,
    beside: bool,
}

/// Numbers and texts that have made programs stumble. What is not in quotes is JSON as it stands.
const AWKWARD: &[&str] = &[
    "null",
    "true",
    "false",
    "0",
    "-0",
    "-1",
    "1",
    "11",
    "0.1",
    "1e308",
    "-1e-308",
    "1e17",
    "1.7953056e12",
    "1795305600",
    "1795305600000",
    "18446744073709551615",
    "9223372036854775807",
    "-9223372036854775808",
    "99999999999999999999999999",
    r#""""#,
    r#"" ""#,
    r#""-""#,
    r#""OK""#,
    r#""active""#,
    r#""ISSUED""#,
    r#""0000-00-00 00:00:00""#,
    r#""1970-01-01""#,
    r#""262143-01-01 00:00:00""#,
    r#""-262144-01-01 00:00:00""#,
    r#""9999-12-31T23:59:59-14:00""#,
    r#""9999-12-31 23:59:59""#,
    r#""1971-01-01 00:00:00+14:00""#,
    r#""2027-02-29 24:60:60""#,
    r#""2030-01-01 00:00:00""#,
    r#""01/02/2030 12:00:00 AM""#,
    r#""9223372036854775807""#,
    r#""-9223372036854775808""#,
    r#""1e400""#,
    r#""\u0000""#,
    r#""\ud800""#,
    r#""\ud83d\ude00""#,
    r#""\u202e\u2066abc\u001b[31m""#,
    r#""证书证书""#,
    r#""%25%32%35\\u0025&amp;#x26;""#,
    r#""-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----""#,
    r#""a,b;c d,,;;""#,
    "[]",
    "{}",
    "[[[]]]",
];

fn node(keys: Vec<String>) -> impl Strategy<Value = Node> {
    let leaf = prop_oneof![
        4 => select(AWKWARD).prop_map(str::to_owned),
        1 => any::<i64>().prop_map(|number| number.to_string()),
        1 => any::<String>().prop_map(|text| Value::from(text).to_string()),
    ];
    let tree = leaf.prop_map(Node::Leaf).boxed();
    tree.prop_recursive(3, 12, 4, move |inner| {
        let member = (select(keys.clone()), inner.clone());
        prop_oneof![
            vec(inner, 0..4).prop_map(Node::List),
            vec(member, 0..4).prop_map(Node::Object),
        ]
    })
}

/// Saved answers of a provider, some of their values replaced or doubled.
pub fn answers(provider: &str) -> impl Strategy<Value = Vec<u8>> + use<> {
    let texts = files(&fixtures().join(provider)).into_iter();
    let texts = texts.filter(|path| !path.ends_with("index.json") && !path.ends_with("codes.json"));
    let whole = texts.filter_map(|path| std::fs::read(path).ok());
    let whole: Vec<Node> = whole
        .filter_map(|bytes| serde_json::from_slice(&bytes).ok())
        .map(|value: Value| Node::new(&value))
        .collect();
    assert!(!whole.is_empty(), "{provider} has no saved answers");
    let mut keys = Vec::new();
    whole.iter().for_each(|node| node.keys(&mut keys));
    keys.sort();
    keys.dedup();
    let edit = (vec(any::<Index>(), 0..5), node(keys), any::<bool>())
        .prop_map(|(path, new, beside)| Edit { path, new, beside });
    (select(whole), vec(edit, 0..6)).prop_map(|(mut node, edits)| {
        edits.iter().for_each(|edit| node.edit(edit, &edit.path));
        let mut text = String::new();
        node.write(&mut text);
        text.into_bytes()
    })
}

/// Any bytes, and bytes that come near to what the readers look for.
pub fn any_bytes() -> impl Strategy<Value = Vec<u8>> {
    let pieces: Vec<&str> = AWKWARD
        .iter()
        .copied()
        .chain([
            "\n", "\n{", "\n[", "{", "}", "[", "]", ",", ":", "\"", "\\", "%", "&", "\u{feff}",
            "\u{1b}", " ",
        ])
        .chain([
            "2030-01-01",
            "T",
            "12:30:59",
            ".0",
            "+08:00",
            "Z",
            "PM",
            "/",
            "30d",
            "+30d",
            "20%",
            "2w 12h",
        ])
        .collect();
    prop_oneof![
        vec(any::<u8>(), 0..300),
        vec(select(pieces), 0..40).prop_map(|pieces| pieces.concat().into_bytes()),
        any::<String>().prop_map(String::into_bytes),
    ]
}

/// Lines of a config file.
const CONFIG: &[&str] = &[
    "[defaults]",
    "[accounts.a]",
    "[accounts.\"\\u001b[2J\"]",
    "[[checks]]",
    "provider = \"tencent\"",
    "provider = \"pbx\"",
    "base_url = \"https://a.example:8088\"",
    "endpoint = \"http://127.0.0.1:1\"",
    "proxy = \"http://a:secret@b\"",
    "ca_file = \"~/a\"",
    "credentials = { env_prefix = \"A_\" }",
    "credentials = { command = [\"/bin/a\"] }",
    "account = \"a\"",
    "account = \"\\u001b[2J\"",
    "name = \"\\u202e\\u0007\"",
    "name = \"b\"",
    "ids = [\"BAbc1234\", 5, \"\\u001b[0m\"]",
    "all = true",
    "warn = \"20%\"",
    "crit = 9e99",
    "at = 2026-12-24",
    "severity = { PENDING = \"ok\", \"\\u0007\" = \"\\u0007\" }",
    "timeout.a.b = [{}]",
    "\"\\u001b[2J\" = 1",
];

/// Such lines in any order, with whatever between them.
pub fn configs() -> impl Strategy<Value = Vec<u8>> {
    let line = prop_oneof![
        9 => proptest::sample::select(CONFIG).prop_map(|line| line.as_bytes().to_vec()),
        1 => any_bytes(),
    ];
    proptest::collection::vec(line, 0..14).prop_map(|lines| lines.join(&b'\n'))
}
