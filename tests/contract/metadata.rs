//! The metadata services, without a network: what is asked in which order, and what becomes of each answer.

use certcheck::adapters::credential_chain::KeyIssuer;
use certcheck::adapters::instance_metadata::InstanceRole;
use certcheck::adapters::{alibaba, huawei, tencent};
use certcheck::error::{Error, Kind};
use certcheck::exchange::{Endpoint, Request, Response};
use certcheck::redact::KnownSecrets;

use crate::key_service::{Held, hold};
use crate::support::fixtures::{body, response, stamp};

const OPEN: &str = "PUT http://100.100.100.200/latest/api/token";
const ROLE: &str = "GET http://100.100.100.200/latest/meta-data/ram/security-credentials/";
const KEY: &str = "GET http://100.100.100.200/latest/meta-data/ram/security-credentials/checker";
const SESSION: &str = "CANARYsession==";

/// Where the key will be used: not on this machine.
fn far() -> Endpoint {
    Endpoint::https("service.test")
}

fn ecs(machine: InstanceRole) -> KeyIssuer {
    alibaba::instance_metadata::instance_role(machine, &far(), &KnownSecrets::default())
        .expect("a service")
}

fn key(vendor: &str) -> Response {
    response(
        200,
        &body(&format!("credentials/{vendor}"), "metadata.json"),
    )
}

/// A machine at Alibaba whose role is `checker`, and whose sessions are opened like this.
fn at_alibaba(session: impl Fn() -> Result<Response, Error>) -> impl Fn(&Request) -> Answer {
    move |request| match request.target.as_str() {
        "/latest/api/token" => session(),
        target if target.ends_with('/') => Ok(response(200, b"checker\n")),
        _ => Ok(key("alibaba")),
    }
}

type Answer = Result<Response, Error>;

fn opened() -> Answer {
    Ok(response(200, SESSION.as_bytes()))
}

fn carried(held: &Held, header: &str) -> Vec<Option<String>> {
    let value = |request: &Request| {
        let value = request.headers.get(header)?;
        assert!(value.is_sensitive(), "never shown");
        value.to_str().ok().map(str::to_owned)
    };
    held.requests.iter().map(value).collect()
}

#[test]
fn a_machine_at_alibaba_opens_a_session_and_asks_for_its_role_and_its_key() {
    let held = hold(&mut ecs(InstanceRole::default()), at_alibaba(opened));
    assert_eq!(held.asked(), [OPEN, ROLE, KEY]);
    let ttl = "x-aliyun-ecs-metadata-token-ttl-seconds";
    assert_eq!(held.requests[0].headers[ttl], "21600");
    let session = Some(SESSION.to_owned());
    assert_eq!(
        carried(&held, "x-aliyun-ecs-metadata-token"),
        [None, session.clone(), session]
    );
    let key = held.key();
    assert_eq!(key.credential.id(), "STS.NexampleMachine00000001");
    assert_eq!(key.credential.key().secret, "CANARYalibabaSecret00000002");
    assert_eq!(key.credential.token(), Some("CANARYalibabaToken+/=0000002"));
    assert_eq!(
        key.expires.map(|end| end.to_rfc3339()).as_deref(),
        Some("2026-11-22T06:00:00+00:00")
    );
}

#[test]
fn a_role_that_the_user_names_is_not_asked_for() {
    let machine = InstanceRole {
        role: Some("checker".to_owned()),
        ..InstanceRole::default()
    };
    assert_eq!(
        hold(&mut ecs(machine), at_alibaba(opened)).asked(),
        [OPEN, KEY]
    );
}

#[test]
fn without_a_session_alibaba_is_asked_all_the_same_unless_the_user_forbids_it() {
    let failures: [fn() -> Answer; 4] = [
        || Ok(response(404, b"")),
        || Ok(response(403, b"no")),
        || Ok(response(500, b"")),
        || Err(Error::new(Kind::Network, "silence")),
    ];
    for failure in failures {
        let held = hold(&mut ecs(InstanceRole::default()), at_alibaba(failure));
        assert_eq!(held.asked(), [OPEN, ROLE, KEY]);
        assert_eq!(
            carried(&held, "x-aliyun-ecs-metadata-token"),
            [None, None, None]
        );
        assert!(held.outcome.is_ok());
        let machine = InstanceRole {
            session_only: true,
            ..InstanceRole::default()
        };
        let held = hold(&mut ecs(machine), at_alibaba(failure));
        assert_eq!(held.asked(), [OPEN]);
        held.error();
    }
}

