-- Why an account was deactivated, in the words of whoever did it. It goes with the deactivation.
alter table users
    add column deactivation_reason text
        check (deactivation_reason <> '' and char_length(deactivation_reason) <= 200),
    add check (deactivation_reason is null or status = 'deactivated');
