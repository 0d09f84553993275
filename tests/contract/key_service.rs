//! Holds a conversation with a service that hands out keys, as the driver would, without a network.

use certcheck::adapters::credential_chain::KeyIssuer;
use certcheck::credentials::Temporary;
use certcheck::error::Error;
use certcheck::exchange::{FlowProgress, Request, Response};

use crate::support::fixtures::stamp;

/// What was asked, and what came of it.
pub struct Held {
    pub requests: Vec<Request>,
    pub repeats: Vec<bool>,
    pub outcome: Result<Temporary, Error>,
}

/// Every error is final, as one is at last.
pub fn hold(issuer: &mut KeyIssuer, answer: impl Fn(&Request) -> Result<Response, Error>) -> Held {
    let (mut requests, mut repeats) = (Vec::new(), Vec::new());
    for _ in 0..20 {
        let step = issuer.flow.step(stamp()).expect("a request");
        repeats.push(step.repeat);
        let request = step.http().expect("HTTP");
        assert_eq!(request.endpoint, issuer.endpoint);
        let given = answer(&request);
        requests.push(request);
        let read = match given {
            Ok(response) => match issuer.flow.answer(Ok(response.into())) {
                Err(error) => issuer.flow.answer(Err(error)),
                read => read,
            },
            Err(error) => issuer.flow.answer(Err(error)),
        };
        let outcome = match read {
            Ok(FlowProgress::More) => continue,
            Ok(FlowProgress::Done(key) | FlowProgress::Part(key)) => Ok(key),
            Err(error) => Err(error),
        };
        return Held {
            requests,
            repeats,
            outcome,
        };
    }
    panic!("the conversation does not end");
}

impl Held {
    /// Methods and addresses, in order.
    pub fn asked(&self) -> Vec<String> {
        let shown = |request: &Request| {
            let place = request.endpoint.url(&request.target);
            format!("{} {place}", request.method)
        };
        self.requests.iter().map(shown).collect()
    }

    /// The key.
    pub fn key(&self) -> &Temporary {
        match &self.outcome {
            Ok(key) => key,
            Err(error) => panic!("{error:?}"),
        }
    }

    /// The error.
    pub fn error(&self) -> &Error {
        match &self.outcome {
            Ok(_) => panic!("a key came"),
            Err(error) => error,
        }
    }
}
