//! Effects beside HTTP: files and TLS handshakes, with the limits, retries, log and stop that requests have.

use std::cell::RefCell;
use std::io::{self, Read};
use std::net::{IpAddr, Ipv4Addr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::channel;
use std::time::Duration;

use certcheck::error::{Error, Kind};
use certcheck::exchange::{
    AccountState, Driver, Effect, EffectResult, Endpoint, Flow, FlowProgress, HandshakeOptions,
    KeySignature, Limits, OpenFile, RateLimit, Stamp, Step, Stop, TlsPeer, Trace,
};
use rcgen::KeyPair;
use rustls::pki_types::PrivateKeyDer;
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig, ServerConnection};
use tokio::sync::watch;
use tokio::time::Instant;

use crate::client::direct;
use crate::fake_transport::begin;
use crate::support::certificates::{Authority, LONG, self_signed};
use crate::support::listener::{Listener, listen};

/// A flow of one effect, which yields its outcome.
struct One<F>(F);

impl<F: Fn() -> Effect> Flow for One<F> {
    type Output = EffectResult;

    fn step(&self, _: Stamp) -> Result<Step, Error> {
        Ok(Step::read((self.0)()))
    }

    fn answer(
        &mut self,
        answer: Result<EffectResult, Error>,
    ) -> Result<FlowProgress<EffectResult>, Error> {
        answer.map(FlowProgress::Done)
    }
}

/// How an effect is performed, and what the log says of it.
struct Run {
    account: AccountState,
    wish: watch::Sender<Stop>,
    log: RefCell<Vec<String>>,
}

impl Run {
    fn new(rate_limit: RateLimit) -> Run {
        Run {
            account: AccountState::new(rate_limit).open(),
            wish: watch::channel(Stop::No).0,
            log: RefCell::default(),
        }
    }

    async fn perform(
        &self,
        effect: impl Fn() -> Effect,
        open_file: &OpenFile<'_>,
    ) -> Result<EffectResult, Error> {
        let (http, mut outcome) = (direct(), None);
        let trace = |trace: &Trace<'_>| {
            let result = trace.outcome.as_deref().unwrap_or("error");
            let line = format!("{} {} {result}", trace.method, trace.action);
            self.log.borrow_mut().push(line);
        };
        let driver = Driver {
            transport: &http,
            open_file,
            clock: &begin,
            entropy: &|| Ok([7; 16]),
            limits: Limits {
                timeout: Duration::from_secs(10),
                deadline: Instant::now() + Duration::from_secs(60),
                tries: 2,
            },
            stop: self.wish.subscribe(),
            trace: &trace,
        };
        let mut flow = One(effect);
        let mut emit = |got, _| outcome = Some(got);
        driver.drive(&self.account, &mut flow, &mut emit).await?;
        Ok(outcome.expect("an outcome"))
    }
}

fn nowhere(_: &Path, _: u64) -> io::Result<Box<dyn Read>> {
    Err(io::ErrorKind::NotFound.into())
}

fn file() -> Effect {
    Effect::Read(PathBuf::from("/certificates/shop.pem"))
}

fn refused(outcome: Result<EffectResult, Error>) -> Error {
    outcome.map(|_| ()).expect_err("an error")
}

#[tokio::test(start_paused = true)]
async fn a_file_is_read_through_the_world_that_is_passed_in() {
    let (run, opened) = (Run::new(RateLimit::default()), RefCell::new(Vec::new()));
    let open = |path: &Path, _: u64| -> io::Result<Box<dyn Read>> {
        opened.borrow_mut().push(path.to_owned());
        Ok(Box::new(io::Cursor::new(vec![7; 200_000])))
    };
    let content = run
        .perform(file, &open)
        .await
        .and_then(EffectResult::content);
    assert_eq!(content, Ok(vec![7; 200_000]));
    assert_eq!(*opened.borrow(), [PathBuf::from("/certificates/shop.pem")]);
    assert_eq!(*run.log.borrow(), ["READ file 200000 bytes"]);
}

