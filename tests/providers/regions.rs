//! A provider with a key, pages by token, and several regions in one account.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::{Arc, Mutex};

use certcheck::adapters::credential_chain::CredentialSource;
use certcheck::adapters::listing::{ListApi, ListFlow, Page, PagedFlow, next_token, page};
use certcheck::adapters::pagination::{PageRequest, PageStyle};
use certcheck::adapters::saved::SavedContent;
use certcheck::adapters::{
    Access, OneRequest, Permission, Probe, Provider, Settings, Target, Targets, per_id,
};
use certcheck::credentials::{Credential, CurrentKey, KeyVariables};
use certcheck::error::{Error, Kind};
use certcheck::exchange::{Endpoint, RateLimit, Request, Response, Stamp};
use certcheck::flags::connection::id_flag;
use certcheck::flags::{Flag, Values};
use certcheck::json::{Json, Object, parse};
use certcheck::model::{Facts, FlagProblem};
use http::Method;
use serde_json::json;

use crate::run::{ends, errors, rows, run};
use crate::support::listener::serve_raw;
use crate::support::world::{FakeWorld, Output};

static ID: Flag<String> = id_flag("id", "ID", "ID");

static PROVIDER: Provider = Provider {
    name: "regions",
    alias: "test-regions",
    about: "Certificates in several regions",
    guide: "",
    id_flag: &ID,
    id: |text| Ok(text.to_owned()),
    proxied: false,
    access: Access::Keyed {
        sources: &[CredentialSource::Variables(&[KeyVariables {
            id: "REGIONS_KEY_ID",
            secret: "REGIONS_KEY_SECRET",
            tokens: &[],
            temporary_prefix: None,
        }])],
        permission: Permission {
            text: "to list",
            policy: None,
        },
        probe: Probe {
            id: "none",
            flags: &[],
        },
    },
    flags: &[],
    build_targets,
    rate_limit: RateLimit {
        per_second: None,
        in_flight: None,
    },
    codes: &[],
};

