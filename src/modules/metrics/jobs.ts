import type { Job } from '../../platform/jobs.ts';

/** Keys of what is gone are of no use once every process has seen them; one that slept longer reads everything anew. */
const forgetGone: Job = {
  name: 'metrics.forget-gone',
  cron: '23 3 * * *',
  async work(program) {
    await program.database.pool.query("delete from metrics_gone where at < now() - interval '1 day'");
  },
};

export const metricsJobs: readonly Job[] = [forgetGone];
