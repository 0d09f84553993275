//! Name and route of a host: its addresses, and a bare TCP connection.

use std::io;
use std::net::IpAddr;
use std::time::Duration;

use tokio::net::{TcpStream, lookup_host};
use tokio::time::{Instant, timeout};

use super::endpoint::Endpoint;
use crate::error::{Error, Kind, reason};

/// The addresses of its name, in the order of the system's resolver.
pub async fn resolve(endpoint: &Endpoint, within: Duration) -> Result<Vec<IpAddr>, Error> {
    let found = timeout(within, lookup_host((host(endpoint), endpoint.port()))).await;
    let stop = |why: String| {
        let text = format!("{} cannot be resolved: {why}", endpoint.host());
        Error::new(Kind::Network, text).with_hint("check the name, and this machine's resolver")
    };
    match found {
        Ok(Ok(addresses)) => {
            let mut addresses: Vec<IpAddr> = addresses.map(|address| address.ip()).collect();
            addresses.dedup();
            Ok(addresses)
        }
        Ok(Err(error)) => Err(stop(reason(&error))),
        Err(_) => Err(stop(format!("no answer within {within:?}"))),
    }
}

/// How long it takes to connect.
pub async fn connect(endpoint: &Endpoint, within: Duration) -> Result<Duration, Error> {
    let started = Instant::now();
    match timeout(within, stream(endpoint, None)).await {
        Ok(Ok(_)) => Ok(started.elapsed()),
        Ok(Err(error)) => Err(unreachable(endpoint, &reason(&error))),
        Err(_) => Err(unreachable(
            endpoint,
            &format!("no answer within {within:?}"),
        )),
    }
}

/// Connects, to that address if there is one. A refusal is not tried again.
pub(super) async fn open(endpoint: &Endpoint, address: Option<IpAddr>) -> Result<TcpStream, Error> {
    let opened = stream(endpoint, address).await;
    opened.map_err(|error| Error {
        lasting: true,
        ..unreachable(endpoint, &reason(&error))
    })
}

async fn stream(endpoint: &Endpoint, address: Option<IpAddr>) -> io::Result<TcpStream> {
    let port = endpoint.port();
    match address {
        Some(address) => TcpStream::connect((address, port)).await,
        None => TcpStream::connect((host(endpoint), port)).await,
    }
}

fn unreachable(endpoint: &Endpoint, why: &str) -> Error {
    let text = format!("cannot connect to {endpoint}: {why}");
    Error::new(Kind::Network, text).with_hint("check port, route and firewall")
}

/// As the system takes it: an IPv6 address without its brackets.
fn host(endpoint: &Endpoint) -> &str {
    endpoint.host().trim_matches(['[', ']'])
}
