import type { Action } from '../../platform/action.ts';
import { sourcesActions as ofSources } from './actions.ts';
import { loadDemo, removeDemo } from './demo.ts';

export { addSource, dryRun } from './actions.ts';
export { loadDemo, removeDemo };
export const sourcesActions = [...ofSources, loadDemo, removeDemo] satisfies readonly Action[];
export { readHealth, runningRuns } from './health.ts';
export type { SourceHealth, RunningRun } from './health.ts';
export { finishRemoval, sourcesJobs } from './jobs.ts';
export { provideToSources } from './provided.ts';
export type { PageTaker, TakenRecord } from './provided.ts';
export { rederiveSource } from './again.ts';
export { runSource } from './run.ts';
export { findImportSource } from './settings.ts';
export type { RunProgress, RunResult } from './run.ts';
export { holdSource, liveSources } from './store.ts';
