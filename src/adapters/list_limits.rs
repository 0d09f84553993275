//! The limits of a list: a service that makes up certificates must not exhaust the memory.

use super::listing::{ListBatch, incomplete};
use crate::error::Error;
use crate::exchange::{EffectResult, Flow, FlowProgress, Request, Stamp, Step};
use crate::model::Facts;

/// Certificates of one list.
pub const MOST_CERTIFICATES: usize = 200_000;

/// Bytes of memory that they may take.
const MOST_BYTES: usize = 256 * 1024 * 1024;

/// A list that ends as incomplete where it passes the limits.
pub struct Limited<F> {
    flow: F,
    certificates: usize,
    bytes: usize,
}

impl<F: Flow<Output = ListBatch>> Limited<F> {
    /// From the beginning of that list.
    pub fn new(flow: F) -> Limited<F> {
        Limited {
            flow,
            certificates: 0,
            bytes: 0,
        }
    }

    /// Cuts what passes a limit, and names the limit.
    fn cut(&mut self, listed: &mut ListBatch) -> Option<String> {
        let left = MOST_CERTIFICATES - self.certificates;
        let came = listed.certificates.len() + listed.ids.len();
        if came > left {
            listed.certificates.truncate(left);
            listed.ids.truncate(left - listed.certificates.len());
            return Some(format!("it has more than {MOST_CERTIFICATES} certificates"));
        }
        self.certificates += came;
        for (place, facts) in listed.certificates.iter_mut().enumerate() {
            self.bytes = self.bytes.saturating_add(weight(facts));
            if self.bytes > MOST_BYTES {
                listed.certificates.truncate(place);
                let most = MOST_BYTES / 1024 / 1024;
                return Some(format!("what it tells takes more than {most} MiB"));
            }
        }
        None
    }
}

fn weight(facts: &mut Facts) -> usize {
    let texts: usize = facts.texts_mut().map(|text| text.len()).sum();
    size_of::<Facts>() + texts
}

/// A list that is too long to be read to its end.
fn too_long(why: &str) -> Error {
    incomplete(why).with_hint("ask for the certificates by their ids")
}

impl<F: Flow<Output = ListBatch>> Flow for Limited<F> {
    type Output = ListBatch;

    fn step(&self, stamp: Stamp) -> Result<Step, Error> {
        self.flow.step(stamp)
    }

    fn answer(
        &mut self,
        answer: Result<EffectResult, Error>,
    ) -> Result<FlowProgress<ListBatch>, Error> {
        let (mut listed, done) = match self.flow.answer(answer)? {
            FlowProgress::More => return Ok(FlowProgress::More),
            FlowProgress::Part(listed) => (listed, false),
            FlowProgress::Done(listed) => (listed, true),
        };
        if let Some(why) = self.cut(&mut listed) {
            listed.missing = Some(too_long(&why));
            return Ok(FlowProgress::Done(listed));
        }
        Ok(if done {
            FlowProgress::Done(listed)
        } else {
            FlowProgress::Part(listed)
        })
    }

    fn cleanup(&self, stamp: Stamp) -> Option<Request> {
        self.flow.cleanup(stamp)
    }
}
