//! Where in the config file a question stands.

use std::rc::Rc;

/// The names that the config file gives; none for what was typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Origin {
    /// The check.
    pub check: Option<Rc<str>>,
    /// Account of the config file.
    pub account: Option<Rc<str>>,
}
