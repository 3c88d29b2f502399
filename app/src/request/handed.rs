//! What the host hands to the pages with every request.

use crate::api_reference::Reference;
use std::sync::Arc;

/// What programs can ask, made from what answers them.
#[derive(Clone)]
pub struct Handed(pub Arc<Reference>);
