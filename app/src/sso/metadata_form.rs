//! The facts of an identity provider as it tells them itself, at an address or in a file. The browser sends this form, with
//! scripts too: a server function takes no files.

use super::{
    advanced::advanced,
    provider_form::{form_head, shown_of, typed},
};
use crate::{
    feedback::Feedback,
    routes,
    two_factor::proof::{ids, proof_field},
    ui::{
        Button, ButtonKind, ButtonLink, Card, CardBody, CardFooter, CardHeader, Divider, FileField, PostForm,
        Sending, TextField, TextKind,
    },
    viewer::Viewer,
};
use domain::{field::Field, sso::SsoView};
use leptos::prelude::*;

pub fn metadata_form(viewer: &Viewer, sso: &SsoView) -> AnyView {
    let sending = Sending::new();
    let feedback = Feedback::left(routes::SSO_FILE, viewer, sending.pending());
    let pending = feedback.pending;
    let shown = shown_of(sso).cloned();
    let (url, rules) = match shown {
        Some(shown) => (shown.metadata_url.unwrap_or_default(), Some(shown.rules)),
        None => Default::default(),
    };
    let head = form_head(sso, &feedback, ids);
    let more = advanced(viewer, rules.as_ref(), &feedback);
    let proof = proof_field(viewer, sso.wants_proof, &feedback);
    view! {
        <Card>
            <CardHeader
                title="Your identity provider"
                lead="It tells all of itself in its metadata: where people sign in, its ID and its certificates."
            />
            <PostForm action=routes::SSO_FILE sending files=true>
                <CardBody>
                    <div class="form">
                        {head}
                        <TextField
                            label=Field::MetadataUrl.label()
                            name=Field::MetadataUrl.name()
                            kind=TextKind::Url
                            autocomplete="off"
                            value=typed(&feedback, Field::MetadataUrl, url)
                            error=feedback.fault(Field::MetadataUrl)
                            hint="It is read now, once. When something changes there, come back and read it again."
                        />
                        <Divider text="or" />
                        <FileField
                            label=Field::MetadataFile.label()
                            name=Field::MetadataFile.name()
                            accept=".xml,application/xml,text/xml,application/samlmetadata+xml"
                            error=feedback.fault(Field::MetadataFile)
                            hint="An XML file of at most 1 MiB. If you give both, the file counts."
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
            </PostForm>
        </Card>
    }
    .into_any()
}
