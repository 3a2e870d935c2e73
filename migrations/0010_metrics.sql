-- Reports keep presence, and who owns which identity, in memory, and read only what changed since (see
-- docs/decisions/0004). What was changed is found by its revision; what is gone leaves its key here.
create table metrics_gone (
  id bigint generated always as identity primary key,
  what text not null check (what in ('presence', 'identity', 'member', 'affiliation', 'organization')),
  -- For presence all three, for the others the row's id alone.
  source_id int,
  kind smallint,
  day date,
  row_id int,
  at timestamptz not null default now(),
  revision bigint not null default (pg_current_xact_id()::text::bigint)
);
create index metrics_gone_revision on metrics_gone (revision);
create index metrics_gone_at on metrics_gone (at);

create function metrics_note_presence_gone() returns trigger language plpgsql as $$
begin
  insert into metrics_gone (what, source_id, kind, day) select 'presence', source_id, kind, day from old_rows;
  return null;
end $$;
create function metrics_note_row_gone() returns trigger language plpgsql as $$
begin
  insert into metrics_gone (what, row_id) select tg_table_name, id from old_rows;
  return null;
end $$;

create trigger metrics_gone after delete on presence referencing old table as old_rows
  for each statement execute function metrics_note_presence_gone();
create trigger metrics_gone after delete on identity referencing old table as old_rows
  for each statement execute function metrics_note_row_gone();
create trigger metrics_gone after delete on member referencing old table as old_rows
  for each statement execute function metrics_note_row_gone();
create trigger metrics_gone after delete on affiliation referencing old table as old_rows
  for each statement execute function metrics_note_row_gone();
create trigger metrics_gone after delete on organization referencing old table as old_rows
  for each statement execute function metrics_note_row_gone();

create index affiliation_revision on affiliation (revision);
create index organization_revision on organization (revision);
