//! The PBX's traps, one test each, over the session's state machine. Those of the connection (redirects,
//! proxies, token given back on every way out) are in `tests/exchange` and `tests/cli`.

use certcheck::adapters::Answer;
use certcheck::error::{Error, Kind};
use certcheck::exchange::{Flow, FlowProgress};
use certcheck::model::Facts;
use serde_json::{Value, json};

use crate::support::fixtures::{
    TOKEN, body, conversation, header, notes, only, provider, response, stamp, target, with_status,
};

const FOLDER: &str = "pbx/certificate-get";

fn certificate(members: Value) -> String {
    let mut inner = json!({"id": 4, "name": "a.pem", "type": "server", "issue_to": "a.example", "expiration": "2027-06-01T00:00:00Z"});
    inner
        .as_object_mut()
        .expect("an object")
        .extend(members.as_object().expect("members").clone());
    json!({"errcode": 0, "errmsg": "SUCCESS", "certificate": inner}).to_string()
}

fn record(members: Value) -> Value {
    only(FOLDER, "4", &certificate(members))
}

fn failure(code: i64) -> Vec<u8> {
    json!({"errcode": code, "errmsg": "SAID SO"})
        .to_string()
        .into_bytes()
}

fn session(ids: &[&str]) -> Box<dyn Flow<Output = Answer>> {
    let target = target(
        "pbx",
        &["--base-url", "https://192.168.5.150:8088/openapi/v1.0/"],
        false,
    )
    .expect("a target");
    conversation(&target, ids).flow
}

/// Asks for the next step and answers it; tells which call it was.
fn turn(
    flow: &mut dyn Flow<Output = Answer>,
    answer: &[u8],
) -> (&'static str, Result<Option<Answer>, Error>) {
    let action = flow
        .step(stamp())
        .expect("a step")
        .http()
        .expect("HTTP")
        .action;
    // As the driver does: an error that is not repeated is offered once more, as final.
    let progress = flow
        .answer(Ok(response(200, answer).into()))
        .or_else(|error| flow.answer(Err(error)));
    let answer = progress.map(|progress| match progress {
        FlowProgress::More => None,
        FlowProgress::Part(answer) | FlowProgress::Done(answer) => Some(answer),
    });
    (action, answer)
}

/// A turn that brings nothing yet.
fn on_the_way(flow: &mut dyn Flow<Output = Answer>, answer: &[u8]) {
    assert!(turn(flow, answer).1.expect("no error").is_none());
}

fn facts(outcome: Result<Option<Answer>, Error>) -> Facts {
    outcome
        .expect("no error")
        .expect("an answer")
        .result
        .expect("a certificate")
        .remove(0)
}

#[test]
fn dns_credentials_in_an_answer_have_no_place_in_the_record() {
    let secrets = json!([{"k": "AccessKeySecret", "sv": "hush-1"}, {"k": "TTL", "iv": 600}, {"k": "X", "bv": true}]);
    let record = record(json!({"auth_info_list": secrets, "dns_provider": "alidns"}));
    assert!(!record.to_string().contains("hush"), "{record}");
    assert_eq!(record["details"]["dns_provider"], "alidns");
}

#[test]
fn a_body_that_cannot_be_parsed_is_not_shown() {
    let record = only(
        FOLDER,
        "4",
        r#"{"errcode":0,"certificate":{"auth_info_list":[{"k":"Secret","sv":"hush""#,
    );
    assert_eq!(record["kind"], "protocol");
    assert!(!record.to_string().contains("hush"), "{record}");
}

#[test]
fn http_200_with_an_errcode_is_an_error_and_without_one_no_answer() {
    assert_eq!(
        only(
            FOLDER,
            "4",
            r#"{"errcode":60001,"errmsg":"DATA NOT FOUND"}"#
        )["kind"],
        "not_found"
    );
    for text in [
        r#"{"certificate":{"id":4}}"#,
        r#"{"errcode":null}"#,
        r#"{"errcode":"zero"}"#,
        r#"{"errcode":[0]}"#,
        "[]",
    ] {
        assert_eq!(only(FOLDER, "4", text)["kind"], "protocol", "{text}");
    }
}

#[test]
fn http_404_is_a_wrong_base_url_whatever_the_body() {
    for text in ["<html>", r#"{"message":"no route"}"#] {
        assert_eq!(
            with_status(FOLDER, "4", 404, text)[0]["kind"],
            "config",
            "{text}"
        );
    }
}

#[test]
fn a_token_expired_is_renewed_once_and_asked_once_more() {
    let mut flow = session(&["4"]);
    assert_eq!(turn(flow.as_mut(), TOKEN).0, "get_token");
    assert_eq!(turn(flow.as_mut(), &failure(10004)).0, "certificate/get");
    assert!(
        flow.cleanup(stamp()).is_none(),
        "the box has forgotten that token"
    );
    assert_eq!(turn(flow.as_mut(), TOKEN).0, "get_token");
    let (call, outcome) = turn(flow.as_mut(), certificate(json!({})).as_bytes());
    assert_eq!(
        (call, facts(outcome).id.as_deref()),
        ("certificate/get", Some("4"))
    );
    assert!(flow.cleanup(stamp()).is_some());
}

