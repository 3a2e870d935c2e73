import { z } from 'zod';
import { idOf, nameOf } from '../../platform/access.ts';
import { defineAction } from '../../platform/action.ts';
import type { Db, OpenTransaction } from '../../platform/db.ts';
import { conflict, notFound } from '../../platform/errors.ts';
import { idInput, showId } from '../../platform/ids.ts';
import { languageCodes, languageNumber, languageOf, sentimentNumber, sentimentOf, sentiments } from './languages.ts';
import { ownWords } from './own-words.ts';
import { readAgain } from './reading.ts';
import { holdReading, readablesOf, workspaceDays } from './reading-store.ts';

/** What is read of one activity, and what a person corrected. */
export const readingOutput = z.object({
  language: z.enum(languageCodes).describe('ISO 639-1; und is unknown.'),
  sentiment: z.enum(sentiments),
  score: z.number().nullable().describe('−100 to 100; null where unknown, or decided by a person.'),
  corrected: z
    .object({ language: z.boolean(), sentiment: z.boolean(), by: z.string(), at: z.string() })
    .nullable()
    .describe('Which of them a person decided, who last and when.'),
});

/** Null where nobody wrote words of their own, or they are not read yet. */
export async function readingOf(db: Db, sourceId: number, activityId: number): Promise<z.input<typeof readingOutput> | null> {
  const row = await db
    .selectFrom('activity_reading as r')
    .leftJoin('reading_correction as c', (join) =>
      join.onRef('c.source_id', '=', 'r.source_id').onRef('c.activity_id', '=', 'r.activity_id'),
    )
    .select(['r.language', 'r.sentiment', 'r.score', 'c.language as by_language', 'c.sentiment as by_sentiment', 'c.by_name', 'c.at'])
    .where('r.source_id', '=', sourceId)
    .where('r.activity_id', '=', activityId)
    .executeTakeFirst();
  if (row === undefined) return null;
  return {
    language: languageOf(row.language),
    sentiment: sentimentOf(row.sentiment),
    score: row.score,
    corrected:
      row.by_name === null || row.at === null
        ? null
        : { language: row.by_language !== null, sentiment: row.by_sentiment !== null, by: row.by_name, at: row.at.toISOString() },
  };
}

export const correctReading = defineAction({
  name: 'activities.correct',
  kind: 'command',
  access: 'agent',
  summary: 'Corrects the language or the sentiment of an activity. The correction stays, whatever is read again.',
  input: z.object({
    id: idInput('activity'),
    language: z.enum(languageCodes).nullable().optional().describe('und is unknown; null takes a correction back.'),
    sentiment: z.enum(sentiments).nullable().optional().describe('null takes a correction back.'),
  }),
  output: readingOutput,
  async run(context, input) {
    const { tx } = context;
    if (tx === undefined) throw new Error('A command runs in a transaction.');
    const subject = showId('activity', input.id);
    const { rows } = await tx.client.query<{ source_id: number }>(
      'select source_id from activity where id = $1 and source_id in (select id from source)',
      [input.id],
    );
    const sourceId = rows[0]?.source_id;
    if (sourceId === undefined) throw notFound('activity', subject);
    const { upTo } = await holdReading(tx, sourceId);
    const [activity] = await readablesOf(tx, sourceId, [input.id]);
    if (activity === undefined || ownWords(activity) === undefined)
      throw conflict('reading.no_words', 'Nobody wrote words of their own in this activity: it has no language and no sentiment.');
    if (activity.id > upTo) throw conflict('reading.waiting', 'This activity is not read yet. Try again in a minute.');
    const before = await readingOf(context.db, sourceId, input.id);
    await keepCorrection(tx, sourceId, input, { id: idOf(context.actor) ?? null, name: nameOf(context.actor), at: context.clock.now() });
    await readAgain(tx, sourceId, await workspaceDays(tx), [activity]);
    await tx.client.query('delete from reading_pending where source_id = $1 and activity_id = $2', [sourceId, input.id]);
    const after = await readingOf(context.db, sourceId, input.id);
    if (after === null) throw new Error(`Activity ${subject} has words and was not read.`);
    context.audit({ subject, summary: 'Corrected what was read of an activity', before, after });
    return after;
  },
});

type Given = { id: number; language?: string | null | undefined; sentiment?: (typeof sentiments)[number] | null | undefined };

async function keepCorrection(
  tx: OpenTransaction,
  sourceId: number,
  given: Given,
  by: { id: string | null; name: string; at: Date },
): Promise<void> {
  const language = given.language === undefined || given.language === null ? null : languageNumber(given.language);
  const sentiment = given.sentiment === undefined || given.sentiment === null ? null : sentimentNumber(given.sentiment);
  await tx.client.query(
    `insert into reading_correction as c (source_id, activity_id, language, sentiment, by_id, by_name, at) values ($1, $2, $3, $4, $5, $6, $7)
     on conflict (source_id, activity_id) do update set
       language = case when $8 then excluded.language else c.language end,
       sentiment = case when $9 then excluded.sentiment else c.sentiment end,
       by_id = excluded.by_id, by_name = excluded.by_name, at = excluded.at`,
    [sourceId, given.id, language, sentiment, by.id, by.name, by.at, given.language !== undefined, given.sentiment !== undefined],
  );
  await tx.client.query(
    'delete from reading_correction where source_id = $1 and activity_id = $2 and language is null and sentiment is null',
    [sourceId, given.id],
  );
}
