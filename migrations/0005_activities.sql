-- Facts of the outside world. An activity never carries a member: it ends at an identity.
create sequence thread_id as bigint;
create table thread (
  source_id int not null,
  id bigint not null,
  external_id text not null,
  kind text not null,
  title text,
  url text,
  opened_at timestamptz,
  opener_identity_id int,
  closed_at timestamptz,
  last_at timestamptz not null,
  activities bigint not null default 0,
  primary key (source_id, id),
  unique (source_id, external_id)
);
create index thread_last on thread (last_at desc, id desc);

-- id = record_id * 1024 + its place among what the record gave, so that a repeat meets itself.
create table activity (
  source_id int not null,
  id bigint not null,
  identity_id int not null,
  -- Position in the contract's list of kinds.
  kind smallint not null,
  at timestamptz not null,
  offset_minutes smallint,
  platform_type text,
  thread_id bigint,
  title text,
  body text,
  url text,
  value bigint,
  primary key (source_id, id)
);
create index activity_at on activity (at desc, id desc);
-- Kind and source are looked at in the index: of somebody who does much, the rare kind is found without reading the rest.
create index activity_identity on activity (identity_id, at desc, kind, source_id);
-- For sources, for kinds, and for both: the timeline asks for each pair's newest, and takes the newest of those.
create index activity_source_kind on activity (source_id, kind, at desc, id desc);
create index activity_thread on activity (source_id, thread_id, at) where thread_id is not null;

create table activity_search (
  source_id int not null,
  activity_id bigint not null,
  at timestamptz not null,
  words tsvector not null,
  primary key (source_id, activity_id)
);
create index activity_search_words on activity_search using gin (words);
-- For words so frequent that going back in time meets enough of them.
create index activity_search_at on activity_search (at desc, activity_id desc);
-- Up to which activity of a source the words are indexed: ids rise in the order of commits within a source.
create table activity_search_progress (
  source_id int primary key,
  activity_id bigint not null
);

-- Who did what on which day (of the workspace's time zone): for each source, kind and day, the identities with their
-- counts. `people`: pairs of varints (identity id minus the one before, count). `hours`: for each activity, in the
-- order of `people`, one byte hour of week UTC and one byte hour of week on the person's own clock (255 unknown).
create table presence (
  source_id int not null,
  kind smallint not null,
  day date not null,
  people bytea not null,
  hours bytea not null,
  identities int not null,
  total int not null,
  value bigint not null default 0,
  revision bigint not null default (pg_current_xact_id()::text::bigint),
  primary key (source_id, kind, day)
);
alter table presence alter column people set storage external;
alter table presence alter column hours set storage external;
create index presence_revision on presence (revision);
