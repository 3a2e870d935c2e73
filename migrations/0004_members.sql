-- Who is who. An identity is the immutable end of an activity; identity.member_id is an opinion that can change.
create table organization (
  id int generated always as identity primary key,
  name text not null,
  name_key text not null unique,
  kind text not null default 'company' check (kind in ('company', 'university', 'project', 'ours')),
  url text,
  parent_id int references organization (id),
  customer_id text,
  annual_recurring_revenue numeric(14, 2),
  origin text not null default 'hand',
  created_at timestamptz not null default now(),
  revision bigint not null default (pg_current_xact_id()::text::bigint)
);
create index organization_search on organization using gin (name_key gin_trgm_ops);
create table organization_domain (
  domain text primary key,
  organization_id int not null references organization (id) on delete cascade
);
create index organization_domain_organization on organization_domain (organization_id);
create table organization_alias (
  alias_key text primary key,
  alias text not null,
  organization_id int not null references organization (id) on delete cascade
);

-- Each identity is born with a member of its own; a link is a merge row, so every link is explained and reversible.
create table member (
  id int generated always as identity primary key,
  -- The member that this one was merged into: a forest, whose roots are the people that are shown.
  merged_into int references member (id),
  -- The root of its tree (itself, when it was not merged): derived from merged_into, kept with it.
  root_id int not null references member (id),
  name text,
  avatar_url text,
  location text,
  bio text,
  website text,
  -- field -> { from, locked, by, at }: where a value came from, and whether a person fixed it.
  provenance jsonb not null default '{}',
  -- What was said of this row alone, and what holds for its whole tree (derived; what everybody reads).
  own_bot text not null default 'human' check (own_bot in ('human', 'suspected', 'bot')),
  bot text not null default 'human' check (bot in ('human', 'suspected', 'bot')),
  bot_reason text,
  -- A person's decision; automatic detection leaves it alone from then on.
  bot_decided_by text,
  created_at timestamptz not null default now(),
  revision bigint not null default (pg_current_xact_id()::text::bigint)
);
create index member_merged_into on member (merged_into) where merged_into is not null;
create index member_root on member (root_id);
create index member_revision on member (revision);
create index member_bot on member (bot) where bot <> 'human';

create table identity (
  id int generated always as identity primary key,
  platform text not null,
  host text not null default '',
  type text not null check (type in ('email', 'account', 'name')),
  value text not null,
  value_key text not null,
  platform_user_id text,
  former_values text[] not null default '{}',
  name text,
  avatar_url text,
  url text,
  source_id int,
  -- The member it was born with, and the root of that member's tree now.
  origin_member_id int not null references member (id),
  member_id int not null references member (id),
  created_at timestamptz not null default now(),
  revision bigint not null default (pg_current_xact_id()::text::bigint),
  unique (platform, host, type, value_key)
);
create unique index identity_platform_user on identity (platform, host, platform_user_id) where platform_user_id is not null;
create index identity_member on identity (member_id);
create index identity_origin on identity (origin_member_id);
create index identity_revision on identity (revision);
create index identity_domain on identity (split_part(value_key, '@', 2)) where type = 'email';
create index identity_source on identity (source_id);

create table identity_stat (
  identity_id int primary key,
  first_at timestamptz not null,
  last_at timestamptz not null,
  activities bigint not null
) with (fillfactor = 70);

create table merge (
  id int generated always as identity primary key,
  absorbed_id int not null references member (id),
  survivor_id int not null references member (id),
  cause text not null check (cause in ('proof', 'hand', 'suggestion', 'import')),
  reason text not null,
  made_at timestamptz not null default now(),
  made_by text,
  undone_at timestamptz,
  undone_by text
);
create unique index merge_live on merge (absorbed_id) where undone_at is null;
create index merge_survivor on merge (survivor_id);
create index merge_undone on merge (absorbed_id, survivor_id) where undone_at is not null;

