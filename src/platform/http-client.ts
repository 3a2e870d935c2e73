import { isIP } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, request } from 'undici';
import { AppError, invalidInput, messageOf, upstreamFailed } from './errors.ts';
import { hostOf, readHttpUrl, resolvePublic } from './http-address.ts';
import { readBody } from './http-body.ts';
import { secondsToWait } from './http-limits.ts';

export interface HttpClientOptions {
  /** Hosts on private addresses that may be reached all the same. */
  allowPrivateHosts: readonly string[];
  /** Ends every request, wait and retry at once. */
  signal?: AbortSignal;
  /** Sent only to `origins`, or to the origin of the first request when none is named; never after a redirect away. */
  credentials?: { headers?: Record<string, string>; query?: Record<string, string>; origins?: string[] };
  requestsPerSecond?: number;
  /** A service on this machine is nobody else's: its pace is not kept down. */
  spareLoopback?: boolean;
  /** Tries of an idempotent request, the first included. Default 4. */
  attempts?: number;
  /** The first pause between tries, doubled each time, with jitter. Default 500 ms. */
  backoffMs?: number;
  connectTimeoutMs?: number;
  /** For one try, body included. Default 60 s. */
  totalTimeoutMs?: number;
  now?: () => Date;
}

export interface HttpRequest {
  method?: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  query?: Record<string, string | number | undefined>;
  headers?: Record<string, string>;
  body?: string | Uint8Array;
  /** Changes nothing over there, so that it may be tried again like a GET. */
  safe?: boolean;
  /** Largest body after decompression, in bytes. Default 10 MB. */
  maxBytes?: number;
}

export interface SendRequest extends Omit<HttpRequest, 'method'> {
  json?: unknown;
  form?: Record<string, string>;
}

export interface HttpReply {
  status: number;
  headers: Record<string, string>;
  bytes: Uint8Array;
  text(): string;
  json(): unknown;
  /** The address after redirects. */
  url: string;
}

export interface HttpClient {
  get(url: string, options?: Omit<HttpRequest, 'method' | 'body'>): Promise<HttpReply>;
  request(url: string, options?: HttpRequest): Promise<HttpReply>;
  /** A request with a body of JSON, of form fields, or as it is. */
  send(method: Exclude<HttpRequest['method'], undefined>, url: string, options?: SendRequest): Promise<HttpReply>;
  /** The checked addresses of a host, for a program that connects by itself. */
  resolve(url: string): Promise<string[]>;
  close(): Promise<void>;
}

const maxRedirects = 5;
const loopback = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/;
const retriedStatuses = new Set([500, 502, 503, 504]);
const redirectStatuses = new Set([301, 302, 303, 307, 308]);

/**
 * All that leaves this program by HTTP. Answers 2xx, 304 and 4xx as they are.
 * Errors: `http.address_refused` (not on the public internet), `http.rate_limited` (429, 503 and an empty allowance:
 * `retryAfter` says for how many seconds), `http.failed` (no answer or 5xx after all tries), `http.too_large`,
 * `http.redirects`; the signal's own reason when it was aborted.
 */
