-- Counts the changes of a person's status, so that who takes one back takes back no later one.
alter table users add column status_version integer not null default 0;