create table suggestion (
  id int generated always as identity primary key,
  a_id int not null references member (id),
  b_id int not null references member (id),
  score real not null,
  -- [{ reason, weight, text }], strongest first.
  reasons jsonb not null,
  state text not null default 'open' check (state in ('open', 'accepted', 'refused', 'skipped')),
  -- Made of something that was seen once (a proof held back), not by comparing: comparing again does not remove it.
  kept boolean not null default false,
  created_at timestamptz not null default now(),
  decided_at timestamptz,
  decided_by text,
  check (a_id < b_id),
  unique (a_id, b_id)
);
create index suggestion_open on suggestion (score desc, id) where state = 'open';
create index suggestion_refused on suggestion (a_id, b_id) where state = 'refused';
create index suggestion_b on suggestion (b_id);

-- The latest searches for suggestions: how far, and what came of them.
create table suggestion_run (
  id int generated always as identity primary key,
  started_at timestamptz not null default now(),
  ended_at timestamptz,
  phase text not null default 'reading',
  done int not null default 0,
  total int,
  found int,
  error text,
  -- What it saw: when nothing changed since, there is nothing to search.
  seen text
);

create table affiliation (
  id int generated always as identity primary key,
  member_id int not null references member (id),
  organization_id int not null references organization (id) on delete cascade,
  from_day date,
  to_day date,
  role text,
  origin text not null check (origin in ('domain', 'profile', 'import', 'hand')),
  identity_id int references identity (id),
  -- The first day as the import said it, by which it meets itself again; and the person who fixed the row since.
  said_from date,
  fixed_by text,
  created_at timestamptz not null default now(),
  revision bigint not null default (pg_current_xact_id()::text::bigint),
  check (from_day is null or to_day is null or from_day <= to_day)
);
create index affiliation_member on affiliation (member_id);
create index affiliation_organization on affiliation (organization_id);
-- An import that says the same again meets itself; somebody may have belonged to one organization twice.
create unique index affiliation_said on affiliation (identity_id, organization_id, origin, said_from) nulls not distinct where identity_id is not null and origin <> 'domain';
create unique index affiliation_derived on affiliation (identity_id, organization_id) where origin = 'domain';

create table member_tag (
  member_id int not null references member (id),
  tag text not null,
  primary key (member_id, tag)
);
create index member_tag_tag on member_tag (tag);

create table member_note (
  id int generated always as identity primary key,
  member_id int not null references member (id),
  body text not null,
  author_id text,
  author_name text not null,
  created_at timestamptz not null default now(),
  edited_at timestamptz
);
create index member_note_member on member_note (member_id, id desc);

create table segment (
  id int generated always as identity primary key,
  name text not null,
  filter jsonb not null,
  owner_id text,
  shared boolean not null default true,
  created_at timestamptz not null default now()
);

-- What lists show of a person, derived from members, identities, statistics and affiliations; rebuilt at will.
create table member_card (
  member_id int primary key,
  name text not null,
  -- Folded, for sorting.
  name_key text not null,
  avatar_url text,
  handles text[] not null,
  platforms text[] not null,
  location text,
  organization_id int,
  organization text,
  is_ours boolean not null default false,
  bot text not null,
  first_at timestamptz,
  last_at timestamptz,
  activities bigint not null,
  identities int not null,
  tags text[] not null default '{}',
  -- Folded (lower case, Latin letters without accents, whatever the script): name, handles, addresses, organization.
  search text not null
);
create index member_card_search on member_card using gin (search gin_trgm_ops);
create index member_card_last on member_card (last_at desc nulls last, member_id desc);
create index member_card_first on member_card (first_at desc nulls last, member_id desc);
create index member_card_activities on member_card (activities desc, member_id desc);
create index member_card_name on member_card (name_key, member_id);
create index member_card_organization on member_card (organization_id) where organization_id is not null;
create index member_card_tags on member_card using gin (tags);

-- Members whose card is out of date; a job empties it.
create table card_stale (
  id bigint generated always as identity primary key,
  identity_ids int[] not null
);
