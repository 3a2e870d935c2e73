-- Who may come in: people and their sign-in (tables of better-auth under our names), invitations, API keys, the workspace.

create table user_account (
  id text primary key,
  name text not null,
  -- Always lower case.
  email text not null unique,
  email_verified boolean not null default false,
  image text,
  role text not null default 'light_agent' check (role in ('light_agent', 'agent', 'manager', 'administrator')),
  two_factor_enabled boolean not null default false,
  disabled_at timestamptz,
  last_seen_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

create table user_session (
  id text primary key,
  user_id text not null references user_account (id) on delete cascade,
  token text not null unique,
  expires_at timestamptz not null,
  ip_address text,
  user_agent text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index user_session_user on user_session (user_id);
create index user_session_expires on user_session (expires_at);

-- How a user proves to be who they are: a password, or an account at the identity provider.
create table user_credential (
  id text primary key,
  user_id text not null references user_account (id) on delete cascade,
  provider_id text not null,
  account_id text not null,
  password text,
  access_token text,
  refresh_token text,
  id_token text,
  access_token_expires_at timestamptz,
  refresh_token_expires_at timestamptz,
  scope text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (provider_id, account_id)
);
create index user_credential_user on user_credential (user_id);

-- Short-lived values of sign-in: password resets, pending second factors, state of single sign-on.
create table user_verification (
  id text primary key,
  identifier text not null,
  value text not null,
  expires_at timestamptz not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index user_verification_identifier on user_verification (identifier);

create table user_two_factor (
  id text primary key,
  user_id text not null references user_account (id) on delete cascade,
  secret text not null,
  backup_codes text not null,
  verified boolean not null default true,
  failed_verification_count int not null default 0,
  locked_until timestamptz
);
create unique index user_two_factor_user on user_two_factor (user_id);

create table user_rate_limit (
  id text primary key,
  key text not null unique,
  count int not null,
  last_request bigint not null
);

create table invitation (
  id bigint generated always as identity primary key,
  email text not null,
  role text not null check (role in ('light_agent', 'agent', 'manager', 'administrator')),
  token_hash text not null unique,
  invited_by text references user_account (id) on delete set null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  accepted_at timestamptz,
  accepted_by text references user_account (id) on delete set null,
  revoked_at timestamptz
);
-- One open invitation for an address: a new one takes the place of the old.
create unique index invitation_open on invitation (email) where accepted_at is null and revoked_at is null;

create table api_key (
  id bigint generated always as identity primary key,
  name text not null,
  -- The first characters of the key, so that people recognise theirs.
  prefix text not null,
  key_hash text not null unique,
  role text not null check (role in ('light_agent', 'agent', 'manager', 'administrator')),
  scopes text[] not null,
  -- Null when the command line made it.
  owner_id text references user_account (id) on delete cascade,
  created_at timestamptz not null default now(),
  expires_at timestamptz,
  last_used_at timestamptz,
  revoked_at timestamptz
);
create index api_key_owner on api_key (owner_id);

create table workspace (
  id int primary key default 1 check (id = 1),
  name text not null default 'Rapport',
  -- An IANA zone. Days in reports are days of this zone.
  time_zone text not null default 'UTC',
  fiscal_year_start_month int not null default 1 check (fiscal_year_start_month between 1 and 12),
  -- #rrggbb, or null for the product's own.
  accent text check (accent ~ '^#[0-9a-f]{6}$'),
  logo_file_id bigint references file (id) on delete set null,
  -- Lower case. Addresses at these make a person a team member.
  our_domains text[] not null default '{}',
  set_up_at timestamptz
);
insert into workspace default values;

-- The one-time link of the first visit. The token is derived from the secret key and this nonce: a copy of the
-- database alone does not give it away.
create table setup_token (
  id int primary key default 1 check (id = 1),
  nonce text not null,
  created_at timestamptz not null default now(),
  used_at timestamptz
);

-- Who is sending a mail right now, so that two workers do not send it twice.
alter table mail add column claimed_at timestamptz;
create index mail_newest on mail (id desc);
