import type { OpenTransaction } from '../../platform/db.ts';

/** What speaks against joining people, and how that changes as they are joined. All by root. */
export interface Vetoes {
  /** Who somebody is after the joins so far. */
  rootOf(root: number): number;
  /** Those that are bots for certain. */
  bots: ReadonlySet<number>;
  /** Somebody refused this pair, or took it apart after a merge, however both have grown since. */
  refused(a: number, b: number): boolean;
  /** Each has an account of another name on one platform and host. */
  rivals(a: number, b: number): boolean;
  join(edge: { absorbed: number; survivor: number }): void;
}

export async function loadVetoes(tx: OpenTransaction, roots: readonly number[]): Promise<Vetoes> {
  const bots = await tx.client.query<{ id: number }>("select id from member where id = any($1::int[]) and bot = 'bot'", [roots]);
  const refusals = await tx.client.query<{ a: number; b: number }>(
    `select ma.root_id as a, mb.root_id as b from member ma join suggestion s on s.a_id = ma.id and s.state = 'refused' join member mb on mb.id = s.b_id
     where ma.root_id = any($1::int[]) and mb.root_id = any($1::int[])
     union
     select ma.root_id, mb.root_id from member ma join merge g on g.absorbed_id = ma.id and g.undone_at is not null join member mb on mb.id = g.survivor_id
     where ma.root_id = any($1::int[]) and mb.root_id = any($1::int[])`,
    [roots],
  );
  const accounts = await tx.client.query<{ root: number; place: string; key: string }>(
    "select member_id as root, platform || ' ' || host as place, value_key as key from identity where member_id = any($1::int[]) and type = 'account'",
    [roots],
  );
  const parents = new Map<number, number>();
  const enemies = groups(refusals.rows.flatMap(({ a, b }) => [[a, b] as const, [b, a] as const]));
  const names = new Map<number, Map<string, Set<string>>>();
  for (const { root, place, key } of accounts.rows) {
    const places = names.get(root) ?? new Map<string, Set<string>>();
    names.set(root, places);
    places.set(place, (places.get(place) ?? new Set()).add(key));
  }

  function rootOf(root: number): number {
    let at = root;
    for (let up = parents.get(at); up !== undefined; up = parents.get(at)) at = up;
    return at;
  }

  return {
    rootOf,
    bots: new Set(bots.rows.map((row) => row.id)),
    refused: (a, b) => [...(enemies.get(a) ?? [])].some((enemy) => rootOf(enemy) === b),
    rivals(a, b) {
      const theirs = names.get(b);
      for (const [place, keys] of names.get(a) ?? []) {
        const others = theirs?.get(place);
        if (others !== undefined && ![...keys].some((key) => others.has(key))) return true;
      }
      return false;
    },
    join({ absorbed, survivor }) {
      parents.set(absorbed, survivor);
      enemies.set(survivor, new Set([...(enemies.get(survivor) ?? []), ...(enemies.get(absorbed) ?? [])]));
      const places = names.get(survivor) ?? new Map<string, Set<string>>();
      names.set(survivor, places);
      for (const [place, keys] of names.get(absorbed) ?? []) places.set(place, new Set([...keys, ...(places.get(place) ?? [])]));
    },
  };
}

function groups(pairs: readonly (readonly [number, number])[]): Map<number, Set<number>> {
  const map = new Map<number, Set<number>>();
  for (const [key, value] of pairs) map.set(key, (map.get(key) ?? new Set()).add(value));
  return map;
}
