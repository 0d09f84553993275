//! A JSON value that keeps what providers really send: repeated keys, absent, null, empty and contradictory apart.

/// A JSON value that keeps what a map would lose.
#[derive(Debug, Clone, PartialEq)]
pub enum Json {
    /// `null`
    Null,
    /// `true`, `false`
    Bool(bool),
    /// A number, as text: ids exceed what a float holds.
    Number(String),
    /// A text.
    Text(String),
    /// A list.
    Array(Vec<Json>),
    /// An object.
    Object(Object),
}

/// An object with all its members, doubled keys included. Keys are kept trimmed (a documented Huawei answer has
/// `"order_id "`).
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Object(pub(super) Vec<(String, Json)>);

/// The value of a field.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Field<'a> {
    /// No such key, or null.
    Absent,
    /// One value (or the same one several times).
    Value(&'a Json),
    /// Several unequal values under one key: nobody can know which is meant.
    Contradictory,
}

impl Object {
    /// An object of texts.
    pub fn of_texts(members: Vec<(String, String)>) -> Object {
        let texts = members.into_iter();
        Object(texts.map(|(key, text)| (key, Json::Text(text))).collect())
    }

    /// All of its members, in the order of the text.
    pub fn members(&self) -> impl Iterator<Item = (&str, &Json)> {
        self.0.iter().map(|(key, value)| (key.as_str(), value))
    }

    /// All values under a key, nulls left out.
    pub fn values<'a>(&'a self, key: &'a str) -> impl Iterator<Item = &'a Json> {
        self.under(key).filter(|value| **value != Json::Null)
    }

    fn under<'a>(&'a self, key: &str) -> impl Iterator<Item = &'a Json> {
        self.0
            .iter()
            .filter(move |(name, _)| name == key)
            .map(|(_, value)| value)
    }

    /// The field of that key. Null beside a value is a contradiction: it may be the right one.
    pub fn field<'a>(&'a self, key: &'a str) -> Field<'a> {
        let mut members = self.under(key);
        match members.next() {
            None => Field::Absent,
            Some(first) if !members.all(|other| other == first) => Field::Contradictory,
            Some(Json::Null) => Field::Absent,
            Some(first) => Field::Value(first),
        }
    }

    /// True if the key is present, even with null.
    pub fn names(&self, key: &str) -> bool {
        self.under(key).next().is_some()
    }

    /// The object under a key.
    pub fn object<'a>(&'a self, key: &'a str) -> Option<&'a Object> {
        match self.field(key) {
            Field::Value(Json::Object(object)) => Some(object),
            _ => None,
        }
    }

    /// The object under a key, taken out; or else the whole.
    pub fn into_inner(mut self, key: &str) -> Object {
        let place = self
            .0
            .iter()
            .position(|(name, value)| name == key && value.as_object().is_some());
        match place.map(|place| self.0.swap_remove(place).1) {
            Some(Json::Object(inner)) => inner,
            _ => self,
        }
    }

    /// The scalar under a key as trimmed text; `None` when it is absent, empty, or no scalar.
    pub fn text(&self, key: &str) -> Option<String> {
        match self.field(key) {
            Field::Value(value) => value.scalar().filter(|text| !text.is_empty()),
            _ => None,
        }
    }

    /// True if one of these keys has a value other than null.
    pub fn has_any(&self, keys: &[&str]) -> bool {
        keys.iter().any(|key| self.field(key) != Field::Absent)
    }
}

impl Json {
    /// Text, number or boolean as trimmed text.
    pub fn scalar(&self) -> Option<String> {
        match self {
            Json::Text(text) => Some(text.trim().to_owned()),
            Json::Number(text) => Some(text.clone()),
            Json::Bool(value) => Some(value.to_string()),
            Json::Null | Json::Array(_) | Json::Object(_) => None,
        }
    }

    /// The object, if it is one.
    pub fn as_object(&self) -> Option<&Object> {
        match self {
            Json::Object(object) => Some(object),
            _ => None,
        }
    }
}
