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
}

export interface Http {
  /**
   * One request with the source's authorization, limits, size and time bounds; redirects and addresses are checked.
   * Answers 2xx, 304 and 4xx as they are. Errors: `http.rate_limited` (with the seconds to wait), `http.failed` (no
   * answer, or 5xx after retries), `http.too_large`, `http.address_refused`.
   */
  get(url: string, options?: HttpOptions): Promise<HttpAnswer>;
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
  /** Solved, merged or closed at that time (milliseconds), when the record says so. */
  closedAt?: number;
  /** True for the activity that opened the thread. */
  opens?: boolean;
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

/** A request from the outside system, checked before it is read. */
export interface Webhook<Settings = unknown> {
  /** Throws when the signature is wrong or too old. Constant time. */
  verify(request: WebhookRequest, settings: Settings): void;
  /** The items in it, for the stream that owns them. */
  read(request: WebhookRequest, settings: Settings): { stream: string; items: Json[] }[];
}

export interface WebhookRequest {
  headers: Record<string, string>;
  body: Uint8Array;
  receivedAt: Date;
}
