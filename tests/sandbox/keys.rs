//! The services that hand out temporary keys, asked by hand: no easier than the real ones.

use certcheck::sandbox::{CANARY, Emulator, Sandbox};
use serde_json::json;

use crate::client::{Reply, Request};
use crate::sandbox;
use crate::signed::{Keys, acs3, sha256, tc3};

fn send(sandbox: &Sandbox, service: &'static Emulator, request: &Request) -> Reply {
    request.send(&sandbox.endpoint(service))
}

fn code(reply: &Reply) -> String {
    let json = reply.json();
    let inner = json["Response"]["Error"]["Code"].as_str();
    let code = inner.or(json["Code"].as_str());
    code.unwrap_or("ok").to_owned()
}

/// The query of `AssumeRole` at Alibaba, sorted as it is signed.
fn query(arn: &str, session: &str) -> String {
    let arn = arn.replace(':', "%3A").replace('/', "%2F");
    format!("RoleArn={arn}&RoleSessionName={session}")
}

fn assume(sandbox: &Sandbox, query: &str, nonce: &str) -> Request {
    Request::new(
        "POST",
        &format!("/?{query}"),
        &sandbox.endpoint(Emulator::ESA),
    )
    .set("x-acs-action", "AssumeRole")
    .set("x-acs-version", "2015-04-01")
    .set("x-acs-date", "2026-11-22T08:00:00Z")
    .set("x-acs-signature-nonce", nonce)
    .set("x-acs-content-sha256", &sha256(b""))
}

#[test]
fn alibabas_key_is_for_a_signed_question_about_a_role_that_exists() {
    let sandbox = sandbox(&[]);
    let (keys, role) = (
        Emulator::ESA.credentials(),
        Emulator::ESA.role.expect("a role"),
    );
    let ask = |query: &str, keys: &Keys, nonce: &str| {
        let request = acs3(assume(&sandbox, query, nonce), keys, "");
        code(&send(&sandbox, Emulator::ESA, &request))
    };
    let good = query(role.arn, "test");
    let request = acs3(assume(&sandbox, &good, "1"), &keys, "");
    let given = send(&sandbox, Emulator::ESA, &request).json();
    let expected = Emulator::ESA.temporary_credentials();
    let credentials = &given["Credentials"];
    assert_eq!(credentials["AccessKeyId"], expected[0].1);
    assert_eq!(credentials["AccessKeySecret"], expected[1].1);
    assert_eq!(credentials["SecurityToken"], expected[2].1);
    assert_eq!(credentials["Expiration"], "2026-11-22T09:00:00Z");

    assert_eq!(ask(&good, &keys, "1"), "SignatureNonceUsed");
    assert_eq!(
        ask(&good, &vec![keys[0], ("", "wrong")], "2"),
        "SignatureDoesNotMatch"
    );
    assert_eq!(
        ask(&query("acs:ram::1:role/x", "test"), &keys, "3"),
        "EntityNotExist.Role"
    );
    assert_eq!(
        ask(&query(role.arn, "x"), &keys, "4"),
        "InvalidParameter.RoleSessionName"
    );
    assert_eq!(ask("RoleSessionName=test", &keys, "5"), "MissingRoleArn");
    let short = format!("DurationSeconds=60&{good}");
    assert_eq!(ask(&short, &keys, "6"), "InvalidParameter.DurationSeconds");
    let unsigned = assume(&sandbox, &good, "7");
    assert_eq!(
        code(&send(&sandbox, Emulator::ESA, &unsigned)),
        "IncompleteSignature"
    );
}

#[test]
fn alibabas_identity_token_goes_in_a_form_without_a_signature() {
    let sandbox = sandbox(&[]);
    let role = Emulator::MPUSH.role.expect("a role");
    let target = "/?Action=AssumeRoleWithOIDC&Format=JSON&Version=2015-04-01";
    let draft = |arn: &str, provider: &str, token: &str| {
        let form = format!(
            "RoleArn={arn}&RoleSessionName=test&OIDCProviderArn={provider}&OIDCToken={token}"
        );
        Request::new("POST", target, &sandbox.endpoint(Emulator::MPUSH))
            .set("content-type", "application/x-www-form-urlencoded")
            .with_body(&form)
    };
    let good = || draft(role.arn, role.provider, role.token);
    let ask = |request: Request| code(&send(&sandbox, Emulator::MPUSH, &request));
    assert_eq!(ask(good()), "ok");
    let invalid = "AuthenticationFail.OIDCToken.Invalid";
    assert_eq!(ask(draft(role.arn, role.provider, "x")), invalid);
    assert_eq!(
        ask(draft(role.arn, "x", role.token)),
        "EntityNotExist.OIDCProvider"
    );
    assert_eq!(
        ask(draft("x", role.provider, role.token)),
        "EntityNotExist.Role"
    );
    assert_eq!(ask(good().set("authorization", "x")), "IncompleteSignature");
    assert_eq!(
        ask(good().set("content-type", "text/plain")),
        "InvalidContentType"
    );
    let mut get = good();
    get.method = "GET".to_owned();
    assert_eq!(ask(get), "UnsupportedHTTPMethod");
    let mut old = good();
    old.target = target.replace("2015", "2014");
    assert_eq!(ask(old), "InvalidVersion");
}

