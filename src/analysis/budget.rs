//! How long an analysis may think: a number of steps, and a question to whoever asked for it.
//!
//! No clock is read here. Whoever has one gives a `stop`, which is asked now and then.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Shared by all parts of an analysis. A step is a few dozen operations.
#[derive(Clone)]
pub struct Budget {
    left: Arc<AtomicU64>,
    stop: Arc<dyn Fn() -> bool + Send + Sync>,
}

/// Steps between two questions whether to stop.
const ASK: u64 = 1 << 12;

impl Budget {
    /// So many steps.
    pub fn steps(steps: u64) -> Budget {
        Budget { left: Arc::new(AtomicU64::new(steps)), stop: Arc::new(|| false) }
    }

    /// Until `stop` says so. Once it did, it is not asked again.
    pub fn until(stop: impl Fn() -> bool + Send + Sync + 'static) -> Budget {
        Budget { left: Arc::new(AtomicU64::new(u64::MAX >> 1)), stop: Arc::new(stop) }
    }

    /// A part of this budget of at most so many steps, so that one hard question does not use up all. What it spends is spent here
    /// too.
    pub fn at_most(&self, steps: u64) -> Budget {
        let whole = self.clone();
        let mine = Arc::new(AtomicU64::new(steps.min(self.left())));
        Budget { left: mine, stop: Arc::new(move || !whole.spend(ASK)) }
    }

    pub fn left(&self) -> u64 {
        self.left.load(Ordering::Relaxed)
    }

    pub fn is_spent(&self) -> bool {
        self.left() == 0
    }

    /// Takes some steps; false where there are none left.
    pub fn spend(&self, steps: u64) -> bool {
        let before = self.left.load(Ordering::Relaxed);
        let after = before.saturating_sub(steps);
        // Where the number passes a multiple of the interval, it is time to ask.
        let ask = before / ASK != after / ASK;
        let after = if ask && (self.stop)() { 0 } else { after };
        self.left.store(after, Ordering::Relaxed);
        after > 0
    }
}

impl fmt::Debug for Budget {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.debug_struct("Budget").field("left", &self.left()).finish()
    }
}
