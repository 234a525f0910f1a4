//! Ctrl-C as a count: the first press cancels, the second aborts.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// How often Ctrl-C was pressed since [`presses`] was called.
#[derive(Clone)]
pub struct Presses(Arc<AtomicUsize>);

impl Presses {
    /// The number of presses.
    pub fn count(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}

/// Counts Ctrl-C from now on instead of ending the program; a third press ends it.
pub fn presses() -> Presses {
    let count = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&count);
    crate::session::on_interrupt(move || {
        if counter.fetch_add(1, Ordering::Relaxed) >= 2 {
            std::process::exit(i32::from(super::output::exit::CANCELLED));
        }
    });
    Presses(count)
}
