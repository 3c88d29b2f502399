-- One's own account: when somebody last proved who they are, links for a forgotten password, and sign-ins that their
-- person does not know of.

-- The sign-in itself, or the password given since. What matters most asks for a proof that is not older than some minutes.
alter table sessions add column proved_at timestamptz;
update sessions set proved_at = created_at;
alter table sessions alter column proved_at set not null;

-- 'forgotten': its person asked for it, or reported a sign-in. It signs nobody in and leaves two-factor authentication on.
alter table password_resets
    drop constraint password_resets_kind_check,
    add constraint password_resets_kind_check check (kind in ('recovery', 'forgotten'));

-- A stranger who asks for a person's link must not end the one that the operator has made.
drop index password_resets_alive;
create unique index password_resets_alive on password_resets (user_id, kind) where used_at is null and ended_at is null;

-- "This wasn't me": the link in the mail about a sign-in from a new device.
create table sign_in_reports (
    -- SHA-256 of the token in the link.
    token_hash bytea primary key,
    organization_id uuid not null,
    user_id uuid not null,
    -- What the mail said of the sign-in.
    device text not null,
    address text not null,
    signed_in_at timestamptz not null,
    created_at timestamptz not null,
    expires_at timestamptz not null,
    used_at timestamptz,
    foreign key (organization_id, user_id) references users (organization_id, id) on delete cascade
);
create index sign_in_reports_by_user on sign_in_reports (user_id);
create index sign_in_reports_by_end on sign_in_reports (expires_at);

-- Mails that wait and are not to leave any more when their person has chosen a new password.
create index mails_queued_by_user on mails (user_id) where state = 'queued';
