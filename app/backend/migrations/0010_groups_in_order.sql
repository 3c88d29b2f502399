-- The groups that can be chosen come out in their order, however many an organization has.
create index groups_in_order on groups (organization_id, built_in desc, lower(name));
