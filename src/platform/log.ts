import pino from 'pino';
import type { Logger } from 'pino';

export type Log = Logger;

/** The structured log: one JSON line an entry on standard error, secrets left out by name. */
export function createLog(level: string): Log {
  return pino(
    {
      level,
      base: null,
      redact: ['*.password', '*.token', '*.secret', '*.authorization', 'headers.authorization', 'headers.cookie'],
    },
    pino.destination(2),
  );
}
