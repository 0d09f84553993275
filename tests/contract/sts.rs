//! The token services of Alibaba and Tencent, without a network: what is sent, what becomes of each answer.

use certcheck::adapters::alibaba::sts as alibaba;
use certcheck::adapters::credential_chain::{KeyIssuer, Role};
use certcheck::adapters::error_codes::CodeTable;
use certcheck::adapters::tencent::sts as tencent;
use certcheck::credentials::Credential;
use certcheck::error::Kind;
use certcheck::exchange::{Endpoint, Request};
use certcheck::redact::KnownSecrets;
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

use crate::key_service::{Held, hold};
use crate::support::fixtures::{body, response};

const IDENTITY: &str = "CANARYidentity.e30.-_token";

fn role(arn: &str) -> Role {
    Role {
        arn: arn.to_owned(),
        seconds: Some(900),
        external_id: Some("a b&c".to_owned()),
        ..Role::default()
    }
}

fn by() -> Credential {
    Credential::new("AKIDexampleLong00001", "CANARYlongLivedSecret", None)
}

fn identity() -> Credential {
    Credential::ready(IDENTITY)
}

fn of_alibaba(known: &KnownSecrets) -> [KeyIssuer; 2] {
    let arn = "acs:ram::1:role/checker";
    let sts_host = alibaba::StsHost {
        vpc: false,
        key_is_for: &Endpoint::https("esa.test"),
    };
    let provider = "acs:ram::1:oidc-provider/p".to_owned();
    let signed = alibaba::assume_role(&sts_host, role(arn), by(), known);
    let unsigned =
        alibaba::assume_role_with_oidc(&sts_host, role(arn), provider, identity(), known);
    [signed, unsigned].map(|issuer| issuer.expect("a service"))
}

fn of_tencent(known: &KnownSecrets) -> [KeyIssuer; 2] {
    let near = Endpoint::https("ssl.intl.tencentcloudapi.com");
    let role = || role("qcs::cam::uin/1:roleName/checker");
    let in_a_pod = Role {
        region: Some("ap-singapore".to_owned()),
        ..role()
    };
    let (provider, token) = ("p".to_owned(), identity());
    [
        tencent::assume_role(&near, role(), by(), known),
        tencent::assume_role_with_web_identity(&near, in_a_pod, provider, token, known),
    ]
}

fn answered(issuer: &mut KeyIssuer, vendor: &str, case: &str, status: u16) -> Held {
    let answer = body(&format!("credentials/{vendor}"), case);
    hold(issuer, |_: &Request| Ok(response(status, &answer)))
}

fn header<'a>(request: &'a Request, name: &str) -> &'a str {
    let value = request.headers.get(name);
    value.map_or("", |value| value.to_str().expect("a text"))
}

/// The value of a name in a query or a form.
fn of(pairs: &str, name: &str) -> Option<String> {
    let pair = pairs.split('&').find_map(|pair| {
        let (known, value) = pair.split_once('=')?;
        (known == name).then_some(value)
    })?;
    Some(percent_decode_str(pair).decode_utf8_lossy().into_owned())
}

