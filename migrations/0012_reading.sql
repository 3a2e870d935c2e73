-- What is read from the words of activities, behind the import: language, sentiment, topics (see docs/decisions/0009).
create table topic (
  id int generated always as identity primary key,
  name text not null,
  description text,
  -- One of eight, as charts have them.
  colour smallint not null check (colour between 0 and 7),
  -- As people wrote them. `*` at the end of one: however the word goes on.
  keywords text[] not null,
  exclusions text[] not null default '{}',
  -- Only these; null is all.
  sources int[],
  kinds smallint[],
  created_at timestamptz not null,
  created_by text not null,
  updated_at timestamptz not null,
  updated_by text not null,
  -- Not shown any more; the job that takes its matches out removes the row.
  removed_at timestamptz
);
create unique index topic_name on topic (lower(name)) where removed_at is null;

-- Up to which activity of a source everything is read: ids rise in the order of commits within a source. Whoever writes
-- what is read of a source holds this row. `changes` goes up with each such transaction.
create table reading_progress (
  source_id int primary key,
  activity_id bigint not null default 0,
  changes bigint not null default 0
);
-- Activities behind it that were changed, and are to be read again.
create table reading_pending (
  source_id int not null,
  activity_id bigint not null,
  primary key (source_id, activity_id)
);
-- A topic that is new or was changed is matched over what was read before: done up to `activity_id`, to do up to `until_id`.
create table topic_run (
  source_id int not null,
  topic_id int not null,
  activity_id bigint not null default 0,
  until_id bigint not null,
  primary key (source_id, topic_id)
);

-- One row for each activity in which somebody wrote words.
create table activity_reading (
  source_id int not null,
  activity_id bigint not null,
  at timestamptz not null,
  kind smallint not null,
  -- Position in the list of languages; 0 is unknown.
  language smallint not null,
  -- 0 unknown, 1 negative, 2 neutral, 3 positive.
  sentiment smallint not null,
  -- −100 to 100; null where unknown, or decided by a person.
  score smallint,
  primary key (source_id, activity_id)
);
create index activity_reading_language on activity_reading (source_id, language, at desc, activity_id desc) include (kind, sentiment);
create index activity_reading_sentiment on activity_reading (source_id, sentiment, at desc, activity_id desc) include (kind, language);

create table activity_topic (
  source_id int not null,
  activity_id bigint not null,
  topic_id int not null,
  at timestamptz not null,
  kind smallint not null,
  language smallint not null,
  sentiment smallint not null,
  primary key (source_id, activity_id, topic_id)
);
create index activity_topic_at on activity_topic (source_id, topic_id, at desc, activity_id desc) include (kind, language, sentiment);

-- What a person decided; null is what was detected. Whatever is read again keeps it.
create table reading_correction (
  source_id int not null,
  activity_id bigint not null,
  language smallint,
  sentiment smallint,
  by_id text,
  by_name text not null,
  at timestamptz not null,
  primary key (source_id, activity_id)
);

-- Who wrote on which day (of the workspace's time zone), in which language (what = 1), with which sentiment (2), about
-- which topic with which sentiment (3). `people`: see activities/reading-sheets.ts. `change`: `changes` of the progress
-- when it was written. Rows whose people are gone stay, empty, so that readers learn of it.
create table reading_sheet (
  source_id int not null,
  what smallint not null,
  day date not null,
  people bytea not null,
  change bigint not null,
  primary key (source_id, what, day)
);
alter table reading_sheet alter column people set storage external;
create index reading_sheet_change on reading_sheet (source_id, change);
