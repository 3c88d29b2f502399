-- Work in the background that survives the page it was begun on and the server that does it; and its first kind, lists of
-- invitations.

create table jobs (
    id uuid primary key,
    organization_id uuid not null,
    kind text not null check (kind in ('bulk_invitation')),
    -- Whoever made it, and from the yes on whoever said yes last: it is done in their name.
    started_by uuid not null,
    created_at timestamptz not null,
    state text not null default 'draft' check (state in ('draft', 'running', 'done')),
    -- When yes was said last, and when whoever said it had last proved who they are.
    started_at timestamptz,
    proved_at timestamptz,
    finished_at timestamptz,
    -- Until when one server has it; another may take it after that.
    leased_until timestamptz,
    unique (organization_id, id),
    foreign key (organization_id, started_by) references users (organization_id, id) on delete cascade,
    check ((state = 'draft') = (started_at is null) and (started_at is null) = (proved_at is null)),
    check ((state = 'done') = (finished_at is not null)),
    check (state = 'running' or leased_until is null)
);
create index jobs_of_organization on jobs (organization_id, kind, id desc);
create index jobs_to_do on jobs (started_at) where state = 'running';
create index jobs_forgotten on jobs (created_at) where state = 'draft';
create index jobs_done on jobs (finished_at) where state = 'done';

create table bulk_invitation_rows (
    organization_id uuid not null,
    job_id uuid not null,
    -- In the list as it was given.
    line integer not null,
    written text not null,
    -- As it is invited; empty where there is no address.
    email text not null,
    -- Those that the dry run found, and what the line calls them.
    group_ids uuid[] not null,
    group_names text[] not null,
    outcome text not null check (outcome in ('refused', 'waiting', 'invited', 'failed')),
    -- app/domain/src/bulk_invitations.rs
    reason jsonb,
    -- Whoever was invited by it.
    user_id uuid references users (id) on delete set null,
    primary key (job_id, line),
    foreign key (organization_id, job_id) references jobs (organization_id, id) on delete cascade,
    check ((outcome in ('refused', 'failed')) = (reason is not null)),
    check (user_id is null or outcome = 'invited')
);
create index bulk_invitation_rows_to_send on bulk_invitation_rows (job_id, line) where outcome = 'waiting';
create index bulk_invitation_rows_by_user on bulk_invitation_rows (user_id) where user_id is not null;
