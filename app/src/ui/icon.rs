//! A drawing beside words; it says nothing of its own to a screen reader.

use leptos::{prelude::*, tachys::html::InertElement};

macro_rules! drawing {
    ($path:literal) => {
        concat!(
            r#"<svg class="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true"><path d=""#,
            $path,
            r#""></path></svg>"#
        )
    };
    (bold $path:literal) => {
        concat!(
            r#"<svg class="icon" data-bold viewBox="0 0 16 16" width="16" height="16" aria-hidden="true"><path d=""#,
            $path,
            r#""></path></svg>"#
        )
    };
}

/// A drawing of 16 by 16, in strokes of the colour of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IconKind {
    Ascending,
    Bars,
    Block,
    Branch,
    Clock,
    Close,
    Copy,
    Descending,
    Dots,
    Down,
    Download,
    Edit,
    External,
    Eye,
    EyeOff,
    Gear,
    Google,
    Home,
    Info,
    Key,
    Link,
    Lock,
    Log,
    Mail,
    Monitor,
    Moon,
    Next,
    Ok,
    Person,
    Plus,
    Previous,
    Refresh,
    Search,
    Server,
    Shield,
    SignOut,
    Sun,
    Terminal,
    Trash,
    Users,
    Warning,
}

impl IconKind {
    pub const ALL: [Self; 41] = [
        Self::Ascending,
        Self::Bars,
        Self::Block,
        Self::Branch,
        Self::Clock,
        Self::Close,
        Self::Copy,
        Self::Descending,
        Self::Dots,
        Self::Down,
        Self::Download,
        Self::Edit,
        Self::External,
        Self::Eye,
        Self::EyeOff,
        Self::Gear,
        Self::Google,
        Self::Home,
        Self::Info,
        Self::Key,
        Self::Link,
        Self::Lock,
        Self::Log,
        Self::Mail,
        Self::Monitor,
        Self::Moon,
        Self::Next,
        Self::Ok,
        Self::Person,
        Self::Plus,
        Self::Previous,
        Self::Refresh,
        Self::Search,
        Self::Server,
        Self::Shield,
        Self::SignOut,
        Self::Sun,
        Self::Terminal,
        Self::Trash,
        Self::Users,
        Self::Warning,
    ];

