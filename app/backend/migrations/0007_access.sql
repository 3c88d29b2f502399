-- Ends of rules and memberships, versions against silent overwriting, and the invariants of groups and policies.

alter table groups add column version integer not null default 0;
alter table policies add column version integer not null default 0;
-- When it gives nothing any more. Judged against the clock by whoever reads; no job runs.
alter table memberships add column ends_at timestamptz;
alter table policy_rules add column ends_at timestamptz;

create index memberships_for_decisions on memberships (user_id, group_id) include (organization_id, ends_at);
drop index memberships_by_user;
create index groups_by_text on groups using gin (lower(name) gin_trgm_ops);
create index policies_by_text on policies using gin (lower(name) gin_trgm_ops);

-- Every way by which a person comes to a role, for explanations. Readers judge `ends_at` and that the person is active.
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

-- The roles that all rules together give a group or a person, each once: what a decision reads, so that it does not walk
-- through thousands of rules. Written by triggers, in the transaction that changes a rule and by nothing else.
create table given_roles (
    organization_id uuid not null,
    user_id uuid,
    group_id uuid,
    role text not null,
    -- When the last rule ends that gives it; null: one never ends.
    ends_at timestamptz,
    check (num_nonnulls(user_id, group_id) = 1),
    foreign key (organization_id, user_id) references users (organization_id, id) on delete cascade,
    foreign key (organization_id, group_id) references groups (organization_id, id) on delete cascade
);
create unique index given_roles_of_user on given_roles (user_id, role) include (organization_id, ends_at) where user_id is not null;
create unique index given_roles_of_group on given_roles (group_id, role) include (organization_id, ends_at) where group_id is not null;
create index given_roles_by_role on given_roles (organization_id, role);

create view person_roles as
    select organization_id, user_id, role, ends_at from given_roles where user_id is not null
    union all
    select m.organization_id, m.user_id, g.role, least(g.ends_at, m.ends_at)
    from memberships m join given_roles g on g.group_id = m.group_id;

create function write_given_roles(users uuid[], groups uuid[]) returns void language sql as $$
    delete from given_roles where user_id = any(users);
    delete from given_roles where group_id = any(groups);
    insert into given_roles (organization_id, user_id, group_id, role, ends_at)
        select p.organization_id, p.user_id, p.group_id, r.role,
               nullif(max(coalesce(x.ends_at, 'infinity')), 'infinity')
        from policy_rule_principals p
        join policy_rules x on x.id = p.rule_id
        join policy_rule_roles r on r.rule_id = x.id
        where p.user_id = any(users) or p.group_id = any(groups)
        group by p.organization_id, p.user_id, p.group_id, r.role;
$$;
-- Two who change the rules of one organization at once do it one after the other.
create function hold_organizations_of(rules uuid[]) returns void language sql as $$
    select from organizations
    where id in (select organization_id from policy_rules where id = any(rules)) for no key update;
$$;
create function rules_changed() returns trigger language plpgsql as $$
declare
    rules uuid[];
begin
    if tg_table_name = 'policy_rules' then
        select array_agg(distinct id) into rules from changed;
    else
        select array_agg(distinct rule_id) into rules from changed;
    end if;
    perform hold_organizations_of(rules);
    perform write_given_roles(
        array(select user_id from policy_rule_principals where rule_id = any(rules) and user_id is not null),
        array(select group_id from policy_rule_principals where rule_id = any(rules) and group_id is not null)
    );
    return null;
end $$;
create function principals_changed() returns trigger language plpgsql as $$
begin
    perform hold_organizations_of(array(select distinct rule_id from changed));
    perform write_given_roles(
        array(select distinct user_id from changed where user_id is not null),
        array(select distinct group_id from changed where group_id is not null)
    );
    return null;
end $$;
create trigger rule_ends_changed after update on policy_rules
    referencing new table as changed for each statement execute function rules_changed();
create trigger rule_roles_added after insert on policy_rule_roles
    referencing new table as changed for each statement execute function rules_changed();
create trigger rule_roles_removed after delete on policy_rule_roles
    referencing old table as changed for each statement execute function rules_changed();
create trigger rule_principals_added after insert on policy_rule_principals
    referencing new table as changed for each statement execute function principals_changed();
create trigger rule_principals_removed after delete on policy_rule_principals
    referencing old table as changed for each statement execute function principals_changed();
-- Rows of these two are made and deleted, never changed: a change would pass by what is written above.
create function never_changed() returns trigger language plpgsql as $$
begin
    raise exception 'a row of % is deleted and made anew, not changed', tg_table_name;
end $$;
create trigger rule_roles_are_not_changed before update on policy_rule_roles for each row execute function never_changed();
create trigger rule_principals_are_not_changed before update on policy_rule_principals for each row execute function never_changed();
select write_given_roles(
    array(select distinct user_id from policy_rule_principals where user_id is not null),
    array(select distinct group_id from policy_rule_principals where group_id is not null)
);

-- As before, but a role that ends some day does not count: no end may come and leave the organization without anybody.
create or replace function organization_keeps_an_administrator() returns trigger language plpgsql as $$
declare
    organization uuid := coalesce(old.organization_id, new.organization_id);
begin
    perform 1 from organizations where id = organization and administrator_since is not null for no key update;
    if found and not exists (
        select 1 from person_roles h join users u on u.id = h.user_id
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