thread_local! {
    /// The regions of the test of this thread: name and URL.
    static REGIONS: RefCell<Vec<(&'static str, String)>> = RefCell::default();
}

fn build_targets(_: &Values<'_>, _: &Settings<'_>) -> Result<Targets, FlagProblem> {
    let regions = REGIONS.with_borrow(Vec::clone);
    let mut targets = regions.iter().map(region);
    let first = targets.next().expect("a region");
    Ok(Targets::new(first, targets.collect()))
}

fn region((name, url): &(&'static str, String)) -> Target {
    let endpoint = Endpoint::parse(url, false).expect("loopback");
    Target {
        scope: Some((*name).to_owned()),
        endpoint: endpoint.clone(),
        service: per_id(Region(endpoint)),
    }
}

struct Region(Endpoint);

impl Region {
    fn get(&self, target: String, key: &Credential) -> Result<Request, Error> {
        let mut request = Request::new(Method::GET, &self.0, target, "Read");
        request.secret_header("x-key", key.key().secret)?;
        Ok(request)
    }
}

fn object(response: &Response) -> Result<Object, Error> {
    let kind = match response.status {
        200 => {
            return match parse(&response.body) {
                Ok(Json::Object(object)) => Ok(object),
                _ => Err(Error::new(Kind::Protocol, "no object")),
            };
        }
        401 => Kind::Credentials,
        404 => Kind::NotFound,
        _ => Kind::Unavailable,
    };
    Err(Error::new(kind, format!("status {}", response.status)).with_status(response.status))
}

fn record(record: &Object) -> Facts {
    let id = record.text("id").unwrap_or_default();
    ends(&id, &record.text("end").unwrap_or_default())
}

impl OneRequest for Region {
    fn request(&self, id: &str, key: &Credential, _: Stamp) -> Result<Request, Error> {
        self.get(format!("/one/{id}"), key)
    }

    fn list(self: Rc<Self>, key: CurrentKey) -> ListFlow {
        ListFlow::new(false, PagedFlow::new(self, key))
    }

    fn answer(&self, _: &str, response: &Response) -> Result<Vec<Facts>, Error> {
        Ok(vec![record(&object(response)?)])
    }

    fn saved(&self, _: &Json, _: Option<&str>) -> Result<SavedContent, Error> {
        Err(Error::new(Kind::Usage, "nothing is saved of regions"))
    }
}

impl ListApi for Region {
    const STYLE: PageStyle = PageStyle::Token;
    const SIZES: &'static [usize] = &[10];

    fn page(&self, page: &PageRequest, key: &CurrentKey, _: Stamp) -> Result<Request, Error> {
        let token = page.token.as_deref().unwrap_or("0");
        self.get(format!("/all/{token}"), &key.get())
    }

    fn read_page(&self, response: &Response) -> Result<Page, Error> {
        let object = object(response)?;
        let continuation = next_token(&object, "next");
        Ok(Page {
            continuation,
            ..page(&object, ["items", "total"], record)?
        })
    }
}

/// A region on loopback: its pages, each a letter per certificate (a capital one has expired), and a request that is
/// answered with a status of its own.
#[derive(Clone, Default)]
struct Served {
    pages: &'static [&'static str],
    fault: Option<(&'static str, u16)>,
    /// The last page names itself as the next.
    loops: bool,
}

fn pages(pages: &'static [&'static str]) -> Served {
    Served {
        pages,
        ..Served::default()
    }
}

impl Served {
    fn with(self, path: &'static str, status: u16) -> Served {
        Served {
            fault: Some((path, status)),
            ..self
        }
    }

    fn answer(&self, path: &str) -> (u16, String) {
        if let Some((prefix, status)) = self.fault
            && path.starts_with(prefix)
        {
            return (status, "{}".to_owned());
        }
        let item = |letter: char| {
            let year = if letter.is_uppercase() { 2020 } else { 2036 };
            json!({"id": letter.to_lowercase().to_string(), "end": format!("{year}-01-01T00:00:00Z")})
        };
        if let Some(id) = path.strip_prefix("/one/") {
            let mut letters = self.pages.iter().flat_map(|page| page.chars());
            return match letters.find(|letter| letter.to_lowercase().to_string() == id) {
                Some(letter) => (200, item(letter).to_string()),
                None => (404, "{}".to_owned()),
            };
        }
        let number: usize = path
            .strip_prefix("/all/")
            .expect("a path")
            .parse()
            .expect("a token");
        let items: Vec<_> = self.pages[number].chars().map(item).collect();
        let next = match number + 1 {
            next if next < self.pages.len() => Some(next.to_string()),
            _ if self.loops => Some(number.to_string()),
            _ => None,
        };
        (200, json!({"items": items, "next": next}).to_string())
    }
}

/// The regions, and the requests that reached them, in order.
fn check(regions: &[(&'static str, Served)], arguments: &[&str]) -> (Output, Vec<String>) {
    let heard = Arc::new(Mutex::new(Vec::new()));
    let urls = regions.iter().map(|(name, served)| {
        let (name, served, heard) = (*name, served.clone(), heard.clone());
        let url = serve_raw(move |request| {
            let path = request.split(' ').nth(1).expect("a path");
            heard
                .lock()
                .expect("no panic")
                .push(format!("{name}{path}"));
            let (status, body) = served.answer(path);
            let length = body.len();
            format!(
                "HTTP/1.1 {status} X\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}"
            )
            .into_bytes()
        });
        (name, url)
    });
    REGIONS.set(urls.collect());
    let key = [
        ("REGIONS_KEY_ID", "key0"),
        ("REGIONS_KEY_SECRET", "secretsecret"),
    ];
    let words = [arguments, &["--json", "--retries", "0"]].concat();
    let output = run(&PROVIDER, &words, &FakeWorld::default().variables(key));
    let heard = heard.lock().expect("no panic").clone();
    (output, heard)
}

#[test]
fn pages_by_token_of_two_regions_are_one_report() {
    let regions = [
        ("east", pages(&["ab", "", "c"])),
        ("west", pages(&["a", "d"])),
    ];
    let (output, heard) = check(&regions, &["--all"]);
    // The same id in two regions is two certificates.
    let expected = [
        "east a OK",
        "east b OK",
        "east c OK",
        "west a OK",
        "west d OK",
    ];
    assert_eq!(rows(&output), expected, "{output:?}");
    assert_eq!((output.code, &output.json()["complete"]), (0, &json!(true)));
    assert_eq!(heard.len(), 5);
    assert_eq!(
        heard[0], "east/all/0",
        "the key is proved at the first region"
    );
}

#[test]
fn a_region_that_fails_leaves_the_list_incomplete_and_the_rest_is_shown() {
    for (fault, expected) in [
        (("/all/0", 500), vec!["east a EXPIRED", "north c OK"]),
        (
            ("/all/1", 500),
            vec!["east a EXPIRED", "west b OK", "north c OK"],
        ),
        // The key was accepted in the first region: what the second refuses is its own matter.
        (("/all/0", 401), vec!["east a EXPIRED", "north c OK"]),
    ] {
        let west = pages(&["b", "d"]).with(fault.0, fault.1);
        let regions = [
            ("east", pages(&["A"])),
            ("west", west),
            ("north", pages(&["c"])),
        ];
        let (output, _) = check(&regions, &["--all"]);
        assert_eq!(rows(&output), expected, "{output:?}");
        assert_eq!(output.json()["complete"], false);
        let errors = errors(&output);
        assert_eq!(errors.len(), 1, "{errors:?}");
        assert!(errors[0].starts_with("west "), "{errors:?}");
        // The worst: critical, although something is unknown.
        assert_eq!(output.code, 2);
    }
}

#[test]
fn a_key_that_the_first_region_refuses_is_tried_nowhere_else() {
    let refuses = pages(&["a"]).with("/", 401);
    let regions = [
        ("east", refuses),
        ("west", pages(&["b"])),
        ("north", pages(&["c"])),
    ];
    for arguments in [&["--all"][..], &["--id", "a,b,c"]] {
        let (output, heard) = check(&regions, arguments);
        assert_eq!(heard.len(), 1, "{heard:?}");
        assert_eq!((output.code, rows(&output).len()), (3, 0), "{output:?}");
        let errors = errors(&output);
        let refused = errors.iter().filter(|error| error.contains("credentials"));
        assert_eq!(refused.count(), errors.len());
    }
}

#[test]
fn a_token_that_comes_again_ends_a_region_as_incomplete() {
    let west = Served {
        loops: true,
        ..pages(&["b", "c"])
    };
    let (output, _) = check(&[("east", pages(&["a"])), ("west", west)], &["--all"]);
    assert_eq!(rows(&output), ["east a OK", "west b OK", "west c OK"]);
    assert_eq!(
        (output.code, &output.json()["complete"]),
        (3, &json!(false))
    );
    assert!(errors(&output)[0].contains("it repeats itself"));
}

#[test]
fn an_id_is_looked_for_in_all_regions_and_one_that_has_it_is_enough() {
    let regions = [("east", pages(&["ab"])), ("west", pages(&["b", "c"]))];
    let (output, heard) = check(&regions, &["--id", "a,b,c"]);
    assert_eq!(
        rows(&output),
        ["east a OK", "east b OK", "west b OK", "west c OK"]
    );
    assert_eq!((output.code, errors(&output).len(), heard.len()), (0, 0, 6));
    // Nobody has it: that is told once, and of no region.
    let (output, _) = check(&regions, &["--id", "a,x"]);
    assert_eq!(rows(&output), ["east a OK"]);
    assert_eq!(errors(&output), ["- x not_found status 404"]);
    assert_eq!(output.code, 3);
    // Where a region did not answer it may be there.
    let west = pages(&["b"]).with("/one/x", 500);
    let (output, _) = check(&[("east", pages(&["a"])), ("west", west)], &["--id", "a,x"]);
    assert_eq!(rows(&output), ["east a OK"]);
    assert_eq!(errors(&output).len(), 1);
    assert!(
        errors(&output)[0].starts_with("west x unavailable"),
        "{output:?}"
    );
}

#[test]
fn regions_without_certificates_are_told_only_where_all_are() {
    let regions = [("east", pages(&[""])), ("west", pages(&["a"]))];
    let (output, _) = check(&regions, &["--all"]);
    assert_eq!(rows(&output), ["west a OK"]);
    assert_eq!((output.code, errors(&output).len()), (0, 0));
    let empty = [("east", pages(&[""])), ("west", pages(&[""]))];
    let (output, _) = check(&empty, &["--all"]);
    let told = errors(&output);
    assert_eq!((output.code, told.len()), (3, 1), "{output:?}");
    assert!(
        told[0].starts_with("- - not_found the account holds nothing"),
        "{told:?}"
    );
    let (output, _) = check(&empty, &["--all", "--allow-empty"]);
    assert_eq!((output.code, errors(&output).len()), (0, 0));
}

#[test]
fn a_missing_key_is_told_once() {
    let regions = [("east", pages(&["a"])), ("west", pages(&["b"]))];
    check(&regions, &["--all"]);
    for arguments in [&["--all", "--json"][..], &["--id", "a", "--json"]] {
        let output = run(&PROVIDER, arguments, &FakeWorld::default());
        let errors = errors(&output);
        assert_eq!((output.code, errors.len()), (3, 1), "{errors:?}");
        assert!(errors[0].contains("no key found"), "{errors:?}");
    }
}
