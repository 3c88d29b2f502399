//! What was done, said on the page that a form leads to. A closed list: the address carries only its key, so nobody can
//! write a sentence into a link.

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notice {
    Invited,
    Resent,
    GroupsSaved,
    Cancelled,
    Deactivated,
    Reactivated,
    ThemeSaved,
    SignedOut,
    SessionEnded,
}

impl Notice {
    const ALL: [Self; 9] = [
        Self::Invited,
        Self::Resent,
        Self::GroupsSaved,
        Self::Cancelled,
        Self::Deactivated,
        Self::Reactivated,
        Self::ThemeSaved,
        Self::SignedOut,
        Self::SessionEnded,
    ];

    pub fn key(self) -> &'static str {
        match self {
            Self::Invited => "invited",
            Self::Resent => "resent",
            Self::GroupsSaved => "groups-saved",
            Self::Cancelled => "cancelled",
            Self::Deactivated => "deactivated",
            Self::Reactivated => "reactivated",
            Self::ThemeSaved => "theme-saved",
            Self::SignedOut => "signed-out",
            Self::SessionEnded => "session-ended",
        }
    }

    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|notice| notice.key() == key)
    }

    pub fn sentence(self) -> &'static str {
        match self {
            Self::Invited => "The invitation is on its way.",
            Self::Resent => "A new invitation is on its way. The old link no longer works.",
            Self::GroupsSaved => "The groups are saved. They count from acceptance.",
            Self::Cancelled => "The invitation is cancelled. Its link no longer works.",
            Self::Deactivated => "The account is deactivated. Nothing of it works any more.",
            Self::Reactivated => {
                "The account is reactivated. Its sessions stay ended: signing in works again."
            }
            Self::ThemeSaved => "The theme is saved.",
            Self::SignedOut => "You are signed out.",
            Self::SessionEnded => "Your session has ended. Sign in to go on.",
        }
    }

    /// The address of a page that says this.
    pub fn on(self, path: &str) -> String {
        let joint = if path.contains('?') { '&' } else { '?' };
        format!("{path}{joint}notice={}", self.key())
    }
}