#[test]
fn a_fresh_token_that_is_refused_too_is_final() {
    let mut flow = session(&["4", "5"]);
    for answer in [TOKEN, &failure(10004), TOKEN] {
        on_the_way(flow.as_mut(), answer);
    }
    let error = turn(flow.as_mut(), &failure(10004))
        .1
        .err()
        .expect("an error");
    assert_eq!(
        (error.kind, error.code.as_deref()),
        (Kind::Credentials, Some("10004"))
    );
    assert!(error.hint().contains("query"), "{}", error.hint());
}

#[test]
fn bad_credentials_are_minus_1_and_a_login_is_never_repeated() {
    let mut flow = session(&["4"]);
    let step = flow.step(stamp()).expect("a login");
    assert!(!step.repeat && step.needs_cleanup);
    let error = turn(flow.as_mut(), &failure(-1)).1.err().expect("an error");
    assert_eq!(error.kind, Kind::Credentials);
    assert_eq!(
        only(FOLDER, "4", &String::from_utf8_lossy(&failure(-1)))["kind"],
        "refused",
        "elsewhere -1 is a bare failure"
    );
}

#[test]
fn a_blocked_address_and_a_full_quota_end_the_session_without_another_login() {
    for (code, kind) in [(70004, Kind::Refused), (60002, Kind::Refused)] {
        let mut flow = session(&["4", "5"]);
        let error = turn(flow.as_mut(), &failure(code))
            .1
            .err()
            .expect("an error");
        assert_eq!(error.kind, kind, "{code}");
        assert!(!error.kind.retryable());
    }
    let mut flow = session(&["4", "5"]);
    on_the_way(flow.as_mut(), TOKEN);
    assert!(
        turn(flow.as_mut(), &failure(70004)).1.is_err(),
        "the other ids would be refused the same way"
    );
}

#[test]
fn every_call_says_user_agent_openapi() {
    let mut flow = session(&["4"]);
    let agent = |flow: &dyn Flow<Output = Answer>| {
        header(
            &flow.step(stamp()).expect("a step").http().expect("HTTP"),
            "user-agent",
        )
        .to_owned()
    };
    assert_eq!(agent(flow.as_ref()), "OpenAPI");
    on_the_way(flow.as_mut(), TOKEN);
    assert_eq!(agent(flow.as_ref()), "OpenAPI");
    let cleanup = flow.cleanup(stamp()).expect("a token is held");
    assert_eq!(
        (cleanup.action, header(&cleanup, "user-agent")),
        ("del_token", "OpenAPI")
    );
}

#[test]
fn a_login_is_json_and_the_base_url_may_hold_the_api_path_already() {
    let step = session(&["4"]).step(stamp()).expect("a login");
    let request = step.http().expect("HTTP");
    assert_eq!(
        (request.method.as_str(), header(&request, "content-type")),
        ("POST", "application/json")
    );
    assert_eq!(request.target, "/openapi/v1.0/get_token");
    let sent: Value = serde_json::from_slice(&request.body).expect("JSON");
    assert_eq!(
        sent,
        json!({"username": "AKIDtest00000001", "password": "test-secret-key-00001"})
    );
}

#[test]
fn the_id_answered_may_differ_from_the_id_asked() {
    let record = record(json!({"id": 3}));
    assert_eq!(
        (
            record["id"].as_str(),
            record["reported_id"].as_str(),
            record["verdict"].as_str()
        ),
        (Some("4"), Some("3"), Some("unknown"))
    );
    assert!(notes(&record).contains(&"id_mismatch"));
}

#[test]
fn a_dash_is_no_date_even_beside_issuance_success() {
    let record = record(json!({"expiration": "-", "apply_status": "issuance_success"}));
    assert_eq!(
        (record["status"].as_str(), record["days_left"].clone()),
        (Some("UNKNOWN"), Value::Null)
    );
}

