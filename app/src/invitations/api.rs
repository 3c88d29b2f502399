//! The server functions of invitations.

use crate::error::Result;
use domain::{
    ids::{GroupId, UserId},
    invitations::InvitationView,
};
use leptos::prelude::*;

#[server(endpoint = "invitations/invite")]
pub async fn invite(
    email: String,
    #[server(default)] groups: Vec<GroupId>,
    #[server(default)] current_password: Option<String>,
) -> Result<()> {
    use crate::{notice::Notice, request};
    let (backend, caller) = request::signed_in_proving(current_password).await?;
    request::answer(backend.invite(&caller, &email, &groups).await)?;
    request::return_with(Notice::Invited);
    Ok(())
}

#[server(endpoint = "invitations/resend")]
pub async fn resend_invitation(user: UserId) -> Result<()> {
    use crate::{notice::Notice, request};
    let (backend, caller) = request::signed_in()?;
    request::answer(backend.resend_invitation(&caller, user).await)?;
    request::return_with(Notice::Resent);
    Ok(())
}

/// The offer in the dialog when somebody is invited already.
#[server(endpoint = "invitations/resend_to")]
pub async fn resend_to(email: String) -> Result<()> {
    use crate::{notice::Notice, request};
    let (backend, caller) = request::signed_in()?;
    let user = request::answer(backend.find_user_by_email(&caller, &email).await)?;
    request::answer(backend.resend_invitation(&caller, user).await)?;
    request::return_with(Notice::Resent);
    Ok(())
}

/// Makes a fresh link. It travels to the page that shows it in the flash: an address would be kept in histories.
#[server(endpoint = "invitations/copy_link")]
pub async fn copy_invitation_link(user: UserId) -> Result<()> {
    use crate::{
        request::{self, Flash},
        routes,
    };
    let (backend, caller) = request::signed_in()?;
    let link = request::answer(backend.copy_invitation_link(&caller, user).await)?;
    request::leave_flash(&Flash {
        page: routes::USERS.into(),
        action: "/api/invitations/copy_link".into(),
        error: None,
        values: vec![("link".into(), link.expose().clone())],
    })?;
    request::redirect_to(&routes::user_dialog(
        &domain::users::UserQuery::default(),
        "link",
        user,
    ));
    Ok(())
}

#[server(endpoint = "invitations/edit_groups")]
pub async fn edit_invited_groups(
    user: UserId,
    #[server(default)] groups: Vec<GroupId>,
    #[server(default)] current_password: Option<String>,
) -> Result<()> {
    use crate::{notice::Notice, request};
    let (backend, caller) = request::signed_in_proving(current_password).await?;
    request::answer(backend.edit_invited_groups(&caller, user, &groups).await)?;
    request::return_with(Notice::GroupsSaved);
    Ok(())
}

#[server(endpoint = "invitations/cancel")]
pub async fn cancel_invitation(user: UserId) -> Result<()> {
    use crate::{notice::Notice, request};
    let (backend, caller) = request::signed_in()?;
    request::answer(backend.cancel_invitation(&caller, user).await)?;
    request::return_with(Notice::Cancelled);
    Ok(())
}

/// What the page behind a link shows. Changes nothing: mail scanners open links.
#[server(endpoint = "invitations/look")]
pub async fn look_at_invitation(token: String) -> Result<InvitationView> {
    use crate::request;
    use backend::secret::Token;
    let request::Visitor { backend, client, .. } = request::visitor()?;
    let view = request::answer(
        backend
            .look_at_invitation(&client, &Token::presented(&token))
            .await,
    )?;
    if view.closed.is_some() {
        request::set_gone();
    }
    Ok(view)
}

/// Mails a fresh link to the invited address. The page of the old one then says that a newer one is on its way.
#[server(endpoint = "invitations/ask_again")]
pub async fn ask_for_fresh_link(token: String) -> Result<()> {
    use crate::{request, routes};
    use backend::secret::Token;
    let request::Visitor { backend, client, .. } = request::visitor()?;
    let link = Token::presented(&token);
    request::answer(backend.ask_for_fresh_link(&client, &link).await)?;
    request::redirect_to(&routes::invitation(&token));
    Ok(())
}

#[server(endpoint = "invitations/accept")]
pub async fn accept_invitation(
    token: String,
    first_name: String,
    last_name: String,
    password: String,
) -> Result<()> {
    use crate::{request, routes};
    use backend::{
        invitations::Acceptance,
        secret::{Secret, Token},
    };
    let visitor = request::visitor()?;
    let typed = Acceptance {
        first_name,
        last_name,
        password: Secret::new(password),
    };
    let accepted = visitor
        .backend
        .accept_invitation(&visitor.client, &Token::presented(&token), typed)
        .await;
    let session = request::answer(accepted)?;
    request::end_replaced_session(&visitor).await;
    request::leave_challenge(&visitor).await;
    request::begin_session(&session)?;
    request::redirect_to(routes::HOME);
    Ok(())
}