#[test]
fn alibaba_hands_out_a_key_for_a_signed_question() {
    let known = KnownSecrets::default();
    let [mut issuer, _] = of_alibaba(&known);
    assert_eq!(issuer.what, "AssumeRole of acs:ram::1:role/checker");
    let held = answered(&mut issuer, "alibaba", "assume-role.json", 200);
    let request = &held.requests[0];
    assert_eq!((request.method.as_str(), request.body.len()), ("POST", 0));
    assert_eq!(request.endpoint.to_string(), "https://sts.aliyuncs.com");
    assert_eq!(header(request, "x-acs-action"), "AssumeRole");
    assert_eq!(header(request, "x-acs-version"), "2015-04-01");
    assert!(
        header(request, "authorization")
            .starts_with("ACS3-HMAC-SHA256 Credential=AKIDexampleLong00001,")
    );
    let query = request.target.strip_prefix("/?").expect("a query");
    let given = |name| of(query, name).unwrap_or_default();
    assert_eq!(given("RoleArn"), "acs:ram::1:role/checker");
    assert_eq!(given("RoleSessionName"), "certcheck");
    assert_eq!(given("DurationSeconds"), "900");
    assert_eq!(given("ExternalId"), "a b&c");
    assert_eq!(of(query, "Policy"), None);
    let key = held.key();
    assert_eq!(key.credential.id(), "STS.NexampleExample000000001");
    assert_eq!(key.credential.key().secret, "CANARYalibabaSecret00000001");
    assert_eq!(key.credential.token(), Some("CANARYalibabaToken+/=0000001"));
    assert_eq!(key.expires.map(|end| end.timestamp()), Some(1_795_309_200));
    for secret in [
        "CANARYlongLivedSecret",
        "CANARYalibabaSecret00000001",
        "CANARYalibabaToken+/=0000001",
    ] {
        assert_eq!(known.scrub(secret), "[secret]");
    }
}

#[test]
fn alibabas_identity_token_travels_in_the_body_and_nothing_is_signed() {
    let known = KnownSecrets::default();
    let [_, mut issuer] = of_alibaba(&known);
    let held = answered(&mut issuer, "alibaba", "assume-role.json", 200);
    let request = &held.requests[0];
    assert_eq!(request.method.as_str(), "POST");
    assert!(!request.headers.contains_key("authorization"));
    assert_eq!(
        request.target,
        "/?Action=AssumeRoleWithOIDC&Format=JSON&Timestamp=2026-11-22T00%3A00%3A00Z&Version=2015-04-01"
    );
    assert_eq!(
        header(request, "content-type"),
        "application/x-www-form-urlencoded"
    );
    let form = String::from_utf8(request.body.clone()).expect("a form");
    let given = |name| of(&form, name).unwrap_or_default();
    assert_eq!(given("OIDCToken"), IDENTITY);
    assert_eq!(given("OIDCProviderArn"), "acs:ram::1:oidc-provider/p");
    assert_eq!(given("RoleArn"), "acs:ram::1:role/checker");
    assert_eq!(given("ExternalId"), "a b&c");
    assert!(held.outcome.is_ok());
    assert_eq!(known.scrub(IDENTITY), "[secret]");
}

#[test]
fn alibabas_service_has_regions_an_inner_network_and_stand_ins() {
    let sts_host = |region: Option<&str>, vpc, key_is_for: &str| {
        let key_is_for = &Endpoint::parse(key_is_for, false).expect("a place");
        let sts_host = alibaba::StsHost { vpc, key_is_for };
        let role = Role {
            region: region.map(str::to_owned),
            ..role("r")
        };
        let issuer = alibaba::assume_role(&sts_host, role, by(), &KnownSecrets::default());
        issuer.map(|issuer| issuer.endpoint.to_string()).ok()
    };
    for (region, vpc, key_is_for, expected) in [
        (None, true, "esa.test", Some("https://sts.aliyuncs.com")),
        (
            Some("cn-beijing"),
            false,
            "esa.test",
            Some("https://sts.cn-beijing.aliyuncs.com"),
        ),
        (
            Some("cn-beijing"),
            true,
            "esa.test",
            Some("https://sts-vpc.cn-beijing.aliyuncs.com"),
        ),
        (
            Some("sts.gateway.test"),
            true,
            "esa.test",
            Some("https://sts.gateway.test"),
        ),
        (Some("http://sts.gateway.test"), true, "esa.test", None),
        (Some("evil/"), false, "esa.test", None),
        // A rehearsal stays on this machine.
        (
            Some("cn-beijing"),
            true,
            "http://127.0.0.1:1",
            Some("http://127.0.0.1:1"),
        ),
    ] {
        assert_eq!(
            sts_host(region, vpc, key_is_for).as_deref(),
            expected,
            "{region:?}"
        );
    }
}

