-- Two-factor authentication: authenticators, recovery codes, sign-ins that wait for their code, and organizations that
-- ask it of everybody.

create table authenticators (
    id uuid primary key,
    organization_id uuid not null,
    user_id uuid not null,
    name text not null check (char_length(name) <= 50),
    -- The secret of RFC 6238, sealed with the installation's key.
    sealed_secret bytea not null,
    created_at timestamptz not null,
    -- The session that began to set it up, and until when it may be finished there. Null once a code has confirmed it.
    session_id uuid references sessions (id) on delete cascade,
    expires_at timestamptz,
    confirmed_at timestamptz,
    -- The time step of the last code that was used: neither it nor one before it works again.
    last_step bigint not null default 0,
    last_used_at timestamptz,
    foreign key (organization_id, user_id) references users (organization_id, id) on delete cascade,
    check ((confirmed_at is null) = (session_id is not null)),
    check ((confirmed_at is null) = (expires_at is not null))
);
create index authenticators_by_user on authenticators (user_id);
-- Of those that are being set up only the newest can be finished.
create unique index authenticators_unconfirmed on authenticators (user_id) where confirmed_at is null;
create index authenticators_by_session on authenticators (session_id) where session_id is not null;

create table recovery_codes (
    organization_id uuid not null,
    user_id uuid not null,
    -- PHC string of argon2id; the codes of one set share their salt, so that one look finds which of them it is.
    hash text not null,
    created_at timestamptz not null,
    used_at timestamptz,
    primary key (user_id, hash),
    foreign key (organization_id, user_id) references users (organization_id, id) on delete cascade
);

-- The password was right and the code is still asked for: no session, and no power at all.
create table sign_in_challenges (
    -- SHA-256 of the token in the cookie.
    token_hash bytea primary key,
    organization_id uuid not null,
    user_id uuid not null,
    created_at timestamptz not null,
    expires_at timestamptz not null,
    -- Taken before a code is judged.
    tries_left smallint not null check (tries_left >= 0),
    foreign key (organization_id, user_id) references users (organization_id, id) on delete cascade
);
create index sign_in_challenges_by_user on sign_in_challenges (user_id);
create index sign_in_challenges_by_end on sign_in_challenges (expires_at);

-- Whether somebody has a confirmed authenticator, for the list of people and for every decision. Written by the trigger.
alter table users add column two_factor boolean not null default false;
create index users_by_two_factor on users (organization_id, two_factor, sort_name, id);

create function two_factor_follows() returns trigger language plpgsql as $$
declare
    person uuid := coalesce(new.user_id, old.user_id);
    has boolean := exists (select from authenticators where user_id = person and confirmed_at is not null);
begin
    update users set two_factor = has where id = person and two_factor <> has;
    return null;
end $$;
create trigger two_factor_follows after insert or delete or update of confirmed_at on authenticators
    for each row execute function two_factor_follows();

-- From when everybody of the organization needs it; null: nobody does. How many of the reminders before it were sent.
alter table organizations
    add column two_factor_from timestamptz,
    add column two_factor_reminders smallint not null default 0;
create index organizations_that_ask on organizations (two_factor_from) where two_factor_from is not null;

-- As before, and an organization that asks for two-factor authentication keeps an IAM Admin who has it, so that somebody
-- can act on the day on which it counts.
create or replace function organization_keeps_an_administrator() returns trigger language plpgsql as $$
declare
    organization uuid := coalesce(old.organization_id, new.organization_id);
    asks boolean;
begin
    select two_factor_from is not null into asks
        from organizations where id = organization and administrator_since is not null for no key update;
    if not found then
        return null;
    end if;
    if not exists (
        select 1 from person_roles h join users u on u.id = h.user_id
        where h.organization_id = organization and h.role = 'iam-admin' and h.ends_at is null and u.status = 'active'
    ) then
        raise exception 'last administrator' using errcode = 'UA001';
    end if;
    if asks and not exists (
        select 1 from person_roles h join users u on u.id = h.user_id
        where h.organization_id = organization and h.role = 'iam-admin' and h.ends_at is null and u.status = 'active'
          and u.two_factor
    ) then
        raise exception 'last enrolled administrator' using errcode = 'UA003';
    end if;
    return null;
end $$;
create constraint trigger two_factor_keeps_an_administrator
    after update of two_factor on users deferrable initially deferred
    for each row when (old.two_factor and not new.two_factor) execute function organization_keeps_an_administrator();
