//! Credential files of vendor tools, and one profile of such a file: an object in JSON, a section in INI. Messages name
//! the profile and its keys, never a value.

use std::path::{Path, PathBuf};

use chrono::{DateTime, SecondsFormat, Utc};

use crate::credentials::{Credential, Part, Sources, broken, ini, pair, unusable};
use crate::error::Error;
use crate::json::{self, Field, Json, Object};

/// One profile, and its description.
pub struct Profile<'a> {
    /// The description: "the profile `corp` in ~/.aliyun/config.json".
    pub at: String,
    file: VendorFile,
    fields: Object,
    sources: &'a Sources<'a>,
}

/// The credential file of a vendor tool.
#[derive(Clone)]
pub struct VendorFile {
    pub path: PathBuf,
    /// The path in messages: `~` for the home directory.
    pub shown: String,
    /// Named by the user: then it must exist.
    named: bool,
}

impl VendorFile {
    /// The file that one of these variables names, or the one at `path` in the home directory; none without a home
    /// directory.
    pub fn find(sources: &Sources<'_>, variables: &[&str], path: &str) -> Option<VendorFile> {
        let named = variables.iter().find_map(|name| sources.word(name));
        match named {
            Some(named) => Some(VendorFile {
                shown: named.clone(),
                path: PathBuf::from(named),
                named: true,
            }),
            None => Some(VendorFile {
                path: sources.home(path)?,
                shown: format!("~/{path}"),
                named: false,
            }),
        }
    }

    /// A file that every user shares.
    pub fn shared(path: &str) -> VendorFile {
        VendorFile {
            path: PathBuf::from(path),
            shown: path.to_owned(),
            named: false,
        }
    }

    /// The text; none if the file does not exist, an error if the user named it.
    fn text(&self, sources: &Sources<'_>) -> Result<Option<String>, Error> {
        match sources.foreign(&self.path, &self.shown)? {
            None if self.named => Err(unusable(&self.shown, "there is no such file")),
            text => Ok(text),
        }
    }

    /// The object that it holds, if it is there.
    pub fn object(&self, sources: &Sources<'_>) -> Result<Option<Object>, Error> {
        let Some(text) = self.text(sources)? else {
            return Ok(None);
        };
        match json::parse(text.as_bytes()) {
            Ok(Json::Object(object)) => Ok(Some(object)),
            _ => Err(unusable(&self.shown, "it is not a JSON object")),
        }
    }

    /// The profile of that name in the list that it holds.
    pub fn profile<'a>(
        &self,
        sources: &'a Sources<'a>,
        file: &Object,
        name: &str,
    ) -> Result<Profile<'a>, String> {
        let at = format!("the profile `{name}` in {}", self.shown);
        let profiles = match file.field("profiles") {
            Field::Value(Json::Array(profiles)) => profiles.as_slice(),
            _ => &[],
        };
        let named = |profile: &&Object| profile.text("name").is_some_and(|own| own == name);
        let mut profiles = profiles.iter().filter_map(Json::as_object);
        match profiles.find(named) {
            Some(fields) => Ok(Profile::new(self, at, fields.clone(), sources)),
            None => Err(at),
        }
    }

    /// One of its sections, if both are there. Where `#` cannot be part of a value, what follows it is a comment.
    pub fn section<'a>(
        &self,
        sources: &'a Sources<'a>,
        name: &str,
        hash_ends: bool,
    ) -> Result<Option<Profile<'a>>, Error> {
        let Some(text) = self.text(sources)? else {
            return Ok(None);
        };
        let section = ini::section(&text, name, hash_ends);
        let section = section.map_err(|why| unusable(&self.shown, &why))?;
        Ok(section.map(|fields| {
            let at = format!("the section [{name}] in {}", self.shown);
            Profile::new(self, at, Object::of_texts(fields), sources)
        }))
    }
}

impl<'a> Profile<'a> {
    /// An object of a file.
    pub fn new(
        file: &VendorFile,
        at: String,
        fields: Object,
        sources: &'a Sources<'a>,
    ) -> Profile<'a> {
        Profile {
            at,
            file: file.clone(),
            fields,
            sources,
        }
    }

    /// The value of a key; none if it is blank.
    pub fn get(&self, key: &str) -> Option<String> {
        self.fields.text(key)
    }

    /// The value of a mandatory key.
    pub fn require(&self, key: &str) -> Result<String, Error> {
        self.get(key).ok_or_else(|| {
            self.broken(&format!("{key} is missing"))
                .with_hint("complete it with the tool that wrote it")
        })
    }

    /// The object under a key, as an entry of the same name.
    pub fn nested(&self, key: &str) -> Option<Profile<'a>> {
        let fields = self.fields.object(key)?.clone();
        Some(Profile::new(
            &self.file,
            self.at.clone(),
            fields,
            self.sources,
        ))
    }

    /// The key under these names (id, secret, token); nothing where there is neither half.
    pub fn pair(
        &self,
        [id, secret, token]: [&str; 3],
        temporary_prefix: Option<&str>,
    ) -> Result<Option<Credential>, Error> {
        let part = |name| {
            let value = self.secret(name)?;
            Ok::<_, Error>(Part { name, value })
        };
        let key = pair(part(id)?, part(secret)?, part(token)?, temporary_prefix);
        let key = key.map_err(|mut error: Error| {
            error.message = format!("{} (in {})", error.message, self.at);
            error
        })?;
        if key.is_some() {
            let file = &self.file;
            self.sources.warn_of_readers(&file.path, &file.shown);
        }
        Ok(key)
    }

    /// When a key ends that another tool keeps, as seconds since 1970; an error once it has. `renew` says how its
    /// tool makes a new one.
    pub fn expiry(&self, key: &str, renew: &str) -> Result<DateTime<Utc>, Error> {
        let text = self.require(key)?;
        // Some tools write seconds with a fraction.
        let whole = text.split('.').next().and_then(|text| text.parse().ok());
        let Some(end) = whole.and_then(|seconds| DateTime::from_timestamp(seconds, 0)) else {
            let error = self.broken(&format!("{key} is no moment"));
            return Err(error.with_hint(renew));
        };
        if end <= self.sources.now {
            let end = end.to_rfc3339_opts(SecondsFormat::Secs, true);
            let error = self.broken(&format!("its temporary key ended at {end}"));
            return Err(error.with_hint(renew));
        }
        Ok(end)
    }

    /// This entry is there, but of no use.
    pub fn broken(&self, why: &str) -> Error {
        broken(format!("{} cannot be used: {why}", self.at))
    }

    fn secret(&self, key: &str) -> Result<Option<String>, Error> {
        match self.fields.field(key) {
            Field::Absent => Ok(None),
            Field::Value(Json::Text(text)) => {
                self.sources.clean(&format!("{key} in {}", self.at), text)
            }
            Field::Value(_) | Field::Contradictory => {
                Err(self.broken(&format!("{key} is not one text")))
            }
        }
    }
}

/// The token that a workload is given in a file, as another tool's variable names it.
pub fn workload_token(sources: &Sources<'_>, path: &str) -> Result<Credential, Error> {
    let shown = format!("the token file {path}");
    match sources.foreign(Path::new(path), &shown)? {
        None => Err(unusable(&shown, "there is no such file")),
        Some(text) => match sources.clean(&shown, text.trim_end())? {
            None => Err(unusable(&shown, "it is empty")),
            Some(token) => {
                sources.warn_of_readers(Path::new(path), &shown);
                Ok(Credential::ready(token))
            }
        },
    }
}
