import { sql } from 'kysely';
import type { Db } from '../../platform/db.ts';
import { showId } from '../../platform/ids.ts';
import { compileTopics, normal } from './keywords.ts';
import type { TopicRules } from './keywords.ts';
import { ownWords, writtenKindNumbers } from './own-words.ts';

/** So many of the newest are looked at: some tenths of a second. */
const mostRead = 10_000;
const chunk = 2000;
const mostExamples = 8;

export interface TopicPreview {
  read: number;
  since: string | null;
  matches: number;
  people: number;
  examples: { id: string; at: string; person: string; source: string; text: string; keyword: string }[];
}

/** How many of the newest texts rules fit. Asks the database piece by piece, so that others are served between. */
export async function previewTopic(db: Db, rules: TopicRules): Promise<TopicPreview> {
  const matcher = compileTopics([rules]);
  const members = new Set<number>();
  const preview: TopicPreview = { read: 0, since: null, matches: 0, people: 0, examples: [] };
  let after: { key: string; id: number } | undefined;
  while (preview.read < mostRead) {
    const rows = await newestTexts(db, rules, after);
    for (const row of rows) {
      const own = ownWords(row);
      const keyword = own === undefined ? undefined : matcher.firstKeyword(own);
      if (own === undefined || keyword === undefined) continue;
      preview.matches += 1;
      members.add(row.member_id);
      if (preview.examples.length < mostExamples)
        preview.examples.push({
          id: showId('activity', row.id),
          at: row.at.toISOString(),
          person: row.person,
          source: row.source,
          text: around(own, keyword),
          keyword,
        });
    }
    preview.read += rows.length;
    const last = rows.at(-1);
    if (last === undefined) break;
    preview.since = last.at.toISOString();
    after = { key: last.key, id: last.id };
    if (rows.length < chunk) break;
  }
  return { ...preview, people: members.size };
}

interface Row {
  id: number;
  at: Date;
  key: string;
  kind: number;
  title: string | null;
  body: string | null;
  member_id: number;
  person: string;
  source: string;
}

async function newestTexts(db: Db, rules: TopicRules, after: { key: string; id: number } | undefined): Promise<Row[]> {
  const kinds = rules.kinds ?? writtenKindNumbers;
  const { rows } = await sql<Row>`
    with page as materialized (
      select a.* from source s, unnest(${[...kinds]}::smallint[]) k (kind) cross join lateral (
        select a.source_id, a.id, a.at, a.kind, a.title, left(a.body, 8000) as body, a.identity_id from activity a
        where a.source_id = s.id and a.kind = k.kind ${after === undefined ? sql`` : sql`and (a.at, a.id) < (${after.key}::timestamptz, ${after.id}::bigint)`}
        order by a.at desc, a.id desc limit ${chunk}) a
      where s.state <> 'removing' ${rules.sources === null ? sql`` : sql`and s.id = any (${[...rules.sources]}::int[])`}
      order by a.at desc, a.id desc limit ${chunk})
    select p.id, p.at, p.at::text as key, p.kind, p.title, p.body, i.member_id, coalesce(c.name, i.name, i.value) as person, s.name as source
    from page p join source s on s.id = p.source_id join identity i on i.id = p.identity_id left join member_card c on c.member_id = i.member_id
    order by p.at desc, p.id desc`.execute(db);
  return rows;
}

/** The words around a keyword; the beginning where it stands in another form. */
function around(text: string, keyword: string): string {
  const line = text.replace(/\s+/g, ' ');
  const core = normal(keyword.replace(/\*$/, '')).trim();
  const at = Math.max(0, normal(line).indexOf(core));
  const from = at <= 60 ? 0 : line.indexOf(' ', at - 60) + 1;
  const part = line.slice(from, from + 180).toWellFormed();
  return `${from > 0 ? '… ' : ''}${part}${from + 180 < line.length ? ' …' : ''}`;
}
