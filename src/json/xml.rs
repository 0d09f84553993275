//! Errors that come in XML, as the gateway wrote them before it knew JSON and as a client without an `accept` header
//! still gets them; the vendor's own client reads an `Error` root too (alibaba-cloud-sdk-go#89).
//!
//! Nothing is expanded but the five entities of XML itself and references to a character by its number: what a
//! `DOCTYPE` defines stays as it is written.

use quick_xml::events::{BytesRef, Event};
use quick_xml::reader::Reader;

use super::value::Object;
use crate::error::{Error, Kind};
use crate::unicode;

/// Levels of elements that are read; an error has two or three.
const MAX_DEPTH: usize = 16;

/// Longest text of an element, in bytes. An error message is cut far below that when it is shown.
const LONGEST: usize = 64 * 1024;

/// The fields of an error, named as in the JSON form.
const NAMES: [&str; 3] = ["Code", "Message", "RequestId"];

/// More of these elements than any error has.
const MOST: usize = 64;

/// The error in a body, or in a saved answer, as an object of the JSON form; or why the XML says nothing; nothing where it is no XML, or a page
/// for people.
pub fn error(body: &[u8]) -> Option<Result<Object, Error>> {
    let text = unicode::text(body).ok()?;
    let text = text.trim_start();
    if !text.starts_with('<') {
        return None;
    }
    let unread = |why: &str| Some(Err(Error::new(Kind::Protocol, why)));
    let members = match members(text) {
        Ok(members) => members,
        Err(XmlError::Page) => return None,
        Err(XmlError::Xml) => return unread("broken XML"),
        Err(XmlError::TooDeep) => return unread("XML nested too deeply"),
    };
    if !members.iter().any(|(_, name, _)| *name == "Code") {
        return unread("XML without an error code in it");
    }
    // Of several under one name, those nearest to the root are the error's own.
    let own = |(depth, name, _): &&(usize, &str, String)| {
        let same = members.iter().filter(|(_, other, _)| other == name);
        same.map(|(depth, ..)| depth).min() == Some(depth)
    };
    let texts = members.iter().filter(own);
    let texts = texts.map(|(_, name, text)| ((*name).to_owned(), text.clone()));
    Some(Ok(Object::of_texts(texts.collect())))
}

enum XmlError {
    /// HTML.
    Page,
    Xml,
    TooDeep,
}

impl From<quick_xml::Error> for XmlError {
    fn from(_: quick_xml::Error) -> XmlError {
        XmlError::Xml
    }
}

/// An element that is open.
struct Open {
    name: Option<&'static str>,
    text: String,
    has_elements: bool,
}

impl Open {
    fn add(&mut self, text: &str) {
        let room = LONGEST.saturating_sub(self.text.len());
        let end = text.floor_char_boundary(room.min(text.len()));
        self.text.push_str(text.get(..end).unwrap_or_default());
    }
}

