import { readFileSync } from 'node:fs';
import os from 'node:os';

/** One line of the table: what was asked, what came, and whether that is enough. */
export interface Figure {
  part: string;
  what: string;
  asked: string;
  measured: string;
  /** 1 is exactly what was asked, 1.25 a quarter better, 0.8 a fifth short. Undefined where nothing was asked. */
  share: number | undefined;
}

/** A figure where less is better: seconds, megabytes. */
export function atMost(part: string, what: string, measured: number, asked: number, unit: string): Figure {
  return { part, what, asked: `≤ ${show(asked)}${unit}`, measured: `${show(measured)}${unit}`, share: asked / measured };
}

/** A figure where more is better: rows a second. */
export function atLeast(part: string, what: string, measured: number, asked: number, unit: string): Figure {
  return { part, what, asked: `≥ ${show(asked)}${unit}`, measured: `${show(measured)}${unit}`, share: measured / asked };
}

/** Said beside the figures, to understand them. */
export function aside(part: string, what: string, measured: string): Figure {
  return { part, what, asked: '', measured, share: undefined };
}

export function verdict({ share }: Figure): string {
  if (share === undefined) return '';
  if (Number.isNaN(share)) return 'not measured';
  return share >= 1 ? 'reached' : `missed: ${share < 0.1 ? share.toFixed(2) : Math.round(share * 100) / 100} of it`;
}

export function show(value: number): string {
  if (value >= 100) return Math.round(value).toLocaleString('en');
  return String(Number(value.toFixed(value >= 10 ? 1 : 2)));
}

export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

/** What it ran on. `load`: how many others wanted the processor while it did. */
export function describeMachine(postgres: string): string {
  const memory = Math.round(os.totalmem() / 1024 ** 3);
  const model = os.cpus()[0]?.model ?? 'unknown processor';
  return `${os.availableParallelism()} cores (${model.trim()}), ${memory} GB, ${os.platform()} ${os.release()}; Node ${process.versions.node}, PostgreSQL ${postgres}; fsync on; load ${loadAverage()}`;
}

export function loadAverage(): string {
  try {
    return readFileSync('/proc/loadavg', 'utf8').split(' ').slice(0, 2).join(' and ');
  } catch {
    return os
      .loadavg()
      .slice(0, 2)
      .map((load) => load.toFixed(2))
      .join(' and ');
  }
}
