-- What the filters of the audit log are answered from. The plain log, days and results are read along `audit_by_time`.

create index audit_by_actor on audit (organization_id, actor_id, at desc, id desc) where actor_id is not null;
create index audit_by_action on audit (organization_id, action, at desc, id desc);
-- Few among many.
create index audit_refused on audit (organization_id, at desc, id desc) where result = 'refused';
create index audit_by_actor_text on audit using gin (lower(actor_label) gin_trgm_ops);
create index audit_by_target_text on audit using gin (lower(target_label) gin_trgm_ops);

-- With the id, so that a person's entries come out of the index in their order.
create index audit_of_target on audit (organization_id, target_id, at desc, id desc) where target_id is not null;
drop index audit_by_target;
