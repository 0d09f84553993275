//! The PBX: tokens and their limits, certificates, and its clock.

use std::sync::atomic::Ordering;

use certcheck::sandbox::{CANARY, Emulator, Sandbox};
use serde_json::{Value, json};

use crate::client::{Reply, Request};
use crate::{NOW, moving, sandbox};

pub fn call(sandbox: &Sandbox, method: &str, path: &str) -> Request {
    let target = format!("/openapi/v1.0/{path}");
    Request::new(method, &target, &sandbox.endpoint(Emulator::PBX)).set("user-agent", "OpenAPI")
}

pub fn login(sandbox: &Sandbox, password: &str) -> Request {
    let keys = Emulator::PBX.credentials();
    let body = json!({"username": keys[0].1, "password": password}).to_string();
    call(sandbox, "POST", "get_token")
        .set("content-type", "application/json")
        .with_body(&body)
}

fn send(sandbox: &Sandbox, request: &Request) -> Reply {
    request.send(&sandbox.endpoint(Emulator::PBX))
}

pub fn ask(sandbox: &Sandbox, request: &Request) -> Value {
    let reply = send(sandbox, request);
    assert_eq!(reply.status, 200);
    assert_eq!(reply.header("connection"), Some("close"));
    reply.json()
}

pub fn token(sandbox: &Sandbox) -> String {
    let secret = Emulator::PBX.credentials()[1].1;
    let answer = ask(sandbox, &login(sandbox, secret));
    answer["access_token"].as_str().expect("a token").to_owned()
}

pub fn get(sandbox: &Sandbox, path: &str, token: &str, more: &str) -> Request {
    call(
        sandbox,
        "GET",
        &format!("{path}?access_token={token}{more}"),
    )
}

#[test]
fn a_whole_conversation() {
    let sandbox = sandbox(&[]);
    let token = token(&sandbox);
    assert_eq!((token.len(), token.contains(CANARY)), (32, true));
    assert_eq!(sandbox.live_tokens(), 1);

    let record = |id: u8| {
        let request = get(&sandbox, "certificate/get", &token, &format!("&id={id}"));
        ask(&sandbox, &request)["certificate"].clone()
    };
    assert_eq!(record(1)["expiration"], "2027/03/02 17:00:00");
    assert_eq!(record(2)["expiration"], "2026/11/10 17:00:00");
    assert_eq!(record(3)["expiration"], "-");
    assert_eq!(record(3)["apply_status"], "issuance_success");
    assert!(record(3)["auth_info_list"].to_string().contains(CANARY));
    assert_eq!(record(4)["apply_status"], "issuing");
    assert_eq!(record(5)["apply_status"], "issuance_fail");
    assert_eq!(record(6)["type"], "trusted");

    let clock = ask(&sandbox, &get(&sandbox, "system/information", &token, ""));
    assert_eq!(clock["data"]["system_time"], "2026/11/22 16:00:00");
    assert_eq!(clock["data"]["timestamp"], NOW);

    let back = get(&sandbox, "del_token", &token, "");
    assert_eq!(ask(&sandbox, &back)["errcode"], 0);
    assert_eq!(sandbox.live_tokens(), 0);
    assert_eq!(ask(&sandbox, &back)["errcode"], 10_004);
    let actions: Vec<String> = sandbox.seen().into_iter().map(|seen| seen.action).collect();
    assert_eq!(actions.first().map(String::as_str), Some("get_token"));
    assert_eq!(actions.last().map(String::as_str), Some("del_token"));
}

#[test]
fn a_user_agent_is_mandatory_on_every_call() {
    let sandbox = sandbox(&[]);
    let token = token(&sandbox);
    let secret = Emulator::PBX.credentials()[1].1;
    for request in [
        login(&sandbox, secret),
        get(&sandbox, "certificate/get", &token, "&id=1"),
        get(&sandbox, "del_token", &token, ""),
    ] {
        for request in [
            request.clone().without("user-agent"),
            request.set("user-agent", ""),
        ] {
            let reply = send(&sandbox, &request);
            assert_eq!(reply.status, 400);
            assert_eq!(reply.header("content-type"), Some("text/html"));
        }
    }
    assert_eq!(sandbox.live_tokens(), 1);
}

