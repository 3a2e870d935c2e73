-- Reports keep in memory which country each person's place names, and follow what changes: the transaction that last changed it.
alter table member_card add column place_revision bigint not null default 0;
alter table member_card alter column place_revision set default pg_current_xact_id()::text::bigint;
create index member_card_place_revision on member_card (place_revision);