export function createHttpClient(options: HttpClientOptions): HttpClient {
  const agent = new Agent({
    connect: {
      timeout: options.connectTimeoutMs ?? 10_000,
      // The address that was checked is the one that is connected to: there is no second look-up to fool.
      lookup: (host, { all }, done) => {
        resolvePublic(host, options.allowPrivateHosts).then(
          (found) => (all === true ? done(null, found) : done(null, found[0]?.address ?? '', found[0]?.family)),
          (error: NodeJS.ErrnoException) => done(error, ''),
        );
      },
    },
  });
  const turn = spaced(options.requestsPerSecond);
  let origins = options.credentials?.origins;

  async function send(address: string, wanted: HttpRequest): Promise<HttpReply> {
    const url = withQuery(readHttpUrl(address), wanted.query);
    origins ??= [url.origin];
    const method = wanted.method ?? 'GET';
    const attempts = (method !== 'POST' && method !== 'PATCH') || wanted.safe === true ? (options.attempts ?? 4) : 1;
    for (let attempt = 1; ; attempt++) {
      try {
        return await follow(url, { ...wanted, method });
      } catch (error) {
        options.signal?.throwIfAborted();
        if (attempt >= attempts || !(error instanceof AppError) || error.code !== 'http.failed') throw error;
      }
      await pause((options.backoffMs ?? 500) * 2 ** (attempt - 1) * (0.5 + Math.random()), options.signal);
    }
  }

  async function follow(start: URL, wanted: HttpRequest & { method: string }): Promise<HttpReply> {
    let url = start;
    let method = wanted.method;
    for (let hops = 0; hops <= maxRedirects; hops++) {
      if (options.spareLoopback !== true || !loopback.test(url.hostname)) await turn(options.signal);
      const headers = url.origin === start.origin ? wanted.headers : withoutSecrets(wanted.headers);
      const reply = await exchange(url, { ...wanted, method, ...(headers === undefined ? {} : { headers }) });
      const location = reply.headers['location'];
      if (!redirectStatuses.has(reply.status) || location === undefined) return judge(reply);
      if (!URL.canParse(location, url.href)) {
        throw upstreamFailed(
          'http.redirects',
          `${url.host} redirects to something that is no address. Open ${url.host} in a browser to see why.`,
        );
      }
      const next = readHttpUrl(new URL(location, url).href);
      if (url.protocol === 'https:' && next.protocol === 'http:') {
        throw upstreamFailed(
          'http.redirects',
          `${url.host} redirects to an unencrypted address (${next.host}). Enter the final address if that is meant.`,
        );
      }
      if (reply.status === 303 && method !== 'HEAD') method = 'GET';
      // What is sent may hold a secret (a password grant), and is meant for the host that was named.
      if (method !== 'GET' && method !== 'HEAD' && next.origin !== url.origin) {
        throw upstreamFailed(
          'http.redirects',
          `${url.host} wants what is sent to it to go to ${next.host} instead. Enter the final address if that is meant.`,
        );
      }
      url = next;
    }
    throw upstreamFailed('http.redirects', `${start.host} redirects more than ${maxRedirects} times. Check the address in a browser.`);
  }

  async function exchange(url: URL, wanted: HttpRequest & { method: string }): Promise<HttpReply> {
    // A literal address is never looked up, so it is checked here; a name is, when it is connected to.
    if (isIP(hostOf(url)) > 0) await resolvePublic(hostOf(url), options.allowPrivateHosts);
    const trusted = origins?.includes(url.origin) === true;
    const target = trusted ? withQuery(url, options.credentials?.query) : url;
    const timeout = AbortSignal.timeout(options.totalTimeoutMs ?? 60_000);
    try {
      const answer = await request(target, {
        dispatcher: agent,
        method: wanted.method,
        headers: {
          'user-agent': 'Rapport',
          'accept-encoding': 'gzip, deflate, br',
          ...wanted.headers,
          ...(trusted ? options.credentials?.headers : {}),
        },
        body: wanted.method === 'GET' || wanted.method === 'HEAD' ? null : (wanted.body ?? null),
        signal: options.signal === undefined ? timeout : AbortSignal.any([options.signal, timeout]),
      });
      const headers = plainHeaders(answer.headers);
      const bytes = await readBody(answer.body, headers, wanted.maxBytes ?? 10_000_000, url.host);
      return replyOf(answer.statusCode, headers, bytes, url.href);
    } catch (error) {
      options.signal?.throwIfAborted();
      if (error instanceof AppError) throw error;
      const why = timeout.aborted ? 'did not answer in time' : `could not be reached (${messageOf(error)})`;
      throw upstreamFailed('http.failed', `${url.host} ${why}. It is tried again later; check the address if it stays.`, error);
    }
  }

  function judge(reply: HttpReply): HttpReply {
    const wait = secondsToWait(reply.status, reply.headers, options.now?.() ?? new Date());
    const host = new URL(reply.url).host;
    if (wait !== undefined) {
      const message = `${host} asks to wait ${wait} s before the next request (status ${reply.status}). Reading goes on by itself then.`;
      throw new AppError('rate_limited', 'http.rate_limited', message, { retryAfter: wait });
    }
    if (retriedStatuses.has(reply.status) || reply.status >= 500) {
      throw upstreamFailed('http.failed', `${host} answered with an error of its own (status ${reply.status}). It is tried again later.`);
    }
    return reply;
  }

  return {
    get: (url, wanted = {}) => send(url, wanted),
    request: (url, wanted = {}) => send(url, wanted),
    send: (method, url, wanted = {}) => send(url, { ...withBody(wanted), method }),
    async resolve(address) {
      const url = URL.canParse(address) ? new URL(address) : undefined;
      if (url === undefined || url.hostname === '') throw invalidInput('http.address_refused', `"${address.slice(0, 200)}" names no host.`);
      return (await resolvePublic(hostOf(url), options.allowPrivateHosts)).map(({ address: found }) => found);
    },
    close: () => agent.destroy(),
  };
}

