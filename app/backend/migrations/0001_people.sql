-- Organizations, people, groups, access policies, sessions, invitations, mail, audit.
-- Times are always given by the program, never by now(), so that tests can move the clock.

create extension if not exists pg_trgm;

create table organizations (
    id uuid primary key,
    -- What people see; six lower-case hexadecimal characters.
    org_id text not null unique check (org_id ~ '^[0-9a-f]{6}$'),
    name text not null check (name <> '' and char_length(name) <= 100),
    created_at timestamptz not null,
    -- When the first account became the administrator; nothing can be created in it before.
    administrator_since timestamptz,
    closed_at timestamptz
);

-- At most one set-up link exists in an installation, and none once an organization does.
create table setup_link (
    single boolean primary key default true check (single),
    token_hash bytea not null,
    created_at timestamptz not null
);

create table users (
    id uuid primary key,
    organization_id uuid not null references organizations (id),
    email text not null check (email <> '' and char_length(email) <= 254),
    -- Lower case, domain in its ASCII form: what makes two addresses the same, in the whole installation.
    email_key text not null unique,
    first_name text not null default '' check (char_length(first_name) <= 100),
    last_name text not null default '' check (char_length(last_name) <= 100),
    status text not null check (status in ('invited', 'active', 'deactivated')),
    theme text not null default 'system' check (theme in ('system', 'light', 'dark')),
    created_at timestamptz not null,
    activated_at timestamptz,
    deactivated_at timestamptz,
    last_sign_in_at timestamptz,
    -- An invited person is listed under their address.
    sort_name text collate "und-x-icu" not null generated always as (
        lower(case when first_name = '' and last_name = '' then email else first_name || ' ' || last_name end)
    ) stored,
    search text not null generated always as (lower(first_name || ' ' || last_name || ' ' || email)) stored,
    unique (organization_id, id),
    check (status = 'invited' or (first_name <> '' and last_name <> '' and activated_at is not null)),
    check ((status = 'deactivated') = (deactivated_at is not null))
);
create index users_by_name on users (organization_id, sort_name, id);
create index users_by_email on users (organization_id, email_key, id);
create index users_by_last_sign_in on users (organization_id, coalesce(last_sign_in_at, '-infinity'), id);
create index users_by_status on users (organization_id, status, sort_name, id);
create index users_by_text on users using gin (search gin_trgm_ops);

-- Apart from the people, so that no list of people ever touches it.
create table passwords (
    user_id uuid primary key references users (id) on delete cascade,
    -- PHC string: algorithm, version, parameters, salt, hash.
    hash text not null,
    changed_at timestamptz not null
);

create table groups (
    id uuid primary key,
    organization_id uuid not null references organizations (id),
    name text not null check (name <> '' and char_length(name) <= 100),
    description text not null default '',
    built_in boolean not null default false,
    created_at timestamptz not null,
    unique (organization_id, id)
);
create unique index groups_by_name on groups (organization_id, lower(name));

create table memberships (
    organization_id uuid not null,
    group_id uuid not null,
    user_id uuid not null,
    created_at timestamptz not null,
    primary key (group_id, user_id),
    foreign key (organization_id, group_id) references groups (organization_id, id) on delete cascade,
    foreign key (organization_id, user_id) references users (organization_id, id) on delete cascade
);
create index memberships_by_user on memberships (user_id, group_id);

create table policies (
    id uuid primary key,
    organization_id uuid not null references organizations (id),
    name text not null check (name <> '' and char_length(name) <= 100),
    description text not null default '',
    built_in boolean not null default false,
    created_at timestamptz not null,
    unique (organization_id, id)
);
create unique index policies_by_name on policies (organization_id, lower(name));

create table policy_rules (
    id uuid primary key,
    organization_id uuid not null,
    policy_id uuid not null,
    position integer not null,
    unique (organization_id, id),
    unique (policy_id, position),
    foreign key (organization_id, policy_id) references policies (organization_id, id) on delete cascade
);

create table policy_rule_roles (
    organization_id uuid not null,
    rule_id uuid not null,
    -- A key of the catalogue, see app/domain/src/access/role.rs.
    role text not null,
    primary key (rule_id, role),
    foreign key (organization_id, rule_id) references policy_rules (organization_id, id) on delete cascade
);
create index policy_rule_roles_by_role on policy_rule_roles (organization_id, role);

create table policy_rule_principals (
    organization_id uuid not null,
    rule_id uuid not null,
    user_id uuid,
    group_id uuid,
    check (num_nonnulls(user_id, group_id) = 1),
    foreign key (organization_id, rule_id) references policy_rules (organization_id, id) on delete cascade,
    foreign key (organization_id, user_id) references users (organization_id, id) on delete cascade,
    foreign key (organization_id, group_id) references groups (organization_id, id) on delete cascade
);
create unique index policy_rule_principals_by_user on policy_rule_principals (user_id, rule_id) where user_id is not null;
create unique index policy_rule_principals_by_group on policy_rule_principals (group_id, rule_id) where group_id is not null;
create index policy_rule_principals_by_rule on policy_rule_principals (rule_id);

-- Every role that every person holds, with the rule that gives it. Judged for active people only by its readers.
create view held_roles as
    select p.organization_id, p.user_id, r.role, p.rule_id
    from policy_rule_principals p join policy_rule_roles r on r.rule_id = p.rule_id
    where p.user_id is not null
    union all
    select m.organization_id, m.user_id, r.role, p.rule_id
    from memberships m
    join policy_rule_principals p on p.group_id = m.group_id
    join policy_rule_roles r on r.rule_id = p.rule_id;

