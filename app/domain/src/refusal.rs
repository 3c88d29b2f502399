//! What the console says no to although the request is well formed and allowed: each reason with its sentence,
//! the same in the page, the mail and the API.

use serde::{Deserialize, Serialize};

/// A reason to say no. Its name is part of the wire format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Refusal {
    /// One answer for an unknown address, a wrong password and an account that may not sign in.
    WrongCredentials,
    LastAdministrator,
    AlreadyMember,
    AlreadyInvited,
    MemberIsDeactivated,
    AddressTaken,
    NotInvited,
    NotActive,
    NotDeactivated,
    /// What was to be undone is not the last change any more.
    ChangedSince,
    /// A policy or a group: somebody else saved it after the form was opened.
    EditedMeanwhile,
    NameTaken,
    TooManyPolicies,
    /// Of a default policy only the people and groups can be changed.
    DefaultPolicy,
    /// A built-in group is neither renamed nor deleted.
    BuiltInGroup,
    /// Saved only after a second yes: somebody becomes an IAM Admin, or whoever saves stops being one.
    WantsConfirmation,
    /// Policies name the group: deleting it wants a second yes.
    GroupInUse,
    InvitationExpired,
    InvitationUsed,
    InvitationCancelled,
    InvitationReplaced,
    OrganizationGone,
    SetUpLinkWrong,
    /// Unknown, used, too old, or a newer one was made: strangers learn no more.
    LinkDead,
    /// A link for a first password, asked for by somebody who has one.
    HasPassword,
    /// A sign-in that waited for its code: too long, too many wrong codes, ended meanwhile, or never begun.
    SignInOver,
    /// An authenticator that was to be set up: not in time, or begun anew.
    EnrolmentOver,
    TooManyAuthenticators,
    /// Of access tokens of one person.
    TooManyTokens,
    TooManyServices,
    /// Of SCIM.
    TooManyScimTokens,
    /// The switches of SCIM.
    ScimUsersOff,
    ScimGroupsOff,
    /// The address is what a person is known by, and may reset a password.
    ScimAddressStays,
    /// Somebody new who is not active would be nobody.
    ScimNewIsActive,
    /// Deactivated by an administrator, not by SCIM.
    DeactivatedByHand,
    /// It can be switched off, which takes it with all recovery codes.
    LastAuthenticator,
    /// The organization asks for two-factor authentication.
    TwoFactorAskedFor,
    /// An organization that asks for it keeps an IAM Admin who has it.
    LastEnrolledAdministrator,
    /// One's own is switched off in the settings.
    OwnTwoFactor,
    /// The last proof of who somebody is, is too old, and there is no form that asks for another.
    SignInLiesBack,
    /// Nothing would be left to sign in with.
    LastMethod,
    /// A link of a sign-in method that the organization manages.
    NotYoursToUnlink,
    /// What a provider vouches for, and was to be linked or to join: too long ago, or used.
    IdentityOver,
    /// An invitation that was pasted, of another address than the provider vouches for.
    OtherAddressInvited,
    /// The organization lets in by single sign-on alone.
    SsoRequired,
    /// It is required after a passed test of what is deployed.
    SsoNotTested,
    /// A link or a deployment of a configuration that is not there, or not any more.
    NoSsoConfiguration,
    /// It can't be switched off or replaced by something untested while it is the only way in.
    SsoIsRequired,
    /// Somebody is named as the one whom single sign-on does not bind.
    BreakGlass,
    /// The one to be named can't be: no active IAM Admin with a password.
    NoBreakGlass,
    /// Of a list of invitations, no line can be sent.
    NothingToSend,
    /// Of a list of invitations, no line has failed.
    NothingFailed,
    /// A list of invitations that is to be forgotten, and is being sent.
    ListStarted,
}