#[tokio::test(start_paused = true)]
async fn a_file_that_cannot_be_read_or_is_too_large_is_not_tried_again() {
    let run = Run::new(RateLimit::default());
    let missing = refused(run.perform(file, &nowhere).await);
    assert_eq!((missing.kind, missing.attempts), (Kind::Config, 1));
    assert!(
        missing
            .message
            .starts_with("/certificates/shop.pem cannot be read")
    );
    let endless = |_: &Path, _: u64| -> io::Result<Box<dyn Read>> { Ok(Box::new(io::repeat(7))) };
    let large = refused(run.perform(file, &endless).await);
    assert!(
        large.too_large && large.message.contains("8 MiB"),
        "{}",
        large.message
    );
    assert_eq!(run.log.borrow().len(), 2);
}

/// Has no end; with the second piece the user wants to stop.
struct Endless(watch::Sender<Stop>, u32);

impl Read for Endless {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.1 += 1;
        if self.1 == 2 {
            self.0.send_replace(Stop::Soon);
        }
        into[0] = 7;
        Ok(1)
    }
}

#[tokio::test(start_paused = true)]
async fn a_stop_ends_a_file_that_is_being_read() {
    let run = Run::new(RateLimit::default());
    let wish = run.wish.clone();
    let open = move |_: &Path, _: u64| -> io::Result<Box<dyn Read>> {
        Ok(Box::new(Endless(wish.clone(), 0)))
    };
    let error = refused(run.perform(file, &open).await);
    assert!(error.message.contains("interrupted"), "{}", error.message);
    assert_eq!(*run.log.borrow(), ["READ file error"]);
}

#[tokio::test(start_paused = true)]
async fn files_and_handshakes_wait_for_the_rate_limit_too() {
    let run = Run::new(RateLimit {
        per_second: Some(1.0),
        in_flight: None,
    });
    let start = Instant::now();
    let empty = |_: &Path, _: u64| -> io::Result<Box<dyn Read>> { Ok(Box::new(io::empty())) };
    for _ in 0..3 {
        run.perform(file, &empty).await.map(|_| ()).expect("a file");
    }
    assert!(start.elapsed() > Duration::from_secs(2));
}

fn endpoint(listener: &Listener) -> Endpoint {
    let text = format!("https://127.0.0.1:{}", listener.port);
    Endpoint::parse(&text, false).expect("loopback")
}

async fn shake(listener: &Listener, options: HandshakeOptions) -> (Run, Result<TlsPeer, Error>) {
    let (run, to) = (Run::new(RateLimit::default()), endpoint(listener));
    let effect = || Effect::Handshake(to.clone(), options.clone());
    let peer = run
        .perform(effect, &nowhere)
        .await
        .and_then(EffectResult::peer);
    (run, peer)
}

/// A server that makes handshakes with this configuration, and tells the names that were asked for.
fn serves(config: ServerConfig) -> (Listener, std::sync::mpsc::Receiver<Option<String>>) {
    let (config, (names, asked)) = (Arc::new(config), channel());
    let listener = listen(move |mut stream| {
        let mut tls = ServerConnection::new(config.clone()).expect("a server");
        let _ = tls.complete_io(&mut stream);
        let _ = names.send(tls.server_name().map(str::to_owned));
        None
    });
    (listener, asked)
}

fn key(own: &KeyPair) -> PrivateKeyDer<'static> {
    PrivateKeyDer::try_from(own.serialize_der()).expect("a key")
}

#[tokio::test]
async fn a_handshake_shows_what_a_peer_presents_whoever_trusts_it() {
    for own in [
        self_signed("127.0.0.1"),
        Authority::new().signs("pbx.example", (2001, 2002)),
        Authority::new().signs("shop.example", LONG),
    ] {
        let (listener, _names) = serves(own.config());
        let (run, peer) = shake(&listener, HandshakeOptions::default()).await;
        let peer = peer.expect("a peer");
        assert_eq!(peer.chain, [own.certificate.to_vec()]);
        assert_eq!(
            (peer.key_signature, peer.version),
            (KeySignature::Valid, Some("TLS 1.3"))
        );
        assert_eq!(peer.failure, None);
        assert_eq!(*run.log.borrow(), ["TLS handshake TLS 1.3"]);
    }
}

