-- What programs ask: how much of it, and what was answered to creations, so that asking again creates nothing.

-- Not logged: after a crash of the database everybody has their whole burst again, and no question waits for the disk.
create unlogged table request_counts (
    -- An access token or a service.
    credential uuid primary key,
    -- When everything that was spent has come back, as in `throttles`.
    full_at timestamptz not null,
    -- Whether the last question passed.
    passed boolean not null
);
create index request_counts_by_end on request_counts (full_at);

create table idempotency_keys (
    organization_id uuid not null,
    user_id uuid not null,
    -- SHA-256 of the key, which is of the program's making.
    key_hash bytea not null,
    -- SHA-256 of the question: another one with the same key is an error.
    question_hash bytea not null,
    created_at timestamptz not null,
    -- Until when whoever took the key may work; after that the work died with its server.
    claimed_until timestamptz not null,
    -- Null: not answered yet.
    answer jsonb,
    primary key (user_id, key_hash),
    foreign key (organization_id, user_id) references users (organization_id, id) on delete cascade
);
create index idempotency_keys_by_age on idempotency_keys (created_at);
