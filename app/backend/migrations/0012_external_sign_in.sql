-- Signing in by what others vouch for: Google, GitHub, and the SAML identity providers of organizations.

create table identities (
    id uuid primary key,
    organization_id uuid not null,
    user_id uuid not null,
    provider text not null check (provider in ('google', 'github', 'saml')),
    -- Who vouches: the issuer of Google's tokens, GitHub's address, the entity ID of a SAML identity provider.
    issuer text not null,
    -- Of a NameID; empty elsewhere.
    format text not null default '',
    -- The provider's own name for the person, compared exactly. Never the address.
    subject text not null check (subject <> ''),
    -- As the provider said it when it was linked: what people recognize it by, and nothing else.
    email text not null,
    linked_at timestamptz not null,
    last_used_at timestamptz,
    foreign key (organization_id, user_id) references users (organization_id, id) on delete cascade
);
create unique index identities_by_subject on identities (provider, issuer, subject) where provider <> 'saml';
create unique index identities_by_name_id on identities (organization_id, issuer, format, subject) where provider = 'saml';
create unique index identities_one_of_each on identities (user_id, provider) where provider <> 'saml';
create index identities_by_user on identities (user_id);

-- By which of their methods somebody signed in.
alter table sessions
    add column method text not null default 'password' check (method in ('password', 'google', 'github', 'saml')),
    -- Whether a second factor was the affair of whoever vouched.
    add column second_factor_elsewhere boolean not null default false;

-- A sign-in that has left for a provider and is expected back.
create table external_sign_ins (
    id uuid primary key,
    -- SHA-256 of what the provider sends back (state, RelayState), and of the token in the browser's cookie.
    state_hash bytea not null unique,
    browser_hash bytea not null,
    provider text not null check (provider in ('google', 'github', 'saml')),
    purpose text not null check (purpose in ('sign_in', 'accept', 'link', 'test')),
    -- Of SAML.
    organization_id uuid references organizations (id),
    -- Whoever links or tests: it ends with their session.
    session_id uuid references sessions (id) on delete cascade,
    -- What must be known when it comes back, sealed with the installation's key.
    sealed bytea not null,
    created_at timestamptz not null,
    expires_at timestamptz not null,
    check ((purpose in ('link', 'test')) = (session_id is not null)),
    check ((provider = 'saml') = (organization_id is not null))
);
create index external_sign_ins_by_session on external_sign_ins (session_id) where session_id is not null;
create index external_sign_ins_by_end on external_sign_ins (expires_at);

-- Somebody whom a provider vouches for and who belongs to no account yet. Has no power but to join one.
create table pending_identities (
    -- SHA-256 of the token in the browser's cookie.
    token_hash bytea primary key,
    provider text not null check (provider in ('google', 'github')),
    issuer text not null,
    subject text not null,
    -- Verified by the provider.
    email text not null,
    email_key text not null,
    first_name text not null,
    last_name text not null,
    -- The invitation whose link they hold.
    invitation_id uuid references invitations (id) on delete cascade,
    created_at timestamptz not null,
    expires_at timestamptz not null
);
create index pending_identities_by_invitation on pending_identities (invitation_id) where invitation_id is not null;
create index pending_identities_by_end on pending_identities (expires_at);

-- The method of the sign-in that waits for its code, what is linked once the code is right, and when whoever vouched wants
-- the session to end.
alter table sign_in_challenges
    add column method text not null default 'password' check (method in ('password', 'google', 'github', 'saml')),
    add column links_hash bytea references pending_identities (token_hash) on delete cascade,
    add column session_ends_at timestamptz;
create index sign_in_challenges_by_link on sign_in_challenges (links_hash) where links_hash is not null;

-- The SAML identity provider of an organization: the one in use, and one that is being prepared.
create table saml_configurations (
    organization_id uuid not null references organizations (id),
    stage text not null check (stage in ('draft', 'live')),
    source text not null check (source in ('manual', 'file', 'url')),
    metadata_url text,
    entity_id text not null check (entity_id <> ''),
    sso_url text not null check (sso_url <> ''),
    require_signed_assertion boolean not null,
    -- Whether whoever has an authenticator is asked for a code here, too.
    asks_for_code boolean not null,
    -- Whether somebody who was not invited gets an account by signing in.
    creates_accounts boolean not null,
    -- Of addresses that come to be known; empty: all. Addresses are of one person in the whole installation, so nobody may
    -- make accounts for those of everybody.
    domains text[] not null,
    enabled boolean not null,
    -- The save that it is of: a test, a form or a deployment names it.
    version integer not null,
    saved_at timestamptz not null,
    -- When a test sign-in of exactly this passed.
    tested_at timestamptz,
    primary key (organization_id, stage),
    check ((source = 'url') = (metadata_url is not null)),
    check (not creates_accounts or domains <> '{}')
);

create table saml_certificates (
    organization_id uuid not null,
    stage text not null,
    position smallint not null,
    der bytea not null,
    ends_at timestamptz not null,
    -- How many days before its end administrators were last told of it.
    told_days smallint,
    primary key (organization_id, stage, position),
    foreign key (organization_id, stage) references saml_configurations (organization_id, stage)
        on update cascade on delete cascade
);
create index saml_certificates_by_end on saml_certificates (ends_at) where stage = 'live';

-- Responses and assertions that were used: none signs in twice.
create table saml_used (
    organization_id uuid not null references organizations (id),
    key bytea not null,
    expires_at timestamptz not null,
    primary key (organization_id, key)
);
create index saml_used_by_end on saml_used (expires_at);

-- Test sign-ins of administrators, with what was found.
create table saml_tests (
    id uuid primary key,
    organization_id uuid not null,
    user_id uuid not null,
    stage text not null check (stage in ('draft', 'live')),
    version integer not null,
    at timestamptz not null,
    passed boolean not null,
    report jsonb not null,
    -- The response as it was understood, decoded.
    response text not null,
    foreign key (organization_id, user_id) references users (organization_id, id) on delete cascade
);
create index saml_tests_by_organization on saml_tests (organization_id, at desc);

-- From when members sign in with SSO only, but for one administrator, by whom it can be mended when SSO fails.
alter table organizations
    add column sso_required_since timestamptz,
    add column break_glass_user_id uuid,
    -- How often a SAML configuration was saved, so that no two have the same version.
    add column sso_saves integer not null default 0,
    add constraint organizations_break_glass check ((sso_required_since is null) = (break_glass_user_id is null)),
    add constraint organizations_break_glass_user
        foreign key (id, break_glass_user_id) references users (organization_id, id);

-- Whether somebody's organization lets them in by single sign-on alone. Everything that asks, asks here.
create function is_bound_to_sso(organization organizations, person uuid) returns boolean language sql immutable as $$
    select organization.sso_required_since is not null and organization.break_glass_user_id is distinct from person
$$;
