-- What every module stands on: the audit trail, facts, and files.
create extension if not exists pg_trgm;

create table audit_entry (
  id bigint generated always as identity primary key,
  at timestamptz not null default now(),
  actor_type text not null,
  actor_id text,
  actor_name text not null,
  origin text not null,
  action text not null,
  subject text,
  summary text,
  input jsonb,
  before jsonb,
  after jsonb,
  request_id text
);
create index audit_entry_at on audit_entry (at desc, id desc);
create index audit_entry_subject on audit_entry (subject, id desc) where subject is not null;
create index audit_entry_actor on audit_entry (actor_id, id desc) where actor_id is not null;
create index audit_entry_action on audit_entry (action, id desc);

create table fact (
  id bigint generated always as identity primary key,
  name text not null,
  payload jsonb not null,
  at timestamptz not null default now(),
  actor_type text not null,
  actor_id text,
  delivered_at timestamptz
);
create index fact_undelivered on fact (id) where delivered_at is null;
create index fact_name on fact (name, id desc);

-- A handler that went through for a fact never does so again.
create table fact_handled (
  fact_id bigint not null references fact (id) on delete cascade,
  handler text not null,
  at timestamptz not null default now(),
  primary key (fact_id, handler)
);

create table mail (
  id bigint generated always as identity primary key,
  recipient text not null,
  subject text not null,
  body text not null,
  created_at timestamptz not null default now(),
  sent_at timestamptz,
  failures int not null default 0,
  last_error text
);
create index mail_waiting on mail (id) where sent_at is null;

create table file (
  id bigint generated always as identity primary key,
  name text not null,
  media_type text not null,
  bytes bytea not null,
  sha256 text not null,
  created_at timestamptz not null default now(),
  created_by text
);
