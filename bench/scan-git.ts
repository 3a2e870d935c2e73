import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { git } from '../src/connectors/git/index.ts';
import { childEnvironment } from '../src/platform/config.ts';
import { createHttpClient } from '../src/platform/http-client.ts';

/** Reads a repository without storing anything: `node bench/scan-git.ts <folder>`. More by parts: read-git.ts. */
export interface ReadGit {
  commits: number;
  /** Wall seconds, git beside it; processor seconds of this Node alone. */
  seconds: number;
  node: number;
}

if (import.meta.main) {
  const commits = git.streams.find((stream) => stream.name === 'commits');
  if (commits === undefined) throw new Error('The git connector has no stream "commits".');
  const settings = git.settings.parse({ repository: path.resolve(process.argv[2] ?? '.') });
  const workDir = mkdtempSync(path.join(os.tmpdir(), 'rapport-bench-scan-'));
  const { signal } = new AbortController();
  const io = {
    settings,
    signal,
    environment: childEnvironment(),
    since: undefined,
    http: createHttpClient({ allowPrivateHosts: [], signal }),
    workDir,
    now: () => new Date(),
    log: () => undefined,
  };
  const used = process.cpuUsage();
  const began = performance.now();
  let count = 0;
  // The settings are those of this connector: its schema made them.
  for await (const page of commits.pages(io as never, undefined)) {
    for (const item of page.items) commits.derive(commits.record.parse(item) as never, settings as never);
    count += page.items.length;
  }
  const { user, system } = process.cpuUsage(used);
  const read: ReadGit = { commits: count, seconds: (performance.now() - began) / 1000, node: (user + system) / 1e6 };
  rmSync(workDir, { recursive: true });
  process.stdout.write(`${JSON.stringify(read)}\n`);
}
