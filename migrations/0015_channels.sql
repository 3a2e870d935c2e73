-- Requests that outside systems send by themselves, and what is done over there.

alter table source
  add column webhook_at timestamptz,
  add column webhook_requests bigint not null default 0,
  add column webhook_items bigint not null default 0,
  -- Why the last refused one was refused.
  add column webhook_error text,
  -- What the last reading could not get while the rest went on.
  add column warnings text[] not null default '{}';

-- Requests that were taken, so that one that is sent again (by them, or by somebody who recorded it) changes nothing.
create table webhook_receipt (
  source_id int not null references source (id) on delete cascade,
  digest bytea not null,
  received_at timestamptz not null,
  primary key (source_id, digest)
);
create index webhook_receipt_received on webhook_receipt (received_at);

-- New and changed items by the day of arrival (UTC), whichever way they came.
create table source_day (
  source_id int not null references source (id) on delete cascade,
  day date not null,
  items bigint not null,
  primary key (source_id, day)
);
insert into source_day (source_id, day, items)
select source_id, (started_at at time zone 'UTC')::date, sum(fresh + changed) from source_run
where fresh + changed > 0 group by 1, 2;

create table delivery (
  id bigint generated always as identity primary key,
  source_id int not null references source (id) on delete cascade,
  -- One of the connector's deliveries.
  name text not null,
  -- What it is done to, as people see it (thr_…, act_…, idn_…), and as the connector is told.
  subject text,
  target jsonb not null,
  input jsonb not null,
  -- `unknown`: it was under way when the program ended or the answer did not come, so it may or may not have happened.
  state text not null default 'waiting' check (state in ('waiting', 'sending', 'done', 'failed', 'unknown', 'dropped')),
  asked_by text,
  asked_by_name text not null,
  asked_at timestamptz not null,
  attempts int not null default 0,
  next_try_at timestamptz,
  ended_at timestamptz,
  url text,
  detail text
);
create index delivery_open on delivery (source_id, id) where state in ('waiting', 'sending');
create index delivery_source on delivery (source_id, id desc);
create index delivery_subject on delivery (subject, id desc) where subject is not null;

-- `kept`: the source was removed, what it brought stays.
alter table source drop constraint source_state_check;
alter table source add constraint source_state_check check (state in ('active', 'paused', 'removing', 'kept'));
update source set state = 'kept', paused_reason = null where state = 'paused' and paused_reason = 'Removed; its data is kept.';
