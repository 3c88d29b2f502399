-- What the audit log calls whoever said yes last: by which token, where it was one. Empty for what began before.
alter table jobs add column started_as text not null default '';
