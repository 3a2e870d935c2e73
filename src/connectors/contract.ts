import type { z } from 'zod';

/**
 * What a connector is: the only types that the rest of the program may see of one. A connector declares what varies
 * (settings, streams, limits) and writes code only for the odd part; the runner guarantees the rest.
 */
export interface Connector<Settings = unknown> {
  /** Stable id, also the folder's name: `git`, `rss`. */
  name: string;
  title: string;
  /** One sentence: what it reads. */
  summary: string;
  /** Draws the form and validates the settings. A secret field carries `.meta({ secret: true })`. */
  settings: z.ZodObject;
  /** What a source is called when nobody named it: the repository, the feed's host. */
  nameOf(settings: Settings): string;
  /** Minutes between two readings unless the source says otherwise. */
  everyMinutes: number;
  /** What signs the requests of this source. Sent to the first origin that the source asks, or to those named. */
  authorize?(settings: Settings): { headers?: Record<string, string>; query?: Record<string, string>; origins?: string[] };
  /** Requests a second to one host, over all streams of a source. */
  requestsPerSecond?: number;
  /** Says plainly what works and which permission is missing. Never throws for a refusal of the other side. */
  check(io: ConnectorIo<Settings>): Promise<CheckLine[]>;
  /** The file or folder of this machine that these settings read, if they do: only administrators may name one. */
  localPath?(settings: Settings): string | undefined;
  /** What reading would take in and what it would refuse; stores nothing. For files that people prepare by hand. */
  dryRun?(io: ConnectorIo<Settings>): Promise<DryRun>;
  streams: Stream<Settings>[];
  webhook?: Webhook<Settings>;
  /** What it can do over there: reply, label, close. */
  deliveries?: Delivery<Settings>[];
}

export interface DryRun {
  /** What each row describes, as told or guessed. */
  kind: string;
  format: string;
  encoding: string;
  rows: number;
  refusedRows: number;
  /** The first thousand refused lines, counted from 1. */
  refused: { line: number; reason: string }[];
  columns: { mapped: { column: string; field: string }[]; ignored: string[] };
}

export interface CheckLine {
  ok: boolean;
  /** What was tried, in words: "Read the repository". */
  what: string;
  /** What came of it and, when it failed, what to do. */
  detail: string;
}

/** What a connector gets: nothing else reaches it (no environment, database, token or fetch of its own). */
export interface ConnectorIo<Settings = unknown> {
  settings: Settings;
  http: Http;
  /** Aborted when the source is paused or the program stops: obey at once. */
  signal: AbortSignal;
  /** A folder of this source's own for working copies; may be lost, never holds truth. */
  workDir: string;
  /** What a program that the connector starts may inherit (PATH, HOME, proxy): none of our settings or secrets. */
  environment: Readonly<Record<string, string>>;
  /** Only items from then on are wanted, if the source was limited. */
  since: Date | undefined;
  now(): Date;
  log(message: string, more?: Record<string, unknown>): void;
  /**
   * What this reading cannot get (a repository that is gone, a list that needs another permission) while everything else goes
   * on. A sentence that says what to do; it stands on the source's page until a reading has nothing to complain of.
   */
  warn(message: string): void;
}

export interface Http {
  /**
   * One request with the source's authorization, limits, size and time bounds; redirects and addresses are checked.
   * Answers 2xx, 304 and 4xx as they are. Errors: `http.rate_limited` (with the seconds to wait), `http.failed` (no
   * answer, or 5xx after retries), `http.too_large`, `http.address_refused`.
   */
  get(url: string, options?: HttpOptions): Promise<HttpAnswer>;
  /**
   * As `get`, with another method and a body of JSON, of form fields, or as it is. PUT and DELETE are tried again after a
   * failure; POST and PATCH only when they are declared `safe` (a query that changes nothing, GraphQL for example).
   */
  send(method: 'POST' | 'PUT' | 'PATCH' | 'DELETE', url: string, options?: SendOptions): Promise<HttpAnswer>;
  /**
   * For a program that makes its own connections (git): refuses an address that requests may not reach, and answers
   * the checked ones, so that the program can be pinned to them. Errors: as `get`.
   */
  resolve(url: string): Promise<string[]>;
}

export interface HttpOptions {
  query?: Record<string, string | number | undefined>;
  headers?: Record<string, string>;
  /** Largest body, in bytes. Default 10 MB. */
  maxBytes?: number;
}

