import { z } from 'zod';
import { activityKinds } from '../../connectors/contract.ts';
import { nameOf } from '../../platform/access.ts';
import { defineAction } from '../../platform/action.ts';
import type { Action } from '../../platform/action.ts';
import type { Context } from '../../platform/context.ts';
import { conflict, notFound } from '../../platform/errors.ts';
import { idInput, showId } from '../../platform/ids.ts';
import { cleanLine, cleanText } from '../members/index.ts';
import { kindCode, kindName } from './kinds.ts';
import { readJobName } from './reading.ts';
import { holdRules } from './reading-store.ts';
import { previewTopic } from './topic-preview.ts';
import { mostTopics, readKeywords } from './topic-rules.ts';
import { readRuns, startRun } from './topic-run.ts';
import { suggestWords } from './topic-suggest.ts';

const words = z.array(z.string().max(400)).max(20_000);
const rulesInput = {
  keywords: words.describe('Words, phrases, and beginnings of words (deploy*). Upper and lower case and accents do not matter.'),
  exclusions: words.default([]).describe('A text with one of these is not about the topic.'),
  sources: z.array(idInput('source')).max(500).nullable().default(null).describe('Only these sources; null is all.'),
  kinds: z.array(z.enum(activityKinds)).nullable().default(null).describe('Only these kinds of activity; null is all.'),
};

const topicOutput = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string().nullable(),
  colour: z.number().describe('One of eight colours, 0 to 7.'),
  keywords: z.array(z.string()),
  exclusions: z.array(z.string()),
  sources: z.array(z.string()).nullable(),
  kinds: z.array(z.enum(activityKinds)).nullable(),
  updatedAt: z.string(),
  updatedBy: z.string(),
  progress: z.number().nullable().describe('How far history is matched by the present keywords, 0 to 1; null when it is.'),
});

const listTopics = defineAction({
  name: 'topics.list',
  kind: 'query',
  access: 'light_agent',
  summary: 'Lists the topics that the team watches, with their keywords.',
  input: z.object({}),
  output: z.object({ topics: z.array(topicOutput) }),
  run: async (context) => ({ topics: await readTopics(context) }),
});

async function readTopics(context: Context): Promise<z.input<typeof topicOutput>[]> {
  const rows = await context.db.selectFrom('topic').selectAll().where('removed_at', 'is', null).orderBy('name').execute();
  const runs = await readRuns(context.database);
  return rows.map((row) => ({
    id: showId('topic', row.id),
    name: row.name,
    description: row.description,
    colour: row.colour,
    keywords: row.keywords,
    exclusions: row.exclusions,
    sources: row.sources?.map((id) => showId('source', id)) ?? null,
    kinds: row.kinds?.map(kindName) ?? null,
    updatedAt: row.updated_at.toISOString(),
    updatedBy: row.updated_by,
    progress: runs.get(row.id) ?? null,
  }));
}

const saveTopic = defineAction({
  name: 'topics.save',
  kind: 'command',
  access: 'agent',
  summary: 'Makes a topic, or changes one. What was said before is matched again in the background.',
  input: z.object({
    id: idInput('topic').optional().describe('Left out for a new one.'),
    name: z
      .string()
      .transform((text) => cleanLine(text, 60))
      .pipe(z.string().min(1, 'is empty: give the topic a name')),
    description: z
      .string()
      .transform((text) => cleanText(text, 500))
      .nullable()
      .default(null),
    colour: z.number().int().min(0).max(7).optional(),
    ...rulesInput,
  }),
  output: z.object({ id: z.string(), matching: z.boolean().describe('History is being matched again.') }),
  async run(context, input) {
    const { tx } = context;
    if (tx === undefined) throw new Error('A command runs in a transaction.');
    const rules = { ...readKeywords(input.keywords, input.exclusions), ...limitsOf(input) };
    await holdRules(tx);
    const { id, before } = await keepTopic(context, input, rules);
    const changed = before === undefined || JSON.stringify(before) !== JSON.stringify(rules);
    if (changed) {
      await startRun(tx, id);
      await context.jobs.sendInside(tx, readJobName, {}, { once: true });
    }
    context.audit({
      subject: showId('topic', id),
      summary: `${before === undefined ? 'Made' : 'Changed'} the topic ${input.name}`,
      before,
      after: rules,
    });
    return { id: showId('topic', id), matching: changed };
  },
});

interface Rules {
  keywords: string[];
  exclusions: string[];
  sources: number[] | null;
  kinds: number[] | null;
}

function limitsOf(input: { sources: number[] | null; kinds: (typeof activityKinds)[number][] | null }): Pick<Rules, 'sources' | 'kinds'> {
  const some = <T>(list: readonly T[] | null): readonly T[] | null => (list === null || list.length === 0 ? null : list);
  return {
    sources: some(input.sources)?.toSorted((a, b) => a - b) ?? null,
    kinds:
      some(input.kinds)
        ?.map(kindCode)
        .toSorted((a, b) => a - b) ?? null,
  };
}

