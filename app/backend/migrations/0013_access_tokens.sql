-- Access tokens, by which scripts act as a person, and the credentials of services that ask the console about them.

create table access_tokens (
    -- Of version 7: the order of the ids is that of time.
    id uuid primary key,
    -- SHA-256 of the secret, which is shown once.
    token_hash bytea not null unique,
    organization_id uuid not null,
    user_id uuid not null,
    name text not null check (name <> '' and char_length(name) <= 100),
    comment text not null check (char_length(comment) <= 300),
    created_at timestamptz not null,
    -- Null: never.
    expires_at timestamptz,
    -- Written at most once a minute.
    last_used_at timestamptz,
    -- Whether it was made in a session whose second factor was the affair of whoever vouched.
    second_factor_elsewhere boolean not null,
    foreign key (organization_id, user_id) references users (organization_id, id) on delete cascade
);
create unique index access_tokens_by_name on access_tokens (user_id, lower(name));
create index access_tokens_by_organization on access_tokens (organization_id, id);
create index access_tokens_without_end on access_tokens (organization_id, id) where expires_at is null;
create index access_tokens_by_end on access_tokens (expires_at) where expires_at is not null;

-- Whether a second factor is the affair of the identity provider by which somebody signs in, at this moment.
create function second_factor_is_elsewhere(organization uuid, person uuid) returns boolean language sql stable as $$
    select exists (
        select from saml_configurations c join identities i on i.organization_id = c.organization_id
        where c.organization_id = organization and c.stage = 'live' and c.enabled and not c.asks_for_code
          and i.user_id = person and i.provider = 'saml')
$$;

create table services (
    id uuid primary key,
    organization_id uuid not null references organizations (id),
    name text not null check (name <> '' and char_length(name) <= 100),
    -- SHA-256 of the secret, which is shown once.
    secret_hash bytea not null unique,
    created_at timestamptz not null,
    created_by uuid not null,
    last_used_at timestamptz,
    foreign key (organization_id, created_by) references users (organization_id, id)
);
create unique index services_by_name on services (organization_id, lower(name));
