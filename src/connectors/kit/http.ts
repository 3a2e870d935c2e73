import type { z } from 'zod';
import type { HttpAnswer } from '../contract.ts';
import { sourceFailed, sourceRefused } from './failures.ts';

/**
 * The answer when it is 2xx or 304; otherwise a sentence that says what to do.
 * Errors: `source.refused` (401, 403), `source.gone` (404, 410), `source.failed`.
 */
export function expectOk(answer: HttpAnswer, what: string): HttpAnswer {
  const { status } = answer;
  if ((status >= 200 && status < 300) || status === 304) return answer;
  const host = new URL(answer.url).host;
  if (status === 401 || status === 403) {
    throw sourceRefused(
      'source.refused',
      `${host} refuses to show ${what} (status ${status}): the address needs a permission that was not given.`,
    );
  }
  if (status === 404 || status === 410) {
    throw sourceRefused('source.gone', `There is no ${what} at ${answer.url} (status ${status}). Check the address; it may have moved.`);
  }
  throw sourceFailed('source.failed', `${host} answered status ${status} instead of ${what}. Open ${answer.url} in a browser to see why.`);
}

/** What an answer says, by a schema of only what is used. Errors: as `expectOk`, and `source.failed` for another shape. */
export function readAnswer<Schema extends z.ZodType>(answer: HttpAnswer, schema: Schema, what: string): z.infer<Schema> {
  const parsed = schema.safeParse(expectOk(answer, what).json());
  if (parsed.success) return parsed.data;
  const { path = [], message = '' } = parsed.error.issues[0] ?? {};
  const where = path.length === 0 ? '' : ` at "${path.join('.')}"`;
  throw sourceFailed(
    'source.failed',
    `${new URL(answer.url).host} answered something else than ${what}${where} (${message}). Check the address.`,
  );
}
