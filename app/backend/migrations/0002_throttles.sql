-- Limits on what strangers can try, shared by all servers, and the browsers that are known.

create table throttles (
    scope text not null,
    -- SHA-256 of what is limited (an address, a network): people type passwords into the field for the address.
    subject bytea not null,
    -- When everything that was spent has come back. Before that moment less than the whole burst is left.
    full_at timestamptz not null,
    primary key (scope, subject)
);
create index throttles_by_end on throttles (full_at);

-- Browsers in which somebody has signed in. Their attempts are counted apart, so that strangers who guess can't lock
-- the owner out.
create table known_browsers (
    -- SHA-256 of the random token in the cookie. Several people may use one browser.
    token_hash bytea not null,
    organization_id uuid not null,
    user_id uuid not null,
    created_at timestamptz not null,
    last_sign_in_at timestamptz not null,
    primary key (token_hash, user_id),
    foreign key (organization_id, user_id) references users (organization_id, id) on delete cascade
);
create index known_browsers_by_user on known_browsers (user_id);
create index known_browsers_by_use on known_browsers (last_sign_in_at);

create index mails_by_end on mails (finished_at) where finished_at is not null;
