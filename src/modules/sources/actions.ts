import type { Action } from '../../platform/action.ts';
import { addSource, dryRun, listConnectors, makeWebhookSecret, testSource, updateSource } from './connect.ts';
import { listSources, getSource } from './list.ts';
import { listQuarantine, retryQuarantine } from './quarantine.ts';
import { listRuns, pauseSource, readSource, rederive, resumeSource } from './readings.ts';
import { removeSource } from './remove.ts';

/** In the order in which the API reference shows them. */
export const sourcesActions = [
  listConnectors,
  testSource,
  dryRun,
  addSource,
  listSources,
  getSource,
  updateSource,
  makeWebhookSecret,
  pauseSource,
  resumeSource,
  readSource,
  listRuns,
  listQuarantine,
  retryQuarantine,
  rederive,
  removeSource,
] satisfies readonly Action[];
