//! Only read calls leave the house: GET, POST, and PUT where it opens a session of a metadata service.

use certcheck::error::{Error, Kind};
use certcheck::exchange::{Endpoint, Request};
use http::Method;

use crate::client::{direct, send};

/// Nobody listens there, so that what may be sent is a failure of the network.
const CLOSED: &str = "http://127.0.0.1:1";

async fn sent(method: Method, place: &Endpoint) -> Error {
    let request = Request::new(method, place, "/".to_owned(), "Change");
    let answer = send(&direct(), &request).await;
    answer.map(|_| ()).expect_err("nobody answers")
}

#[tokio::test]
async fn nothing_is_sent_with_a_method_that_changes_something() {
    let api = Endpoint::parse(CLOSED, false).expect("an endpoint");
    let metadata = Endpoint::metadata("100.100.100.200", &api).expect("a stand-in");
    for (method, at_an_api, at_metadata) in [
        (Method::GET, Kind::Network, Kind::Network),
        (Method::POST, Kind::Network, Kind::Network),
        (Method::PUT, Kind::Config, Kind::Network),
        (Method::DELETE, Kind::Config, Kind::Config),
        (Method::PATCH, Kind::Config, Kind::Config),
    ] {
        let error = sent(method.clone(), &api).await;
        assert_eq!(error.kind, at_an_api, "{method}: {}", error.message);
        let error = sent(method.clone(), &metadata).await;
        assert_eq!(error.kind, at_metadata, "{method}: {}", error.message);
    }
}