export interface SendOptions extends HttpOptions {
  json?: Json;
  form?: Record<string, string>;
  body?: string | Uint8Array;
  safe?: boolean;
}

export interface HttpAnswer {
  status: number;
  headers: Record<string, string>;
  bytes: Uint8Array;
  text(): string;
  json(): unknown;
  /** The address after redirects. */
  url: string;
}

/**
 * One sequence of items of a source.
 * - `oldest-first`: the cursor is committed with each page. Also for a stream of any other order whose cursor itself
 *   holds all that a resumed reading needs.
 * - `newest-first`: the cursor is committed only when the stream reached its end (until then `resume` carries on).
 * - `snapshot`: the whole is read each time; what is unchanged costs nothing.
 */
export interface Stream<Settings = unknown> {
  name: string;
  title: string;
  order: 'oldest-first' | 'newest-first' | 'snapshot';
  /** Validates one raw item: only the fields that we use. What fails is quarantined. */
  record: z.ZodType;
  /** The item's id in its system: unique within the stream, at most 400 characters. */
  externalId(record: never): string;
  pages(io: ConnectorIo<Settings>, cursor: Json | undefined): AsyncIterable<Page>;
  /**
   * When the item was last changed over there, in milliseconds. With it an older version (a webhook that came late, or was sent
   * again by somebody else) never replaces a newer one.
   */
  version?(record: never): number | undefined;
  /** Pure: same record, same answer. `settings` only for what the record cannot say itself. */
  derive(record: never, settings: Settings): Derived;
}

export interface Page {
  /** Raw items as the outside system gave them, kept whole. JSON values. */
  items: Json[];
  /** Where to go on after this page. Two equal cursors in a row with items are a loop: the run ends with an error. */
  cursor: Json;
  /** How many items there are in all, when the system says so. */
  total?: number;
  /** External ids of items that the system no longer has (a branch was rewritten): what they gave is taken back. */
  gone?: string[];
  /** Items that could not even be cut out of the page, with the reason: they go to quarantine. */
  unreadable?: { externalId: string; raw: string; reason: string }[];
}

export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/** What one record says: facts, people and how they hang together. */
export interface Derived {
  activities: ActivityDraft[];
  /** Threads whose state the record knows: the issue itself, the topic, the question. */
  threads?: ThreadDraft[];
  /** People whose profile the record describes, beside the actors of the activities. */
  people?: Person[];
  /** Proof that two identities are one person. */
  links?: IdentityLink[];
  /** Organizations, affiliations and member fields that an import states. */
  organizations?: OrganizationDraft[];
  affiliations?: AffiliationDraft[];
}

/** The closed list of kinds. Append only: the position is what is stored. */
export const activityKinds = [
  'post',
  'reply',
  'question',
  'answer',
  'accepted_answer',
  'reaction',
  'issue',
  'merge_request_opened',
  'merge_request_merged',
  'merge_request_closed',
  'review',
  'review_comment',
  'comment',
  'commit',
  'commit_committed',
  'commit_co_authored',
  'commit_signed_off',
  'commit_reviewed',
  'commit_tested',
  'commit_reported',
  'release',
  'star',
  'fork',
  'mention',
  'join',
  'leave',
  'rsvp',
  'attendance',
  'translation',
  'sign_up',
  'message',
  'issue_closed',
  'label',
  'badge',
] as const;

export type ActivityKind = (typeof activityKinds)[number];

export interface ActivityDraft {
  kind: ActivityKind;
  /** The platform's own word, when it says more than the kind. */
  platformType?: string;
  /** Milliseconds since 1970, UTC. */
  at: number;
  /** Minutes east of UTC on the person's own clock, when the system keeps it. */
  offset?: number;
  person: Person;
  thread?: ThreadDraft;
  /**
   * The room of a chat, where the platform keeps no thread: what is said in one room without a long pause becomes one
   * conversation. Left out when there is a `thread`.
   */
  room?: { externalId: string; name?: string; url?: string };
  title?: string;
  /** Plain text. HTML is turned into text by the connector kit before. */
  text?: string;
  /** The original, for people to open. */
  url?: string;
  /** Lines added plus removed, score, amount: what the kind counts beside itself. */
  value?: number;
}

