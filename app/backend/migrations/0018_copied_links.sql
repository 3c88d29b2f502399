-- A copied link is worth what whoever copied it had proved to want: nobody becomes an IAM Admin by one that was copied before
-- the invitation gave that, by somebody who proved nothing.
alter table invitation_links add column proved boolean not null default false;