#[test]
fn tencents_key_is_for_a_question_signed_for_that_service() {
    let sandbox = sandbox(&[]);
    let (keys, role) = (
        Emulator::TENCENT.credentials(),
        Emulator::TENCENT.role.expect("a role"),
    );
    let draft = |action: &str, body: serde_json::Value| {
        Request::new("POST", "/", &sandbox.endpoint(Emulator::TENCENT))
            .set("content-type", "application/json")
            .set("x-tc-action", action)
            .set("x-tc-version", "2018-08-13")
            .set("x-tc-region", "ap-guangzhou")
            .set("x-tc-timestamp", &crate::NOW.to_string())
            .with_body(&body.to_string())
    };
    let ask = |request: &Request| code(&send(&sandbox, Emulator::TENCENT, request));
    let good = || json!({"RoleArn": role.arn, "RoleSessionName": "test"});
    let names = ["content-type", "host"];
    // The hand that signs knows the certificates' service only.
    let request = tc3(draft("AssumeRole", good()), &keys, &names, "2026-11-22");
    assert_eq!(ask(&request), "AuthFailure.InvalidAuthorization");
    assert_eq!(
        ask(&draft("AssumeRole", good())),
        "AuthFailure.InvalidAuthorization"
    );

    let with_token = |arn: &str, provider: &str, token: &str| {
        let body = json!({"RoleArn": arn, "RoleSessionName": "test", "ProviderId": provider,
            "WebIdentityToken": token, "DurationSeconds": 900});
        draft("AssumeRoleWithWebIdentity", body)
    };
    let good = || with_token(role.arn, role.provider, role.token);
    let skip = |request: Request| request.set("authorization", "SKIP");
    let given = send(&sandbox, Emulator::TENCENT, &skip(good())).json();
    let expected = Emulator::TENCENT.temporary_credentials();
    let inner = &given["Response"];
    assert_eq!(inner["Credentials"]["TmpSecretId"], expected[0].1);
    assert_eq!(inner["Credentials"]["Token"], expected[2].1);
    assert_eq!(inner["ExpiredTime"], crate::NOW + 7_200);
    assert_eq!(ask(&good()), "AuthFailure.InvalidAuthorization");
    let refused = "InvalidParameter.WebIdentityTokenError";
    assert_eq!(
        ask(&skip(with_token(role.arn, role.provider, "x"))),
        refused
    );
    let unknown = "ResourceNotFound.RoleNotFound";
    assert_eq!(
        ask(&skip(with_token("x", role.provider, role.token))),
        unknown
    );
    assert_eq!(
        ask(&skip(with_token(role.arn, "x", role.token))),
        "InvalidParameter.ParamError"
    );
    assert_eq!(
        ask(&skip(good()).without("x-tc-region")),
        "MissingParameter"
    );
    let late = skip(good()).set("x-tc-timestamp", &(crate::NOW - 301).to_string());
    assert_eq!(ask(&late), "AuthFailure.SignatureExpire");
}

#[test]
fn a_metadata_service_knows_its_sessions_and_its_role() {
    let clouds = [
        (
            Emulator::ESA,
            "/latest/api/token",
            "x-aliyun-ecs-metadata-token",
            "/latest/meta-data/ram/security-credentials/sandbox-role",
        ),
        (
            Emulator::HUAWEI,
            "/meta-data/latest/api/token",
            "x-metadata-token",
            "/openstack/latest/securitykey",
        ),
    ];
    for (service, open, header, key) in clouds {
        let sandbox = sandbox(&[]);
        let at = |method: &str, path: &str| Request::new(method, path, &sandbox.endpoint(service));
        let ask = |request: Request| send(&sandbox, service, &request).status;
        let lifetime = format!("{header}-ttl-seconds");
        assert_eq!(ask(at("PUT", open)), 400);
        assert_eq!(ask(at("PUT", open).set(&lifetime, "21601")), 400);
        assert_eq!(ask(at("GET", open).set(&lifetime, "60")), 405);
        let opened = send(&sandbox, service, &at("PUT", open).set(&lifetime, "60"));
        let token = opened.text();
        assert!(token.contains(CANARY));
        assert_eq!(ask(at("GET", key).set(header, &token)), 200);
        assert_eq!(ask(at("GET", key).set(header, "another")), 401);
        assert_eq!(ask(at("GET", key)), 200);
        assert_eq!(ask(at("POST", key)), 405);
    }
    let sandbox = sandbox(&[]);
    let roles = "/latest/meta-data/cam/security-credentials/";
    let ask = |path: &str| {
        let request = Request::new("GET", path, &sandbox.endpoint(Emulator::TENCENT));
        send(&sandbox, Emulator::TENCENT, &request)
    };
    let name = ask(roles).text();
    assert_eq!(name, "sandbox-role");
    assert_eq!(ask(&format!("{roles}{name}")).json()["Code"], "Success");
    assert_eq!(ask(&format!("{roles}other")).status, 404);
}
