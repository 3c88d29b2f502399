//! Where a page of a list begins. Keyset paging: a page costs the same however deep it lies, and stays the same while rows
//! come in before it.

use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// At the start of the list, or beside something in it, in either direction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Cursor<T> {
    #[default]
    Start,
    After(T),
    Before(T),
}

impl<T> Cursor<T> {
    /// Whether there is a page before this one, and one behind it. `more`: whether there is another row in the direction in
    /// which this page was read.
    pub fn neighbours(&self, more: bool) -> (bool, bool) {
        match self {
            Self::Start => (false, more),
            Self::After(_) => (true, more),
            Self::Before(_) => (more, true),
        }
    }

    /// Whether the page is read from its end.
    pub fn is_backwards(&self) -> bool {
        matches!(self, Self::Before(_))
    }
}

impl<T: FromStr> Cursor<T> {
    /// From the parameters `after` and `before` of an address. What is not understood is the start.
    pub fn from_query(after: Option<&str>, before: Option<&str>) -> Self {
        let parsed = |text: Option<&str>| text.and_then(|text| text.parse().ok());
        match (parsed(after), parsed(before)) {
            (Some(place), _) => Self::After(place),
            (None, Some(place)) => Self::Before(place),
            (None, None) => Self::Start,
        }
    }
}

impl<T: ToString> Cursor<T> {
    /// The parameter of an address that says it; none for the start.
    pub fn to_query(&self) -> Option<(&'static str, String)> {
        match self {
            Self::Start => None,
            Self::After(place) => Some(("after", place.to_string())),
            Self::Before(place) => Some(("before", place.to_string())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_written_into_an_address_and_read_from_it() {
        for cursor in [Cursor::Start, Cursor::After(7), Cursor::Before(8)] {
            let pair = cursor.to_query();
            let get = |key| pair.as_ref().filter(|(k, _)| *k == key).map(|(_, v)| v.as_str());
            assert_eq!(Cursor::from_query(get("after"), get("before")), cursor);
        }
        assert_eq!(Cursor::<i32>::from_query(Some("x"), Some("")), Cursor::Start);
    }

    #[test]
    fn beside_something_there_is_always_a_page_on_the_side_that_one_came_from() {
        assert_eq!(Cursor::<i32>::Start.neighbours(true), (false, true));
        assert_eq!(Cursor::After(1).neighbours(false), (true, false));
        assert_eq!(Cursor::Before(1).neighbours(false), (false, true));
    }
}