#[test]
fn refusals_come_with_http_200_and_a_code() {
    let sandbox = sandbox(&[]);
    let token = token(&sandbox);
    let code = |request: &Request| ask(&sandbox, request)["errcode"].as_i64();
    let about = |more: &str| get(&sandbox, "certificate/get", &token, more);
    assert_eq!(code(&about("&id=99")), Some(60_001));
    assert_eq!(code(&about("")), Some(40_002));
    assert_eq!(code(&about("&id=x")), Some(40_002));
    let other = get(&sandbox, "certificate/get", "other", "&id=1");
    assert_eq!(code(&other), Some(10_004));
    assert_eq!(
        code(&call(&sandbox, "GET", "certificate/get?id=1")),
        Some(10_004)
    );
    assert_eq!(
        code(&get(&sandbox, "certificate/delete", &token, "&id=1")),
        Some(10_001)
    );
    assert_eq!(code(&call(&sandbox, "GET", "get_token")), Some(10_001));
    let mut version = about("&id=1");
    version.target = version.target.replace("v1.0", "v9.0");
    assert_eq!(code(&version), Some(10_003));
    let secret = Emulator::PBX.credentials()[1].1;
    let form = login(&sandbox, secret).set("content-type", "application/x-www-form-urlencoded");
    assert_eq!(code(&form), Some(-2));
    assert_eq!(
        code(&login(&sandbox, secret).with_body("client=1")),
        Some(-2)
    );
    assert_eq!(code(&login(&sandbox, secret).with_body("{}")), Some(40_002));
    let root = Request::new("GET", "/", &sandbox.endpoint(Emulator::PBX)).set("user-agent", "x");
    assert_eq!(send(&sandbox, &root).status, 404);
}

#[test]
fn five_wrong_logins_block_the_address() {
    let sandbox = sandbox(&[]);
    let secret = Emulator::PBX.credentials()[1].1;
    for _ in 0..5 {
        let answer = ask(&sandbox, &login(&sandbox, "wrong"));
        assert_eq!(answer["errcode"], -1);
        assert_eq!(
            answer["invalid_param_list"][0]["field"],
            "username or password"
        );
    }
    let answer = ask(&sandbox, &login(&sandbox, secret));
    assert_eq!(answer["errcode"], 70_004);
    assert_eq!(answer["block_expire_time"], NOW + 600);
}

#[test]
fn a_ninth_token_is_one_too_many() {
    let sandbox = sandbox(&[]);
    let tokens: Vec<String> = (0..8).map(|_| token(&sandbox)).collect();
    let secret = Emulator::PBX.credentials()[1].1;
    assert_eq!(ask(&sandbox, &login(&sandbox, secret))["errcode"], 60_002);
    assert_eq!(sandbox.live_tokens(), 8);
    ask(&sandbox, &get(&sandbox, "del_token", &tokens[3], ""));
    token(&sandbox);
    assert_eq!(sandbox.live_tokens(), 8);
}

#[test]
fn tokens_and_blocks_end_with_time() {
    let (sandbox, clock) = moving();
    let old = token(&sandbox);
    let record = get(&sandbox, "certificate/get", &old, "&id=1");
    clock.store(NOW + 1_799, Ordering::Relaxed);
    assert_eq!(ask(&sandbox, &record)["errcode"], 0);
    clock.store(NOW + 1_800, Ordering::Relaxed);
    assert_eq!(ask(&sandbox, &record)["errcode"], 10_004);
    assert_eq!(sandbox.live_tokens(), 0);

    let secret = Emulator::PBX.credentials()[1].1;
    for _ in 0..5 {
        ask(&sandbox, &login(&sandbox, "wrong"));
    }
    clock.store(NOW + 1_800 + 599, Ordering::Relaxed);
    assert_eq!(ask(&sandbox, &login(&sandbox, secret))["errcode"], 70_004);
    clock.store(NOW + 1_800 + 600, Ordering::Relaxed);
    assert_eq!(ask(&sandbox, &login(&sandbox, secret))["errcode"], 0);
}