#[tokio::test]
async fn the_name_in_sni_is_the_one_that_is_given_and_never_an_address() {
    let (listener, names) = serves(self_signed("shop.example").config());
    let given = HandshakeOptions {
        address: Some(IpAddr::V4(Ipv4Addr::LOCALHOST)),
        server_name: Some("shop.example".to_owned()),
    };
    for (options, name) in [
        (given, Some("shop.example".to_owned())),
        (HandshakeOptions::default(), None),
    ] {
        shake(&listener, options).await.1.expect("a peer");
        let asked = names.recv_timeout(Duration::from_secs(20));
        assert_eq!(asked.expect("a handshake"), name);
    }
}

#[tokio::test]
async fn a_peer_that_does_not_hold_the_key_of_its_certificate_is_told_from_one_that_does() {
    let (own, thief) = (
        self_signed("127.0.0.1"),
        KeyPair::generate().expect("a key"),
    );
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let signer = provider
        .key_provider
        .load_private_key(key(&thief))
        .expect("a key");
    let copied = rustls::sign::CertifiedKey::new(vec![own.certificate.clone()], signer);
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_cert_resolver(Arc::new(rustls::sign::SingleCertAndKey::from(copied)));
    let (listener, _names) = serves(config);
    let (_, peer) = shake(&listener, HandshakeOptions::default()).await;
    assert_eq!(peer.expect("a peer").key_signature, KeySignature::Wrong);
}

#[tokio::test]
async fn certificates_count_also_where_the_peer_wants_one_of_ours() {
    let own = self_signed("127.0.0.1");
    for (version, failed) in [
        (&rustls::version::TLS12, true),
        (&rustls::version::TLS13, false),
    ] {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut roots = RootCertStore::empty();
        roots.add(own.certificate.clone()).expect("a root");
        let wanted = WebPkiClientVerifier::builder_with_provider(roots.into(), provider.clone());
        let config = ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(&[version])
            .expect("a version")
            .with_client_cert_verifier(wanted.build().expect("a verifier"))
            .with_single_cert(vec![own.certificate.clone()], key(&own.key))
            .expect("a certificate with its key");
        let (listener, _names) = serves(config);
        let (_, peer) = shake(&listener, HandshakeOptions::default()).await;
        let peer = peer.expect("a peer");
        assert_eq!(peer.chain, [own.certificate.to_vec()]);
        assert_eq!(peer.failure.is_some(), failed, "{peer:?}");
    }
}

#[tokio::test]
async fn a_peer_that_speaks_no_tls_is_not_tried_again_and_one_that_closes_is() {
    use std::io::Write as _;

    let talks = listen(|mut stream| {
        let _ = stream.write_all(b"220 mail.example ESMTP\r\n");
        let _ = stream.read(&mut [0; 1024]);
        None
    });
    let (run, peer) = shake(&talks, HandshakeOptions::default()).await;
    let error = peer.expect_err("no TLS");
    assert_eq!(
        (error.kind, error.attempts),
        (Kind::Protocol, 1),
        "{}",
        error.message
    );
    assert!(
        error.message.contains("does not speak TLS"),
        "{}",
        error.message
    );
    assert_eq!(*run.log.borrow(), ["TLS handshake error"]);

    let closes = listen(|_| None);
    let (_, peer) = shake(&closes, HandshakeOptions::default()).await;
    let error = peer.expect_err("closed");
    assert_eq!(
        (error.kind, error.attempts),
        (Kind::Network, 2),
        "{}",
        error.message
    );
}

#[tokio::test(start_paused = true)]
async fn a_handshake_with_a_silent_peer_ends_and_one_that_nobody_takes_is_not_tried_again() {
    let free = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    let silent = Endpoint::parse(
        &format!("https://{}", free.local_addr().expect("one")),
        false,
    );
    let run = Run::new(RateLimit::default());
    let effect = || {
        Effect::Handshake(
            silent.clone().expect("loopback"),
            HandshakeOptions::default(),
        )
    };
    let error = refused(run.perform(effect, &nowhere).await);
    assert!(
        error.message.contains("did not answer within 10s"),
        "{}",
        error.message
    );
    drop(free);
    let error = refused(run.perform(effect, &nowhere).await);
    assert_eq!(
        (error.kind, error.attempts),
        (Kind::Network, 1),
        "{}",
        error.message
    );
    assert!(
        error.message.contains("cannot connect"),
        "{}",
        error.message
    );
}
