-- Sources and what they gave, kept raw. Tables with a source_id in their key can be spread by it.
create table source (
  id int generated always as identity primary key,
  connector text not null,
  name text not null,
  settings jsonb not null,
  -- Secret settings, encrypted as one JSON object.
  secrets text,
  state text not null default 'active' check (state in ('active', 'paused', 'removing')),
  paused_reason text,
  every_minutes int not null check (every_minutes > 0),
  since timestamptz,
  owner_id text,
  created_at timestamptz not null default now(),
  last_success_at timestamptz,
  last_item_at timestamptz,
  failing_since timestamptz,
  failures int not null default 0,
  last_error text,
  next_run_at timestamptz default now()
);
create index source_due on source (next_run_at) where state = 'active';

create table source_stream (
  id int generated always as identity,
  source_id int not null references source (id) on delete cascade,
  name text not null,
  -- Where the next reading starts.
  cursor jsonb,
  -- Where an unfinished newest-first reading carries on.
  resume jsonb,
  items bigint not null default 0,
  completed_at timestamptz,
  primary key (source_id, id),
  unique (source_id, name)
);

create table source_run (
  id bigint generated always as identity primary key,
  source_id int not null references source (id) on delete cascade,
  cause text not null check (cause in ('first', 'schedule', 'request', 'webhook', 'rederive', 'retry')),
  state text not null default 'running' check (state in ('running', 'done', 'failed', 'interrupted')),
  started_at timestamptz not null default now(),
  ended_at timestamptz,
  heartbeat_at timestamptz not null default now(),
  stream text,
  items bigint not null default 0,
  fresh bigint not null default 0,
  changed bigint not null default 0,
  activities bigint not null default 0,
  quarantined bigint not null default 0,
  total bigint,
  error text
);
create index source_run_source on source_run (source_id, id desc);
create index source_run_running on source_run (source_id) where state = 'running';

create sequence record_id as bigint;
create table record (
  source_id int not null,
  id bigint not null,
  stream_id int not null,
  external_id text not null,
  -- First 8 bytes of the SHA-256 of the payload: whether it changed.
  hash bigint not null,
  payload text not null,
  fetched_at timestamptz not null default now(),
  primary key (source_id, id),
  unique (source_id, stream_id, external_id)
);
-- Compressed in place, down to 256 bytes, so that raw data stays small without a format of our own. PostgreSQL looks only at
-- rows of more than 2 kB: smaller ones stay as they are.
alter table record alter column payload set storage main;
alter table record set (toast_tuple_target = 256);

create table quarantine (
  source_id int not null,
  stream_id int not null,
  external_id text not null,
  raw text not null,
  reason text not null,
  first_at timestamptz not null default now(),
  last_at timestamptz not null default now(),
  attempts int not null default 1,
  primary key (source_id, stream_id, external_id)
);
