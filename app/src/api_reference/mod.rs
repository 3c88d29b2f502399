//! What programs can ask, to be read: `/help/api`. The host makes it from the description of what answers, so that the page
//! and the answers can't differ.

pub mod api;
pub mod reference_page;

use serde::{Deserialize, Serialize};

/// All questions.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reference {
    /// The console's own, without a slash at the end.
    pub address: String,
    pub sections: Vec<Section>,
}

/// Those about one kind of thing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Section {
    pub name: String,
    pub questions: Vec<Question>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// What it is called in links to it.
    pub id: String,
    pub method: String,
    pub path: String,
    pub summary: String,
    /// What it is asked by, in words.
    pub credential: String,
    /// In the path, behind `?`, or in the header.
    pub parameters: Vec<Member>,
    pub body: Vec<Member>,
    /// The first is that of success.
    pub answers: Vec<Answer>,
}

/// A value by its name; of something within something else the whole way to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    pub name: String,
    pub kind: String,
    pub required: bool,
    pub text: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    pub status: String,
    pub text: String,
    /// Of errors none: all have the same.
    pub members: Vec<Member>,
}
