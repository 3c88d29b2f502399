//! What stands around pages. No page and no data of its own: it shows what it is given.

pub mod door;
pub mod frame;
pub mod wordmark;
