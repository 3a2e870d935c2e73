import type { Identity, IdentityLink, Person } from '../../connectors/contract.ts';
import type { OpenTransaction } from '../../platform/db.ts';
import { suspectBot } from './bots.ts';
import { normaliseIdentity } from './identities.ts';
import type { NormalIdentity } from './identities.ts';
import { linkIdentities } from './link.ts';
import type { LinkResult } from './link.ts';
import { flagBots, writeProfiles } from './profile.ts';
import type { ProfileChange } from './profile.ts';
import { insertIdentities, lookUp, moveIdentity } from './resolver-store.ts';
import type { Birth, Found } from './resolver-store.ts';
import { markStale } from './stats.ts';
import { cleanLine, cleanText } from './text.ts';
import { lockTrees } from './trees.ts';

/**
 * Turns people into identity ids for one run. Every page's transaction uses it in this order:
 * `resolve` (as often as wanted), `link`, statistics, `finish`; then `commit` after the commit, or `discard` after a
 * rollback. The order is what keeps runs in several processes from waiting for each other in a circle.
 */
export interface Resolver {
  /** The identity id of each person, in order. New identities are born with a member of their own. */
  resolve(tx: OpenTransaction, people: readonly Person[], sourceId: number | undefined, now: Date): Promise<Int32Array>;
  /** Links on proof. What a veto holds back becomes a suggestion, or nothing. A repeat changes nothing. */
  link(tx: OpenTransaction, links: readonly IdentityLink[], sourceId: number | undefined, now: Date): Promise<LinkResult>;
  /** Writes what the people of this page say about themselves now (names, avatars, …). Last in the transaction. */
  finish(tx: OpenTransaction): Promise<void>;
  /** The transaction was committed: what it made may be remembered. */
  commit(): void;
  /** The transaction was rolled back: forget what it made. */
  discard(): void;
}

interface Known {
  id: number;
  name: string | null;
  avatarUrl: string | null;
  url: string | null;
  location: string | null;
  bio: string | null;
  organizationName: string | null;
  bot: boolean;
}

/** How many people a run remembers: some 60 MB at the most. */
const remembered = 200_000;