impl Refusal {
    #[expect(
        clippy::too_many_lines,
        reason = "a sentence for each reason, and nothing else"
    )]
    pub fn sentence(self) -> &'static str {
        match self {
            Self::WrongCredentials => "This doesn't match an account that can sign in.",
            Self::LastAdministrator => {
                "This would take the organization's last active IAM Admin. Make somebody else an IAM Admin first, without an end."
            }
            Self::AlreadyMember => "This person is already a member of your organization.",
            Self::AlreadyInvited => "This person is already invited. You can resend the invitation.",
            Self::MemberIsDeactivated => "This person's account is deactivated. You can reactivate it.",
            Self::AddressTaken => "This address can't be invited: it already belongs to an account.",
            Self::NotInvited => "This person has no pending invitation any more.",
            Self::NotActive => "This account is not active. An invitation is taken back instead.",
            Self::NotDeactivated => "This account is not deactivated.",
            Self::ChangedSince => {
                "Somebody has changed this account since. Nothing was undone: look at it before you decide."
            }
            Self::EditedMeanwhile => {
                "Somebody else has changed this since you opened it. Nothing was saved: look at both before you decide."
            }
            Self::TooManyPolicies => {
                "Your organization has as many policies as it can have. Delete one, or give one of them another rule."
            }
            Self::NameTaken => "This name is taken. Choose another one.",
            Self::DefaultPolicy => {
                "This is a default policy: only its users and groups can be changed, and it can't be deleted."
            }
            Self::BuiltInGroup => "This is a built-in group: it can be neither renamed nor deleted.",
            Self::WantsConfirmation => "Look at what changes, and confirm it.",
            Self::GroupInUse => "Policies name this group. Look at what they give before you delete it.",
            Self::InvitationExpired => "This invitation has expired.",
            Self::InvitationUsed => "This invitation has already been used.",
            Self::InvitationCancelled => "This invitation was cancelled.",
            Self::InvitationReplaced => "A newer invitation was sent. Use the link in the latest mail.",
            Self::OrganizationGone => "The organization of this invitation no longer exists.",
            Self::SetUpLinkWrong => "This set-up link doesn't work. Use the newest one from the server.",
            Self::LinkDead => "This link doesn't work any more.",
            Self::SignInOver => "This sign-in waited too long, or had too many wrong codes. Sign in again.",
            Self::EnrolmentOver => {
                "This was not finished in time, or was begun anew. Begin again: nothing was changed."
            }
            Self::TooManyTokens => {
                "You have a hundred access tokens. Delete one that you don't need before you create another."
            }
            Self::TooManyServices => {
                "Your organization has a hundred services. Delete one before you add another."
            }
            Self::TooManyScimTokens => {
                "Your organization has twenty tokens for SCIM. Delete one before you add another."
            }
            Self::ScimUsersOff => {
                "This organization takes no people by SCIM at the moment. An IAM Admin switches it on under Single sign-on, Provisioning."
            }
            Self::ScimGroupsOff => {
                "This organization takes no groups by SCIM at the moment. An IAM Admin switches it on under Single sign-on, Provisioning."
            }
            Self::ScimAddressStays => {
                "The address of a person does not change. Add the person under the new one."
            }
            Self::ScimNewIsActive => "Only an active person can be added.",
            Self::DeactivatedByHand => {
                "An administrator has deactivated this person in the console. Reactivate them there."
            }
            Self::TooManyAuthenticators => "You have ten authenticators. Remove one before you add another.",
            Self::LastAuthenticator => {
                "This is your only authenticator. Switch two-factor authentication off instead."
            }
            Self::TwoFactorAskedFor => {
                "Your organization asks everybody for two-factor authentication, so you can't switch it off. To change devices, add the new one and remove the old one."
            }
            Self::LastEnrolledAdministrator => {
                "Your organization asks for two-factor authentication, and this would leave it without an IAM Admin who has it. Let another IAM Admin set it up first."
            }
            Self::SignInLiesBack => {
                "You signed in a while ago. Sign out and in again before you copy a link that makes somebody an IAM Admin."
            }
            Self::OwnTwoFactor => "You can switch your own two-factor authentication off in your settings.",
            Self::LastMethod => {
                "This is your only way to sign in. Choose a password or link another account first."
            }
            Self::NotYoursToUnlink => "Single sign-on is managed by your organization.",
            Self::IdentityOver => "This took too long, or was already finished. Sign in again.",
            Self::OtherAddressInvited => {
                "This invitation is for another e-mail address than the one that you signed in with. It is unused."
            }
            Self::SsoRequired => "This organization lets people in by single sign-on only. Sign in with SSO.",
            Self::SsoNotTested => {
                "Only a configuration whose test sign-in passed can be required of everybody. Test the deployed one first."
            }
            Self::NoSsoConfiguration => {
                "This configuration was changed or removed since the page was opened. Look at it before you go on."
            }
            Self::SsoIsRequired => {
                "Single sign-on is the only way in at the moment. Stop requiring it first."
            }
            Self::BreakGlass => {
                "This person is named as the one administrator who can sign in without SSO. Name another one under Single sign-on, or stop requiring it, first."
            }
            Self::NoBreakGlass => "Choose an active IAM Admin who has a password and whose role has no end.",
            Self::NothingToSend => "Nothing in this list can be sent.",
            Self::NothingFailed => "Nothing in this list has failed.",
            Self::ListStarted => "Somebody said yes to this list. It stays, as the record of what was sent.",
            Self::HasPassword => "You have a password. You can change it.",
        }
    }
}
