//! Sessions as people read them.

use crate::moment::Moment;
use serde::{Deserialize, Serialize};

/// A living session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionLine {
    pub started: Moment,
    /// Known to the minute.
    pub last_seen: Moment,
    /// The network address it began from.
    pub address: String,
    /// What the browser says of itself.
    pub user_agent: String,
}
