import { keepPreviousData, QueryClient, queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { UseMutationResult, UseQueryResult } from '@tanstack/react-query';
import type { actions } from '../src/entry/actions.ts';
import type { Complaint, ErrorBody, ErrorKind } from '../src/platform/errors.ts';

type Defined = (typeof actions)[number];
type Named = { [A in Defined as string extends A['name'] ? never : A['name']]: A };

/** Every action of the server, with its input and output, by type alone: no server code reaches the bundle. */
export type ActionName = keyof Named;
export type Input<N extends ActionName> = Named[N]['input']['_zod']['input'];
export type Output<N extends ActionName> = OverTheWire<Named[N]['output']['_zod']['output']>;

/** What JSON makes of a value: dates come as text. */
export type OverTheWire<T> = T extends Date
  ? string
  : T extends readonly (infer Item)[]
    ? OverTheWire<Item>[]
    : T extends object
      ? { [Key in keyof T]: OverTheWire<T[Key]> }
      : T;

/** A refusal of the server, or `offline` when it could not be reached. */
export class ApiError extends Error {
  readonly kind: ErrorKind | 'offline';
  readonly code: string;
  readonly complaints: Complaint[];
  readonly requestId: string | undefined;

  constructor(kind: ErrorKind | 'offline', code: string, message: string, complaints: Complaint[] = [], requestId?: string) {
    super(message);
    this.name = 'ApiError';
    this.kind = kind;
    this.code = code;
    this.complaints = complaints;
    this.requestId = requestId;
  }
}

const unreachable = 'The server cannot be reached. Check that Rapport is running; this page tries again by itself.';

/** `POST path`, JSON in and out. Errors: `ApiError`. */
export function post(path: string, body: unknown, signal?: AbortSignal): Promise<unknown> {
  return send(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body ?? {}) }, signal);
}

/** `GET path`, JSON out. Errors: `ApiError`. */
export function get(path: string, signal?: AbortSignal): Promise<unknown> {
  return send(path, {}, signal);
}

async function send(path: string, request: RequestInit, signal?: AbortSignal): Promise<unknown> {
  let answer: Response;
  try {
    answer = await fetch(path, { ...request, ...(signal === undefined ? {} : { signal }) });
  } catch (error) {
    if (signal?.aborted === true) throw error;
    throw new ApiError('offline', 'offline', unreachable);
  }
  const text = await answer.text();
  const json = readJson(text);
  if (answer.ok) return json;
  throw errorOf(answer, json);
}

function readJson(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function errorOf(answer: Response, json: unknown): ApiError {
  const body = json as (Partial<ErrorBody> & { code?: string; message?: string }) | undefined;
  if (body?.error !== undefined) {
    const { kind, code, message, complaints, requestId } = body.error;
    return new ApiError(kind, code, message, complaints, requestId);
  }
  // Sign-in answers in its own form.
  if (typeof body?.message === 'string') {
    return new ApiError(
      answer.status === 429 ? 'rate_limited' : answer.status === 401 ? 'unauthenticated' : 'invalid_input',
      body.code ?? 'sign_in',
      body.message,
    );
  }
  if (answer.status === 502 || answer.status === 503 || answer.status === 504) return new ApiError('offline', 'offline', unreachable);
  return new ApiError('internal', 'internal', `The server answered ${answer.status} ${answer.statusText}. Try again in a moment.`);
}

/** Calls an action. Errors: `ApiError` with the server's sentence. */
export async function call<N extends ActionName>(name: N, input: Input<N>, signal?: AbortSignal): Promise<Output<N>> {
  return (await post(`/api/${name}`, input, signal)) as Output<N>;
}

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 15_000,
      retry: (failures, error) => error instanceof ApiError && error.kind === 'offline' && failures < 4,
      retryDelay: (attempt) => Math.min(1000 * 2 ** attempt, 8000),
    },
  },
});

/** The options of a query, for loaders and prefetching. */
export function actionOptions<N extends ActionName>(name: N, input: Input<N>) {
  return queryOptions<Output<N>>({ queryKey: [name, input], queryFn: ({ signal }) => call(name, input, signal) });
}

export interface ReadOptions {
  /** False waits, for example until an id is known. */
  enabled?: boolean;
  /** Reads again every so many milliseconds. */
  every?: number | false;
  /** Keeps showing the answer to the former input while the new one is under way. */
  keep?: boolean;
}

/** Reads by a query action; the answer is shared and kept fresh. */
export function useAction<N extends ActionName>(name: N, input: Input<N>, options: ReadOptions = {}): UseQueryResult<Output<N>> {
  return useQuery({
    ...actionOptions(name, input),
    enabled: options.enabled ?? true,
    refetchInterval: options.every ?? false,
    ...(options.keep === true ? { placeholderData: keepPreviousData } : {}),
  });
}

/** Runs a command action; afterwards everything of the same module, and of `refresh`, is read again. */
export function useCommand<N extends ActionName>(
  name: N,
  options: { refresh?: string[]; onDone?: (output: Output<N>, input: Input<N>) => void; onFail?: (error: Error) => void } = {},
): UseMutationResult<Output<N>, Error, Input<N>> {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (input: Input<N>) => call(name, input),
    async onSuccess(output, input) {
      options.onDone?.(output, input);
      await refresh(client, [moduleOf(name), ...(options.refresh ?? [])]);
    },
    onError: (error) => options.onFail?.(error),
  });
}

/** Reads again whatever is on screen of these modules (`sources`) or actions (`sources.health`). */
export async function refresh(client: QueryClient, names: string[]): Promise<void> {
  await client.invalidateQueries({
    predicate: (query) => {
      const key = query.queryKey[0];
      return typeof key === 'string' && names.some((name) => key === name || key.startsWith(`${name}.`));
    },
  });
}

function moduleOf(name: string): string {
  return name.split('.')[0] ?? name;
}

/** The server's complaints by field, for a form: { 'settings.url': 'must be an address' }. */
export function complaintsOf(error: unknown): Record<string, string> {
  if (!(error instanceof ApiError)) return {};
  return Object.fromEntries(error.complaints.map((complaint) => [complaint.path, complaint.message]));
}
