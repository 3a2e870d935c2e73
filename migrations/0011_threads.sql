-- How conversations stand, who took part in them, and conversations of chats that keep no threads (docs/decisions/0011).
alter table thread
  add column state text not null default 'open' check (state in ('open', 'closed', 'merged', 'solved')),
  -- An accepted answer, marked so, an issue closed, a merge request merged.
  add column solved boolean not null default false,
  add column solved_at timestamptz,
  add column labels text[] not null default '{}',
  -- The room of a conversation that was put together from single messages.
  add column room text,
  -- Who said something, first time of each within a quarter of an hour: see participants.ts. Null: not counted yet.
  add column people bytea,
  -- Everything different that was said about the thread, of which title, state and the like are chosen: see statements.ts.
  add column statements jsonb not null default '[]',
  add column revision bigint not null default (pg_current_xact_id()::text::bigint);
alter table thread alter column people set storage external;
-- A record may say how a thread stands before anything of it was read.
alter table thread alter column last_at drop not null;

-- What was known before is one more statement, good for as long as an activity from before is there (its statement is null).
update thread set statements = jsonb_build_array(jsonb_strip_nulls(jsonb_build_object(
  'id', 0, 'rank', 1, 'kind', kind, 'title', title, 'url', url, 'opener', opener_identity_id,
  'at', (extract(epoch from opened_at) * 1000)::bigint, 'closedAt', (extract(epoch from closed_at) * 1000)::bigint)));

drop index thread_last;
create index thread_revision on thread (revision);
create index thread_room on thread (source_id, room, last_at) where room is not null;
create index thread_labels on thread using gin (labels) where labels <> '{}';
create index thread_uncounted on thread (source_id, id) where people is null;

-- What the activity says about its thread: the id of a statement.
alter table activity add column statement bigint;

-- Which records say how which threads stand, beside their activities.
create table thread_record (
  source_id int not null,
  record_id bigint not null,
  thread_id bigint not null,
  primary key (source_id, record_id, thread_id)
);

-- Rooms of chats, called as they were when last read.
create table room (
  source_id int not null,
  external_id text not null,
  name text,
  url text,
  primary key (source_id, external_id)
);

-- Reports keep threads in memory too. A source that is removed leaves one row instead of one for each thread.
alter table metrics_gone drop constraint metrics_gone_what_check;
alter table metrics_gone add constraint metrics_gone_what_check
  check (what in ('presence', 'identity', 'member', 'affiliation', 'organization', 'thread'));
alter table metrics_gone alter column row_id type bigint;
create function metrics_note_threads_gone() returns trigger language plpgsql as $$
begin
  if (select count(*) from old_rows) > 2000 then
    insert into metrics_gone (what) values ('thread');
  else
    insert into metrics_gone (what, row_id) select 'thread', id from old_rows;
  end if;
  return null;
end $$;
create trigger metrics_gone after delete on thread referencing old table as old_rows
  for each statement execute function metrics_note_threads_gone();
