-- Saved dashboards, their public links, and reports that are sent by schedule.
create table dashboard (
  id int generated always as identity primary key,
  title text not null,
  about text not null default '',
  -- What the cards inherit: a window and filters, as metrics.report takes them.
  filters jsonb not null default '{}',
  -- In order; each {id, type: report | text, width, …}.
  cards jsonb not null default '[]',
  owner_id text,
  shared boolean not null default false,
  -- Goes up with each change, so that two who edit at once do not overwrite each other unseen.
  version int not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  -- Deleted ones can be brought back for thirty days.
  deleted_at timestamptz
);
create index dashboard_deleted on dashboard (deleted_at) where deleted_at is not null;

-- Who has the link sees the dashboard's figures, and nothing about a single person.
create table dashboard_link (
  id int generated always as identity primary key,
  dashboard_id int not null references dashboard (id) on delete cascade,
  -- The token itself is sealed, so that the link can be shown again; what comes in is found by its hash.
  token_hash text not null unique,
  token_sealed text not null,
  expires_at timestamptz,
  -- Search engines may list the page.
  indexed boolean not null default false,
  created_by text,
  created_at timestamptz not null default now(),
  revoked_at timestamptz
);
create unique index dashboard_link_open on dashboard_link (dashboard_id) where revoked_at is null;

-- A dashboard or one report (as metrics.report takes it), sent again and again.
create table report_schedule (
  id int generated always as identity primary key,
  dashboard_id int references dashboard (id) on delete cascade,
  report jsonb,
  title text not null,
  every text not null check (every in ('week', 'month')),
  -- 1 is Monday; in months the day, the last one where a month is shorter.
  day smallint not null check (day between 1 and 31),
  -- In the zone of the workspace.
  hour smallint not null check (hour between 0 and 23),
  owner_id text,
  created_at timestamptz not null default now(),
  -- What has to be sent next. Null while it is paused.
  next_at timestamptz,
  last_due_at timestamptz,
  last_sent_at timestamptz,
  last_error text,
  failures int not null default 0,
  check ((dashboard_id is null) <> (report is null))
);
create index report_schedule_next on report_schedule (next_at) where next_at is not null;

-- Whom it goes to: a user, at the address of that moment; an address; or a place of a source, by one of its deliveries.
create table report_target (
  id int generated always as identity primary key,
  schedule_id int not null references report_schedule (id) on delete cascade,
  kind text not null check (kind in ('user', 'address', 'delivery')),
  user_id text references user_account (id) on delete cascade,
  -- Lower case.
  address text,
  source_id int references source (id) on delete cascade,
  delivery text,
  input jsonb,
  unsubscribed_at timestamptz,
  check (case kind when 'user' then user_id is not null when 'address' then address is not null
    else source_id is not null and delivery is not null end)
);
create unique index report_target_user on report_target (schedule_id, user_id) where user_id is not null;
create unique index report_target_address on report_target (schedule_id, address) where address is not null;
create index report_target_schedule on report_target (schedule_id);

-- HTML and attachments of a mail, sealed as its text is, and wiped with it.
alter table mail add column parts text;
