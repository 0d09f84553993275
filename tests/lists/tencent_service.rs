//! Tencent's service as a test sets it: it checks the time of a signature, and its answers carry the `Date` that a scene
//! gives them. Runs are whole, in this process, and their clock stands still.

use std::sync::{Arc, Mutex};

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use crate::support::listener::serve_raw;
use crate::support::world::FakeWorld;
pub use crate::support::world::now;

pub const HOUR: i64 = 3600;
pub const DAY: i64 = 24 * HOUR;

pub fn moment(offset: i64) -> DateTime<Utc> {
    now() + TimeDelta::seconds(offset)
}

/// One certificate; all times are seconds from [`now`].
#[derive(Debug, Clone)]
pub struct Certificate {
    pub begin: i64,
    pub end: i64,
    /// The `Date` of the answer about it.
    pub date: Option<i64>,
    pub names: &'static str,
}

/// A server certificate without a `Date` of its own.
pub fn certificate(begin: i64, end: i64) -> Certificate {
    Certificate {
        begin,
        end,
        date: None,
        names: "shop.example.com",
    }
}

impl Certificate {
    pub fn dated(self, date: i64) -> Certificate {
        Certificate {
            date: Some(date),
            ..self
        }
    }

    pub fn named(self, names: &'static str) -> Certificate {
        Certificate { names, ..self }
    }

    fn record(&self, id: usize) -> Value {
        // Tencent writes Beijing's time.
        let text = |offset| {
            let beijing = moment(offset + 8 * HOUR);
            beijing.format("%Y-%m-%d %H:%M:%S").to_string()
        };
        json!({"CertificateId": format!("cert{id:04}"), "CertificateType": "SVR", "Status": 1,
            "Domain": self.names, "SubjectAltName": [self.names], "CertBeginTime": text(self.begin),
            "CertEndTime": text(self.end), "RequestId": "r"})
    }
}

/// An account and its service's clock.
#[derive(Debug, Clone, Default)]
pub struct Scene {
    pub certificates: Vec<Certificate>,
    /// Signatures are checked against a clock that is that far ahead of ours; none takes any.
    pub clock: Option<i64>,
}

pub struct Stage {
    endpoint: String,
    pub scene: Arc<Mutex<Scene>>,
}

impl Stage {
    pub fn new(scene: Scene) -> Stage {
        let scene = Arc::new(Mutex::new(scene));
        let played = Arc::clone(&scene);
        let endpoint = serve_raw(move |request| {
            let (date, response) = answer(&played.lock().expect("no panic"), request);
            let date = date.map(|offset| {
                let date = moment(offset).format("%a, %d %b %Y %H:%M:%S GMT");
                format!("date: {date}\r\n")
            });
            let body = json!({ "Response": response }).to_string();
            let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n";
            let (date, length) = (date.unwrap_or_default(), body.len());
            format!("{head}{date}content-length: {length}\r\n\r\n{body}").into_bytes()
        });
        Stage { endpoint, scene }
    }

    /// Runs `certcheck tencent` with these flags: the exit code and what was printed.
    pub fn run(&self, flags: &[&str]) -> (u8, String) {
        let keys = [
            ("TENCENTCLOUD_SECRET_ID", "AKIDexample01"),
            ("TENCENTCLOUD_SECRET_KEY", "secretexample"),
        ];
        run("tencent", &self.endpoint, &keys, flags)
    }

    /// The report about these ids.
    pub fn report(&self, ids: &[usize], flags: &[&str]) -> Value {
        let ids: Vec<String> = ids.iter().map(|id| format!("cert{id:04}")).collect();
        let ids = ids.join(",");
        let all = [&["--id", &ids, "--no-listing", "--json"], flags].concat();
        let (code, text) = self.run(&all);
        let mut report: Value = serde_json::from_str(&text).expect("a report");
        report["code"] = code.into();
        report
    }

    /// Exit code and summary in each format; the table's is its last line.
    pub fn told(&self, flags: &[&str]) -> [(u8, String); 3] {
        ["table", "json", "ndjson"].map(|format| {
            let (code, text) = self.run(&[flags, &["-o", format]].concat());
            let summary = match format {
                "table" => return (code, text.lines().last().unwrap_or_default().to_owned()),
                "json" => serde_json::from_str::<Value>(&text).expect("a report"),
                _ => serde_json::from_str(text.lines().last().expect("a line")).expect("a summary"),
            };
            (code, summary["summary"].to_string())
        })
    }
}

/// Runs a provider's command against that endpoint: the exit code and what was printed.
pub fn run(provider: &str, endpoint: &str, keys: &[(&str, &str)], flags: &[&str]) -> (u8, String) {
    let command = [provider, "--endpoint", endpoint];
    let typed = [&command[..], flags, &["--retries", "0", "--rate", "off"]].concat();
    let world = FakeWorld::default().variables(keys.iter().copied());
    let output = world.run_args(typed);
    (output.code, output.stdout)
}

/// The `Date` of an answer, and what it says.
fn answer(scene: &Scene, request: &str) -> (Option<i64>, Value) {
    let (head, body) = request.split_once("\r\n\r\n").expect("a request");
    let signed = head.lines().find_map(|line| {
        let (name, value) = line.split_once(": ")?;
        let is_time = name.eq_ignore_ascii_case("x-tc-timestamp");
        is_time.then(|| value.parse::<i64>().expect("a number"))
    });
    let signed = signed.expect("every request is signed") - now().timestamp();
    if let Some(clock) = scene.clock.filter(|clock| (clock - signed).abs() > 300) {
        let error = json!({"Code": "AuthFailure.SignatureExpire", "Message": "expired"});
        return (Some(clock), json!({"Error": error, "RequestId": "r"}));
    }
    let body: Value = serde_json::from_str(body).expect("a body");
    let known = scene.certificates.iter().enumerate();
    if let Some(id) = body["CertificateId"].as_str() {
        let mut known = known.map(|(id, one)| (one.date, one.record(id)));
        let found = known.find(|(_, record)| record["CertificateId"] == id);
        return found.expect("a known id");
    }
    let from = body["Offset"].as_u64().unwrap_or_default() as usize;
    // As services do that cut pages to a size of their own.
    let page = known.skip(from).take(1);
    let page: Vec<Value> = page.map(|(id, one)| one.record(id)).collect();
    let date = scene.certificates.get(from).and_then(|first| first.date);
    let total = scene.certificates.len();
    (
        date,
        json!({"TotalCount": total, "Certificates": page, "RequestId": "r"}),
    )
}
