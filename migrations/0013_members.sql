-- Engagement: what somebody did, weighed by kind and fading with time (docs/decisions/0010).
-- Only what was changed: kinds without a row have the weight that the program comes with.
create table engagement_weight (
  kind text primary key,
  weight int not null check (weight between 0 and 1000)
);
create table engagement_level (
  id int generated always as identity primary key,
  name text not null,
  -- In whole points: who has as many is on this level, up to the next one.
  from_points int not null unique check (from_points >= 0)
);
insert into engagement_level (name, from_points) values ('Visitor', 1), ('Participant', 20), ('Regular', 100), ('Champion', 500);
create table engagement_rules (
  only_row boolean primary key default true check (only_row),
  half_life_days int not null default 90 check (half_life_days between 1 and 3650),
  changed_at timestamptz,
  changed_by text,
  -- When the scores were computed last, for which day of the workspace, and what from.
  scored_at timestamptz,
  scored_day date,
  scored_of text
);
insert into engagement_rules default values;
-- Apart from member_card: fading changes many of them every day, and a card hangs in eight indexes.
create table member_engagement (
  member_id int primary key,
  -- In tenths of a point.
  score int not null check (score > 0),
  level_id int
) with (fillfactor = 70);
create index member_engagement_score on member_engagement (score desc, member_id desc);
-- The few that are asked for on their own: going through everybody by last seen would take long to meet them.
create index member_card_bot on member_card (bot, last_at desc nulls last, member_id desc) where bot <> 'human';
create index member_card_ours on member_card (last_at desc nulls last, member_id desc) where is_ours;

alter table segment
  add column description text not null default '',
  -- Which of the ready ones it is: its definition is the program's.
  add column ready text unique,
  -- Whoever enters or leaves is told of as a fact.
  add column alerts boolean not null default false,
  add column changed_at timestamptz;
insert into segment (name, filter, ready) values
  ('New this month', '{}', 'new-this-month'),
  ('New and active', '{}', 'new-and-active'),
  ('Going quiet', '{}', 'going-quiet'),
  ('Came back', '{}', 'came-back'),
  ('Most engaged', '{}', 'most-engaged'),
  ('First contribution this month', '{}', 'first-contribution-this-month'),
  ('Team members', '{}', 'team-members'),
  ('Bots to confirm', '{}', 'bots-to-confirm');

-- Who was in a segment when it was looked at last: one bit for each member, by id.
create table segment_membership (
  segment_id int primary key references segment (id) on delete cascade,
  -- Of what definition: another one is filled anew, and nobody is said to have entered by it.
  definition text not null,
  members bytea not null,
  size int not null,
  filled_at timestamptz not null,
  checked_at timestamptz not null
);
create table segment_change (
  id bigint generated always as identity primary key,
  segment_id int not null references segment (id) on delete cascade,
  member_id int not null,
  entered boolean not null,
  at timestamptz not null
);
create index segment_change_segment on segment_change (segment_id, id desc);
create index segment_change_at on segment_change (at);
create table segment_subscriber (
  segment_id int not null references segment (id) on delete cascade,
  user_id text not null,
  -- Up to which change the user was told.
  told_change bigint not null default 0,
  primary key (segment_id, user_id)
);

-- Affiliations that a person removed: an import or a profile that goes on saying so does not bring them back.
create table affiliation_removed (
  identity_id int not null references identity (id) on delete cascade,
  organization_id int not null references organization (id) on delete cascade,
  origin text not null check (origin in ('import', 'profile')),
  said_from date,
  removed_at timestamptz not null,
  removed_by text,
  unique nulls not distinct (identity_id, organization_id, origin, said_from)
);

-- What organizations.merge-into moved, so that it can be moved back.
create table organization_merge (
  id int generated always as identity primary key,
  kept_id int not null references organization (id) on delete cascade,
  gone jsonb not null,
  moved jsonb not null,
  made_at timestamptz not null,
  made_by text,
  undone_at timestamptz,
  undone_by text
);
create index organization_merge_kept on organization_merge (kept_id);

-- Merges from one file: made and undone together, in steps.
create table merge_batch (
  id int generated always as identity primary key,
  name text not null,
  state text not null default 'running' check (state in ('running', 'done', 'undoing', 'undone')),
  -- Members to join, two by two.
  pairs int[] not null,
  reasons text[] not null,
  done int not null default 0,
  merged int not null default 0,
  -- What turned out to be impossible by the time it was done: [{ line, reason }].
  refused jsonb not null default '[]',
  lines int[] not null,
  made_at timestamptz not null,
  made_by text,
  ended_at timestamptz,
  undone_by text
);
alter table merge add column batch_id int references merge_batch (id);
create index merge_batch_merges on merge (batch_id) where batch_id is not null;

-- Users that a note names, who were told of it.
alter table member_note add column mentions text[] not null default '{}';
