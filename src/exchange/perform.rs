//! Performs effects, each within the time-out of a request.
//!
//! A file is read in pieces, so that a stop or a deadline takes effect between two of them.

use std::io::{self, ErrorKind, Read};
use std::path::Path;
use std::time::Duration;

use tokio::task::yield_now;
use tokio::time::timeout;

use super::effect::{Effect, EffectResult};
use super::flow::{Request, Transport};
use super::handshake;
use crate::error::{Error, Kind, reason};

/// Opens a file to read it, but not beyond that many bytes.
pub type OpenFile<'a> = dyn Fn(&Path, u64) -> io::Result<Box<dyn Read>> + 'a;

/// A file of this size or above is not read.
const LARGEST: usize = 8 * 1024 * 1024;
const PIECE: usize = 64 * 1024;

pub(super) async fn perform(
    effect: &Effect,
    transport: &dyn Transport,
    open_file: &OpenFile<'_>,
    limit: Duration,
) -> Result<EffectResult, Error> {
    let work = async {
        match effect {
            Effect::Http(request) => transport.send(request).await.map(EffectResult::Http),
            Effect::Read(path) => read(path, open_file).await.map(EffectResult::Read),
            Effect::Handshake(endpoint, options) => {
                let peer = handshake::perform(endpoint, options).await;
                peer.map(EffectResult::Handshake)
            }
        }
    };
    timeout(limit, work).await.unwrap_or_else(|_| {
        let limit = humantime::format_duration(limit);
        let text = match effect {
            Effect::Http(Request { endpoint, .. }) | Effect::Handshake(endpoint, _) => {
                format!("{endpoint} did not answer within {limit}")
            }
            Effect::Read(_) => format!("the file was not read within {limit}"),
        };
        Err(Error::new(Kind::Network, text)
            .with_hint("raise --timeout, or check route, firewall and proxy; -v shows each try"))
    })
}

/// The content of a file.
async fn read(path: &Path, open: &OpenFile<'_>) -> Result<Vec<u8>, Error> {
    let name = path.display().to_string();
    let unreadable = |why: String| {
        Error::new(Kind::Config, format!("{name} cannot be read: {why}"))
            .with_hint("check the path, and who may read the file")
            .quoting(&name)
    };
    let failed = |why: io::Error| unreadable(reason(&why));
    let mut file: Box<dyn Read> = open(path, LARGEST as u64).map_err(failed)?;
    let (mut content, mut piece) = (Vec::new(), vec![0; PIECE]);
    loop {
        match file.read(&mut piece) {
            Ok(0) => return Ok(content),
            Ok(length) => content.extend_from_slice(piece.get(..length).unwrap_or_default()),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(failed(error)),
        }
        if content.len() >= LARGEST {
            let error = unreadable(format!("it is larger than {} MiB", LARGEST / 1024 / 1024));
            return Err(Error {
                too_large: true,
                ..error
            });
        }
        yield_now().await;
    }
}
