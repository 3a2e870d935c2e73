import type { Command } from 'commander';
import { finishRemoval, loadDemo, removeDemo, runSource } from '../../modules/sources/index.ts';
import { callAction } from '../../platform/action.ts';
import type { Program } from '../../platform/context.ts';
import { readId } from '../../platform/ids.ts';
import type { Terminal } from '../terminal.ts';
import { operator, withProgram } from './shared.ts';

/** `rapport demo` fills the instance with a made-up community, `rapport demo --remove` takes it away again. */
export function addDemo(cli: Command, terminal: Terminal): void {
  cli
    .command('demo')
    .description('fill the workspace with a made-up community to look around in')
    .option('--remove', 'remove it with everything that it brought')
    .action((options: { remove?: boolean }) =>
      withProgram((program, signal) => (options.remove === true ? remove(program, terminal) : load(program, terminal, signal))),
    );
}

async function load(program: Program, terminal: Terminal, signal: AbortSignal): Promise<void> {
  const { sources } = await callAction(program, operator, loadDemo, { read: false });
  let activities = 0;
  for (const source of sources) {
    const startedAt = Date.now();
    const result = await runSource(program, readId('source', source.id), {
      cause: 'first',
      signal,
      onProgress: (progress) => terminal.progress({ what: source.name, done: progress.items, total: progress.total, startedAt }),
    });
    activities += result.activities;
  }
  terminal.result(
    `A made-up community is here: ${activities.toLocaleString('en')} activities at ${sources.length} places. \`rapport demo --remove\` takes it away.`,
    { sources, activities },
  );
}

async function remove(program: Program, terminal: Terminal): Promise<void> {
  const { sources } = await callAction(program, operator, removeDemo, {});
  for (const id of sources) {
    terminal.note(`Removing ${id} …`);
    await finishRemoval(program, readId('source', id));
  }
  terminal.result('The demo community is gone.', { sources });
}
