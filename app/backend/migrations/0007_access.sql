-- Ends of rules and memberships, versions against silent overwriting, and the invariants of groups and policies.

alter table groups add column version integer not null default 0;
alter table policies add column version integer not null default 0;
-- When it gives nothing any more. Judged against the clock by whoever reads; no job runs.
alter table memberships add column ends_at timestamptz;
alter table policy_rules add column ends_at timestamptz;

-- Everything that is asked for a decision stands in an index.
create index memberships_for_decisions on memberships (user_id, group_id) include (organization_id, ends_at);
drop index memberships_by_user;
create index policy_rules_for_decisions on policy_rules (id) include (ends_at, policy_id);
create index policy_rule_principals_of_user on policy_rule_principals (user_id) include (rule_id, organization_id) where user_id is not null;
create index policy_rule_principals_of_group on policy_rule_principals (group_id) include (rule_id, organization_id) where group_id is not null;
create index groups_by_text on groups using gin (lower(name) gin_trgm_ops);
create index policies_by_text on policies using gin (lower(name) gin_trgm_ops);

-- Every way by which a person comes to a role. Readers judge `ends_at` and that the person is active.
create or replace view held_roles as
    select p.organization_id, p.user_id, r.role, p.rule_id, x.policy_id, null::uuid as group_id, x.ends_at
    from policy_rule_principals p
    join policy_rules x on x.id = p.rule_id
    join policy_rule_roles r on r.rule_id = p.rule_id
    where p.user_id is not null
    union all
    select m.organization_id, m.user_id, r.role, p.rule_id, x.policy_id, m.group_id, least(x.ends_at, m.ends_at)
    from memberships m
    join policy_rule_principals p on p.group_id = m.group_id
    join policy_rules x on x.id = p.rule_id
    join policy_rule_roles r on r.rule_id = p.rule_id;

-- As before, but a role that ends some day does not count: no end may come and leave the organization without anybody.
create or replace function organization_keeps_an_administrator() returns trigger language plpgsql as $$
declare
    organization uuid := coalesce(old.organization_id, new.organization_id);
begin
    perform 1 from organizations where id = organization and administrator_since is not null for no key update;
    if found and not exists (
        select 1 from held_roles h join users u on u.id = h.user_id
        where h.organization_id = organization and h.role = 'iam-admin' and h.ends_at is null and u.status = 'active'
    ) then
        raise exception 'last administrator' using errcode = 'UA001';
    end if;
    return null;
end $$;
create constraint trigger rules_keep_an_administrator
    after update of ends_at on policy_rules deferrable initially deferred
    for each row execute function organization_keeps_an_administrator();

-- Built-in groups keep their names and stay. Default policies keep all but their principals: their rules and roles are
-- written in the transaction that makes the policy and never again.
create function built_in_stays() returns trigger language plpgsql as $$
begin
    if old.built_in and (tg_op = 'DELETE' or (new.name, new.description, new.built_in) is distinct from (old.name, old.description, true)) then
        raise exception 'built-in' using errcode = 'UA002';
    end if;
    return case tg_op when 'DELETE' then old else new end;
end $$;
create trigger built_in_groups_stay before update or delete on groups for each row execute function built_in_stays();
create trigger default_policies_stay before update or delete on policies for each row execute function built_in_stays();

create function default_rules_stay() returns trigger language plpgsql as $$
declare
    touched jsonb := coalesce(to_jsonb(new), to_jsonb(old));
    policy uuid := touched ->> 'policy_id';
begin
    if policy is null then
        select policy_id into policy from policy_rules where id = (touched ->> 'rule_id')::uuid;
    end if;
    if exists (
        select from policies
        where id = policy and built_in and (version > 0 or xmin <> pg_current_xact_id()::xid)
    ) then
        raise exception 'built-in' using errcode = 'UA002';
    end if;
    return null;
end $$;
create trigger default_rules_stay after insert or update or delete on policy_rules
    for each row execute function default_rules_stay();
create trigger default_rule_roles_stay after insert or update or delete on policy_rule_roles
    for each row execute function default_rules_stay();

-- The groups of an invitation are groups of its organization.
alter table invitations add unique (organization_id, id);
alter table invitation_groups add column organization_id uuid;
update invitation_groups g set organization_id = i.organization_id from invitations i where i.id = g.invitation_id;
alter table invitation_groups
    alter column organization_id set not null,
    add foreign key (organization_id, invitation_id) references invitations (organization_id, id) on delete cascade,
    add foreign key (organization_id, group_id) references groups (organization_id, id) on delete cascade;

-- Policies that somebody has begun to write: nothing typed is lost, with or without scripts. Nobody else sees them.
create table policy_drafts (
    id uuid primary key,
    organization_id uuid not null,
    user_id uuid not null,
    -- Null: a new policy. One that is gone leaves a draft of a new one.
    policy_id uuid,
    -- The version of the policy that was begun with.
    version integer not null,
    draft jsonb not null,
    saved_at timestamptz not null,
    foreign key (organization_id, user_id) references users (organization_id, id) on delete cascade
);
create index policy_drafts_by_user on policy_drafts (user_id, saved_at desc);
create index policy_drafts_by_age on policy_drafts (saved_at);
