/**
 * The only errors that leave the server. Each has a kind (how a client should react), a stable code
 * (`members.merge_conflict`), and a sentence that says what to do.
 */
export const errorKinds = {
  invalid_input: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  rate_limited: 429,
  upstream_failed: 502,
  internal: 500,
} as const;

export type ErrorKind = keyof typeof errorKinds;

/** One field or row that was refused: where, and why. */
export interface Complaint {
  path: string;
  message: string;
}

export class AppError extends Error {
  readonly kind: ErrorKind;
  readonly code: string;
  readonly complaints: Complaint[];
  /** Seconds to wait before trying again, where the cause is a limit. */
  readonly retryAfter: number | undefined;

  constructor(
    kind: ErrorKind,
    code: string,
    message: string,
    more: { complaints?: Complaint[]; retryAfter?: number; cause?: unknown } = {},
  ) {
    super(message, { cause: more.cause });
    this.name = 'AppError';
    this.kind = kind;
    this.code = code;
    this.complaints = more.complaints ?? [];
    this.retryAfter = more.retryAfter;
  }

  get status(): number {
    return errorKinds[this.kind];
  }
}

export function invalidInput(code: string, message: string, complaints: Complaint[] = []): AppError {
  return new AppError('invalid_input', code, message, { complaints });
}

export function notFound(what: string, id: string | number): AppError {
  return new AppError('not_found', 'not_found', `There is no ${what} ${id}. It may have been removed; go back to the list.`);
}

export function conflict(code: string, message: string): AppError {
  return new AppError('conflict', code, message);
}

export function forbidden(message: string): AppError {
  return new AppError('forbidden', 'forbidden', message);
}

export function upstreamFailed(code: string, message: string, cause?: unknown): AppError {
  return new AppError('upstream_failed', code, message, { cause });
}

/** What a client is told: never a stack, never the text of an unexpected error. */
export interface ErrorBody {
  error: { kind: ErrorKind; code: string; message: string; complaints?: Complaint[]; requestId?: string };
}

export function describeError(error: unknown, requestId?: string): { status: number; body: ErrorBody } {
  const known =
    error instanceof AppError
      ? error
      : new AppError(
          'internal',
          'internal',
          'Something went wrong on the server. Try again; if it stays, give the administrator this request id.',
        );
  return {
    status: known.status,
    body: {
      error: {
        kind: known.kind,
        code: known.code,
        message: known.message,
        ...(known.complaints.length > 0 ? { complaints: known.complaints } : {}),
        ...(requestId === undefined ? {} : { requestId }),
      },
    },
  };
}

/** The sentence of any error, for logs, progress rows and terminals. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
