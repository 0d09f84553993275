//! Where a key comes from when a service has to be asked for it.

use crate::credentials::Temporary;
use crate::exchange::{Endpoint, Flow};

/// A service that hands out a temporary key.
pub struct Remote {
    /// Where it is.
    pub endpoint: Endpoint,
    /// What is asked of it, for messages: `AssumeRole of acs:ram::…`.
    pub what: String,
    /// The conversation; held once more, it brings a new key.
    pub flow: Box<dyn Flow<Output = Temporary>>,
}
