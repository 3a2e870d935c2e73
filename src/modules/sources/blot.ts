import { AppError, messageOf } from '../../platform/errors.ts';
import { secretFields } from './settings.ts';
import type { AnyConnector } from './settings.ts';

/** Shorter ones are no secrets, and would blot out words. */
const shortest = 8;

/**
 * Takes a source's secrets out of what is said about it: some servers repeat in their refusals what they were asked with.
 * Also the character NUL, which the database cannot hold.
 */
export function blotter(connector: AnyConnector, settings: Record<string, unknown>): (text: string) => string {
  const { headers = {}, query = {} } = connector.authorize?.(settings) ?? {};
  const fields = new Set(secretFields(connector));
  const signing = Object.entries(headers).flatMap(([name, value]) =>
    /^user-agent$/i.test(name) ? [] : [value, value.replace(/^\w+ /, '')],
  );
  const own = Object.entries(settings).flatMap(([name, value]) => (fields.has(name) && typeof value === 'string' ? [value] : []));
  const secrets = [...new Set([...signing, ...Object.values(query), ...own].flatMap((secret) => [secret, encodeURIComponent(secret)]))]
    .filter((secret) => secret.length >= shortest)
    .toSorted((a, b) => b.length - a.length);
  return (text) => secrets.reduce((rest, secret) => rest.replaceAll(secret, '•••'), text.replaceAll('\0', ''));
}

/** The same failure, its sentence blotted. */
export function blotted(error: unknown, blot: (text: string) => string): unknown {
  const said = messageOf(error);
  const clean = blot(said);
  if (clean === said) return error;
  if (!(error instanceof AppError)) return new Error(clean);
  const { kind, code, complaints, retryAfter } = error;
  return new AppError(kind, code, clean, { complaints, ...(retryAfter === undefined ? {} : { retryAfter }) });
}