    fn svg(self) -> &'static str {
        match self {
            Self::Ascending => drawing!("M8 13V3M4.5 6.5 8 3l3.5 3.5"),
            Self::Bars => drawing!("M2 4h12M2 8h12M2 12h12"),
            Self::Block => drawing!("M8 14.5a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM3.5 3.5l9 9"),
            Self::Branch => drawing!(
                "M4.5 5.5v5M4.5 5.5a1.75 1.75 0 1 0 0-3.5 1.75 1.75 0 0 0 0 3.5zM4.5 14a1.75 1.75 0 1 0 0-3.5 1.75 1.75 0 0 0 0 3.5zM11.5 5.5a1.75 1.75 0 1 0 0-3.5 1.75 1.75 0 0 0 0 3.5zM11.5 5.5c0 2.5-1.5 3-3.5 3.3S4.9 9.5 4.5 10.5"
            ),
            Self::Clock => drawing!("M8 14.5a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM8 4.5V8l2.5 1.5"),
            Self::Close => drawing!("M4 4l8 8M12 4l-8 8"),
            Self::Copy => drawing!(
                "M7 5.5h5A1.5 1.5 0 0 1 13.5 7v5a1.5 1.5 0 0 1-1.5 1.5H7A1.5 1.5 0 0 1 5.5 12V7A1.5 1.5 0 0 1 7 5.5zM10.5 2.5h-6a2 2 0 0 0-2 2v6"
            ),
            Self::Descending => drawing!("M8 3v10M4.5 9.5 8 13l3.5-3.5"),
            Self::Dots => drawing!(bold "M8 3v.01M8 8v.01M8 13v.01"),
            Self::Down => drawing!("M4 6l4 4 4-4"),
            Self::Download => drawing!("M8 2.5v7.5M4.5 6.5 8 10l3.5-3.5M2.5 13.5h11"),
            Self::Edit => drawing!("M10.8 2.7l2.5 2.5L5.5 13H3v-2.5z"),
            Self::External => drawing!(
                "M9.5 2.5h4v4M13.5 2.5 8 8M12 9.5v3a1 1 0 0 1-1 1H3.5a1 1 0 0 1-1-1V5a1 1 0 0 1 1-1h3"
            ),
            Self::Eye => drawing!(
                "M1.5 8S4 3.5 8 3.5 14.5 8 14.5 8 12 12.5 8 12.5 1.5 8 1.5 8zM8 10a2 2 0 1 0 0-4 2 2 0 0 0 0 4z"
            ),
            Self::EyeOff => {
                drawing!("M1.5 8S4 3.5 8 3.5 14.5 8 14.5 8 12 12.5 8 12.5 1.5 8 1.5 8zM2.5 13.5l11-11")
            }
            Self::Gear => drawing!(
                "M2 4.5h6M12 4.5h2M2 11.5h2M8 11.5h6M10 6.5a2 2 0 1 0 0-4 2 2 0 0 0 0 4zM6 13.5a2 2 0 1 0 0-4 2 2 0 0 0 0 4z"
            ),
            Self::Google => drawing!("M12.3 4.2A5.5 5.5 0 1 0 13.5 8H8.5"),
            Self::Home => drawing!("M2 7.2 8 2.3l6 4.9V13a1 1 0 0 1-1 1h-3v-4H6v4H3a1 1 0 0 1-1-1z"),
            Self::Info => drawing!("M8 14.5a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM8 7.5V11M8 5v.01"),
            Self::Key => drawing!("M5 14a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM7.2 8.8l6.3-6.3M11 5l2 2"),
            Self::Link => drawing!(
                "M6.5 9.5 9.5 6.5M7 4.5l1.8-1.8a3 3 0 0 1 4.5 4.2l-1.8 1.8M9 11.5l-1.8 1.8a3 3 0 0 1-4.4-4.2l1.7-1.8"
            ),
            Self::Lock => drawing!(
                "M4 7h8a1 1 0 0 1 1 1v5a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1V8a1 1 0 0 1 1-1zM5 7V5a3 3 0 0 1 6 0v2"
            ),
            Self::Log => drawing!("M3 3.5h10M3 8h10M3 12.5h6"),
            Self::Mail => drawing!(
                "M3 3.5h10A1.5 1.5 0 0 1 14.5 5v6a1.5 1.5 0 0 1-1.5 1.5H3A1.5 1.5 0 0 1 1.5 11V5A1.5 1.5 0 0 1 3 3.5zM2 4.5 8 9l6-4.5"
            ),
            Self::Monitor => drawing!(
                "M2.5 3h11a1 1 0 0 1 1 1v6.5a1 1 0 0 1-1 1h-11a1 1 0 0 1-1-1V4a1 1 0 0 1 1-1zM5.5 14h5M8 11.5V14"
            ),
            Self::Moon => drawing!("M13.5 9.6A5.8 5.8 0 0 1 6.4 2.5a5.8 5.8 0 1 0 7.1 7.1z"),
            Self::Next => drawing!("M6 4l4 4-4 4"),
            Self::Ok => drawing!("M8 14.5a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM5 8.2l2 2 4-4.4"),
            Self::Person => drawing!(
                "M8 7.5A2.75 2.75 0 1 0 8 2a2.75 2.75 0 0 0 0 5.5zM3 14c.4-2.8 2.4-4.2 5-4.2s4.6 1.4 5 4.2"
            ),
            Self::Plus => drawing!("M8 3v10M3 8h10"),
            Self::Previous => drawing!("M10 4 6 8l4 4"),
            Self::Refresh => drawing!("M13.5 8a5.5 5.5 0 1 1-1.6-3.9l1.6 1.6M13.5 2.5v3.2h-3.2"),
            Self::Search => drawing!("M7 11.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9zM10.5 10.5 14 14"),
            Self::Server => drawing!(
                "M3.5 2.5h9a1 1 0 0 1 1 1v3a1 1 0 0 1-1 1h-9a1 1 0 0 1-1-1v-3a1 1 0 0 1 1-1zM3.5 8.5h9a1 1 0 0 1 1 1v3a1 1 0 0 1-1 1h-9a1 1 0 0 1-1-1v-3a1 1 0 0 1 1-1zM5 5v.01M5 11v.01"
            ),
            Self::Shield => drawing!(
                "M8 1.5l5.5 2.1v4c0 3.3-2.2 5.7-5.5 6.9-3.3-1.2-5.5-3.6-5.5-6.9v-4zM5.8 7.9l1.6 1.6 2.9-3.1"
            ),
            Self::SignOut => drawing!("M6.5 14h-3a1 1 0 0 1-1-1V3a1 1 0 0 1 1-1h3M10.5 11l3-3-3-3M13.5 8h-7"),
            Self::Sun => drawing!(
                "M8 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM8 1.2v1.3M8 13.5v1.3M1.2 8h1.3M13.5 8h1.3M3.2 3.2l.9.9M11.9 11.9l.9.9M3.2 12.8l.9-.9M11.9 4.1l.9-.9"
            ),
            Self::Terminal => drawing!(
                "M3 2.5h10a1 1 0 0 1 1 1v9a1 1 0 0 1-1 1H3a1 1 0 0 1-1-1v-9a1 1 0 0 1 1-1zM4.5 5.5 7 8l-2.5 2.5M8.5 10.5h3"
            ),
            Self::Trash => drawing!(
                "M2.5 4.5h11M6 4.5V3a1 1 0 0 1 1-1h2a1 1 0 0 1 1 1v1.5M4 4.5l.6 8.5a1 1 0 0 0 1 1h4.8a1 1 0 0 0 1-1l.6-8.5"
            ),
            Self::Users => drawing!(
                "M6 7.6a2.6 2.6 0 1 0 0-5.2 2.6 2.6 0 0 0 0 5.2zM1.5 13.5c.4-2.6 2.2-4 4.5-4s4.1 1.4 4.5 4M10.5 2.7a2.6 2.6 0 0 1 0 4.7M12 9.8c1.4.5 2.3 1.8 2.6 3.7"
            ),
            Self::Warning => drawing!("M8 2l6.5 11.5h-13zM8 6.5v3M8 11.6v.01"),
        }
    }
}

/// A drawing beside words; it says nothing of its own to a screen reader.
#[component]
pub fn Icon(kind: IconKind) -> impl IntoView {
    // As one piece: a table has hundreds of them, and nothing in them changes.
    InertElement::new(kind.svg())
}
