import { z } from 'zod';
import { defineAction } from '../../platform/action.ts';
import { showId } from '../../platform/ids.ts';
import { showDay } from './calendar.ts';
import { openCensus } from './load.ts';
import { parameters, resolveParameters, windowBefore } from './parameters.ts';
import type { Parameters } from './parameters.ts';
import { activitiesOfVoices, countVoices, peopleOf, together } from './reading-count.ts';
import type { Voices } from './reading-count.ts';
import { rankCounts } from './ranking.ts';
import { openReadings, walkReadings } from './readings.ts';
import { within } from './report.ts';
import { membersSize } from './census.ts';
import { showMembers } from './rows.ts';
import { readTopicNames } from './topic-names.ts';

const steps = 12;

/** What the page Topics shows of each topic: how much, who, in which tone, and how it went, in one reading. */
export const topicsOverview = defineAction({
  name: 'metrics.topics',
  kind: 'query',
  access: 'light_agent',
  summary: 'Sums up each topic: its activities and people beside the window before, its tone, its course and its most active people.',
  input: z.object({
    from: parameters.from,
    to: parameters.to,
    population: parameters.population,
    topic: parameters.topic,
  }),
  output: z.object({
    window: z.object({ from: z.string(), to: z.string() }),
    topics: z.array(
      z.object({
        topic: z.string(),
        activities: z.number(),
        people: z.number(),
        before: z.object({ activities: z.number(), people: z.number() }),
        sentiment: z.object({ negative: z.number(), neutral: z.number(), positive: z.number(), unknown: z.number() }),
        course: z.array(z.number()).describe('Activities in twelve equal parts of the window.'),
      }),
    ),
    people: z
      .array(z.object({ id: z.string(), name: z.string(), avatarUrl: z.string().nullable(), count: z.number() }))
      .describe('Who said most about the topic that was asked for; empty for all.'),
  }),
  async run(context, input) {
    const { ask } = await resolveParameters(
      context,
      { kinds: 'activities', chart: { type: 'ranking', x: 'topic' } },
      defaults({ from: input.from, to: input.to, population: input.population }),
    );
    const { selection } = ask;
    const names = await readTopicNames(context.db);
    const previous = windowBefore(selection.from, selection.to);
    const readings = await openReadings(context.database, 'topic', { from: previous.from, to: selection.to });
    const census = await openCensus(context.database);
    const wanted = (key: number) => names.has(key >> 2) && (input.topic === undefined || key >> 2 === input.topic);
    const days = selection.to - selection.from + 1;
    const part = (day: number) => Math.min(steps - 1, Math.floor(((day - selection.from) * steps) / days));
    const now = countVoices(census, readings, selection, undefined, (key, day) => key * steps + part(day), wanted);
    const before = countVoices(census, readings, within(selection, previous), undefined, (key) => key >> 2, wanted);
    const ranking = input.topic === undefined ? undefined : countPeople(input.topic);
    const topics = [...names.keys()]
      .filter((topic) => input.topic === undefined || topic === input.topic)
      .map((topic) => {
        const at = (sentiment: number, step: number): Voices | undefined => now.get((topic * 4 + sentiment) * steps + step);
        const toneOf = (sentiment: number) => range(steps).reduce((sum, step) => sum + activitiesOfVoices(at(sentiment, step)), 0);
        const [unknown, negative, neutral, positive] = [toneOf(0), toneOf(1), toneOf(2), toneOf(3)];
        return {
          topic: showId('topic', topic),
          activities: unknown + negative + neutral + positive,
          people: peopleOf(
            together(
              census,
              range(4).flatMap((tone) => range(steps).map((step) => at(tone, step))),
            ),
          ),
          before: { activities: activitiesOfVoices(before.get(topic)), people: peopleOf(before.get(topic)) },
          sentiment: { unknown, negative, neutral, positive },
          course: range(steps).map((step) => range(4).reduce((sum, tone) => sum + activitiesOfVoices(at(tone, step)), 0)),
        };
      });
    const people = ranking === undefined ? [] : await showMembers(context.db, ranking);
    return { window: { from: showDay(selection.from), to: showDay(selection.to) }, topics, people };

    function countPeople(topic: number): { id: number; amount: number }[] {
      const counts = new Int32Array(membersSize(census));
      walkReadings(
        census,
        readings,
        selection,
        undefined,
        ({ members, counts: own, size }) => {
          for (let i = 0; i < size; i++) counts[members[i] ?? 0] = (counts[members[i] ?? 0] ?? 0) + (own[i] ?? 0);
        },
        (key) => key >> 2 === topic,
      );
      const { ids, amounts } = rankCounts(counts);
      return [...ids.subarray(0, 10)].map((id, i) => ({ id, amount: amounts[i] ?? 0 }));
    }
  },
});

/** The other parameters as they are when nobody asks. */
function defaults(given: object): Parameters {
  return z.object(parameters).parse(given);
}

function range(size: number): number[] {
  return Array.from({ length: size }, (_, i) => i);
}
