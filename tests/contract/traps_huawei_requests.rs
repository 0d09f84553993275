//! Huawei's traps of asking, one test each; those of the answers are in `traps_huawei`.

use certcheck::credentials::Credential;
use certcheck::redact::KnownSecrets;

use crate::support::fixtures::{first_request, header, provider, stamp, target};

const ID: &str = "scs1600000000001";
const PROJECT: &str = "0a1b2c3d4e5f60718293a4b5c6d7e8f9";

#[test]
fn the_slash_at_the_end_is_signed_and_not_sent() {
    use certcheck::sign::{KeyPair, SignableRequest, sdk_hmac};
    let sent = first_request("huawei", &[], ID);
    assert_eq!(sent.target, format!("/v3/scm/certificates/{ID}"));
    let headers = [
        ("host", "scm.cn-north-4.myhuaweicloud.com"),
        ("x-sdk-date", "20261122T000000Z"),
    ];
    let key = KeyPair {
        id: "AKIDtest00000001",
        secret: "test-secret-key-00001",
    };
    let signed = sdk_hmac::sign(
        &SignableRequest {
            method: "GET",
            path: &sent.target,
            query: "",
            headers: &headers,
            body: b"",
        },
        "20261122T000000Z",
        &key,
    );
    assert!(signed.canonical_request.contains(&format!("/{ID}/\n")));
    assert_eq!(header(&sent, "authorization"), signed.authorization);
}

#[test]
fn few_headers_are_signed_so_that_nothing_on_the_way_can_break_it() {
    let request = first_request(
        "huawei",
        &["--domain-id", "d1", "--project-id", PROJECT],
        ID,
    );
    assert!(
        header(&request, "authorization").contains("SignedHeaders=host;x-domain-id;x-sdk-date,")
    );
    assert_eq!(
        (
            header(&request, "x-domain-id"),
            header(&request, "x-project-id")
        ),
        ("d1", "")
    );
    let request = first_request("huawei", &["--project-id", PROJECT], ID);
    assert_eq!(header(&request, "x-project-id"), PROJECT);
    let legacy = first_request("huawei", &["--legacy", "--project-id", PROJECT], ID);
    assert_eq!(legacy.target, format!("/v2/{PROJECT}/scm/cert/{ID}"));
}

#[test]
fn a_token_is_sent_and_signed() {
    let target = target("huawei", &[], false).expect("a target");
    let credential = Credential::new("AKtest000001", "secret", Some("the-token".to_owned()));
    let mut all = target.service.converse(
        &[ID.to_owned()],
        credential.into(),
        &KnownSecrets::default(),
    );
    let request = all
        .remove(0)
        .flow
        .step(stamp())
        .expect("a request")
        .http()
        .expect("HTTP");
    assert!(header(&request, "authorization").contains("x-security-token"));
    assert_eq!(header(&request, "x-security-token"), "the-token");
}

#[test]
fn a_ready_token_is_sent_as_it_is_and_nothing_is_signed() {
    let target = target("huawei", &["--domain-id", "d1"], false).expect("a target");
    let mut all = target.service.converse(
        &[ID.to_owned()],
        Credential::ready("MIIready").into(),
        &KnownSecrets::default(),
    );
    let request = all
        .remove(0)
        .flow
        .step(stamp())
        .expect("a request")
        .http()
        .expect("HTTP");
    assert_eq!(header(&request, "x-auth-token"), "MIIready");
    assert!(request.headers["x-auth-token"].is_sensitive());
    for signed in ["authorization", "x-sdk-date", "x-domain-id"] {
        assert_eq!(header(&request, signed), "", "{signed}");
    }
}

#[test]
fn europe_is_a_cloud_of_its_own_and_other_regions_go_to_their_site() {
    let host = |region: &str| {
        first_request("huawei", &["--region", region], ID)
            .endpoint
            .authority()
    };
    assert_eq!(host("eu-west-101"), "scm.eu-west-101.myhuaweicloud.eu");
    assert_eq!(host("cn-south-1"), "scm.cn-north-4.myhuaweicloud.com");
    assert_eq!(
        host("ap-southeast-3"),
        "scm.ap-southeast-1.myhuaweicloud.com"
    );
    assert_eq!(
        host("my-kualalumpur-1"),
        "scm.my-kualalumpur-1.myhuaweicloud.com"
    );
}

#[test]
fn ids_that_a_url_parser_would_rewrite_are_refused() {
    for bad in [
        "a/b",
        "..",
        ".",
        "a%2Fb",
        "a b",
        "",
        "证书",
        &"a".repeat(65),
    ] {
        assert!((provider("huawei").id)(bad).is_err(), "{bad}");
    }
    assert!((provider("huawei").id)(ID).is_ok());
}

#[test]
fn only_two_reads_are_known_and_none_returns_a_key() {
    for (flags, path) in [
        (&[][..], "/v3/scm/certificates/"),
        (&["--legacy", "--project-id", PROJECT][..], "/v2/"),
    ] {
        let request = first_request("huawei", flags, ID);
        assert_eq!(request.method.as_str(), "GET");
        assert!(
            request.target.starts_with(path)
                && !request.target.contains("export")
                && !request.target.contains("private")
        );
    }
}
