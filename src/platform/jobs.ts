import { PgBoss } from 'pg-boss';
import type { Program } from './context.ts';
import type { Database, OpenTransaction } from './db.ts';
import { messageOf } from './errors.ts';
import type { Log } from './log.ts';

/** Where the queue keeps its tables. */
export const jobsSchema = 'jobs';

/** Work that happens later, in a worker process, at least once. */
export interface Job {
  /** `sources.read`: the module, then the verb. */
  name: string;
  /** Cron expression in UTC, for what happens by itself. */
  cron?: string;
  /** How many at once in one worker. Default 1. */
  atOnce?: number;
  /** Seconds after which another worker takes it over. Default 900; long work touches its own progress. */
  expireSeconds?: number;
  work(program: Program, data: Record<string, unknown>, signal: AbortSignal): Promise<void>;
}

export interface SendOptions {
  /** At most one job with this key waits at a time: a second one changes nothing. */
  key?: string;
  /** At most one waits, whatever its data. */
  once?: boolean;
  startAfter?: Date;
}

export interface Jobs {
  send(name: string, data: Record<string, unknown>, options?: SendOptions): Promise<void>;
  /** Queued by the same commit as the data that it is about. */
  sendInside(tx: OpenTransaction, name: string, data: Record<string, unknown>, options?: SendOptions): Promise<void>;
  /** Starts working on these jobs in this process, and keeps their schedules. */
  work(program: Program): Promise<void>;
  /** Waits for running work to obey its signal, up to ten seconds. */
  stop(): Promise<void>;
}

/** The queue in the same PostgreSQL. Nothing is opened until something is sent or worked on. */
export function createJobs(database: Database, log: Log, jobs: readonly Job[]): Jobs {
  const stopping = new AbortController();
  let boss: Promise<PgBoss> | undefined;
  let working = false;

  function open(worker: boolean): Promise<PgBoss> {
    boss ??= startBoss(database, log, jobs, worker).catch((error: unknown) => {
      // The next to ask tries anew.
      boss = undefined;
      throw error;
    });
    return boss;
  }

  return {
    async send(name, data, options = {}) {
      await (await open(false)).send(name, data, toBoss(options));
    },
    async sendInside(tx, name, data, options = {}) {
      const db = { executeSql: (text: string, values?: unknown[]) => tx.client.query(text, values) };
      await (await open(false)).send(name, data, { ...toBoss(options), db });
    },
    async work(program) {
      if (boss !== undefined) await (await boss).stop({ graceful: false });
      boss = undefined;
      const started = await open(true);
      working = true;
      for (const job of jobs) {
        const worker: string = await started.work(
          job.name,
          { pollingIntervalSeconds: 2, notifyPollingIntervalSeconds: 10, localConcurrency: job.atOnce ?? 1 },
          async ([queued]) => {
            if (queued === undefined) return;
            const begun = performance.now();
            try {
              await job.work(program, (queued.data ?? {}) as Record<string, unknown>, stopping.signal);
              log.debug({ job: job.name, ms: Math.round(performance.now() - begun) }, 'job done');
            } catch (error) {
              log.error({ job: job.name, error: messageOf(error) }, 'job failed, will be tried again');
              throw error;
            } finally {
              // There may be more that waits: look at once instead of at the next poll.
              setImmediate(() => started.notifyWorker(worker));
            }
          },
        );
        if (job.cron === undefined) await started.unschedule(job.name);
        else await started.schedule(job.name, job.cron);
      }
    },
    async stop() {
      stopping.abort(new Error('the program stops'));
      if (boss !== undefined) await (await boss).stop({ graceful: working, timeout: 10_000 });
    },
  };
}

function toBoss(options: SendOptions): { singletonKey: string; startAfter?: Date } {
  return {
    singletonKey: options.key ?? (options.once === true ? 'once' : crypto.randomUUID()),
    ...(options.startAfter === undefined ? {} : { startAfter: options.startAfter }),
  };
}

/**
 * Work that no process has said for so long that it does belongs to a dead one, and is taken up again. Without it, work of the
 * same key would wait until the time that the dead one was given is over: a day, for an import.
 */
const heartbeatSeconds = 60;

async function startBoss(database: Database, log: Log, jobs: readonly Job[], worker: boolean): Promise<PgBoss> {
  // A worker is woken by the database, and asks by itself only now and then: an idle instance has nothing to do.
  const boss = new PgBoss(
    worker
      ? { connectionString: database.url, max: 4, application_name: 'rapport jobs', schema: jobsSchema, useListenNotify: true }
      : // A connection of its own: what is sent inside transactions must not wait for those that they hold.
        { connectionString: database.url, max: 1, application_name: 'rapport jobs', schema: jobsSchema, supervise: false, schedule: false },
  );
  boss.on('error', (error: Error) => log.error({ error: error.message }, 'job queue'));
  await boss.start();
  const known = new Map((await boss.getQueues()).map((queue) => [queue.name, queue]));
  for (const job of jobs) {
    const queue = known.get(job.name);
    if (queue !== undefined) {
      if (worker && queue.heartbeatSeconds !== heartbeatSeconds) await boss.updateQueue(job.name, { heartbeatSeconds });
      continue;
    }
    await boss.createQueue(job.name, {
      heartbeatSeconds,
      // One waiting and one running for each key, so that a burst of the same request is one piece of work.
      policy: 'stately',
      notify: true,
      retryLimit: 5,
      retryBackoff: true,
      retryDelay: 2,
      expireInSeconds: job.expireSeconds ?? 900,
    });
  }
  return boss;
}