#[test]
fn tencent_hands_out_a_key_for_a_signed_question() {
    let known = KnownSecrets::default();
    let [mut issuer, _] = of_tencent(&known);
    let held = answered(&mut issuer, "tencent", "assume-role.json", 200);
    let request = &held.requests[0];
    assert_eq!(
        request.endpoint.to_string(),
        "https://sts.intl.tencentcloudapi.com"
    );
    assert_eq!(header(request, "x-tc-action"), "AssumeRole");
    assert_eq!(header(request, "x-tc-version"), "2018-08-13");
    assert_eq!(header(request, "x-tc-region"), "ap-guangzhou");
    assert!(header(request, "authorization").contains("/2026-11-22/sts/tc3_request, "));
    let sent: Value = serde_json::from_slice(&request.body).expect("JSON");
    assert_eq!(
        sent,
        json!({"RoleArn": "qcs::cam::uin/1:roleName/checker", "RoleSessionName": "certcheck",
            "DurationSeconds": 900, "ExternalId": "a b&c"})
    );
    let key = held.key();
    assert_eq!(key.credential.id(), "AKIDexample00000000000000000001");
    assert_eq!(key.credential.key().secret, "CANARYtencentSecret0000001=");
    assert_eq!(key.credential.token(), Some("CANARYtencentToken-_000001"));
    assert_eq!(key.expires.map(|end| end.timestamp()), Some(1_795_312_800));
    for secret in [
        "CANARYlongLivedSecret",
        "CANARYtencentSecret0000001=",
        "CANARYtencentToken-_000001",
    ] {
        assert_eq!(known.scrub(secret), "[secret]");
    }
}

#[test]
fn tencents_identity_token_goes_without_a_signature() {
    let known = KnownSecrets::default();
    let [_, mut issuer] = of_tencent(&known);
    let held = answered(&mut issuer, "tencent", "assume-role.json", 200);
    let request = &held.requests[0];
    assert_eq!(header(request, "authorization"), "SKIP");
    assert_eq!(header(request, "x-tc-region"), "ap-singapore");
    assert!(!request.headers.contains_key("x-tc-token"));
    let sent: Value = serde_json::from_slice(&request.body).expect("JSON");
    assert_eq!(
        (&sent["WebIdentityToken"], &sent["ProviderId"]),
        (&json!(IDENTITY), &json!("p"))
    );
    assert!(held.outcome.is_ok());
    assert_eq!(known.scrub(IDENTITY), "[secret]");
}

#[test]
fn tencents_sites_have_a_host_each() {
    let sts_host = |key_is_for: &str| {
        let key_is_for = Endpoint::parse(key_is_for, false).expect("a place");
        let issuer = tencent::assume_role(&key_is_for, role("r"), by(), &KnownSecrets::default());
        issuer.endpoint.to_string()
    };
    let (intl, cn) = (
        "https://sts.intl.tencentcloudapi.com",
        "https://sts.tencentcloudapi.com",
    );
    assert_eq!(sts_host("ssl.intl.tencentcloudapi.com"), intl);
    assert_eq!(sts_host("ssl.tencentcloudapi.com"), cn);
    assert_eq!(sts_host("ssl.ap-guangzhou.tencentcloudapi.com"), cn);
    assert_eq!(sts_host("gateway.test"), intl);
    assert_eq!(sts_host("http://127.0.0.1:1"), "http://127.0.0.1:1");
}

