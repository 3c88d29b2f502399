//! The server functions of access policies. The editor is a form that is kept as a draft with every step, so that it
//! works without scripts and loses nothing.
#![expect(
    clippy::too_many_arguments,
    reason = "each is a field of the editor's form, which posts them flat"
)]

use crate::error::Result;
use domain::{
    access::{
        Preview, RoleEntry,
        policy::{NameQuery, PolicyDraft, PolicyPage, PolicyView, RuleChoices, RuleDraft, Version},
    },
    ids::{DraftId, PolicyId},
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// All that the list shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policies {
    pub page: PolicyPage,
    /// The policy that a dialog asks to delete, with what that would change, or why it can't be done.
    pub chosen: Option<(PolicyView, Result<Preview>)>,
}

/// All that the editor shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Editor {
    /// The policy as it is now; `None`: a new one.
    pub policy: Option<PolicyView>,
    /// The version that the draft was begun with. Another one than the policy's: somebody has saved it meanwhile.
    pub version: Version,
    pub draft: Option<DraftId>,
    pub typed: PolicyDraft,
    /// For each rule, what is chosen and what can be.
    pub choices: Vec<RuleChoices>,
    pub roles: Vec<RoleEntry>,
    /// What saving it would change, or why it can't be saved; asked for by `judge`.
    pub preview: Option<Result<Preview>>,
}

#[server(endpoint = "policies/list")]
pub async fn list_policies(
    query: NameQuery,
    #[server(default)] chosen: Option<PolicyId>,
) -> Result<Policies> {
    use crate::request;
    use backend::access::Intent::Preview;
    let (backend, caller) = request::signed_in()?;
    let page = request::answer(backend.list_policies(&caller, &query).await)?;
    let chosen = match chosen {
        // One that is gone has no dialog; the list is still there.
        Some(policy) => match backend.find_policy(&caller, policy).await {
            Err(backend::Error::NotFound) => None,
            found => {
                let found = request::answer(found)?;
                let preview = backend
                    .delete_policy(&caller, policy, found.version, Preview)
                    .await;
                Some((found, preview.map_err(crate::error::AppError::from)))
            }
        },
        None => None,
    };
    Ok(Policies { page, chosen })
}

/// `judge`: with what saving it would change.
#[server(endpoint = "policies/edit")]
pub async fn edit_policy(
    #[server(default)] policy: Option<PolicyId>,
    #[server(default)] draft: Option<DraftId>,
    #[server(default)] judge: bool,
) -> Result<Editor> {
    use crate::request;
    use backend::{access::Intent::Preview, caller::Target};
    use domain::access::Action;
    let (backend, caller) = request::signed_in()?;
    // Whoever only sees policies has nothing to do here.
    let target = Target::Organization(caller.organization);
    request::answer(caller.permit(Action::EditPolicy, target).map(drop))?;
    let kept = match draft {
        // One that is gone was saved: the editor begins anew.
        Some(draft) => match backend.find_draft(&caller, draft).await {
            Err(backend::Error::NotFound) => None,
            found => Some(request::answer(found)?),
        },
        None => None,
    };
    let policy = match policy {
        Some(policy) => Some(request::answer(backend.find_policy(&caller, policy).await)?),
        None => None,
    };
    let current = policy.as_ref().map(|policy| policy.version).unwrap_or_default();
    let kept = kept.filter(|kept| kept.policy.map(|(id, _)| id) == policy.as_ref().map(|policy| policy.id));
    let draft = draft.filter(|_| kept.is_some());
    let version = kept
        .as_ref()
        .and_then(|kept| kept.policy)
        .map_or(current, |(_, version)| version);
    let typed = kept.map_or_else(
        || policy.as_ref().map_or_else(PolicyDraft::begun, PolicyView::draft),
        |kept| kept.typed,
    );
    let choices = request::answer(backend.choices_of(&caller, &typed).await)?;
    let preview = if judge {
        let existing = policy.as_ref().map(|policy| (policy.id, version));
        let saved = backend.save_policy(&caller, existing, &typed, Preview).await;
        Some(
            saved
                .map(|saved| saved.preview)
                .map_err(crate::error::AppError::from),
        )
    } else {
        None
    };
    Ok(Editor {
        version,
        draft,
        choices,
        roles: request::answer(backend.list_roles(&caller))?,
        typed,
        policy,
        preview,
    })
}

