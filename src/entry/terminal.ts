import { AppError, describeError, messageOf } from '../platform/errors.ts';

/** How the command line speaks: a line that redraws itself on a terminal, plain lines elsewhere, JSON when asked. */
export interface Terminal {
  json: boolean;
  /** A result: to standard output. With `--json` the value, else the text. */
  result(text: string, value: unknown): void;
  /** A word on the way: to standard error, so that output stays clean. */
  note(text: string): void;
  progress(line: ProgressLine): void;
  /** Ends the line that redraws itself. */
  endProgress(): void;
}

export interface ProgressLine {
  what: string;
  done: number;
  total: number | undefined;
  startedAt: number;
}

const plainEveryMs = 5000;

export function createTerminal(
  json: boolean,
  out: NodeJS.WriteStream = process.stdout,
  err: NodeJS.WriteStream = process.stderr,
): Terminal {
  let drawn = false;
  let lastPlain = 0;
  let lastDrawn = 0;
  return {
    json,
    result(text, value) {
      this.endProgress();
      out.write(json ? `${JSON.stringify(value, null, out.isTTY ? 2 : 0)}\n` : `${text}\n`);
    },
    note(text) {
      this.endProgress();
      err.write(`${text}\n`);
    },
    progress(line) {
      const now = Date.now();
      if (err.isTTY) {
        if (now - lastDrawn < 100) return;
        lastDrawn = now;
        drawn = true;
        err.write(`\r\u001B[2K${describeProgress(line, now, true)}`);
      } else if (now - lastPlain > plainEveryMs) {
        lastPlain = now;
        err.write(`${describeProgress(line, now, false)}\n`);
      }
    },
    endProgress() {
      if (drawn) err.write('\r\u001B[2K');
      drawn = false;
    },
  };
}

function describeProgress({ what, done, total, startedAt }: ProgressLine, now: number, bar: boolean): string {
  const seconds = Math.max(0.001, (now - startedAt) / 1000);
  const rate = Math.round(done / seconds);
  const count = total === undefined ? done.toLocaleString('en') : `${done.toLocaleString('en')} of ${total.toLocaleString('en')}`;
  const share = total === undefined || total === 0 ? undefined : Math.min(1, done / total);
  const left = share === undefined || rate === 0 || total === undefined ? '' : `, ${showSeconds((total - done) / rate)} left`;
  const drawing = bar && share !== undefined ? `${'█'.repeat(Math.round(share * 24)).padEnd(24, '░')} ` : '';
  return `${drawing}${what}: ${count} (${rate.toLocaleString('en')}/s${left})`;
}

export function showSeconds(seconds: number): string {
  if (seconds < 90) return `${Math.max(1, Math.round(seconds))} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}

/** Rows as aligned columns. Numbers go right. */
export function table(columns: readonly string[], rows: readonly (readonly (string | number | null)[])[]): string {
  const texts = rows.map((row) => row.map((cell) => (cell === null ? '–' : typeof cell === 'number' ? cell.toLocaleString('en') : cell)));
  const widths = columns.map((name, i) => Math.max(name.length, ...texts.map((row) => row[i]?.length ?? 0)));
  const right = columns.map((_, i) => rows.length > 0 && rows.every((row) => typeof row[i] === 'number' || row[i] === null));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, i) => (right[i] === true ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0)))
      .join('  ')
      .trimEnd();
  return [line(columns), ...texts.map(line)].join('\n');
}

/** Exit codes: 0 done, 1 failed, 2 wrong use or refused input, 3 not allowed, 4 not found, 5 the other system failed. */
export function exitCodeOf(error: unknown): number {
  if (!(error instanceof AppError)) return 1;
  switch (error.kind) {
    case 'invalid_input':
    case 'conflict':
      return 2;
    case 'unauthenticated':
    case 'forbidden':
      return 3;
    case 'not_found':
      return 4;
    case 'upstream_failed':
    case 'rate_limited':
      return 5;
    default:
      return 1;
  }
}

export function reportError(terminal: Terminal, error: unknown): void {
  const unexpected = !(error instanceof AppError);
  if (terminal.json) process.stderr.write(`${JSON.stringify(describeError(error).body)}\n`);
  else terminal.note(unexpected ? `Something went wrong: ${messageOf(error)}` : messageOf(error));
}
