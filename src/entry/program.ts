import { connectors } from '../connectors/registry.ts';
import { accessJobs } from '../modules/access/index.ts';
import {
  activitiesJobs,
  activityTarget,
  countOlder,
  dropOlder,
  dropSource,
  history,
  indexNewWords,
  openTaker,
  recountWhenZoneChanges,
  threadTarget,
  readTextsJob,
} from '../modules/activities/index.ts';
import {
  findSuggestionsJob,
  identityTarget,
  membersHandlers,
  membersJobs,
  provideToMembers,
  refreshStaleCards,
  watchSegmentsJob,
} from '../modules/members/index.ts';
import { engagementHandlers, memberFields, metricsJobs, scoreEngagement, scoreEngagementJob, whoDid } from '../modules/metrics/index.ts';
import { provideToSources, sourcesJobs } from '../modules/sources/index.ts';
import type { Config } from '../platform/config.ts';
import type { Program } from '../platform/context.ts';
import type { Clock } from '../platform/clock.ts';
import { systemClock } from '../platform/clock.ts';
import { openDatabase } from '../platform/db.ts';
import { startDatabase } from '../platform/embedded-postgres.ts';
import { deliverFacts } from '../platform/facts.ts';
import { createJobs } from '../platform/jobs.ts';
import type { Job } from '../platform/jobs.ts';
import { createLog } from '../platform/log.ts';
import type { Log } from '../platform/log.ts';
import { mailJob } from '../platform/mail.ts';
import { growSparingly } from '../platform/memory.ts';
import { migrate } from '../platform/migrate.ts';
import { createSecrets } from '../platform/secrets.ts';

/** Everything that happens later or by schedule. */
const jobs: readonly Job[] = [
  deliverFacts([...membersHandlers, recountWhenZoneChanges, ...engagementHandlers]),
  mailJob,
  ...accessJobs,
  ...sourcesJobs,
  ...activitiesJobs,
  ...membersJobs,
  ...metricsJobs,
  scoreEngagementJob,
];

// Sources know the contract only: which connectors there are and who takes what they read is decided here.
provideToSources({
  connectors,
  openTaker,
  dropOlder,
  countOlder,
  dropSource,
  async findTarget(db, about) {
    if ('thread' in about) return threadTarget(db, about.thread);
    if ('activity' in about) return activityTarget(db, about.activity);
    return { sourceId: undefined, target: { person: await identityTarget(db, about.identity) } };
  },
  async whileReading(program, sourceId, signal) {
    await indexNewWords(program, signal, sourceId);
  },
  async afterReading(program, signal) {
    await refreshStaleCards(program, signal);
    await indexNewWords(program, signal);
    await scoreEngagement(program);
    await program.jobs.send(watchSegmentsJob.name, {}, { once: true });
    // Language, tone and topics of what is new: read behind, too.
    await program.jobs.send(readTextsJob.name, {}, { once: true });
    // Who may be one person is looked for behind: it takes longer, and nothing waits for it.
    await program.jobs.send(findSuggestionsJob.name, {}, { once: true });
  },
});

// Members know people, not what they did: who counts that is decided here too.
provideToMembers({ history, whoDid, fields: memberFields });

export interface RunningProgram extends Program {
  /** Lets work finish, closes the database, and stops the embedded one if nobody else uses it. */
  close(): Promise<void>;
}

/** Opens the database (starting the embedded one if no other is configured), brings it up to date, and makes the program. */
export async function openProgram(config: Config, options: { log?: Log; clock?: Clock; migrate?: boolean } = {}): Promise<RunningProgram> {
  growSparingly();
  const log = options.log ?? createLog(config.logLevel);
  const embedded = config.databaseUrl === undefined ? await startDatabase({ dataDir: config.dataDir, log }) : undefined;
  const url = config.databaseUrl ?? embedded?.url ?? '';
  try {
    if (options.migrate !== false) {
      const applied = await migrate(url);
      if (applied.length > 0) log.info({ applied }, 'database brought up to date');
    }
    const database = openDatabase(url, config.poolSize);
    const jobQueue = createJobs(database, log, jobs);
    return {
      config,
      database,
      log,
      clock: options.clock ?? systemClock,
      secrets: createSecrets(config),
      jobs: jobQueue,
      async close() {
        await jobQueue.stop();
        await database.close();
        await embedded?.stop();
      },
    };
  } catch (error) {
    await embedded?.stop();
    throw error;
  }
}
