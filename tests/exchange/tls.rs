//! TLS on loopback with certificates made here: what is trusted, what is refused, and what the refusal says.

use std::sync::Arc;

use certcheck::error::{Error, Kind};
use certcheck::exchange::Endpoint;
use certcheck::exchange::http::{HttpTransport, ProxyChoice};
use certcheck::exchange::tls_verifier::Trust;
use certcheck::flags::readers::fingerprint;
use http::Method;
use rcgen::KeyPair;
use rustls::pki_types::PrivateKeyDer;
use rustls::{ServerConfig, ServerConnection};

use crate::client::{failure, send};
use crate::support::certificates::{Authority, LONG, Own, self_signed};
use crate::support::listener::{Listener, listen};
use crate::wire::alibaba;

fn endpoint(listener: &Listener) -> Endpoint {
    let text = format!("https://127.0.0.1:{}", listener.port);
    Endpoint::parse(&text, false).expect("loopback")
}

/// What comes of one request to a host with that certificate.
async fn asked(own: &Own, trust: Trust) -> Result<u16, Error> {
    let listener = own.serves();
    let to = endpoint(&listener);
    let http = HttpTransport::new(ProxyChoice::default(), true).trusting(trust, &to);
    let answer = send(&http, &alibaba(Method::GET, &to, &[])).await;
    answer.map(|answer| answer.status)
}

async fn refused(own: &Own, trust: Trust) -> Error {
    let error = asked(own, trust).await.expect_err("refused");
    assert_eq!(error.kind, Kind::Network, "{}", error.message);
    assert!(
        error.unsent,
        "no byte of the request may leave: {}",
        error.message
    );
    // A verdict stays the same however often it is asked for (U10).
    assert!(error.lasting, "{}", error.message);
    error
}

fn pin(own: &Own) -> Trust {
    Trust::Pinned(vec![
        fingerprint(&own.fingerprint()).expect("a fingerprint"),
    ])
}

#[tokio::test]
async fn an_authority_of_a_file_is_trusted_and_one_of_nobody_is_not() {
    let authority = Authority::new();
    let own = authority.signs("127.0.0.1", LONG);
    assert_eq!(asked(&own, authority.trusted()).await, Ok(200));
    let error = refused(&own, Trust::System).await;
    assert!(
        error
            .message
            .contains("not signed by a CA that this machine trusts"),
        "{}",
        error.message
    );
    assert!(
        error
            .message
            .contains("127.0.0.1 of a test, valid 2001-01-01 to 2095-01-01"),
        "{}",
        error.message
    );
    assert!(error.hint().contains("--ca-file"), "{}", error.hint());
    let other = refused(&own, Authority::new().trusted()).await;
    assert!(
        other.message.contains("not signed by a CA"),
        "{}",
        other.message
    );
}

#[tokio::test]
async fn dates_and_names_count_under_a_trusted_authority() {
    let authority = Authority::new();
    let cases = [
        (
            "127.0.0.1",
            (2001, 2002),
            "has expired at 2002-01-01T00:00:00Z",
            "renew",
        ),
        (
            "127.0.0.1",
            (2094, 2095),
            "is not valid before 2094-01-01T00:00:00Z",
            "clock",
        ),
        (
            "pbx.example",
            LONG,
            "is for a different name: pbx.example",
            "--pin-sha256",
        ),
    ];
    for (name, years, said, advised) in cases {
        let error = refused(&authority.signs(name, years), authority.trusted()).await;
        assert!(error.message.contains(said), "{}", error.message);
        assert!(error.hint().contains(advised), "{}", error.hint());
        let dates = format!("valid {}-01-01 to {}-01-01", years.0, years.1);
        assert!(error.message.contains(&dates), "{}", error.message);
    }
}

#[tokio::test]
async fn a_self_signed_host_is_called_so_and_its_pin_is_told() {
    let own = self_signed("127.0.0.1");
    let error = refused(&own, Trust::System).await;
    assert!(
        error.message.contains("its own certificate is self-signed"),
        "{}",
        error.message
    );
    assert!(
        error.hint().contains(&own.fingerprint()),
        "{}",
        error.hint()
    );
    assert_eq!(asked(&own, pin(&own)).await, Ok(200));
}

#[tokio::test]
async fn a_pin_is_for_one_certificate_whatever_its_dates_and_names() {
    let authority = Authority::new();
    let old = authority.signs("pbx.example", (2001, 2002));
    assert_eq!(asked(&old, pin(&old)).await, Ok(200));
    let several = Trust::Pinned(vec![[0; 32], fingerprint(&old.fingerprint()).expect("one")]);
    assert_eq!(asked(&old, several).await, Ok(200));
    // One that a trusted authority has signed is another certificate all the same.
    let new = authority.signs("127.0.0.1", LONG);
    let error = refused(&new, pin(&old)).await;
    assert!(
        error.message.contains("is not the pinned certificate"),
        "{}",
        error.message
    );
    assert!(
        error.hint().contains(&new.fingerprint()),
        "{}",
        error.hint()
    );
}

#[tokio::test]
async fn anybody_is_trusted_where_that_is_asked_for() {
    let own = Authority::new().signs("pbx.example", (2001, 2002));
    assert_eq!(asked(&own, Trust::Anybody).await, Ok(200));
}

#[tokio::test]
async fn what_is_relaxed_for_one_host_is_not_for_another() {
    let own = self_signed("localhost");
    let listener = own.serves();
    let text = format!("https://localhost:{}", listener.port);
    let other = Endpoint::parse(&text, false).expect("loopback");
    for trust in [Trust::Anybody, pin(&own)] {
        let relaxed = endpoint(&listener);
        let http = HttpTransport::new(ProxyChoice::default(), true).trusting(trust, &relaxed);
        let error = failure(&http, &alibaba(Method::GET, &other, &[])).await;
        assert!(
            error.unsent && error.message.contains("its own certificate"),
            "{}",
            error.message
        );
    }
}

#[tokio::test]
async fn a_host_that_proves_another_key_is_refused_under_its_pin() {
    let own = self_signed("127.0.0.1");
    let thief = Own {
        certificate: own.certificate.clone(),
        key: KeyPair::generate().expect("a key"),
    };
    // rustls serves no such pair, so the pair is served by what it is: a certificate that was copied.
    let key = PrivateKeyDer::try_from(thief.key.serialize_der()).expect("a key");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let key = provider.key_provider.load_private_key(key).expect("a key");
    let copied = rustls::sign::CertifiedKey::new(vec![thief.certificate], key);
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_cert_resolver(Arc::new(rustls::sign::SingleCertAndKey::from(copied)));
    let config = Arc::new(config);
    let listener = listen(move |mut stream| {
        let mut tls = ServerConnection::new(config.clone()).expect("a server");
        let _ = tls.complete_io(&mut stream);
        None
    });
    let to = endpoint(&listener);
    let http = HttpTransport::new(ProxyChoice::default(), true).trusting(pin(&own), &to);
    let error = failure(&http, &alibaba(Method::GET, &to, &[])).await;
    assert!(error.unsent, "{}", error.message);
}
