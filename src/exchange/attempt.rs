//! The outcome of one try: an answer that was read, or why there is none.

use chrono::TimeDelta;

use super::account_state::{AnswerClock, Permit};
use super::flow::{Flow, Progress};
use crate::error::Error;

/// What an answer means, and what it tells of its service's clock.
pub(super) type Read<T> = (Progress<T>, AnswerClock);

/// Offers a final error to the conversation. What that makes of it has no answer of its own.
pub(super) fn without_answer<T>(
    flow: &mut dyn Flow<Output = T>,
    error: Error,
) -> Result<Read<T>, Error> {
    let progress = flow.answer(Err(error))?;
    Ok((progress, AnswerClock::default()))
}

/// Why a try did not bring the conversation forward.
pub(super) enum Failed<'a> {
    /// Nothing was sent: the account was refused before, or there is no request to send.
    Unasked(Error),
    /// The run is over.
    Cut(Error),
    /// This try failed.
    Try(Error, Tried<'a>),
}

/// What is known of a try that failed.
pub(super) struct Tried<'a> {
    /// Whether it may be sent again.
    pub(super) repeat: bool,
    /// What its stamp added to the local clock.
    pub(super) offset: TimeDelta,
    /// Its leave to send.
    pub(super) leave: Permit<'a>,
}