#[test]
fn a_refusal_says_whose_it_is_and_what_to_do() {
    let known = KnownSecrets::default();
    for (vendor, case, status, kind, said, hint) in [
        (
            "alibaba",
            "assume-role-token-expired.json",
            400,
            Kind::Credentials,
            "refused the identity token",
            "renew the token",
        ),
        (
            "alibaba",
            "assume-role-denied.json",
            403,
            Kind::Permission,
            "refused AssumeRole",
            "sts:AssumeRole",
        ),
        (
            "alibaba",
            "assume-role-unknown.json",
            404,
            Kind::Credentials,
            "knows no such role",
            "check both ARNs",
        ),
        (
            "tencent",
            "assume-role-token-refused.json",
            200,
            Kind::Credentials,
            "refused the identity token",
            "renew the token",
        ),
        (
            "tencent",
            "assume-role-unknown.json",
            200,
            Kind::Credentials,
            "knows no such role",
            "check the role's ARN",
        ),
    ] {
        let issuers = match vendor {
            "alibaba" => of_alibaba(&known),
            _ => of_tencent(&known),
        };
        for mut issuer in issuers {
            let held = answered(&mut issuer, vendor, case, status);
            let error = held.error();
            assert_eq!(error.kind, kind, "{case}");
            assert!(error.message.contains(said), "{case}: {}", error.message);
            assert!(error.hint().contains(hint), "{case}: {}", error.hint());
        }
    }
}

#[test]
fn each_code_has_its_kind_and_none_says_that_a_certificate_is_missing() {
    let known = KnownSecrets::default();
    let alibaba = |code: &str| {
        let [mut issuer, _] = of_alibaba(&known);
        let answer = json!({"Code": code, "Message": "m", "RequestId": "R"}).to_string();
        hold(&mut issuer, |_: &Request| {
            Ok(response(400, answer.as_bytes()))
        })
        .error()
        .kind
    };
    let tencent = |code: &str| {
        let [mut issuer, _] = of_tencent(&known);
        let answer = json!({"Response": {"Error": {"Code": code, "Message": "m"}}}).to_string();
        hold(&mut issuer, |_: &Request| {
            Ok(response(200, answer.as_bytes()))
        })
        .error()
        .kind
    };
    let each = |table: CodeTable, kind_of: &dyn Fn(&str) -> Kind| {
        for (code, kind) in table {
            assert_eq!(kind_of(&code.replace('*', "X")), *kind, "{code}");
        }
    };
    each(alibaba::CODES, &alibaba);
    each(tencent::CODES, &tencent);
    for (code, kind) in [
        ("NoPermission", Kind::Permission),
        ("InvalidParameter.RoleArn", Kind::Usage),
        ("Throttling.User", Kind::Throttled),
        ("InvalidTimeStamp.Expired", Kind::Clock),
        ("SignatureDoesNotMatch", Kind::Credentials),
        ("EntityNotExist.Role", Kind::Credentials),
        ("InvalidRoleArn.NotFound", Kind::Credentials),
    ] {
        assert_eq!(alibaba(code), kind, "{code}");
    }
    for (code, kind) in [
        ("UnauthorizedOperation", Kind::Permission),
        ("AuthFailure.SignatureExpire", Kind::Clock),
        ("InvalidParameter.ParamError", Kind::Usage),
        ("RequestLimitExceeded", Kind::Throttled),
        ("InternalError.SystemError", Kind::Unavailable),
    ] {
        assert_eq!(tencent(code), kind, "{code}");
    }
}

#[test]
fn an_answer_without_a_whole_key_is_none() {
    let known = KnownSecrets::default();
    for answer in [
        "{}",
        r#"{"Credentials":null}"#,
        r#"{"Credentials":{}}"#,
        r#"{"Credentials":"x"}"#,
        r#"{"Credentials":{"AccessKeyId":"a","AccessKeySecret":"CANARYs","SecurityToken":""}}"#,
        r#"{"Credentials":{"TmpSecretId":"a","TmpSecretKey":"CANARYs","Token":null}}"#,
        r#"{"Response":{"Credentials":{"TmpSecretId":"a","TmpSecretKey":"CANARYs","Token":null}}}"#,
        r#"{"Response":{}}"#,
        "<html>",
    ] {
        for mut issuer in of_alibaba(&known).into_iter().chain(of_tencent(&known)) {
            let held = hold(&mut issuer, |_: &Request| {
                Ok(response(200, answer.as_bytes()))
            });
            let error = held.error();
            assert_eq!(error.kind, Kind::Protocol, "{answer}");
            assert!(!error.message.contains("CANARY"), "{answer}");
        }
    }
}
