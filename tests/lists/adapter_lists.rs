//! Each service's list as a hostile server has it, read by its adapter: the same promises as for the arithmetic.

use certcheck::adapters::listing::ListBatch;
use certcheck::adapters::pagination::PageStyle;
use certcheck::error::{Error, Kind};
use certcheck::exchange::{Flow, FlowProgress, Request, Response};
use http::HeaderMap;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use serde_json::Value;

use crate::answers::{list, next};
use crate::complete_lists::quiet;
use crate::server_plans::plans;
use crate::support::list_server::{Beyond, Plan, Read, Reply, Server, Told, Trouble};

/// How one list of a service goes over the wire.
struct Wire {
    name: &'static str,
    flags: &'static [&'static str],
    counting: PageStyle,
    /// The names of place and size of a page.
    parameters: [&'static str; 2],
    /// How many requests come before the first page.
    before: usize,
    id: fn(usize) -> String,
    /// The answer: the count as a member before the records, and the records.
    body: fn(&str, &str) -> String,
    count: &'static str,
    record: fn(&str) -> String,
    /// What a wrong parameter is answered with.
    refusal: (u16, &'static str),
}

const NUMBERED: fn(usize) -> String = |number| format!("{}", 100 + number);
const NAMED: fn(usize) -> String = |number| format!("scs{number:013}");

const WIRES: [Wire; 5] = [
    Wire {
        name: "tencent",
        flags: &[],
        counting: PageStyle::Offset,
        parameters: ["Offset", "Limit"],
        before: 0,
        id: NAMED,
        body: |count, records| {
            format!(r#"{{"Response":{{{count}"Certificates":[{records}],"RequestId":"r"}}}}"#)
        },
        count: "TotalCount",
        record: |id| {
            format!(
                r#"{{"CertificateId":"{id}","Status":1,"CertBeginTime":"2026-01-01 00:00:00",
                "CertEndTime":"2027-05-01 00:00:00"}}"#
            )
        },
        refusal: (
            200,
            r#"{"Response":{"Error":{"Code":"InvalidParameterValue","Message":"no"},"RequestId":"r"}}"#,
        ),
    },
    Wire {
        name: "huawei",
        flags: &[],
        counting: PageStyle::Offset,
        parameters: ["offset", "limit"],
        before: 0,
        id: NAMED,
        body: |count, records| format!(r#"{{{count}"certificates":[{records}]}}"#),
        count: "total_count",
        record: |id| {
            format!(r#"{{"id":"{id}","status":"ISSUED","expire_time":"2027-05-01 00:00:00.0"}}"#)
        },
        refusal: (400, r#"{"error_code":"SCM.0005","error_msg":"no"}"#),
    },
    Wire {
        name: "esa",
        flags: &["--site-id", "7"],
        counting: PageStyle::Number,
        parameters: ["PageNumber", "PageSize"],
        before: 0,
        id: NAMED,
        body: |count, records| {
            format!(r#"{{"RequestId":"r","SiteId":7,{count}"Result":[{records}]}}"#)
        },
        count: "TotalCount",
        record: |id| {
            format!(
                r#"{{"Id":"{id}","Status":"active","NotBefore":"2026-01-01 00:00:00",
                "NotAfter":"2027-05-01 00:00:00"}}"#
            )
        },
        refusal: (
            400,
            r#"{"Code":"InvalidParameter.PageNumber","Message":"no","RequestId":"r"}"#,
        ),
    },
    // Each site has one certificate, of the same id.
    Wire {
        name: "esa",
        flags: &[],
        counting: PageStyle::Number,
        parameters: ["PageNumber", "PageSize"],
        before: 0,
        id: NUMBERED,
        body: |count, records| format!(r#"{{"RequestId":"r",{count}"Sites":[{records}]}}"#),
        count: "TotalCount",
        record: |id| format!(r#"{{"SiteId":{id},"SiteName":"{id}.example"}}"#),
        refusal: (
            400,
            r#"{"Code":"InvalidParameter.PageNumber","Message":"no","RequestId":"r"}"#,
        ),
    },
    Wire {
        name: "pbx",
        flags: &["--base-url", "https://192.0.2.1", "--timezone", "+08:00"],
        counting: PageStyle::Number,
        parameters: ["page", "page_size"],
        before: 1,
        id: NUMBERED,
        body: |count, records| format!(r#"{{"errcode":0,{count}"certificate_list":[{records}]}}"#),
        count: "total_number",
        record: |id| {
            format!(
                r#"{{"id":{id},"name":"{id}.pem","type":"server","expiration":"2027/05/01 00:00:00"}}"#
            )
        },
        refusal: (200, r#"{"errcode":40002,"errmsg":"PARAMETER ERROR"}"#),
    },
];

impl Wire {
    /// Place and size of the page that is asked for.
    fn asked(&self, request: &Request) -> [usize; 2] {
        let body: Value = serde_json::from_slice(&request.body).unwrap_or_default();
        let query = request.target.split_once('?').unwrap_or_default().1;
        self.parameters.map(|name| match body[name].as_u64() {
            Some(number) => number as usize,
            None => {
                let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
                let (_, value) = pairs.find(|(own, _)| *own == name).expect(name);
                value.parse().expect("a number")
            }
        })
    }

    fn answer(&self, reply: Reply) -> Result<Response, Error> {
        let (status, body) = match reply {
            Reply::Page(count, ids, _) => {
                let count = count.map(|count| format!(r#""{}":{count},"#, self.count));
                let records: Vec<String> = ids.iter().map(|id| (self.record)(id)).collect();
                let body = (self.body)(&count.unwrap_or_default(), &records.join(","));
                (200, body)
            }
            Reply::Fails(Kind::Usage) => (self.refusal.0, self.refusal.1.to_owned()),
            Reply::Fails(kind) => return Err(Error::new(kind, "no")),
        };
        Ok(response(status, &body))
    }

    /// Reads the list of such a server.
    fn read(&self, plan: &Plan) -> Read {
        let mut server = Server::new(self.counting, plan.clone(), self.id);
        let mut flow = list(self.name, self.flags);
        let (mut kept, mut whole) = (Vec::new(), true);
        for step in 0..6_000 {
            let request = next(flow.as_ref());
            let answer = match request.action {
                "get_token" => Ok(response(
                    200,
                    r#"{"errcode":0,"access_token":"tokentoken"}"#,
                )),
                "ListClientCertificates" if self.flags.is_empty() => Ok(of_site(&request)),
                _ => {
                    assert!(step >= self.before);
                    let [place, size] = self.asked(&request);
                    self.answer(server.answer(place, size))
                }
            };
            let (listed, done) = match told(flow.as_mut(), answer) {
                Ok(FlowProgress::More) => continue,
                Ok(FlowProgress::Part(listed)) => (listed, false),
                Ok(FlowProgress::Done(listed)) => (listed, true),
                Err(_) => {
                    whole = false;
                    (ListBatch::default(), true)
                }
            };
            whole &= listed.missing.is_none() && listed.contradicted.is_empty();
            kept.extend(listed.certificates.into_iter().filter_map(|facts| {
                let site = facts.scope.as_deref().and_then(|s| s.strip_prefix("site "));
                let site = site.filter(|_| self.flags.is_empty()).map(str::to_owned);
                site.or(facts.id)
            }));
            kept.extend(listed.ids);
            if done {
                return Read {
                    whole,
                    kept,
                    held: server.held,
                    calls: server.calls,
                };
            }
        }
        panic!("it goes on for ever")
    }
}

/// As the driver does: an error that is final is told to the conversation.
fn told(
    flow: &mut dyn Flow<Output = ListBatch>,
    answer: Result<Response, Error>,
) -> Result<FlowProgress<ListBatch>, Error> {
    flow.answer(answer.map(Into::into))
        .or_else(|error| flow.answer(Err(error)))
}

fn response(status: u16, body: &str) -> Response {
    Response {
        status,
        headers: HeaderMap::new(),
        body: body.as_bytes().to_vec(),
    }
}

/// The certificates of a site, in an honest list.
fn of_site(request: &Request) -> Response {
    let (_, query) = request.target.split_once('?').expect("a query");
    let value = |name: &str| {
        let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        pairs.find(|(own, _)| *own == name).expect("a parameter").1
    };
    let record = match value("PageNumber") {
        "1" => (WIRES[2].record)("a"),
        _ => String::new(),
    };
    let site = value("SiteId");
    let body = format!(r#"{{"RequestId":"r","SiteId":{site},"TotalCount":1,"Result":[{record}]}}"#);
    response(200, &body)
}

#[test]
fn a01_every_services_list_that_is_said_to_be_whole_has_everything() {
    for wire in &WIRES {
        let mut config = ProptestConfig::with_source_file(file!());
        // A list takes a dozen answers, each of them written and read as JSON.
        config.cases = config.cases.div_ceil(4);
        let told = TestRunner::new(config).run(&plans(wire.counting, 12), |plan| {
            let read = wire.read(&plan);
            let lost = read.lost();
            prop_assert!(
                !read.whole || lost.is_empty(),
                "lost {:?}: {:?}",
                lost,
                read
            );
            let mut once = read.kept.clone();
            once.sort();
            once.dedup();
            prop_assert_eq!(once.len(), read.kept.len(), "doubled: {:?}", read);
            Ok(())
        });
        told.unwrap_or_else(|failure| panic!("{} {:?}: {failure}", wire.name, wire.flags));
    }
}

#[test]
fn a01_a_page_that_fails_makes_every_services_list_incomplete() {
    for wire in &WIRES {
        // Fewer than came, none, and as many.
        for told in [5, 0, 10].map(Told::Constant) {
            for kind in [Kind::Unavailable, Kind::Network, Kind::Permission] {
                let plan = Plan {
                    trouble: Some((1, Trouble::Fails(kind))),
                    ..quiet(30, 10, told)
                };
                let read = wire.read(&plan);
                let what = format!("{} {:?} {told:?} {kind:?}", wire.name, wire.flags);
                assert_eq!((read.whole, read.kept.len()), (false, 10), "{what}");
            }
        }
    }
}

#[test]
fn a01_a_page_beyond_the_end_may_be_refused_as_a_wrong_parameter() {
    for wire in &WIRES {
        for (told, whole) in [
            (Told::Honest, true),
            (Told::Absent, false),
            (Told::Below(1), false),
            (Told::Above(1), false),
            (Told::Text, false),
        ] {
            let plan = Plan {
                beyond: Beyond::Refused,
                ..quiet(10, 10, told)
            };
            let read = wire.read(&plan);
            // By offset the last item is asked for again, which exists.
            let whole = whole
                || (wire.counting == PageStyle::Offset
                    && matches!(told, Told::Absent | Told::Below(_)));
            let what = format!("{} {:?} {told:?}", wire.name, wire.flags);
            assert_eq!((read.whole, read.kept.len()), (whole, 10), "{what}");
        }
    }
}

#[test]
fn a30_every_services_count_that_counts_the_page_ends_nothing() {
    for wire in &WIRES {
        for told in [Told::PerPage, Told::Constant(10), Told::Rising] {
            let read = wire.read(&quiet(30, 10, told));
            let what = format!("{} {:?} {told:?}", wire.name, wire.flags);
            assert_eq!((read.whole, read.kept.len()), (true, 30), "{what}");
        }
    }
}

#[test]
fn a30_every_services_list_of_one_page_takes_two_requests() {
    for wire in &WIRES {
        for length in [1, 5, 9] {
            let read = wire.read(&quiet(length, 10, Told::Honest));
            let what = format!("{} {:?} {length}", wire.name, wire.flags);
            assert_eq!((read.whole, read.calls), (true, 2), "{what}");
        }
        let read = wire.read(&quiet(25, 10, Told::Honest));
        assert_eq!((read.whole, read.calls), (true, 3), "{}", wire.name);
    }
}