export function createResolver(limit = remembered): Resolver {
  // Two generations instead of a list by last use: what is asked for again moves to the young one.
  let young = new Map<string, Known>();
  let old = new Map<string, Known>();
  // Of the open transaction.
  let fresh = new Map<string, Known>();
  let changes = new Map<number, ProfileChange>();
  let waiting = new Map<number, ProfileChange>();
  let finished = false;
  let born: number[] = [];
  let bots: number[] = [];
  let moved = false;

  function recall(key: string): Known | undefined {
    const known = fresh.get(key) ?? young.get(key);
    if (known !== undefined) return known;
    const aged = old.get(key);
    if (aged !== undefined) remember(key, aged);
    return aged;
  }

  function remember(key: string, known: Known): void {
    young.set(key, known);
    if (young.size < limit / 2) return;
    old = young;
    young = new Map();
  }

  function forgetAll(): void {
    young = new Map();
    old = new Map();
    fresh = new Map();
  }

  async function resolve(tx: OpenTransaction, people: readonly Person[], sourceId: number | undefined, now: Date): Promise<Int32Array> {
    for (;;) {
      moved = false;
      const ids = await resolveOnce(tx, people, sourceId, now);
      if (!moved) return ids;
      // Names went to other accounts: what was remembered of them, also of this page, is asked for again.
      forgetAll();
    }
  }

  async function resolveOnce(tx: OpenTransaction, people: readonly Person[], sourceId: number | undefined, now: Date): Promise<Int32Array> {
    const ids = new Int32Array(people.length);
    const missing = new Map<string, Person>();
    people.forEach((person, place) => {
      const key = rawKey(person);
      const known = recall(key);
      if (known === undefined) missing.set(key, person);
      else {
        ids[place] = known.id;
        notice(known, person, sourceId, now);
      }
    });
    if (missing.size > 0) await resolveMissing(tx, people, ids, missing, sourceId, now);
    if (bots.length > 0) await flagBots(tx, bots.splice(0));
    return ids;
  }

  async function resolveMissing(
    tx: OpenTransaction,
    people: readonly Person[],
    ids: Int32Array,
    missing: ReadonlyMap<string, Person>,
    sourceId: number | undefined,
    now: Date,
  ): Promise<void> {
    const wanted = [...missing].map(([key, person]) => ({ key, person, normal: normaliseIdentity(person) }));
    for (const [key, known] of await findOrMake(tx, wanted, sourceId, now)) fresh.set(key, known);
    people.forEach((person, place) => {
      if (ids[place] !== 0) return;
      const known = fresh.get(rawKey(person));
      if (known === undefined) throw new Error('A person was not resolved.');
      ids[place] = known.id;
      notice(known, person, sourceId, now);
    });
  }

  interface Wanted {
    key: string;
    person: Person;
    normal: NormalIdentity;
  }

  async function findOrMake(tx: OpenTransaction, wanted: Wanted[], sourceId: number | undefined, now: Date): Promise<Map<string, Known>> {
    const result = new Map<string, Known>();
    let open = wanted;
    let locked = false;
    for (let turn = 0; open.length > 0; turn += 1) {
      // Each turn settles at least one of those that compete for a name; ends long before that in any real page.
      if (turn > 2 * wanted.length + 10) throw new Error('These identities cannot be settled: another process keeps changing them.');
      const found = await lookUp(
        tx,
        open.map((one) => one.normal),
      );
      const births = new Map<string, Birth>();
      const claimed = new Set<string>();
      const later: Wanted[] = [];
      let needsLock = false;
      for (const [place, one] of open.entries()) {
        const { byKey, byUser } = found[place] ?? {};
        const { normal } = one;
        // Those of this page that compete for a name or an account: one at a time, in their order.
        const claims = [...claimsOf(normal), ...[byUser, byKey].flatMap((identity) => (identity === undefined ? [] : [`#${identity.id}`]))];
        if (claims.some((claim) => claimed.has(claim))) {
          later.push(one);
          continue;
        }
        const settled = byUser ?? (normal.platformUserId === null || byKey?.platformUserId === normal.platformUserId ? byKey : undefined);
        if (settled !== undefined && settled.valueKey === normal.valueKey) {
          result.set(one.key, knownOf(settled));
          continue;
        }
        if (settled !== undefined && settled.formerValues.some((value) => value.toLowerCase() === normal.value.toLowerCase())) {
          // An old record under an old name.
          result.set(one.key, knownOf(settled));
          continue;
        }
        for (const claim of claims) claimed.add(claim);
        if (byUser === undefined && byKey === undefined) {
          births.set(one.key, birthOf(one.person, normal, sourceId));
        } else if (locked) {
          const changedHands = await moveIdentity(tx, normal, byUser, byKey, now);
          moved ||= changedHands;
        }
        needsLock = true;
        later.push(one);
      }
      // Only one transaction at a time makes identities or moves them: looked at again under the lock.
      if (needsLock && !locked) {
        await lockTrees(tx);
        locked = true;
        continue;
      }
      if (births.size > 0) {
        const made = await insertIdentities(tx, [...births], now);
        for (const [key, id] of made) {
          const birth = births.get(key);
          if (birth === undefined) continue;
          born.push(id);
          result.set(key, {
            id,
            name: birth.name,
            avatarUrl: birth.avatarUrl,
            url: birth.url,
            location: birth.location,
            bio: birth.bio,
            organizationName: null,
            bot: birth.bot === 'bot',
          });
        }
      }
      open = later.filter((one) => !result.has(one.key));
    }
    return result;
  }

  /** What a person says that we did not know yet is written by `finish`. */
  function notice(known: Known, person: Person, sourceId: number | undefined, now: Date): void {
    const change: ProfileChange = {};
    if (person.name !== undefined && person.name !== known.name) take('name', cleanLine(person.name));
    if (person.avatarUrl !== undefined && person.avatarUrl !== known.avatarUrl) take('avatarUrl', webAddress(person.avatarUrl));
    if (person.url !== undefined && person.url !== known.url) take('url', webAddress(person.url));
    if (person.location !== undefined && person.location !== known.location) take('location', cleanLine(person.location));
    if (person.bio !== undefined && person.bio !== known.bio) take('bio', cleanText(person.bio));
    if (person.organizationName !== undefined && person.organizationName !== known.organizationName)
      take('organizationName', cleanLine(person.organizationName));
    if (person.bot === true && !known.bot) {
      known.bot = true;
      bots.push(known.id);
    }
    if (Object.keys(change).length === 0) return;
    changes.set(known.id, { ...changes.get(known.id), ...change, sourceId, at: now });

    function take(field: 'name' | 'avatarUrl' | 'url' | 'location' | 'bio' | 'organizationName', value: string): void {
      if (value === '' || value === known[field]) return;
      known[field] = value;
      change[field] = value;
    }
  }

  async function link(tx: OpenTransaction, links: readonly IdentityLink[], sourceId: number | undefined, now: Date): Promise<LinkResult> {
    if (links.length === 0) return { linked: 0, suggested: 0, refused: 0 };
    const ends: Identity[] = links.flatMap((one) => [one.a, one.b]);
    const ids = await resolve(tx, ends, sourceId, now);
    return linkIdentities(
      tx,
      links.map((one, place) => ({ a: ids[place * 2] ?? 0, b: ids[place * 2 + 1] ?? 0, reason: one.reason, proof: one.proof })),
      now,
    );
  }

  return {
    resolve,
    link,
    async finish(tx) {
      const skipped = await writeProfiles(tx, changes);
      const touched = [...new Set([...born, ...changes.keys()])];
      // Somebody else holds these rows just now: written with the next page.
      waiting = new Map(skipped.flatMap((id) => (changes.has(id) ? [[id, changes.get(id) ?? {}] as const] : [])));
      changes = new Map(waiting);
      born = [];
      finished = true;
      await markStale(tx, touched);
    },
    commit() {
      if (!finished && (changes.size > waiting.size || born.length > 0))
        throw new Error('Call finish(tx) before the transaction is committed.');
      finished = false;
      for (const [key, known] of fresh) remember(key, known);
      fresh = new Map();
    },
    discard() {
      // Names noticed on remembered people were rolled back too.
      forgetAll();
      changes = new Map(waiting);
      born = [];
      bots = [];
      finished = false;
    },
  };
}

