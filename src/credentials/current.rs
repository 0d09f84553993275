//! The key an account signs with now: a temporary one is replaced in a run that outlives it.

use std::cell::RefCell;
use std::rc::Rc;

use super::Credential;

/// A key that can be replaced while conversations hold it; they look at it for every try.
#[derive(Clone)]
pub struct CurrentKey(Rc<RefCell<Rc<Credential>>>);

impl CurrentKey {
    /// The key to sign with now.
    pub fn get(&self) -> Rc<Credential> {
        self.0.borrow().clone()
    }

    /// From now on this one counts, wherever the key is held.
    pub fn replace(&self, credential: Credential) {
        *self.0.borrow_mut() = Rc::new(credential);
    }
}

impl From<Credential> for CurrentKey {
    fn from(credential: Credential) -> CurrentKey {
        CurrentKey(Rc::new(RefCell::new(Rc::new(credential))))
    }
}
