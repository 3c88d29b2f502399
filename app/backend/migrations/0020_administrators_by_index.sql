-- Asked for each row that takes a right away. With many memberships PostgreSQL expects to meet an IAM Admin soon among all of
-- them, of all organizations, and reads them one by one when it does not.
alter function organization_keeps_an_administrator() set enable_seqscan = off;
alter function organization_keeps_an_administrator() set enable_hashjoin = off;
alter function organization_keeps_an_administrator() set enable_mergejoin = off;
alter function organization_keeps_an_administrator() set enable_bitmapscan = off;
