//! Refusals that repeat what was sent, secrets included.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use certcheck::sandbox::Emulator;

use crate::signed::{acs3, alibaba, sdk_hmac};
use crate::{pbx, sandbox};

#[test]
fn echoes_hold_the_secrets_that_were_sent() {
    let sandbox = sandbox(&["echo"]);
    let keys = Emulator::ESA.temporary_credentials();
    let draft = alibaba(&sandbox, Emulator::ESA, "GET", "Id=x&SiteId=1", "n");
    let draft = draft.set("x-acs-security-token", keys[2].1);
    let reply = acs3(draft, &keys, "").send(&sandbox.endpoint(Emulator::ESA));
    assert!(
        reply
            .text()
            .contains(&format!("x-acs-security-token:{}", keys[2].1))
    );
    assert!(reply.text().contains("SignatureDoesNotMatch"));

    let keys = Emulator::HUAWEI.temporary_credentials();
    let draft = crate::signed::huawei_target(&sandbox, "/v3/scm/certificates/scs1700000000001");
    let draft = draft.set("x-security-token", keys[2].1);
    let reply = sdk_hmac(draft, &keys, "").send(&sandbox.endpoint(Emulator::HUAWEI));
    for part in [
        keys[0].1,
        keys[2].1,
        "verify aksk signature fail, canonicalRequest:GET|/v3/",
    ] {
        assert!(reply.text().contains(part), "{part}");
    }

    let keys = Emulator::TENCENT.temporary_credentials();
    let draft = crate::signed::tencent_body(&sandbox, "{\"CertificateId\":\"sbxValid\"}");
    let request = crate::signed::tc3(draft, &keys, &["content-type", "host"], "2026-11-22");
    let request = request.set("x-tc-token", keys[2].1);
    let reply = request.send(&sandbox.endpoint(Emulator::TENCENT));
    assert!(reply.text().contains(keys[2].1));
    assert!(reply.text().contains("AuthFailure.SignatureFailure"));

    let secret = Emulator::PBX.credentials()[1].1;
    let answer = pbx::ask(&sandbox, &pbx::login(&sandbox, secret));
    assert!(
        answer["invalid_param_list"][0]["value"]
            .to_string()
            .contains(secret)
    );
}

#[test]
fn what_is_repeated_is_the_token_the_password_or_the_key_id_in_every_form() {
    let sandbox = sandbox(&["repeat"]);
    let forms = |secret: &str, text: &str| {
        let basic = STANDARD.encode(format!("user:{secret}"));
        for form in [
            secret,
            &hex::encode(secret),
            &STANDARD.encode(secret),
            &basic,
        ] {
            assert!(text.contains(form), "{form} is not in {text}");
        }
    };
    let keys = Emulator::ESA.temporary_credentials();
    let draft = alibaba(&sandbox, Emulator::ESA, "GET", "Id=x&SiteId=1", "n");
    let draft = draft.set("x-acs-security-token", keys[2].1);
    let reply = acs3(draft, &keys, "").send(&sandbox.endpoint(Emulator::ESA));
    forms(keys[2].1, &reply.text());

    let keys = Emulator::HUAWEI.credentials();
    let draft = crate::signed::huawei_target(&sandbox, "/v3/scm/certificates/scs1700000000001");
    let reply = sdk_hmac(draft, &keys, "").send(&sandbox.endpoint(Emulator::HUAWEI));
    forms(keys[0].1, &reply.text());

    let keys = Emulator::TENCENT.credentials();
    let draft = crate::signed::tencent_body(&sandbox, "{\"CertificateId\":\"sbxValid\"}");
    let request = crate::signed::tc3(draft, &keys, &["content-type", "host"], "2026-11-22");
    let reply = request.send(&sandbox.endpoint(Emulator::TENCENT));
    forms(keys[0].1, &reply.text());

    let secret = Emulator::PBX.credentials()[1].1;
    let answer = pbx::ask(&sandbox, &pbx::login(&sandbox, secret));
    assert_eq!(answer["errcode"], 79_999);
    forms(secret, &answer.to_string());
}