/** The client of one source: its credentials, its pace, its abort. Close it when the reading has ended. */
export function connectorHttp<Settings>(source: {
  connector: { authorize?(settings: Settings): NonNullable<HttpClientOptions['credentials']>; requestsPerSecond?: number };
  settings: Settings;
  signal: AbortSignal;
  allowPrivateHosts: readonly string[];
  backoffMs?: number;
}): HttpClient {
  const { connector, settings, backoffMs } = source;
  const credentials = connector.authorize?.(settings);
  return createHttpClient({
    allowPrivateHosts: source.allowPrivateHosts,
    signal: source.signal,
    spareLoopback: true,
    ...(credentials === undefined ? {} : { credentials }),
    ...(connector.requestsPerSecond === undefined ? {} : { requestsPerSecond: connector.requestsPerSecond }),
    ...(backoffMs === undefined ? {} : { backoffMs }),
  });
}

/** What a connector signs a request with by itself is for the host that it asked, not for where that sends it on to. */
function withoutSecrets(headers: Record<string, string> = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !/^(?:authorization|cookie|proxy-authorization)$/i.test(name)));
}

function withBody({ json, form, ...wanted }: SendRequest): HttpRequest {
  const typed = (type: string, body: string): HttpRequest => ({ ...wanted, body, headers: { 'content-type': type, ...wanted.headers } });
  if (json !== undefined) return typed('application/json', JSON.stringify(json));
  if (form !== undefined) return typed('application/x-www-form-urlencoded', new URLSearchParams(form).toString());
  return wanted;
}

/** Lets one pass each 1/n seconds, in the order of arrival. */
function spaced(perSecond: number | undefined): (signal: AbortSignal | undefined) => Promise<void> {
  let next = 0;
  return async (signal) => {
    signal?.throwIfAborted();
    if (perSecond === undefined) return;
    const now = performance.now();
    const mine = Math.max(now, next);
    next = mine + 1000 / perSecond;
    if (mine > now) await pause(mine - now, signal);
  };
}

async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  await sleep(ms, undefined, signal === undefined ? {} : { signal }).catch((error: unknown) => {
    signal?.throwIfAborted();
    throw error;
  });
}

function withQuery(url: URL, query: Record<string, string | number | undefined> | undefined): URL {
  const result = new URL(url);
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value !== undefined) result.searchParams.set(name, String(value));
  }
  return result;
}

function plainHeaders(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  const plain: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) plain[name.toLowerCase()] = Array.isArray(value) ? value.join(', ') : value;
  }
  return plain;
}

function replyOf(status: number, headers: Record<string, string>, bytes: Uint8Array, url: string): HttpReply {
  const text = () => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  return {
    status,
    headers,
    bytes,
    text,
    json() {
      try {
        return JSON.parse(text()) as unknown;
      } catch (error) {
        throw upstreamFailed(
          'http.not_json',
          `${new URL(url).host} answered something that is not JSON. Check that the address is the one of its API.`,
          error,
        );
      }
    },
    url,
  };
}
