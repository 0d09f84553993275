//! Errors that Alibaba's gateway tells in XML mean what they mean in JSON, for every call that goes through it.

use certcheck::adapters::alibaba::sts;
use certcheck::adapters::credential_chain::Role;
use certcheck::credentials::Credential;
use certcheck::exchange::{Endpoint, Request};
use certcheck::redact::KnownSecrets;
use serde_json::{Value, json};

use crate::error_codes::rows;
use crate::key_service::hold;
use crate::support::fixtures::{response, with_status};

const CALLS: [(&str, &str, &str); 2] = [
    ("mpush", "mpush/check-certificate", "335799001"),
    (
        "esa",
        "esa/get-client-certificate",
        "baba39055622c008b90285a8838ed09a",
    ),
];

fn xml(code: &str) -> String {
    format!(
        "<?xml version='1.0' encoding='UTF-8'?><Error><RequestId>R-1</RequestId><HostId>h</HostId>\
         <Code>{code}</Code><Message>a &lt; b</Message></Error>"
    )
}

fn in_json(code: &str) -> String {
    json!({"RequestId": "R-1", "HostId": "h", "Code": code, "Message": "a < b"}).to_string()
}

fn text(row: &Value, key: &str) -> String {
    row[key].as_str().expect(key).to_owned()
}

#[test]
fn f02_every_code_means_in_xml_what_it_means_in_json() {
    for (provider, folder, id) in CALLS {
        for row in rows(provider) {
            let code = text(&row, "code");
            let status = row["http_status"]
                .as_u64()
                .and_then(|status| u16::try_from(status).ok());
            for status in [status.unwrap_or(400), 200] {
                let told = with_status(folder, id, status, &xml(&code));
                assert_eq!(
                    told,
                    with_status(folder, id, status, &in_json(&code)),
                    "{code}"
                );
                assert_eq!(told[0]["code"], code.as_str());
                assert_eq!(told[0]["request_id"], "R-1");
            }
        }
    }
}

#[test]
fn f02_the_five_that_were_seen() {
    for (provider, folder, id) in CALLS {
        for (code, status, kind) in [
            ("InvalidAccessKeyId.NotFound", 404, "credentials"),
            ("InvalidTimeStamp.Expired", 400, "clock"),
            ("Throttling.User", 400, "throttled"),
            ("Forbidden.RAM", 403, "permission"),
            ("Throttling.User", 503, "unavailable"),
        ] {
            for text in [
                xml(code),
                format!("\u{feff}{}", xml(code)),
                format!(
                    "<CheckResponse xmlns=\"urn:x\"><Code><![CDATA[{code}]]></Code></CheckResponse>"
                ),
                format!("<!-- a --><e:Error xmlns:e=\"urn:x\"><e:Code>{code}</e:Code></e:Error>\n"),
            ] {
                let told = with_status(folder, id, status, &text).remove(0);
                assert_eq!(told["kind"], kind, "{provider} {text}: {told}");
                assert_eq!(told["code"], code);
            }
        }
    }
}

#[test]
fn f02_xml_without_a_code_is_named_and_is_never_an_answer() {
    for (_, folder, id) in CALLS {
        for text in [
            "<CheckCertificateResponse><RequestId>R-1</RequestId><IOS>true</IOS></CheckCertificateResponse>",
            "<Error><Code/></Error>",
            "<Error><Code>OK</Code></Error>",
            "<Error><Code>A</Code><Code>B</Code></Error>",
            "<!DOCTYPE a [<!ENTITY b \"NoPermission\">]><Error><Code>&b;</Code></Error>",
        ] {
            for status in [200, 400] {
                let told = with_status(folder, id, status, text).remove(0);
                assert_ne!(told["kind"], "permission", "{text}: {told}");
                assert!(
                    ["protocol", "refused"].contains(&told["kind"].as_str().expect("a kind")),
                    "{told}"
                );
            }
        }
        let told = with_status(folder, id, 200, "<a/>").remove(0);
        let message = told["message"].as_str().expect("a message");
        assert!(message.contains("XML without an error code"), "{message}");
        let page = with_status(folder, id, 200, "<html><body><Code>X</Code></body></html>");
        assert!(
            page[0]["message"].to_string().contains("not JSON"),
            "{page:?}"
        );
    }
}

#[test]
fn f02_the_token_service_is_understood_too() {
    let known = KnownSecrets::default();
    let sts_host = sts::StsHost {
        vpc: false,
        key_is_for: &Endpoint::https("esa.test"),
    };
    for (code, status, kind) in [
        ("NoPermission", 403, "permission"),
        ("Throttling.User", 400, "throttled"),
        ("InvalidAccessKeyId.NotFound", 404, "credentials"),
        ("EntityNotExist.Role", 404, "credentials"),
    ] {
        let error = |body: &str| {
            let key = Credential::new("AKIDexampleLong00001", "CANARYlongLivedSecret", None);
            let mut remote = sts::assume_role(
                &sts_host,
                Role {
                    arn: "r".to_owned(),
                    ..Role::default()
                },
                key,
                &known,
            )
            .expect("a service");
            let held = hold(&mut remote, |_: &Request| {
                Ok(response(status, body.as_bytes()))
            });
            held.error().clone()
        };
        let told = error(&xml(code));
        assert_eq!(told.kind.as_str(), kind, "{code}");
        assert_eq!(told, error(&in_json(code)));
    }
}
