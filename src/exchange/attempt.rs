//! The result of one try: an outcome that was read, or why there is none.

use chrono::TimeDelta;

use super::account_state::{AnswerClock, Permit};
use super::flow::{Flow, FlowProgress};
use crate::error::Error;

/// The state of the flow, and the service's clock.
pub(super) type AttemptResult<T> = (FlowProgress<T>, AnswerClock);

/// Hands a final error to the flow.
pub(super) fn without_answer<T>(
    flow: &mut dyn Flow<Output = T>,
    error: Error,
) -> Result<AttemptResult<T>, Error> {
    let progress = flow.answer(Err(error))?;
    Ok((progress, AnswerClock::default()))
}

/// Why a try did not bring the flow forward.
pub(super) enum TryFailure<'a> {
    /// Nothing was done: the account was refused before, or there is no step.
    NotTried(Error),
    /// The run was stopped, or its deadline passed.
    Stopped(Error),
    /// The try failed.
    Try(Error, FailedTry<'a>),
}

/// What is known of a try that failed.
pub(super) struct FailedTry<'a> {
    /// May be tried again.
    pub(super) repeat: bool,
    /// What its stamp added to the local clock.
    pub(super) offset: TimeDelta,
    pub(super) permit: Permit<'a>,
}
