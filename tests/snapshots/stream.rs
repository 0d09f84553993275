//! A stream that keeps what is written.

use std::cell::RefCell;
use std::io::{self, Write};
use std::rc::Rc;

/// Its copies share what was written.
#[derive(Clone, Default)]
pub struct Stream(Rc<RefCell<Vec<u8>>>);

impl Stream {
    /// What was written since it was last asked.
    pub fn text(&self) -> String {
        String::from_utf8(self.0.take()).expect("text")
    }
}

impl Write for Stream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