function rawKey(identity: Identity): string {
  return `${identity.type}\n${identity.platform}\n${identity.host ?? ''}\n${identity.platformUserId ?? ''}\n${identity.value}${identity.value === '' ? `\n${'name' in identity ? String(identity.name) : ''}` : ''}`;
}

function claimsOf(normal: NormalIdentity): string[] {
  const place = `${normal.platform}\n${normal.host}`;
  const name = `${place}\n${normal.type}\n${normal.valueKey}`;
  return normal.platformUserId === null ? [name] : [name, `${place}\nid\n${normal.platformUserId}`];
}

function knownOf(found: Found): Known {
  return {
    id: found.id,
    name: found.name,
    avatarUrl: found.avatarUrl,
    url: found.url,
    location: found.location,
    bio: found.bio,
    organizationName: null,
    bot: found.bot,
  };
}

function birthOf(person: Person, normal: NormalIdentity, sourceId: number | undefined): Birth {
  const name = person.name === undefined ? null : cleanLine(person.name) || null;
  const reason = person.bot === true ? `${normal.platform} says so` : suspectBot(normal.value, name ?? undefined);
  return {
    ...normal,
    name,
    avatarUrl: webAddress(person.avatarUrl ?? '') || null,
    url: webAddress(person.url ?? '') || null,
    location: cleanLine(person.location ?? '') || null,
    bio: cleanText(person.bio ?? '') || null,
    bot: person.bot === true ? 'bot' : reason === undefined ? 'human' : 'suspected',
    botReason: reason ?? null,
    sourceId: sourceId ?? null,
  };
}

/** Only what a browser may safely open. */
function webAddress(text: string): string {
  const address = text.trim();
  return /^https?:\/\/[^\s"'<>]{1,2000}$/i.test(address) ? address : '';
}
