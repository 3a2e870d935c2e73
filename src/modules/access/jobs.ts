import type { Job } from '../../platform/jobs.ts';

const day = 86_400_000;

/** Forgets what sign-in left behind and nobody can use any more. */
const tidy: Job = {
  name: 'access.tidy',
  cron: '17 3 * * *',
  async work(program) {
    const { db } = program.database;
    const now = program.clock.now();
    await db.deleteFrom('user_session').where('expires_at', '<', now).execute();
    await db.deleteFrom('user_verification').where('expires_at', '<', now).execute();
    await db
      .deleteFrom('user_rate_limit')
      .where('last_request', '<', now.getTime() - day)
      .execute();
  },
};

export const accessJobs: readonly Job[] = [tidy];
