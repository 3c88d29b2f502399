//! The facts of an identity provider, one by one.

use super::{
    advanced::advanced,
    api::ConfigureSsoByHand,
    provider_form::{form_head, shown_of, typed},
};
use crate::{
    act::{Act, ActForm},
    feedback::Feedback,
    routes,
    two_factor::proof::{ids, proof_field},
    ui::{
        Button, ButtonKind, ButtonLink, Card, CardBody, CardFooter, CardHeader, TextArea, TextField, TextKind,
    },
    viewer::Viewer,
};
use domain::{field::Field, sso::SsoView};
use leptos::prelude::*;

pub fn manual_form(viewer: &Viewer, sso: &SsoView) -> AnyView {
    let action = Act::of::<ConfigureSsoByHand>();
    let feedback = Feedback::of(action, viewer);
    let pending = feedback.pending;
    let shown = shown_of(sso).cloned();
    let (sso_url, entity_id, pem, rules) = match shown {
        Some(shown) => (
            shown.sso_url,
            shown.entity_id,
            shown.certificates_pem,
            Some(shown.rules),
        ),
        None => Default::default(),
    };
    let head = form_head(sso, &feedback, ids);
    let more = advanced(viewer, rules.as_ref(), &feedback);
    let proof = proof_field(viewer, sso.wants_proof, &feedback);
    view! {
        <Card>
            <CardHeader title="Your identity provider" lead="Copy these values from it, letter by letter." />
            <ActForm act=action>
                <CardBody>
                    <div class="form">
                        {head}
                        <TextField
                            label=Field::SsoUrl.label()
                            name=Field::SsoUrl.name()
                            kind=TextKind::Url
                            autocomplete="off"
                            value=typed(&feedback, Field::SsoUrl, sso_url)
                            error=feedback.fault(Field::SsoUrl)
                            hint="Where people sign in. Also called Login URL or Single sign-on service."
                        />
                        <TextField
                            label=Field::EntityId.label()
                            name=Field::EntityId.name()
                            autocomplete="off"
                            value=typed(&feedback, Field::EntityId, entity_id)
                            error=feedback.fault(Field::EntityId)
                            hint="Of the identity provider. Also called Issuer."
                        />
                        <TextArea
                            label=Field::Certificate.label()
                            name=Field::Certificate.name()
                            mono=true
                            rows=8
                            placeholder="-----BEGIN CERTIFICATE-----"
                            value=typed(&feedback, Field::Certificate, pem)
                            error=feedback.fault(Field::Certificate)
                            hint="In PEM. During a change paste both, the old and the new one, under each other."
                        />
                        {more}
                        {proof}
                    </div>
                </CardBody>
                <CardFooter note="Nothing changes for anybody before you deploy it.">
                    <ButtonLink href=routes::SSO>"Cancel"</ButtonLink>
                    <Button kind=ButtonKind::Primary pending>
                        "Preview"
                    </Button>
                </CardFooter>
            </ActForm>
        </Card>
    }
    .into_any()
}