export interface ThreadDraft {
  /** The thread's id in its system, unique within the source. */
  externalId: string;
  kind: 'topic' | 'question' | 'story' | 'issue' | 'merge_request' | 'conversation' | 'release';
  title?: string;
  url?: string;
  /**
   * How it stands, only from the record that knows; what others leave out stays as it is. `solved` has an accepted answer or
   * was marked so. `open` takes an earlier end back.
   */
  state?: 'open' | 'closed' | 'merged' | 'solved';
  /** Solved, merged or closed at that time (milliseconds), when the record says so. */
  closedAt?: number;
  /** True for the activity that opened the thread. */
  opens?: boolean;
  /** Labels, tags, flair, category: as they are over there. */
  labels?: string[];
}

/** One account or address on one platform. Unique by (platform, host, type, normalised value). */
export interface Identity {
  /** `email`, `github`, `gitlab`, `discourse`, … */
  platform: string;
  /** For platforms that many hosts run: `gitlab.com`, `forum.example.org`. Empty where it is one place. */
  host?: string;
  type: 'email' | 'account' | 'name';
  value: string;
  /** The platform's stable id, so that a rename is followed. */
  platformUserId?: string;
}

export interface Person extends Identity {
  name?: string;
  avatarUrl?: string;
  url?: string;
  location?: string;
  bio?: string;
  organizationName?: string;
  /** The platform says that it is a bot. */
  bot?: boolean;
}

export interface IdentityLink {
  a: Identity;
  b: Identity;
  /** In words, shown to people: "The .mailmap of example.git says so". */
  reason: string;
  proof: 'verified_email' | 'platform' | 'import' | 'mailmap';
}

export interface OrganizationDraft {
  name: string;
  domains?: string[];
  kind?: 'company' | 'university' | 'project' | 'ours';
  url?: string;
  customerId?: string;
  annualRecurringRevenue?: number;
}

export interface AffiliationDraft {
  person: Identity;
  organization: string;
  /** Days, `2024-03-01`; open when left out. */
  from?: string;
  to?: string;
  role?: string;
}

/**
 * Requests from the outside system, at an address of the source's own. What they hold is stored as if it had been read: same
 * streams, same items.
 */
export interface Webhook<Settings = unknown> {
  /** The secret setting that signs the requests. Without a value nothing is accepted. */
  secret: Extract<keyof Settings, string>;
  /** What to do over there, a sentence each, in order. `{address}` and `{secret}` stand for this source's. */
  setUp: string[];
  /** Throws when the signature is wrong or too old (kit/webhook.ts). Constant time. */
  verify(request: WebhookRequest, settings: Settings): void;
  /** Pure: what a verified request says. Throws on what is not of this system. */
  read(request: WebhookRequest, settings: Settings): WebhookNews;
}

export interface WebhookRequest {
  headers: Record<string, string>;
  body: Uint8Array;
  receivedAt: Date;
}

export interface WebhookNews {
  /** Whole items, as the stream that owns them reads them, ids of what is no more, and what goes to quarantine. */
  pages?: { stream: string; items: Json[]; gone?: string[]; unreadable?: NonNullable<Page['unreadable']> }[];
  /** The request says that something changed, but not all of it: the source is read now. */
  readNow?: boolean;
  /** What the other side waits for (a challenge), instead of an empty 200. */
  answer?: { status?: number; json?: Json; text?: string };
}

/** One thing that a connector does over there. Done by the worker from a queue, and never twice by itself. */
export interface Delivery<Settings = unknown> {
  /** Stable id: `reply`, `label`, `close`. */
  name: string;
  title: string;
  /** One sentence: what it does. */
  summary: string;
  /** What it is done to. */
  on: 'thread' | 'activity' | 'person' | 'source';
  /** Draws the form and validates what is entered. */
  input: z.ZodObject;
  /** It carries up to ten pictures beside its words. */
  pictures?: true;
  /** Does it. A refusal of the other side is a failure (kit/failures.ts) whose sentence says what to do. */
  deliver(io: ConnectorIo<Settings>, target: DeliveryTarget, input: never, pictures?: readonly Picture[]): Promise<Delivered>;
}

export interface Picture {
  /** A file name. */
  name: string;
  mediaType: 'image/png';
  /** For who cannot see it. */
  alt: string;
  content: Uint8Array;
}

/** What a delivery is done to: what its `on` names is there, and for an activity also its thread and person. */
export interface DeliveryTarget {
  thread?: { externalId: string; kind: ThreadDraft['kind']; url?: string };
  /** The record that the activity comes from. */
  activity?: { stream: string; externalId: string; record: Json; url?: string };
  person?: Identity;
}

export interface Delivered {
  /** What was made over there, for people to open. */
  url?: string;
  /** In words, when there is more to say than that it was done. */
  detail?: string;
}
