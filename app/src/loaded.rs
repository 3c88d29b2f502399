//! What a page shows, as the server loaded it. Each page is a document of its own, so its data is loaded once, on the
//! server, and travels inside the page; the browser never asks for it again. Whatever its type, it travels as one: else the
//! program in the browser would have the reactive machinery, and what reads JSON, once for each page.

use crate::{
    error::{AppError, Result},
    travel::{self, Arriving},
};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::DeserializeOwned};
use serde_json::value::RawValue;
use std::{any::Any, marker::PhantomData, sync::Arc};

/// The id of the element of a page that the browser takes over; all else is the document around it.
pub(crate) const PAGE: &str = "page";

/// Data of a page, whatever its type.
#[derive(Clone, Debug)]
pub struct Loaded {
    pub(crate) json: Arc<RawValue>,
    /// On the server the value itself, so that nothing is read that was just written.
    pub(crate) value: Option<Arc<dyn Any + Send + Sync>>,
}

impl Loaded {
    /// # Errors
    /// [`AppError::Unavailable`] if it was loaded as another type.
    pub fn read<T: DeserializeOwned + Clone + 'static>(&self) -> Result<T> {
        match &self.value {
            Some(value) => value.downcast_ref::<T>().cloned(),
            None => serde_json::from_str(self.json.get()).ok(),
        }
        .ok_or(AppError::Unavailable)
    }
}

impl Serialize for Loaded {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.json.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Loaded {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let json = Box::<RawValue>::deserialize(deserializer)?;
        Ok(Self {
            json: json.into(),
            value: None,
        })
    }
}

/// Data on its way into a page.
pub struct Loading<T> {
    pub(crate) loaded: Arriving,
    of: PhantomData<fn() -> T>,
}

impl<T> Clone for Loading<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Loading<T> {}

/// Loads what a page shows, by what its address asks for.
pub fn load<S, T, F>(asked: impl Fn() -> S, find: impl Fn(S) -> F + Send + Sync + 'static) -> Loading<T>
where
    S: Clone + Send + Sync + 'static,
    T: Serialize + Send + Sync + 'static,
    F: Future<Output = Result<T>> + Send + 'static,
{
    Loading {
        loaded: travel::load(asked, find),
        of: PhantomData,
    }
}
