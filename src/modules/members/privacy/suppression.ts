import { createHmac, createSecretKey } from 'node:crypto';
import type { Identity } from '../../../connectors/contract.ts';
import type { OpenTransaction } from '../../../platform/db.ts';
import type { Secrets } from '../../../platform/secrets.ts';
import { normaliseIdentity } from '../identities.ts';
import type { NormalIdentity } from '../identities.ts';

/** Whom imports leave out. The list holds keyed hashes only: whoever reads it learns nothing about anybody. */
export interface Suppression {
  /**
   * For each of these, whether it is on the list: undefined when it is not, else the erasure that put it there while that
   * can be undone, or 0 for good. Asked in the page's transaction, once the source is held: whoever erases holds all sources,
   * so that no page slips through beside. An empty list costs one look at one row.
   */
  look(tx: OpenTransaction, identities: readonly Identity[]): Promise<(number | undefined)[]>;
  /** What was remembered of people may be wrong since the list was changed: called with each change that is seen. */
  onChange(forget: () => void): void;
}

export interface HashedIdentity {
  hash: Buffer;
  /** The account's number is hashed, too. */
  numbered: boolean;
}

/** So many answers are remembered by one run: some 20 MB at the most. */
const remembered = 200_000;

export function createSuppression(secrets: Secrets): Suppression {
  const hash = hasher(secrets);
  let version = -1;
  let answers = new Map<string, number | undefined>();
  let forget = (): void => undefined;

  async function isEmpty(tx: OpenTransaction): Promise<boolean> {
    const { rows } = await tx.client.query<{ version: number; entries: number }>({
      name: 'suppression-state',
      text: 'select version, entries from suppression_state',
    });
    const state = rows[0] ?? { version: 0, entries: 0 };
    if (state.version !== version || answers.size > remembered) {
      answers = new Map();
      if (version !== -1 && state.version !== version) forget();
      version = state.version;
    }
    return state.entries === 0;
  }

  async function ask(tx: OpenTransaction, unknown: ReadonlyMap<string, NormalIdentity>): Promise<void> {
    const hashes = new Map<string, { byName: string; byNumber: string | undefined }>();
    for (const [key, one] of unknown) {
      const byNumber = one.platformUserId === null ? undefined : hash(numberOf(one, one.platformUserId)).toString('hex');
      hashes.set(key, { byName: hash(nameOf(one)).toString('hex'), byNumber });
    }
    const wanted = [...hashes.values()].flatMap(({ byName, byNumber }) => (byNumber === undefined ? [byName] : [byName, byNumber]));
    const { rows } = await tx.client.query<{ hash: string; numbered: boolean; open: number }>({
      name: 'suppression-look',
      text: `select encode(s.hash, 'hex') as hash, s.numbered, coalesce(case when e.state in ('hiding', 'hidden') then e.id end, 0) as open
             from suppression s left join erasure e on e.id = s.erasure_id
             where s.hash = any (select decode(h, 'hex') from unnest($1::text[]) h)`,
      values: [wanted],
    });
    const found = new Map(rows.map((row) => [row.hash, row]));
    for (const [key, { byName, byNumber }] of hashes) {
      const number = byNumber === undefined ? undefined : found.get(byNumber);
      const name = found.get(byName);
      // The name alone is not enough where both numbers are known: names change hands.
      const hit = number ?? (name !== undefined && !(name.numbered && byNumber !== undefined) ? name : undefined);
      answers.set(key, hit?.open);
    }
  }

  return {
    async look(tx, identities) {
      if (identities.length === 0 || (await isEmpty(tx))) return Array.from<undefined>({ length: identities.length });
      const keys = identities.map(keyOf);
      const unknown = new Map<string, NormalIdentity>();
      for (const [i, key] of keys.entries()) {
        const identity = identities[i];
        if (identity !== undefined && !answers.has(key) && !unknown.has(key)) unknown.set(key, normaliseIdentity(identity));
      }
      if (unknown.size > 0) await ask(tx, unknown);
      return keys.map((key) => answers.get(key));
    },
    onChange(listener) {
      forget = listener;
    },
  };
}

function keyOf(identity: Identity & { name?: string }): string {
  const { platform, host = '', type, value, platformUserId = '' } = identity;
  return `${type}\n${platform}\n${host}\n${platformUserId}\n${value}${value === '' ? `\n${identity.name ?? ''}` : ''}`;
}

function hasher(secrets: Secrets): (text: string) => Buffer {
  // As a key object: prepared once, a hash costs a sixth.
  const key = createSecretKey(secrets.derive('suppression'), 'hex');
  return (text) => createHmac('sha256', key).update(text).digest();
}

function nameOf(one: Pick<NormalIdentity, 'platform' | 'host' | 'type' | 'valueKey'>): string {
  return `${one.platform}\n${one.host}\n${one.type}\n${one.valueKey}`;
}

function numberOf(one: Pick<NormalIdentity, 'platform' | 'host'>, number: string): string {
  return `${one.platform}\n${one.host}\nnumber\n${number}`;
}

/** What the list keeps of an identity: of its name, of the names it had, and of its number. Nobody in particular: nothing. */
export function hashesOf(secrets: Secrets, identity: NormalIdentity, formerValues: readonly string[] = []): HashedIdentity[] {
  const hash = hasher(secrets);
  if (identity.valueKey === '(unknown)') return [];
  const numbered = identity.platformUserId !== null;
  // A name that was passed on is kept with a mark behind it (see resolver-store.ts): what it was called before is among the former.
  const names = [
    identity,
    ...formerValues.map((value) => normaliseIdentity({ platform: identity.platform, host: identity.host, type: identity.type, value })),
  ];
  const all = names.map((one) => ({ hash: hash(nameOf(one)), numbered }));
  if (identity.platformUserId !== null) all.push({ hash: hash(numberOf(identity, identity.platformUserId)), numbered });
  return all;
}

/** Puts hashes on the list, or moves them to another erasure. */
export async function suppress(tx: OpenTransaction, hashes: readonly HashedIdentity[], erasureId: number | null, now: Date): Promise<void> {
  const unique = new Map(hashes.map((one) => [one.hash.toString('hex'), one]));
  await tx.client.query(
    `insert into suppression (hash, numbered, erasure_id, at)
     select decode(h, 'hex'), n, $3, $4 from unnest($1::text[], $2::boolean[]) u (h, n) order by h
     on conflict (hash) do update set numbered = excluded.numbered, erasure_id = coalesce(excluded.erasure_id, suppression.erasure_id)`,
    [[...unique.keys()], [...unique.values()].map((one) => one.numbered), erasureId, now],
  );
  await changed(tx);
}

/** Who asks next sees the list as it is now. */
export async function changed(tx: OpenTransaction): Promise<void> {
  await tx.client.query('update suppression_state set version = version + 1, entries = (select count(*) from suppression)');
}
