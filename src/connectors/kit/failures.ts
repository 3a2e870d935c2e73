import { AppError, invalidInput, upstreamFailed } from '../../platform/errors.ts';
import type { CheckLine } from '../contract.ts';

/** The outside system does not do what it should: it is tried again. `code` is `<connector>.<what>`. */
export function sourceFailed(code: string, message: string, cause?: unknown): AppError {
  return upstreamFailed(code, message, cause);
}

/** The source cannot work as it is set up: someone must change something. */
export function sourceRefused(code: string, message: string): AppError {
  return invalidInput(code, message);
}

/** A limit that the answer's status and headers do not show (a GraphQL error): the source goes on after so many seconds. */
export function sourceLimited(host: string, seconds: number): AppError {
  const message = `${host} asks to wait ${seconds} s before the next request. Reading goes on by itself then.`;
  return new AppError('rate_limited', 'http.rate_limited', message, { retryAfter: seconds });
}

/** One line of a check: what was tried, and what came of it or what the failure says to do. */
export async function tried(what: string, work: () => Promise<string>): Promise<CheckLine> {
  try {
    return { ok: true, what, detail: await work() };
  } catch (error) {
    return { ok: false, what, detail: error instanceof Error ? error.message : String(error) };
  }
}

/** The stable code of a failure, where it has one: to tell what stops a source from what stops one part of it. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof AppError ? error.code : undefined;
}
