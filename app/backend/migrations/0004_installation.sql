-- The installation's key, and links by which people choose a new password.

-- A text that everybody knows, sealed with the installation's key: a server with another key can't open it and does not
-- start. One row at most.
create table installation (
    single boolean primary key default true check (single),
    key_check bytea not null,
    created_at timestamptz not null
);

create table password_resets (
    -- SHA-256 of the token in the link.
    token_hash bytea primary key,
    organization_id uuid not null,
    user_id uuid not null,
    -- Who asked for it, which decides what it replaces. 'recovery': the operator of the installation, for somebody who
    -- has lost every proof of who they are.
    kind text not null check (kind in ('recovery')),
    created_at timestamptz not null,
    expires_at timestamptz not null,
    used_at timestamptz,
    -- When a newer link, a new password or a deactivation put an end to it.
    ended_at timestamptz,
    foreign key (organization_id, user_id) references users (organization_id, id) on delete cascade
);
-- Of a person's links only the newest is alive.
create unique index password_resets_alive on password_resets (user_id) where used_at is null and ended_at is null;
create index password_resets_by_user on password_resets (user_id);

-- For those who watch the outbox: failed mails are few among all that were sent.
create index mails_failed on mails (finished_at) where state = 'failed';
