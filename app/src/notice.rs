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
    GroupCreated,
    GroupRenamed,
    GroupDeleted,
    MembersAdded,
    MembersRemoved,
    PolicySaved,
    PolicyDeleted,
}

impl Notice {
    const ALL: [Self; 16] = [
        Self::Invited,
        Self::Resent,
        Self::GroupsSaved,
        Self::Cancelled,
        Self::Deactivated,
        Self::Reactivated,
        Self::ThemeSaved,
        Self::SignedOut,
        Self::SessionEnded,
        Self::GroupCreated,
        Self::GroupRenamed,
        Self::GroupDeleted,
        Self::MembersAdded,
        Self::MembersRemoved,
        Self::PolicySaved,
        Self::PolicyDeleted,
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
            Self::GroupCreated => "group-created",
            Self::GroupRenamed => "group-renamed",
            Self::GroupDeleted => "group-deleted",
            Self::MembersAdded => "members-added",
            Self::MembersRemoved => "members-removed",
            Self::PolicySaved => "policy-saved",
            Self::PolicyDeleted => "policy-deleted",
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
            Self::GroupCreated => "The group is there. Add its first members.",
            Self::GroupRenamed => "The group is saved.",
            Self::GroupDeleted => "The group is deleted. Its members have lost what it gave them.",
            Self::MembersAdded => "They are members now. What they gained works at their next click.",
            Self::MembersRemoved => "They are no longer members. What they lost has stopped.",
            Self::PolicySaved => "The policy is saved and in force.",
            Self::PolicyDeleted => "The policy is deleted. What it gave has stopped.",
        }
    }

    /// The address of a page that says this.
    pub fn on(self, path: &str) -> String {
        let joint = if path.contains('?') { '&' } else { '?' };
        format!("{path}{joint}notice={}", self.key())
    }
}