create table invitations (
    id uuid primary key,
    organization_id uuid not null references organizations (id),
    kind text not null check (kind in ('invitation', 'activation')),
    email text not null,
    -- Null once the invitation was cancelled and the person is gone from the table.
    user_id uuid unique references users (id) on delete set null,
    -- Null: the operator of the installation.
    invited_by uuid references users (id),
    created_at timestamptz not null,
    expires_at timestamptz not null,
    accepted_at timestamptz,
    cancelled_at timestamptz,
    check (accepted_at is null or cancelled_at is null)
);
create index invitations_by_inviter on invitations (invited_by) where accepted_at is null and cancelled_at is null;

create table invitation_links (
    token_hash bytea primary key,
    invitation_id uuid not null references invitations (id) on delete cascade,
    -- Whoever has seen it beside the invitee; null: it went out by mail.
    minted_by uuid references users (id),
    created_at timestamptz not null,
    -- When a newer link took its place, or whoever copied it was deactivated.
    replaced_at timestamptz
);
create index invitation_links_by_invitation on invitation_links (invitation_id);
create index invitation_links_by_minter on invitation_links (minted_by) where replaced_at is null;

create table invitation_groups (
    invitation_id uuid not null references invitations (id) on delete cascade,
    group_id uuid not null references groups (id) on delete cascade,
    primary key (invitation_id, group_id)
);
create index invitation_groups_by_group on invitation_groups (group_id);

create table sessions (
    id uuid primary key,
    -- SHA-256 of the random token in the cookie.
    token_hash bytea not null unique,
    organization_id uuid not null,
    user_id uuid not null,
    created_at timestamptz not null,
    last_seen_at timestamptz not null,
    expires_at timestamptz not null,
    address text not null,
    user_agent text not null,
    foreign key (organization_id, user_id) references users (organization_id, id) on delete cascade
);
create index sessions_by_user on sessions (user_id);
create index sessions_by_end on sessions (expires_at);

-- The outbox: written with the act it tells of, sent by a worker. Holds no secret: a link is made when it is sent.
create table mails (
    id uuid primary key,
    organization_id uuid not null references organizations (id),
    user_id uuid references users (id) on delete cascade,
    invitation_id uuid references invitations (id) on delete cascade,
    recipient text not null,
    -- What it says: app/backend/src/mail/message.rs, without secrets.
    message jsonb not null,
    created_at timestamptz not null,
    state text not null default 'queued' check (state in ('queued', 'sent', 'failed')),
    attempts integer not null default 0,
    next_attempt_at timestamptz not null,
    -- Until when one worker has it; another may take it after that.
    leased_until timestamptz,
    -- The last answer of the mail server that was no acceptance.
    reason text,
    finished_at timestamptz
);
create index mails_due on mails (next_attempt_at) where state = 'queued';
create index mails_by_invitation on mails (invitation_id, created_at desc);

create table audit (
    id bigint generated always as identity primary key,
    organization_id uuid not null references organizations (id),
    at timestamptz not null,
    -- Who did it: a person, the operator of the installation, or nobody known (a failed sign-in).
    actor_kind text not null check (actor_kind in ('user', 'operator', 'anonymous')),
    actor_id uuid,
    actor_label text not null,
    action text not null,
    target_kind text not null,
    target_id uuid,
    target_label text not null,
    before jsonb,
    after jsonb,
    result text not null check (result in ('done', 'refused')),
    address text not null,
    request_id text not null
);
create index audit_by_time on audit (organization_id, at desc, id desc);
create index audit_by_target on audit (organization_id, target_id, at desc);

create function audit_is_append_only() returns trigger language plpgsql as $$
begin
    raise exception 'the audit log is append-only';
end $$;
create trigger audit_is_append_only before update or delete on audit
    for each row execute function audit_is_append_only();
create trigger audit_is_not_truncated before truncate on audit
    for each statement execute function audit_is_append_only();

-- An organization that has had an administrator never loses its last active holder of IAM Admin. Decided here, at
-- commit, whatever the program believes: the organization's row is locked, so that two at once can't both pass.
create function organization_keeps_an_administrator() returns trigger language plpgsql as $$
declare
    organization uuid := coalesce(old.organization_id, new.organization_id);
begin
    perform 1 from organizations where id = organization and administrator_since is not null for no key update;
    if found and not exists (
        select 1 from held_roles h join users u on u.id = h.user_id
        where h.organization_id = organization and h.role = 'iam-admin' and u.status = 'active'
    ) then
        raise exception 'last administrator' using errcode = 'UA001';
    end if;
    return null;
end $$;
create constraint trigger users_keep_an_administrator
    after update of status or delete on users deferrable initially deferred
    for each row execute function organization_keeps_an_administrator();
create constraint trigger memberships_keep_an_administrator
    after update or delete on memberships deferrable initially deferred
    for each row execute function organization_keeps_an_administrator();
create constraint trigger rule_roles_keep_an_administrator
    after update or delete on policy_rule_roles deferrable initially deferred
    for each row execute function organization_keeps_an_administrator();
create constraint trigger rule_principals_keep_an_administrator
    after update or delete on policy_rule_principals deferrable initially deferred
    for each row execute function organization_keeps_an_administrator();
