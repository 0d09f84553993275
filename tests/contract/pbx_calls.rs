//! The two calls of a PBX beside the certificate: login and clock.

use certcheck::exchange::FlowProgress;
use certcheck::redact::KnownSecrets;

use crate::support::fixtures::{
    body, conversation, credential, error_record, index, response, stamp, target,
};

#[test]
fn a_login_is_read_as_its_index_says() {
    let target =
        target("pbx", &["--base-url", "https://192.168.5.150:8088"], false).expect("a target");
    for (name, case) in index("pbx/get-token") {
        let status =
            u16::try_from(case["http_status"].as_u64().expect("a status")).expect("a status");
        let mut flow = conversation(&target, &["4"]).flow;
        let answer = flow.answer(Ok(response(status, &body("pbx/get-token", &name)).into()));
        let expected = &case["expect"];
        match answer {
            Ok(FlowProgress::More) => {
                let token = expected["token"]["access_token"].as_str();
                let query = flow
                    .step(stamp())
                    .expect("a question")
                    .http()
                    .expect("HTTP")
                    .target;
                let encoded = certcheck::sign::encode::component(
                    token.unwrap_or_else(|| panic!("{name}: taken for a login")),
                );
                assert!(
                    query.contains(&format!("access_token={encoded}&")),
                    "{name}: {query}"
                );
            }
            Ok(_) => panic!("{name}: a login is no result"),
            Err(error) => {
                let record = error_record("pbx", error);
                assert_eq!(
                    record["kind"], expected["error"]["kind"],
                    "{name}: {record}"
                );
                assert!(!record.to_string().contains("CANARY"), "{name}: {record}");
                assert!(flow.cleanup(stamp()).is_none(), "{name}: nothing is owed");
            }
        }
    }
}

#[test]
fn what_a_box_tells_of_its_clock_is_read_as_its_index_says() {
    // 2027/05/06 is read by the order and the offset that the box told.
    let dated = |text: &str| {
        format!(r#"{{"errcode":0,"certificate":{{"id":4,"name":"a.pem","expiration":"{text}"}}}}"#)
    };
    for (name, case) in index("pbx/system-information") {
        let clock = &case["expect"]["clock"];
        let offset = clock["offset_seconds"].as_i64();
        let status =
            u16::try_from(case["http_status"].as_u64().expect("a status")).expect("a status");
        let facts = with_clock(
            &dated("2027-06-01 12:00:00"),
            status,
            &body("pbx/system-information", &name),
        );
        let moment = facts.not_after.moment().expect("a date");
        let noon = 1_811_851_200;
        match offset {
            Some(offset) => assert_eq!(moment.at.timestamp(), noon - offset, "{name}"),
            None => assert_eq!(moment.basis.as_str(), "assumed", "{name}"),
        }
        let facts = with_clock(
            &dated("05/06/2027 12:00:00"),
            status,
            &body("pbx/system-information", &name),
        );
        let day = facts
            .not_after
            .moment()
            .map(|moment| moment.at.format("%m-%d").to_string());
        let expected = match clock["date_order"].as_str() {
            Some("dmy") => Some("06-05"),
            Some("mdy") => Some("05-06"),
            // A box that writes the year first does not say how it would write it last.
            _ => None,
        };
        assert_eq!(day.as_deref(), expected, "{name}");
    }
}

fn with_clock(certificate: &str, status: u16, clock: &[u8]) -> certcheck::model::Facts {
    let target =
        target("pbx", &["--base-url", "https://192.168.5.150:8088"], false).expect("a target");
    let mut flow = target
        .service
        .converse(&["4".to_owned()], credential(), &KnownSecrets::default())
        .remove(0)
        .flow;
    for _ in 0..4 {
        let action = flow
            .step(stamp())
            .expect("a step")
            .http()
            .expect("HTTP")
            .action;
        let answer = match action {
            "get_token" => response(200, crate::support::fixtures::TOKEN),
            "system/information" => response(status, clock),
            _ => response(200, certificate.as_bytes()),
        };
        if let FlowProgress::Done(answer) = offered(flow.as_mut(), answer) {
            return answer.result.expect("a certificate").remove(0);
        }
    }
    panic!("the conversation does not end");
}

/// A failing clock is no failure of the certificate: it is offered as a final error, as the driver does.
fn offered(
    flow: &mut dyn certcheck::exchange::Flow<Output = certcheck::adapters::Answer>,
    answer: certcheck::exchange::Response,
) -> FlowProgress<certcheck::adapters::Answer> {
    flow.answer(Ok(answer.into()))
        .or_else(|error| flow.answer(Err(error)))
        .expect("no final error")
}
