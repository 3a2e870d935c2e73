import { transaction } from '../../platform/db.ts';
import type { Database } from '../../platform/db.ts';
import type { Program } from '../../platform/context.ts';
import type { FactHandler } from '../../platform/facts.ts';
import type { Job } from '../../platform/jobs.ts';
import { readWorkspace } from '../access/index.ts';
import { readEngagementRules, writeEngagement } from '../members/index.ts';
import { dayIn, showDay } from './calendar.ts';
import { scoreEveryone } from './engagement.ts';
import { censusVersion, openCensus } from './load.ts';

/** What this process wrote last: the same again needs no counting. */
const written = new WeakMap<Database, string>();

/** Counts everybody's engagement as of today, and hands it to the members. Returns how many people's changed. */
export async function scoreEngagement(program: Pick<Program, 'database' | 'clock'>): Promise<number> {
  const { database, clock } = program;
  const rules = await readEngagementRules(database.db);
  const { timeZone } = await readWorkspace(database.db);
  const now = clock.now();
  const today = dayIn(timeZone, now);
  const seenBy = (version: number) => JSON.stringify([version, today, rules.version]);
  if (written.get(database) === seenBy(await censusVersion(database))) return 0;
  const census = await openCensus(database);
  const seen = seenBy(census.version);
  const tenths = scoreEveryone(census, rules, today);
  const changed = await writeEngagement(
    (work) => transaction(database, work),
    { tenths, levels: rules.levels, day: showDay(today), of: rules.version },
    now,
  );
  written.set(database, seen);
  return changed;
}

export const scoreEngagementJob: Job = {
  name: 'metrics.score-engagement',
  // Points fade by the day, and a day begins at any hour somewhere.
  cron: '11 * * * *',
  async work(program) {
    await scoreEngagement(program);
  },
};

/** Whoever is joined, taken apart, or found to be a bot has other points; other rules give everybody others. */
export const engagementHandlers: readonly FactHandler[] = [
  'engagement.updated',
  'member.merged',
  'member.unmerged',
  'member.bot-decided',
].map((on) => ({
  name: `metrics.score-engagement:${on}`,
  on,
  async handle(program, tx) {
    await program.jobs.sendInside(tx, scoreEngagementJob.name, {}, { once: true });
  },
}));