#[test]
fn a_session_is_asked_for_once_and_the_rest_may_be_repeated() {
    let held = hold(&mut ecs(InstanceRole::default()), at_alibaba(opened));
    assert_eq!(held.repeats, [false, true, true]);
}

#[test]
fn held_once_more_it_begins_anew() {
    let mut issuer = ecs(InstanceRole::default());
    for _ in 0..2 {
        assert_eq!(
            hold(&mut issuer, at_alibaba(opened)).asked(),
            [OPEN, ROLE, KEY]
        );
    }
    let broken = hold(&mut issuer, |_: &Request| Ok(response(200, b"")));
    assert_eq!(broken.error().kind, Kind::Protocol);
    assert_eq!(
        hold(&mut issuer, at_alibaba(opened)).asked(),
        [OPEN, ROLE, KEY]
    );
}

#[test]
fn a_session_that_ended_is_opened_once_more_and_not_again() {
    let asked = std::cell::Cell::new(0);
    let once = hold(&mut ecs(InstanceRole::default()), |request: &Request| {
        asked.set(asked.get() + 1);
        match asked.get() {
            2 => Ok(response(401, b"")),
            _ => at_alibaba(opened)(request),
        }
    });
    assert_eq!(once.asked(), [OPEN, ROLE, OPEN, ROLE, KEY]);
    let always = hold(&mut ecs(InstanceRole::default()), |request: &Request| {
        if request.target.ends_with('/') {
            Ok(response(401, b""))
        } else {
            at_alibaba(opened)(request)
        }
    });
    assert_eq!(always.asked(), [OPEN, ROLE, OPEN, ROLE]);
    assert_eq!(always.error().kind, Kind::Credentials);
}

#[test]
fn a_passing_failure_leaves_the_conversation_where_it_was() {
    let mut issuer = ecs(InstanceRole::default());
    let mut asked = Vec::new();
    for answer in [
        opened(),
        Ok(response(200, b"checker")),
        Ok(response(503, b"")),
        Ok(key("alibaba")),
    ] {
        let request = issuer
            .flow
            .step(stamp())
            .expect("a request")
            .http()
            .expect("HTTP");
        asked.push(request.target);
        let read = issuer.flow.answer(answer.map(Into::into));
        assert_eq!(read.is_err(), asked.len() == 3);
    }
    assert_eq!(asked[2], asked[3]);
}

#[test]
fn what_is_no_name_of_a_role_becomes_no_path() {
    for answer in [
        "",
        "a b",
        "<html>",
        "../../../x",
        "..",
        ".",
        "a/b",
        "a?b",
        "a\nb",
        "a%2fb",
    ] {
        let held = hold(&mut ecs(InstanceRole::default()), |request: &Request| {
            if request.target.ends_with('/') {
                Ok(response(200, answer.as_bytes()))
            } else {
                at_alibaba(opened)(request)
            }
        });
        assert_eq!(held.asked(), [OPEN, ROLE], "{answer}");
        assert_eq!(held.error().kind, Kind::Protocol, "{answer}");
        let machine = InstanceRole {
            role: Some(answer.to_owned()),
            ..InstanceRole::default()
        };
        let known = KnownSecrets::default();
        let typed = alibaba::instance_metadata::instance_role(machine, &far(), &known);
        assert!(
            typed.is_err_and(|error| error.kind == Kind::Config),
            "{answer}"
        );
    }
}

