import type { Job } from '../../platform/jobs.ts';
import { sendReportsJob } from './schedules/send.ts';

/** Keys of what is gone are of no use once every process has seen them; one that slept longer reads everything anew. */
const forgetGone: Job = {
  name: 'metrics.forget-gone',
  cron: '23 3 * * *',
  async work(program) {
    await program.database.pool.query("delete from metrics_gone where at < now() - interval '1 day'");
  },
};

/** Deleted dashboards can be brought back for thirty days. */
const forgetDashboards: Job = {
  name: 'metrics.forget-dashboards',
  cron: '41 3 * * *',
  async work(program) {
    const before = new Date(program.clock.now().getTime() - 30 * 86_400_000);
    await program.database.db.deleteFrom('dashboard').where('deleted_at', '<', before).execute();
  },
};

export const metricsJobs: readonly Job[] = [forgetGone, forgetDashboards, sendReportsJob];
