-- Words of the titles of threads. Not in `thread`: that row is written with every answer, and its indexes with it.
create table thread_words (
  source_id int not null,
  thread_id bigint not null,
  words tsvector not null,
  primary key (source_id, thread_id)
);
-- As the program indexes them (activities/words.ts), and the index made of all at once: under a minute for 2.6 million threads.
insert into thread_words (source_id, thread_id, words)
select source_id, id, to_tsvector('simple', case when octet_length(title) = length(title) then title
  else regexp_replace(title, '([\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0e7f])', ' \1 ', 'g') end)
from thread where title is not null;
create index thread_words_words on thread_words using gin (words);
analyze thread_words;