#[test]
fn a_machine_at_tencent_has_a_role_or_none() {
    let cvm = || {
        let known = KnownSecrets::default();
        tencent::instance_metadata::instance_role(InstanceRole::default(), &far(), &known)
            .expect("a service")
    };
    let host = "GET http://metadata.tencentyun.com/latest/meta-data/cam/security-credentials/";
    let held = hold(&mut cvm(), |request: &Request| {
        if request.target.ends_with('/') {
            Ok(response(200, b"checker"))
        } else {
            Ok(key("tencent"))
        }
    });
    assert_eq!(held.asked(), [host.to_owned(), format!("{host}checker")]);
    let key = held.key();
    assert_eq!(key.credential.key().secret, "CANARYtencentSecret0000002=");
    assert_eq!(key.expires.map(|end| end.timestamp()), Some(1_795_327_200));
    let held = hold(&mut cvm(), |_: &Request| Ok(response(404, b"<html>")));
    let error = held.error();
    assert_eq!(error.kind, Kind::Credentials);
    assert_eq!(error.message, "this machine has no role");
}

#[test]
fn a_machine_at_huawei_has_sessions_or_not_and_an_agency_or_not() {
    let ecs =
        || huawei::instance_metadata::agency(&far(), &KnownSecrets::default()).expect("a service");
    let open = "PUT http://169.254.169.254/meta-data/latest/api/token";
    let ask = "GET http://169.254.169.254/openstack/latest/securitykey";
    let held = hold(&mut ecs(), |request: &Request| {
        match request.target.as_str() {
            "/openstack/latest/securitykey" => Ok(key("huawei")),
            _ => opened(),
        }
    });
    assert_eq!(held.asked(), [open, ask]);
    assert_eq!(
        carried(&held, "x-metadata-token"),
        [None, Some(SESSION.to_owned())]
    );
    assert_eq!(
        held.requests[0].headers["x-metadata-token-ttl-seconds"],
        "21600"
    );
    assert_eq!(
        held.key().credential.token(),
        Some("CANARYhuaweiToken+/==0001")
    );
    assert!(held.key().expires.is_some());
    for (status, goes_on) in [
        (404, true),
        (405, true),
        (503, true),
        (403, false),
        (500, false),
    ] {
        let held = hold(&mut ecs(), |request: &Request| {
            match request.target.as_str() {
                "/openstack/latest/securitykey" => Ok(key("huawei")),
                _ => Ok(response(status, b"")),
            }
        });
        assert_eq!(held.asked().len() == 2, goes_on, "{status}");
        assert_eq!(held.outcome.is_ok(), goes_on, "{status}");
    }
    let none = body("credentials/huawei", "metadata-no-agency.json");
    let held = hold(&mut ecs(), |request: &Request| {
        match request.target.as_str() {
            "/openstack/latest/securitykey" => Ok(response(401, &none)),
            _ => opened(),
        }
    });
    assert_eq!(
        held.asked(),
        [open, ask],
        "an agency does not come by asking again"
    );
    assert_eq!(held.error().message, "this machine has no role");
}

#[test]
fn half_a_key_is_none_and_its_secret_is_not_repeated() {
    let known = KnownSecrets::default();
    let half = br#"{"AccessKeyId":"STS.x","SecurityToken":"CANARYtoken","Code":"Success"}"#;
    let failed = br#"{"Code":"Failed","AccessKeyId":"STS.x"}"#;
    let cases: [(&[u8], Kind); 3] = [
        (half, Kind::Protocol),
        (failed, Kind::Credentials),
        (b"<html>", Kind::Protocol),
    ];
    for (answer, kind) in cases {
        let machine = InstanceRole {
            role: Some("checker".to_owned()),
            ..InstanceRole::default()
        };
        let mut issuer =
            alibaba::instance_metadata::instance_role(machine, &far(), &known).expect("a service");
        let held = hold(&mut issuer, |request: &Request| {
            match request.target.as_str() {
                "/latest/api/token" => opened(),
                _ => Ok(response(200, answer)),
            }
        });
        let error = held.error();
        assert_eq!(error.kind, kind);
        assert!(!error.message.contains("CANARY"), "{}", error.message);
    }
    assert_eq!(
        known.scrub("CANARYtoken CANARYsession=="),
        "[secret] [secret]"
    );
}

#[test]
fn in_a_rehearsal_it_stands_on_this_machine() {
    let known = KnownSecrets::default();
    let near = Endpoint::parse("http://127.0.0.1:8700", false).expect("loopback");
    let issuer = huawei::instance_metadata::agency(&near, &known).expect("a service");
    assert!(issuer.endpoint.is_metadata());
    assert_eq!(issuer.endpoint.to_string(), "http://127.0.0.1:8700");
}
