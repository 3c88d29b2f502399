-- Of the time that runs for an invitation: when the invitee was reminded of it, and when whoever invited was told that it is
-- over. Both begin anew with it.
alter table invitations
    add column reminded_at timestamptz,
    add column expiry_told_at timestamptz;
create index invitations_to_remind on invitations (expires_at)
    where accepted_at is null and cancelled_at is null and reminded_at is null;
create index invitations_to_tell on invitations (expires_at)
    where accepted_at is null and cancelled_at is null and expiry_told_at is null;