/** Errors: `topic.name_taken`, `topic.most`, `not_found`. */
async function keepTopic(
  context: Context,
  input: { id?: number | undefined; name: string; description: string | null; colour?: number | undefined },
  rules: Rules,
): Promise<{ id: number; before: Rules | undefined }> {
  const live = await context.db.selectFrom('topic').selectAll().where('removed_at', 'is', null).execute();
  if (live.some((row) => row.id !== input.id && row.name.toLowerCase() === input.name.toLowerCase()))
    throw conflict('topic.name_taken', `There is a topic ${input.name} already. Change that one, or choose another name.`);
  const stamp = { updated_at: context.clock.now(), updated_by: nameOf(context.actor) };
  const shown = { name: input.name, description: input.description === '' ? null : input.description };
  if (input.id === undefined) {
    if (live.length >= mostTopics)
      throw conflict('topic.most', `There are ${mostTopics} topics, which is the most. Remove one that nobody watches.`);
    const row = await context.db
      .insertInto('topic')
      .values({
        ...shown,
        ...rules,
        ...stamp,
        colour: input.colour ?? freeColour(live.map((one) => one.colour)),
        created_at: stamp.updated_at,
        created_by: stamp.updated_by,
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    return { id: row.id, before: undefined };
  }
  const own = live.find((row) => row.id === input.id);
  if (own === undefined) throw notFound('topic', showId('topic', input.id));
  await context.db
    .updateTable('topic')
    .set({ ...shown, ...rules, ...stamp, ...(input.colour === undefined ? {} : { colour: input.colour }) })
    .where('id', '=', own.id)
    .execute();
  const { keywords, exclusions, sources, kinds } = own;
  return { id: own.id, before: { keywords, exclusions, sources, kinds } };
}

/** The colour that the fewest topics have. */
function freeColour(used: readonly number[]): number {
  const counts = Array.from({ length: 8 }, (_, colour) => used.filter((one) => one === colour).length);
  return counts.indexOf(Math.min(...counts));
}

const removeTopic = defineAction({
  name: 'topics.remove',
  kind: 'command',
  access: 'agent',
  summary: 'Removes a topic. What was said stays; it is only not counted under this topic any more.',
  input: z.object({ id: idInput('topic') }),
  output: z.object({}),
  async run(context, input) {
    const { tx } = context;
    if (tx === undefined) throw new Error('A command runs in a transaction.');
    await holdRules(tx);
    const row = await context.db
      .updateTable('topic')
      .set({ removed_at: context.clock.now() })
      .where('id', '=', input.id)
      .where('removed_at', 'is', null)
      .returning('name')
      .executeTakeFirst();
    if (row === undefined) throw notFound('topic', showId('topic', input.id));
    await startRun(tx, input.id);
    await context.jobs.sendInside(tx, readJobName, {}, { once: true });
    context.audit({ subject: showId('topic', input.id), summary: `Removed the topic ${row.name}` });
    return {};
  },
});

const previewTopics = defineAction({
  name: 'topics.preview',
  kind: 'query',
  access: 'light_agent',
  summary: 'Shows how many of the newest activities would belong to a topic, with examples, before it is saved.',
  input: z.object(rulesInput),
  output: z.object({
    read: z.number().describe('Activities that were looked at, newest first.'),
    since: z.string().nullable().describe('When the oldest of them was.'),
    matches: z.number(),
    people: z.number(),
    examples: z.array(
      z.object({
        id: z.string(),
        at: z.string(),
        person: z.string(),
        source: z.string(),
        text: z.string().describe('What stands around the keyword.'),
        keyword: z.string().describe('The keyword that fits first.'),
      }),
    ),
  }),
  async run(context, input) {
    return previewTopic(context.db, { id: 1, ...readKeywords(input.keywords, input.exclusions), ...limitsOf(input) });
  },
});

const suggestTopics = defineAction({
  name: 'topics.suggest',
  kind: 'query',
  access: 'light_agent',
  summary: 'Suggests keywords: what was said by many people in the last 90 days, and seldom before.',
  input: z.object({ limit: z.coerce.number().int().min(1).max(100).default(24) }),
  output: z.object({
    read: z.number().describe('Texts of the last 90 days that were looked at.'),
    words: z.array(
      z.object({
        word: z.string(),
        texts: z.number().describe('How many of them say it.'),
        people: z.number(),
        before: z.number().describe('Times more frequent than before; 0 when it was not said before.'),
      }),
    ),
  }),
  run: (context, input) => suggestWords(context, input.limit),
});

export const topicActions = [listTopics, saveTopic, removeTopic, previewTopics, suggestTopics] satisfies readonly Action[];
