//! Conversations that break, hang, or are refused for their time.

use std::io::{Read as _, Write as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use certcheck::sandbox::Emulator;
use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::error_record::{Expected, check};
use crate::support::binary::*;
use crate::support::commands::*;
use crate::support::listener::{ClosedPort, accept, serve_with};
use crate::support::sandbox::*;

fn network(attempts: u32) -> Expected<'static> {
    Expected {
        kind: "network",
        code: Value::Null,
        http_status: Value::Null,
        attempts,
    }
}

#[test]
fn connection_refused() {
    each_service(|service| {
        let closed = ClosedPort::new();
        let id = good(service);
        let report = ask_at(&closed.url(), service, &[id])
            .keys(&service.credentials())
            .json();
        check(report.error(), service, id, &network(3));
        let message = report.error()["message"].to_string();
        assert!(
            message.contains(&closed.url()),
            "names the target: {message}"
        );
        assert_eq!(report.code(), 3);
    });
}

/// One of two ids meets a fault that breaks the connection: three tries, and the other id is still reported.
fn broken(fault: &str, more: &[&str]) {
    each_service(|service| {
        let (fine, hit) = (good(service), other(service));
        let sandbox = sandbox(&[&format!("{}/{hit}={fault}", service.name)]);
        let report = ask(&sandbox, service, &[fine, hit]).with(more).json();
        check(report.error(), service, hit, &network(3));
        assert_eq!(report.ids(), [fine], "{report:?}");
        assert_eq!(report.code(), 3);
        assert_eq!(about(&sandbox, service, hit), 3, "{:?}", sandbox.seen());
    });
}

#[test]
fn the_connection_is_reset() {
    broken("reset", &[]);
}

#[test]
fn the_connection_ends_within_the_body() {
    broken("cut", &[]);
}

#[test]
fn a_service_that_never_answers_times_out() {
    broken("hang", &["--timeout", "400ms"]);
}

#[test]
fn a_time_out_of_200_ms_is_kept_and_named() {
    let sandbox = sandbox(&["hang"]);
    let run = ask(&sandbox, Emulator::TENCENT, &["sbxValid"]).with(&["--timeout", "200ms"]);
    let report = run.json();
    check(report.error(), Emulator::TENCENT, "sbxValid", &network(3));
    let message = report.error()["message"].to_string();
    assert!(message.contains("200ms"), "{message}");
    assert_eq!(sandbox.seen().len(), 3);
}

#[test]
fn the_deadline_of_the_run_ends_it_with_an_error_for_every_id() {
    each_service(|service| {
        let sandbox = sandbox(&["hang"]);
        let ids = [good(service), other(service), stranger(service)];
        let run = ask(&sandbox, service, &ids).with(&["--deadline", "700ms"]);
        let report = run.json();
        assert_eq!(report.code(), 3);
        assert_eq!(report.errors().len(), 3, "{report:?}");
        for (error, id) in report.errors().iter().zip(ids) {
            assert_eq!(error["kind"], "network", "{error}");
            assert_eq!(error["id"], id);
            let message = error["message"].as_str().unwrap_or_default();
            assert!(message.contains("deadline"), "{error}");
        }
    });
}

#[test]
fn a_clock_that_is_an_hour_off_is_corrected_once_and_the_report_says_so() {
    let both = [3_660, -3_660].map(|seconds| CLOUDS.map(|service| (service, seconds)));
    each(&both.concat(), |(service, seconds)| {
        let sandbox = shifted(TimeDelta::seconds(*seconds), &[]);
        let report = ask(&sandbox, service, &[good(service)]).json();
        let certificate = report.certificate();
        assert_eq!(certificate["verdict"], "ok");
        assert_eq!(notes(certificate, "clock_corrected"), 1, "{certificate}");
        assert_eq!(report.code(), 0);
        assert_eq!(sandbox.seen().len(), 2, "{:?}", sandbox.seen());
        assert_eq!(report.json["evaluated_at"], report.json["checked_at"]);
    });
}

#[test]
fn a_corrected_clock_serves_the_other_ids_too() {
    each(&CLOUDS, |service| {
        let sandbox = shifted(TimeDelta::days(2), &[]);
        let ids = [good(service), other(service)];
        let report = ask(&sandbox, service, &ids).json();
        assert_eq!(report.ids(), ids);
        for certificate in report.certificates() {
            assert_eq!(notes(certificate, "clock_corrected"), 1, "{certificate}");
        }
        assert_eq!(sandbox.seen().len(), 3, "{:?}", sandbox.seen());
    });
}

#[test]
fn a_clock_that_cannot_be_corrected_is_an_error_after_one_more_try() {
    each(&CLOUDS, |service| {
        // The service's clock is another one each time.
        let sandbox = sandbox(&["skew:7200*1", "skew:-7200*1", "skew:7200"]);
        let ids = [good(service), other(service)];
        let report = ask(&sandbox, service, &ids).json();
        let (code, status) = match service.name {
            "huawei" => ("APIGW.0301", 401),
            "tencent" => ("AuthFailure.SignatureExpire", 200),
            _ => ("InvalidTimeStamp.Expired", 400),
        };
        for (error, (id, attempts)) in report.errors().iter().zip([(ids[0], 2), (ids[1], 0)]) {
            let expected = Expected {
                kind: "clock",
                code: json!(code),
                http_status: json!(status),
                attempts,
            };
            check(error, service, id, &expected);
        }
        assert_eq!(report.errors().len(), 2, "{report:?}");
        assert_eq!(report.code(), 3);
        assert_eq!(sandbox.seen().len(), 2, "{:?}", sandbox.seen());
    });
}

