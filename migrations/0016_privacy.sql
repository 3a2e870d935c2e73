-- Erasing people for good, consent, and how long a source's data is kept (docs/decisions/0012).
create table privacy_rules (
  only_row boolean primary key default true check (only_row),
  -- For so many days an erased person can be brought back.
  restore_days int not null default 30 check (restore_days between 0 and 365)
);
insert into privacy_rules default values;

create table erasure (
  id int generated always as identity primary key,
  -- Whom: the root, and what its tree was made of. Nothing else says who it was, once it is purged.
  member_id int not null,
  member_ids int[] not null,
  identity_ids int[] not null,
  state text not null check (state in ('hiding', 'hidden', 'restoring', 'restored', 'purging', 'purged')),
  -- Rows of the person that were taken out of their tables, sealed. Null once purged or restored.
  kept text,
  asked_at timestamptz not null,
  asked_by text not null,
  restore_until timestamptz not null,
  ended_at timestamptz,
  activities bigint not null default 0,
  records bigint not null default 0
);
create index erasure_open on erasure (id) where state not in ('restored', 'purged');
create index erasure_members on erasure using gin (member_ids);

-- Records that speak of an erased person: what restoring derives again, and purging looks at first.
create table erasure_record (
  source_id int not null,
  record_id bigint not null,
  erasure_id int not null,
  primary key (source_id, record_id, erasure_id)
);
create index erasure_record_erasure on erasure_record (erasure_id);
-- Activities of an erased person whose raw record is not kept any more, as they were.
create table erased_activity (
  source_id int not null,
  id bigint not null,
  erasure_id int not null,
  content jsonb not null,
  primary key (source_id, id)
);
create index erased_activity_erasure on erased_activity (erasure_id);
-- Where in a thread something was erased: that it was, and when it was said, not by whom or what.
create table erased_entry (
  source_id int not null,
  thread_id bigint not null,
  activity_id bigint not null,
  at timestamptz not null,
  erasure_id int not null,
  primary key (source_id, thread_id, activity_id)
);
create index erased_entry_erasure on erased_entry (erasure_id);

-- Whom imports leave out: HMAC-SHA256 of each address, account and account number, by a key of this instance.
create table suppression (
  hash bytea primary key,
  -- The account's number is on the list too: the same name with another number is somebody else.
  numbered boolean not null default false,
  -- Null when it was entered by hand.
  erasure_id int references erasure (id),
  at timestamptz not null
);
create index suppression_erasure on suppression (erasure_id);
-- One row to ask before each page: an empty list costs that and no more.
create table suppression_state (
  only_row boolean primary key default true check (only_row),
  version bigint not null default 0,
  entries bigint not null default 0
);
insert into suppression_state default values;

create table consent_purpose (
  id int generated always as identity primary key,
  name text not null,
  description text not null default '',
  position int not null,
  removed_at timestamptz
);
create unique index consent_purpose_name on consent_purpose (lower(name)) where removed_at is null;
insert into consent_purpose (name, description, position) values
  ('Newsletter', 'News by e-mail, until it is taken back', 1),
  ('Public recognition', 'To be named in public: leaderboards, thanks, posts', 2),
  ('Contact', 'To be written to personally, for example for an interview', 3);
-- What holds now: one row for each member row and purpose, the latest of what is in `consent_change`.
create table consent (
  member_id int not null references member (id),
  purpose_id int not null references consent_purpose (id),
  state text not null check (state in ('given', 'refused', 'withdrawn')),
  -- Where it was said: a form, a mail, a list that was imported.
  source text not null,
  -- When the person said so.
  at timestamptz not null,
  primary key (member_id, purpose_id)
);
create index consent_purpose_state on consent (purpose_id, state);
create table consent_change (
  id bigint generated always as identity primary key,
  member_id int not null references member (id),
  purpose_id int not null references consent_purpose (id),
  state text not null check (state in ('given', 'refused', 'withdrawn')),
  source text not null,
  at timestamptz not null,
  noted_at timestamptz not null,
  noted_by text not null
);
create index consent_change_member on consent_change (member_id, id desc);

-- Null: kept for good. A record without its raw item has an empty payload: it is known, and cannot be derived again.
alter table source
  add column keep_raw_days int check (keep_raw_days > 0),
  add column keep_activities_days int check (keep_activities_days > 0);
alter table source_run add column without_raw bigint not null default 0;
