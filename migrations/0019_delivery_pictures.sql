-- What a delivery carries beside its words (a report's chart): name, alternative text and content in Base64, sealed, as there may
-- be names of members in it. Wiped when the delivery has ended.
alter table delivery add column pictures text;