/// One step of the editor. `step`: `save`, `confirm-N` (what changes was looked at: its fingerprint), `preview`, `add-rule`,
/// `remove-rule-N`, `find-N` (N from 1). `current_password`: for what makes somebody an IAM Admin, where the last proof is too old. A form whose policy can't be saved is kept, and its page says why; what scripts
/// send is answered with the error.
#[server(endpoint = "policies/save")]
pub async fn save_policy(
    #[server(default)] policy: Option<PolicyId>,
    #[server(default)] version: Version,
    #[server(default)] draft: Option<DraftId>,
    #[server(default)] name: String,
    #[server(default)] description: String,
    #[server(default)] rules: Vec<RuleDraft>,
    step: String,
    #[server(default)] current_password: Option<String>,
) -> Result<()> {
    use crate::{error::AppError, notice::Notice, request, routes};
    use backend::{
        Error,
        access::{Draft, Intent},
    };
    use domain::field::Field;
    use leptos::server_fn::ServerFn;
    let (backend, caller) = request::signed_in_proving(current_password).await?;
    let mut typed = PolicyDraft {
        name,
        description,
        rules,
    };
    let existing = policy.map(|policy| (policy, version));
    if let Some((policy, _)) = existing
        && request::is_plain_form()
        && matches!(backend.find_policy(&caller, policy).await, Err(Error::NotFound))
    {
        // Somebody has deleted it: what was typed is shown as a new one.
        let what = Draft { policy: None, typed };
        let draft = request::answer(backend.keep_draft(&caller, None, &what).await)?;
        let page = routes::policy_editor(None, None, routes::EditorPlace::Top);
        request::leave_refusal(page, SavePolicy::PATH, AppError::NotFound)?;
        request::redirect_to(&routes::policy_editor(
            None,
            Some(draft),
            routes::EditorPlace::Judged,
        ));
        return Ok(());
    }
    let number = |prefix: &str| {
        step.strip_prefix(prefix)
            .and_then(|number| number.parse::<usize>().ok())
    };
    let mut place = routes::EditorPlace::Top;
    let seen = step
        .strip_prefix("confirm-")
        .and_then(|seen| seen.parse::<u64>().ok());
    if step == "save" || seen.is_some() {
        // The second yes is to what was shown. Whatever was typed after that is shown first.
        let shown = match draft {
            Some(draft) => backend
                .find_draft(&caller, draft)
                .await
                .is_ok_and(|kept| kept.typed.is_same(&typed) && kept.policy == existing),
            None => !request::is_plain_form(),
        };
        let intent = seen.filter(|_| shown).map_or(Intent::Save, Intent::Shown);
        match backend.save_policy(&caller, existing, &typed, intent).await {
            Ok(_) => {
                if let Some(draft) = draft {
                    request::answer(backend.drop_draft(&caller, draft).await)?;
                }
                request::redirect_to(&Notice::PolicySaved.on(routes::POLICIES));
                return Ok(());
            }
            // The page asks for it beside the button, with all that was typed.
            Err(Error::Invalid(faults))
                if request::is_plain_form() && faults.of(Field::CurrentPassword).is_some() =>
            {
                let page = routes::policy_editor(policy, None, routes::EditorPlace::Top);
                request::leave_refusal(page, SavePolicy::PATH, AppError::Invalid(faults))?;
                place = routes::EditorPlace::Judged;
            }
            Err(Error::Invalid(_) | Error::Refused(_)) if request::is_plain_form() => {
                place = routes::EditorPlace::Judged;
            }
            refused => {
                request::answer(refused)?;
            }
        }
    } else if step == "preview" {
        place = routes::EditorPlace::Judged;
    } else if step == "add-rule" {
        typed.rules.push(RuleDraft::default());
        place = routes::EditorPlace::Rule(typed.rules.len());
    } else if let Some(number) = number("remove-rule-").filter(|n| (1..=typed.rules.len()).contains(n)) {
        typed.rules.remove(number - 1);
    } else if let Some(number) = number("find-") {
        place = routes::EditorPlace::Rule(number);
    }
    let what = Draft {
        policy: existing,
        typed,
    };
    let draft = request::answer(backend.keep_draft(&caller, draft, &what).await)?;
    request::redirect_to(&routes::policy_editor(policy, Some(draft), place));
    Ok(())
}

/// `seen`: which changes were looked at, see [`Preview::fingerprint`].
#[server(endpoint = "policies/delete")]
pub async fn delete_policy(
    policy: PolicyId,
    version: Version,
    #[server(default)] seen: Option<u64>,
) -> Result<()> {
    use crate::{notice::Notice, request};
    let (backend, caller) = request::signed_in()?;
    let intent = request::intent(seen);
    request::answer(backend.delete_policy(&caller, policy, version, intent).await)?;
    request::return_with(Notice::PolicyDeleted);
    Ok(())
}