#[test]
fn the_malformed_example_of_the_page_fails_cleanly() {
    let text = String::from_utf8(body(FOLDER, "seed-malformed.json")).expect("text");
    assert_eq!(only(FOLDER, "4", &text)["kind"], "protocol");
    assert_eq!(
        only(FOLDER, "4", r#"{"errcode":0,"errmsg":"SUCCESS",}"#)["kind"],
        "protocol"
    );
}

#[test]
fn an_id_may_come_as_a_number_or_a_text() {
    for id in [json!(4), json!("4"), json!(" 4 ")] {
        assert_eq!(
            record(json!({"id": id}))["reported_id"],
            Value::Null,
            "{id}"
        );
    }
}

#[test]
fn day_and_month_are_never_guessed() {
    let status = |text: &str| record(json!({"expiration": text}))["status"].clone();
    assert_eq!(status("05/06/2027 10:00:00"), "UNKNOWN");
    assert_eq!(status("13/05/2027 10:00:00"), "OK");
    assert_eq!(status("05/13/2027 10:00:00"), "OK");
    for either in ["12/05/2027", "05/12/2027", "12/11/2027"] {
        let read = record(json!({"expiration": either}));
        assert_eq!(notes(&read), ["date_ambiguous"], "{either}");
    }
    for none in [
        "31/31/2027",
        "013/05/2027",
        "13/005/2027",
        "13/05/02027",
        "13/05/027",
        "13/05/2027/1",
        "13/05/1970",
    ] {
        let read = record(json!({"expiration": none}));
        assert_eq!(notes(&read), ["date_unreadable"], "{none}");
    }
}

#[test]
fn the_box_is_asked_for_its_clock_once_and_only_when_a_date_needs_it() {
    let dated = certificate(json!({"expiration": "2027/06/01 08:00:00"}));
    let clock = br#"{"errcode":0,"data":{"system_time":"2026/11/22 08:00:00","timestamp":1795305600,"system_date_format":"YYYY/MM/DD"}}"#;
    let mut flow = session(&["4", "5", "6"]);
    on_the_way(flow.as_mut(), TOKEN);
    assert!(
        turn(flow.as_mut(), dated.as_bytes())
            .1
            .expect("no error")
            .is_none()
    );
    let (call, outcome) = turn(flow.as_mut(), clock);
    assert_eq!(call, "system/information");
    let moment = facts(outcome).not_after.moment().copied().expect("a date");
    assert_eq!(
        (moment.at.to_rfc3339().as_str(), moment.basis.as_str()),
        ("2027-06-01T00:00:00+00:00", "provider_zone")
    );
    assert_eq!(turn(flow.as_mut(), dated.as_bytes()).0, "certificate/get");
    assert_eq!(turn(flow.as_mut(), dated.as_bytes()).0, "certificate/get");
}

#[test]
fn an_id_that_fails_does_not_stop_the_others() {
    let mut flow = session(&["4", "5"]);
    on_the_way(flow.as_mut(), TOKEN);
    let first = turn(flow.as_mut(), &failure(60001))
        .1
        .expect("no end")
        .expect("an answer");
    assert!(
        first
            .result
            .is_err_and(|error| error.kind == Kind::NotFound)
    );
    let (_, second) = turn(flow.as_mut(), certificate(json!({"id": 5})).as_bytes());
    assert_eq!(facts(second).id.as_deref(), Some("5"));
}

#[test]
fn only_the_read_calls_are_known_by_name() {
    let mut flow = session(&["4"]);
    on_the_way(flow.as_mut(), TOKEN);
    let request = flow
        .step(stamp())
        .expect("a question")
        .http()
        .expect("HTTP");
    assert_eq!(
        request.target,
        "/openapi/v1.0/certificate/get?access_token=tokentokentoken&id=4"
    );
    assert_eq!(request.method.as_str(), "GET");
}

#[test]
fn the_tip_code_belongs_to_the_dns_provider_and_is_no_error() {
    let record = record(json!({"apply_status": "issuance_fail", "apply_tip_code": 10004}));
    assert_eq!(
        (
            record["status"].as_str(),
            record["details"]["apply_tip_code"].as_i64()
        ),
        (Some("OK"), Some(10004))
    );
    assert!(notes(&record).contains(&"renewal_failed"));
}

#[test]
fn what_the_box_complains_of_is_named_without_its_value() {
    let text = r#"{"errcode":40002,"errmsg":"PARAMETER ERROR","invalid_param_list":[{"field":"id","validation_type":"required","value":"hush"},{"value":"hush too"}]}"#;
    let record = only(FOLDER, "4", text);
    assert_eq!(
        record["message"],
        "the PBX refused certificate/get: PARAMETER ERROR: id (required)"
    );
}

#[test]
fn a_box_that_cannot_be_reached_may_want_another_port() {
    for (url, hint) in [
        ("https://192.168.5.150", ":8088"),
        ("https://pbx.ras.example:8088", "443 only"),
    ] {
        let target = target("pbx", &["--base-url", url], false).expect("a target");
        let mut flow = conversation(&target, &["4"]).flow;
        let mut unsent = Error::new(Kind::Network, "no connection");
        unsent.unsent = true;
        let error = flow.answer(Err(unsent)).map(|_| ()).expect_err("final");
        assert!(error.hint().contains(hint), "{}", error.hint());
    }
}

#[test]
fn a_proxy_of_the_environment_is_not_for_a_box_on_the_local_network() {
    assert!(!provider("pbx").proxied);
}