#[test]
fn a_box_with_another_clock_judges_by_the_services() {
    // A PBX signs nothing; its Date shows that this machine is 300 days behind, and the certificate is over.
    let sandbox = sandbox(&["skew:25920000"]);
    let report = ask(&sandbox, Emulator::PBX, &["1"]).json();
    let certificate = report.certificate();
    assert_eq!(notes(certificate, "clock_corrected"), 1, "{certificate}");
    assert_eq!(certificate["status"], "EXPIRED", "{certificate}");
    assert_eq!(report.code(), 2);
}

#[test]
fn a_service_stuck_in_the_past_makes_no_ended_certificate_valid() {
    let date = "\r\ndate: Fri, 01 Jan 2021 00:00:00 GMT";
    let endpoint = serve_with(date, |_| {
        json!({"Response": {"CertificateId": "a", "Status": 1, "CertificateType": "SVR",
            "CertBeginTime": "2020-01-01 00:00:00", "CertEndTime": "2024-01-01 00:00:00"}})
    });
    let keys = [
        ("TENCENTCLOUD_SECRET_ID", "AKIDexample01"),
        ("TENCENTCLOUD_SECRET_KEY", "secretexample"),
    ];
    let report = ask_at(&endpoint, Emulator::TENCENT, &["a"])
        .keys(&keys)
        .json();
    let certificate = report.certificate();
    assert_eq!(certificate["status"], "EXPIRED", "{certificate}");
    assert_eq!(notes(certificate, "clock_corrected"), 1, "{certificate}");
    assert_eq!(report.code(), 2);
}

#[test]
fn a02_a_cloud_years_in_the_past_that_refuses_our_time_revives_nothing() {
    // By this machine's own clock all of these ended years ago; by the clouds' they are valid.
    let sandbox = shifted(TimeDelta::days(-3650), &[]);
    each(&CLOUDS, |service| {
        let report = ask(&sandbox, service, &[good(service)]).json();
        let certificate = report.certificate();
        assert_eq!(certificate["status"], "EXPIRED", "{certificate}");
        assert_eq!(notes(certificate, "clock_corrected"), 1, "{certificate}");
        assert_eq!(report.code(), 2, "{certificate}");
    });
}

/// How many notes have that code.
fn notes(certificate: &Value, code: &str) -> usize {
    let notes = certificate["notes"]
        .as_array()
        .map_or(&[][..], Vec::as_slice);
    notes.iter().filter(|note| note["code"] == code).count()
}

/// A service of push on a connection that stays open. It has one answer too many: it sends that in the place of every
/// answer but the first of the connection.
fn out_of_step() -> (String, Arc<AtomicUsize>) {
    let connections = Arc::new(AtomicUsize::new(0));
    let count = connections.clone();
    let answer = |body: Value| {
        let body = body.to_string();
        format!(
            "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        )
    };
    let app = move |end: &str| {
        answer(json!({"RequestId": "r", "IOS": true, "Android": false,
            "ProductionCertInfo": {"Status": "OK", "ExipreTime": end}}))
    };
    let address = accept(move |mut stream| {
        count.fetch_add(1, Ordering::SeqCst);
        std::thread::spawn(move || {
            let mut bytes = vec![0; 16 * 1024];
            let mut surplus = None;
            while let Ok(length) = stream.read(&mut bytes) {
                let request = String::from_utf8_lossy(&bytes[..length]).into_owned();
                let own = match request.as_str() {
                    "" => return,
                    list if list.contains("ListSummaryApps") => answer(json!({"RequestId": "r",
                        "SummaryAppInfos": {"SummaryAppInfo": [{"AppKey": 2}]}})),
                    ended if ended.contains("AppKey=2") => app("1577836800000"),
                    _ => app("4102444800000"),
                };
                let sent = surplus.replace(app("4102444800000")).unwrap_or(own);
                if stream.write_all(sent.as_bytes()).is_err() {
                    return;
                }
            }
        });
        true
    });
    (format!("http://{address}"), connections)
}

#[test]
fn a14_a_surplus_answer_is_never_taken_for_the_next_apps() {
    let asked: [(&[&str], usize); 2] = [(&["--app-key", "1,2"], 2), (&["--all"], 2)];
    for (words, requests) in asked {
        let (place, connections) = out_of_step();
        let report = certcheck(["mpush", "--environment", "production", "--concurrency", "1"])
            .with(&["--endpoint", &place])
            .with(words)
            .keys(&Emulator::MPUSH.credentials())
            .json();
        let rows = report.certificates();
        let row = rows.iter().find(|row| row["id"] == "2");
        let status = row.map(|row| row["status"].clone());
        assert_eq!(status, Some(json!("EXPIRED")), "{report:?}");
        assert_eq!(report.code(), 2, "{report:?}");
        let connections = connections.load(Ordering::SeqCst);
        assert_eq!(connections, requests, "one for each request");
    }
}
