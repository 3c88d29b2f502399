-- SCIM (RFC 7643, RFC 7644): identity providers of organizations keep people and groups.

-- What is taken from them: nothing before an administrator says so.
alter table organizations
    add column scim_users boolean not null default false,
    add column scim_groups boolean not null default false;

create table scim_tokens (
    id uuid primary key,
    organization_id uuid not null references organizations (id),
    name text not null check (name <> '' and char_length(name) <= 100),
    -- SHA-256 of the secret, which is shown once.
    token_hash bytea not null unique,
    created_at timestamptz not null,
    created_by uuid not null,
    -- Written at most once a minute.
    last_used_at timestamptz,
    foreign key (organization_id, created_by) references users (organization_id, id)
);
create unique index scim_tokens_by_name on scim_tokens (organization_id, lower(name));

-- What SCIM has said of a person; of most there is none.
create table scim_users (
    user_id uuid primary key,
    organization_id uuid not null,
    external_id text check (external_id <> '' and char_length(external_id) <= 300),
    changed_at timestamptz not null,
    -- The status_version that SCIM's deactivation made, and the one at which SCIM deleted the person: each counts only as
    -- long as nobody has changed the status since.
    deactivated_version integer,
    deleted_version integer,
    foreign key (organization_id, user_id) references users (organization_id, id) on delete cascade
);
create index scim_users_by_external_id on scim_users (organization_id, external_id) where external_id is not null;

-- The groups that SCIM made and keeps; it sees no others.
create table scim_groups (
    group_id uuid primary key,
    organization_id uuid not null,
    external_id text check (external_id <> '' and char_length(external_id) <= 300),
    changed_at timestamptz not null,
    foreign key (organization_id, group_id) references groups (organization_id, id) on delete cascade
);
create index scim_groups_by_external_id on scim_groups (organization_id, external_id) where external_id is not null;
create index scim_groups_by_organization on scim_groups (organization_id, group_id);

alter table audit drop constraint audit_actor_kind_check;
alter table audit add constraint audit_actor_kind_check check (actor_kind in ('user', 'operator', 'anonymous', 'scim'));
