import { setTimeout as sleep } from 'node:timers/promises';
import { createHttp } from '../src/entry/http.ts';
import { releaseMemoryAtRest } from '../src/platform/memory.ts';
import { watchSegments } from '../src/modules/members/index.ts';
import { metricsActions, scoreEngagement } from '../src/modules/metrics/index.ts';
import { callAction } from '../src/platform/action.ts';
import type { Action } from '../src/platform/action.ts';
import { bench, clockFrom, openInstance } from './instance.ts';
import { residentMegabytes } from './usage.ts';

/**
 * A server as `rapport start` makes it (web and worker), that answers home and every report and then is left alone:
 * `node bench/serve.ts <data folder> [moment from which its clock goes]`. Prints what it holds in memory at rest.
 */
export interface Rest {
  /**
   * Megabytes resident right after start, after the answers, when what is quickly made again is let go (after five minutes), and
   * when all is that can be read again (after half an hour).
   */
  started: number;
  answered: number;
  paused: number;
  resting: number;
}

if (import.meta.main) {
  const moment = process.argv[3];
  const program = await openInstance(process.argv[2] ?? '', moment === undefined ? undefined : clockFrom(Number(moment)));
  releaseMemoryAtRest();
  await program.jobs.work(program);
  const app = await createHttp(program, 'http://127.0.0.1');
  await app.listen({ host: '127.0.0.1', port: 0 });
  const rest: Rest = { started: residentMegabytes(process.pid), answered: 0, paused: 0, resting: 0 };
  await ask('metrics.home', {});
  const { reports } = (await ask('metrics.reports', {})) as { reports: { id: string }[] };
  for (const report of reports) await ask('metrics.report', { report: report.id });
  rest.answered = residentMegabytes(process.pid);
  // What the hourly jobs count once is not counted again while nothing changes: they keep nothing awake.
  await scoreEngagement(program);
  await watchSegments(program);
  await sleep(5.5 * 60_000);
  rest.paused = residentMegabytes(process.pid);
  await sleep(26 * 60_000);
  rest.resting = residentMegabytes(process.pid);
  await app.close();
  await program.close();
  process.stdout.write(`${JSON.stringify(rest)}\n`);

  function ask(name: string, input: Record<string, unknown>): Promise<unknown> {
    const action: Action | undefined = metricsActions.find((candidate) => candidate.name === name);
    if (action === undefined) throw new Error(`There is no action ${name}.`);
    return callAction(program, bench, action, input);
  }
}