type Member = (usize, &'static str, String);

/// The texts of elements with one of the [`NAMES`], each with its depth.
fn members(text: &str) -> Result<Vec<Member>, XmlError> {
    let mut reader = Reader::from_str(text);
    reader.config_mut().expand_empty_elements = true;
    reader.config_mut().allow_dangling_amp = true;
    let (mut open, mut found) = (Vec::<Open>::new(), Vec::new());
    let mut roots = 0;
    loop {
        match reader.read_event()? {
            Event::Start(start) => {
                let name = start.local_name().into_inner();
                if open.is_empty() && name.eq_ignore_ascii_case("html") {
                    return Err(XmlError::Page);
                }
                roots += usize::from(open.is_empty());
                if let Some(above) = open.last_mut() {
                    above.has_elements = true;
                }
                if open.len() == MAX_DEPTH {
                    return Err(XmlError::TooDeep);
                }
                open.push(Open {
                    name: NAMES.into_iter().find(|own| *own == name),
                    text: String::new(),
                    has_elements: false,
                });
            }
            Event::End(_) => {
                let depth = open.len();
                let closed = open.pop().ok_or(XmlError::Xml)?;
                if let Some(name) = closed.name.filter(|_| !closed.has_elements)
                    && found.len() < MOST
                {
                    found.push((depth, name, closed.text));
                }
            }
            Event::Text(text) => add(&mut open, &text),
            Event::CData(text) => add(&mut open, &text),
            Event::GeneralRef(reference) => add(&mut open, &resolved(&reference)),
            Event::Eof if open.is_empty() && roots == 1 => return Ok(found),
            Event::Eof => return Err(XmlError::Xml),
            Event::Empty(_)
            | Event::Decl(_)
            | Event::Comment(_)
            | Event::PI(_)
            | Event::DocType(_) => {}
        }
    }
}

fn add(open: &mut [Open], text: &str) {
    if let Some(open) = open.last_mut() {
        open.add(text);
    }
}

/// Resolves a reference; one that only a `DOCTYPE` defines stays as it is.
fn resolved(reference: &BytesRef<'_>) -> String {
    let own = match &**reference {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "apos" => Some('\''),
        "quot" => Some('"'),
        _ => reference.resolve_char_ref().ok().flatten(),
    };
    match own {
        Some(c) => c.to_string(),
        None => format!("&{};", &**reference),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Object, String> {
        let read = error(text.as_bytes()).unwrap_or_else(|| panic!("no XML: {text}"));
        read.map_err(|error| error.message)
    }

    fn code(text: &str) -> Option<String> {
        read(text).expect(text).text("Code")
    }

    #[test]
    fn f02_every_way_to_write_one_error() {
        let message = "a < b & c";
        for text in [
            "<Error><RequestId>r</RequestId><Code>X.Y</Code><Message>a &lt; b &amp; c</Message></Error>",
            "<?xml version='1.0' encoding='UTF-8'?>\n<Error>\n <Code> X.Y\n</Code><Message>a &#60; b &#x26; c</Message><RequestId>r</RequestId></Error>\n",
            "\u{feff}<?xml version=\"1.0\"?><Error><Code>X.Y</Code><Message><![CDATA[a < b & c]]></Message><RequestId>r</RequestId></Error>",
            "<!-- <Code>Z</Code> --><e:Error xmlns:e=\"urn:x\"><e:Code>X<!-- - -->.Y</e:Code><e:Message>a &lt; b & c</e:Message><e:RequestId>r</e:RequestId></e:Error>",
            "<CheckCertificateResponse><Code>X.Y</Code><HostId/><Message>a &lt; b &amp; c</Message><RequestId>r</RequestId></CheckCertificateResponse>",
            "<Response><RequestId>r</RequestId><Errors><Error><Code>X.Y</Code><Message>a &lt; b &amp; c</Message></Error></Errors></Response>",
            "<!DOCTYPE Error><Error><Code>X.Y</Code><Message>a &lt; b &amp; c</Message><RequestId>r</RequestId><Details><Code>Z</Code></Details></Error>",
        ] {
            let object = read(text).expect(text);
            assert_eq!(object.text("Code").as_deref(), Some("X.Y"), "{text}");
            assert_eq!(object.text("Message").as_deref(), Some(message), "{text}");
            assert_eq!(object.text("RequestId").as_deref(), Some("r"), "{text}");
        }
    }

    #[test]
    fn f02_what_a_doctype_defines_is_never_expanded() {
        let laughs = "<!DOCTYPE Error [<!ENTITY a \"lol\"><!ENTITY b \"&a;&a;\"><!ENTITY c SYSTEM \"file:///etc/passwd\">]>\
            <Error><Code>&b;&c;&nbsp;&#0;&#xd800;</Code></Error>";
        assert_eq!(code(laughs).as_deref(), Some("&b;&c;&nbsp;&#0;&#xd800;"));
    }

    #[test]
    fn f02_what_tells_no_code_is_said_to_be_xml() {
        for (text, why) in [
            ("<Error/>", "XML without an error code in it"),
            ("<Error>Code</Error>", "XML without an error code in it"),
            (
                "<Error><Code><a/>X</Code></Error>",
                "XML without an error code in it",
            ),
            ("<Error><Code>X</Code>", "broken XML"),
            ("<Error><Code>X</Error></Code>", "broken XML"),
            ("<Error><Code>X</Code></Error><Error/>", "broken XML"),
            ("<?xml version='1.0'?>", "broken XML"),
            ("<", "broken XML"),
        ] {
            assert_eq!(read(text).expect_err(text), why, "{text}");
        }
        let deep = "<a>".repeat(17) + &"</a>".repeat(17);
        assert_eq!(read(&deep).expect_err("deep"), "XML nested too deeply");
        let two = "<Error><Code>X</Code><Code>Y</Code></Error>";
        assert_eq!(code(two), None, "nobody knows which");
        for page in [
            "<html><Code>X</Code></html>",
            "<!DOCTYPE html><HTML>",
            "{}",
            "",
            "x<a/>",
        ] {
            assert!(error(page.as_bytes()).is_none(), "{page}");
        }
    }

    #[test]
    fn f02_texts_are_bounded() {
        let long = "证".repeat(LONGEST);
        let text = format!("<Error><Code>X</Code><Message>{long}</Message></Error>");
        let message = read(&text).expect("XML").text("Message").expect("a text");
        assert!((LONGEST - 3..=LONGEST).contains(&message.len()));
        let many = "<Code>X</Code>".repeat(10_000);
        assert_eq!(
            code(&format!("<Error>{many}</Error>")).as_deref(),
            Some("X")
        );
    }
}
