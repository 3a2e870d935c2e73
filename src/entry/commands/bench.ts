import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import type { Figure } from '../../../bench/figures.ts';
import { invalidInput } from '../../platform/errors.ts';
import { table } from '../terminal.ts';
import type { Terminal } from '../terminal.ts';

interface BenchCommand {
  size: string;
  repository?: string;
  only?: string;
  keep?: boolean;
  docs?: boolean;
}

/** `rapport bench`: measures the program on data of its own, and says what of the promised figures is reached. */
export function addBench(cli: Command, terminal: Terminal): void {
  cli
    .command('bench')
    .argument('[part...]', 'as --only, one after the other')
    .description('measure this machine with made-up data in a throw-away database; your own is not touched')
    .option('--size <sizes>', 'how many activities: 1m, 10m, or both as 1m,10m', '1m')
    .option('--repository <path>', 'a git repository of yours to import instead of a made one')
    .option('--only <parts>', 'git, ingest, pages, reports, server, merges, channels, linking, web, identity; several with commas')
    .option('--docs', 'write the curve of the identity part into docs/')
    .option('--keep', 'leave the data, and say where it is')
    .action(async (named: string[], options: BenchCommand) => {
      // Nothing else needs it: loaded only here.
      const { parts, runBench } = await import('../../../bench/run.ts');
      const { verdict } = await import('../../../bench/figures.ts');
      const wanted = [...named, ...(options.only?.split(',') ?? [])];
      const chosen = wanted.map((name) => {
        const part = parts.find((known) => known === name.trim());
        if (part === undefined) throw invalidInput('bench.part', `"${name}" is no part: use ${parts.join(', ')}.`);
        return part;
      });
      if (options.repository !== undefined && !existsSync(options.repository))
        throw invalidInput('bench.repository', `There is no folder ${options.repository}.`);
      const all: Figure[] = [];
      const show = (figures: readonly Figure[]): string =>
        table(
          ['', 'what', 'asked', 'measured', 'verdict'],
          figures.map((figure) => [figure.part, figure.what, figure.asked, figure.measured, verdict(figure)]),
        );
      const began = new Map<string, { startedAt: number; done: number }>();
      const machine = await runBench({
        sizes: options.size.split(',').map(readSize),
        repository: options.repository,
        only: new Set(chosen.length === 0 ? parts : chosen),
        keep: options.keep === true,
        docs: options.docs === true,
        note: (line) => terminal.note(line),
        progress(what, done, total) {
          // The same name again from less on is another size.
          const last = began.get(what);
          const startedAt = last === undefined || done < last.done ? Date.now() : last.startedAt;
          began.set(what, { startedAt, done });
          terminal.progress({ what, done, total, startedAt });
        },
        figures(figures) {
          all.push(...figures);
          if (figures.length > 0) terminal.note(`\n${show(figures)}\n`);
        },
      });
      terminal.result(`${show(all)}\n\n${machine}`, { machine, figures: all.map((figure) => ({ ...figure, verdict: verdict(figure) })) });
    });
}

function readSize(text: string): number {
  const found = /^(\d+(?:\.\d+)?)([km]?)$/i.exec(text.trim());
  const size = Number(found?.[1]) * ({ k: 1000, m: 1_000_000 }[found?.[2]?.toLowerCase() ?? ''] ?? 1);
  if (found === null || size < 10_000 || size > 100_000_000)
    throw invalidInput('bench.size', `"${text}" is no size: use 1m, 10m, or a number from 10k to 100m.`);
  return size;
}
