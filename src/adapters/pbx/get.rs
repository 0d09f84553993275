//! One certificate after the other, by id: `certificate/get`.

use std::collections::VecDeque;

use super::expiration::BoxClock;
use super::read;
use super::session::Query;
use crate::adapters::Answer;
use crate::error::Error;
use crate::exchange::FlowProgress;
use crate::json::Object;
use crate::model::Facts;

/// The ids that have not been requested yet.
pub struct GetQuery(VecDeque<String>);

impl GetQuery {
    pub fn new(ids: &[String]) -> GetQuery {
        GetQuery(ids.iter().cloned().collect())
    }

    fn told(&mut self, result: Result<Vec<Facts>, Error>) -> FlowProgress<Answer> {
        let id = self.0.pop_front().unwrap_or_default();
        let answer = Answer { id, result };
        if self.0.is_empty() {
            FlowProgress::Done(answer)
        } else {
            FlowProgress::Part(answer)
        }
    }
}

impl Query for GetQuery {
    type Output = Answer;

    fn call(&self) -> (&'static str, Vec<(&'static str, String)>) {
        let id = self.0.front().map(|id| ("id", id.clone()));
        ("certificate/get", id.into_iter().collect())
    }

    fn check(&self, answer: &Object) -> Result<(), Error> {
        read::record(answer).map(|_| ())
    }

    fn wants_clock(&self, answer: &Object, clock: &BoxClock) -> bool {
        read::record(answer).is_ok_and(|record| read::wants_clock(record, clock))
    }

    fn read(&mut self, answer: &Object, clock: &BoxClock) -> FlowProgress<Answer> {
        let asked = self.0.front().map(String::as_str);
        let result =
            read::record(answer).map(|record| vec![read::certificate(record, asked, clock)]);
        self.told(result)
    }

    fn failed(&mut self, error: Error) -> Result<FlowProgress<Answer>, Error> {
        Ok(self.told(Err(error)))
    }
}
