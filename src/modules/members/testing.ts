import type { IdentityLink, Person } from '../../connectors/contract.ts';
import { transaction } from '../../platform/db.ts';
import type { Program } from '../../platform/context.ts';
import { createResolver, recordStats, refreshStaleCards } from './index.ts';
import type { LinkResult, Resolver } from './index.ts';

export function account(value: string, more: Partial<Person> = {}): Person {
  return { platform: 'github', type: 'account', value, ...more };
}

export function email(value: string, name?: string): Person {
  return { platform: 'git', type: 'email', value, ...(name === undefined ? {} : { name }) };
}

export interface PageResult {
  ids: number[];
  links: LinkResult;
}

/** One page as the ingest takes it, in a transaction of its own: each person did one thing at that time. */
export async function ingest(
  program: Program,
  people: readonly Person[],
  options: { links?: readonly IdentityLink[]; resolver?: Resolver; at?: string } = {},
): Promise<PageResult> {
  const resolver = options.resolver ?? createResolver();
  const at = Date.parse(options.at ?? '2026-01-02T00:00:00Z');
  const now = program.clock.now();
  const result = await transaction(program.database, async (tx) => {
    const ids = [...(await resolver.resolve(tx, people, undefined, now))];
    const links = await resolver.link(tx, options.links ?? [], undefined, now);
    await recordStats(
      tx,
      [...new Set(ids)].map((identityId) => ({ identityId, firstAt: at, lastAt: at, count: 1 })),
    );
    await resolver.finish(tx);
    return { ids, links };
  });
  resolver.commit();
  return result;
}

/** As `ingest`, and the lists know them. */
export async function arrive(
  program: Program,
  people: readonly Person[],
  options: { links?: readonly IdentityLink[]; at?: string } = {},
): Promise<PageResult> {
  const result = await ingest(program, people, options);
  await refreshStaleCards(program);
  return result;
}

/** The id, as people see it, of the member that an identity belongs to now. */
export async function memberOf(program: Program, identityId: number): Promise<string> {
  const { rows } = await program.database.pool.query<{ member_id: number }>('select member_id from identity where id = $1', [identityId]);
  return `mem_${(rows[0]?.member_id ?? 0).toString(36)}`;
}
