import { z } from 'zod';
import { createTestProgram } from '../../../../test/program.ts';
import type { TestProgram } from '../../../../test/program.ts';
import type { Connector, Derived, Json, Person } from '../../../connectors/contract.ts';
import { callAction } from '../../../platform/action.ts';
import type { Action, Caller } from '../../../platform/action.ts';
import type { Clock } from '../../../platform/clock.ts';
import { readId } from '../../../platform/ids.ts';
import { actions } from '../../../entry/actions.ts';
import { countOlder, dropOlder, dropSource, openTaker } from '../../activities/index.ts';
import { addSource, provideToSources, runSource } from '../../sources/index.ts';

/** A connector whose items a test writes: commits with co-authors, issues that somebody else closes, profiles, links. */
export interface Item {
  id: string;
  who?: { login: string; number?: string; name?: string };
  at?: number;
  text?: string;
  /** E-mail addresses of co-authors. */
  with?: string[];
  closedBy?: string;
  profile?: { email: string; name: string };
  link?: { login: string; email: string };
}

const scripts = new Map<string, () => Item[]>();

function account(login: string, more: { number?: string; name?: string } = {}): Person {
  return {
    platform: 'scripted',
    type: 'account',
    value: login,
    ...(more.number === undefined ? {} : { platformUserId: more.number }),
    ...(more.name === undefined ? {} : { name: more.name }),
  };
}

function email(value: string, name?: string): Person {
  return { platform: 'email', type: 'email', value, ...(name === undefined ? {} : { name }) };
}

function derive(item: Item): Derived {
  const at = item.at ?? Date.UTC(2024, 0, 1);
  const derived: Derived = { activities: [] };
  const thread = { externalId: `thread-${item.id}`, kind: 'issue' as const, title: item.text ?? '' };
  if (item.who !== undefined) {
    derived.activities.push({
      kind: 'issue',
      at,
      person: account(item.who.login, item.who),
      text: item.text ?? '',
      thread: { ...thread, opens: true },
    });
    derived.threads = [{ ...thread, ...(item.closedBy === undefined ? {} : { state: 'closed' as const, closedAt: at + 1000 }) }];
  }
  for (const other of item.with ?? []) derived.activities.push({ kind: 'commit_co_authored', at, person: email(other), thread });
  if (item.closedBy !== undefined) derived.activities.push({ kind: 'issue_closed', at: at + 1000, person: account(item.closedBy), thread });
  if (item.profile !== undefined) derived.people = [email(item.profile.email, item.profile.name)];
  if (item.link !== undefined)
    derived.links = [{ a: account(item.link.login), b: email(item.link.email), reason: 'The platform says so', proof: 'platform' }];
  return derived;
}

const connector: Connector<{ script: string }> = {
  name: 'scripted',
  title: 'Scripted',
  summary: 'Reads what a test says.',
  settings: z.object({ script: z.string() }),
  nameOf: (settings) => settings.script,
  everyMinutes: 30,
  check: async () => [],
  streams: [
    {
      name: 'items',
      title: 'Items',
      order: 'snapshot',
      record: z.looseObject({ id: z.string() }),
      externalId: (record: Item) => record.id,
      async *pages(io) {
        yield { items: (scripts.get(io.settings.script) ?? (() => []))() as unknown as Json[], cursor: null };
      },
      derive: (record: Item) => derive(record),
    },
  ],
};

export interface PrivacyTest extends TestProgram {
  call<T = Record<string, unknown>>(name: string, input?: unknown, caller?: Caller): Promise<T>;
  /** A new source that reads these items; answers how to read it again, with other items if given. */
  read(items: Item[]): Promise<{ id: number; again(items?: Item[]): Promise<void> }>;
  rows<T = Record<string, unknown>>(sql: string, values?: unknown[]): Promise<T[]>;
  personCalled(handle: string): Promise<string>;
}

/** Sources of such items can be derived again without being read. */
export function provideScripted(): void {
  provideToSources({
    connectors: [connector as Connector<never>],
    openTaker,
    dropOlder,
    countOlder,
    dropSource,
    findTarget: () => Promise.reject(new Error('Nothing is delivered here.')),
    whileReading: async () => undefined,
    afterReading: async () => undefined,
  });
}

export async function createPrivacyTest(clock?: Clock): Promise<PrivacyTest> {
  const test = await createTestProgram(clock === undefined ? {} : { clock });
  provideScripted();
  const all: readonly Action[] = actions;
  const rows: PrivacyTest['rows'] = async <T>(sql: string, values: unknown[] = []) =>
    (await test.program.database.pool.query(sql, values)).rows as T[];
  return {
    ...test,
    rows,
    async call<T>(name: string, input: unknown = {}, caller = test.asAdministrator) {
      const action = all.find((one) => one.name === name);
      if (action === undefined) throw new Error(`There is no action ${name}.`);
      return (await callAction(test.program, caller, action, input)) as T;
    },
    async read(items) {
      const script = `script ${scripts.size}`;
      let current = items;
      scripts.set(script, () => current);
      const added = await callAction(test.program, test.asAdministrator, addSource, {
        connector: 'scripted',
        settings: { script },
        read: false,
      });
      const id = readId('source', added.id);
      const again = async (next: Item[] = current): Promise<void> => {
        current = next;
        const run = await runSource(test.program, id, { cause: 'request' });
        if (run.state !== 'done') throw new Error(run.error);
      };
      await again();
      return { id, again };
    },
    async personCalled(handle) {
      const [row] = await rows<{ id: number }>('select member_id as id from identity where value_key = $1', [handle]);
      if (row === undefined) throw new Error(`Nobody is called ${handle}.`);
      return `mem_${row.id.toString(36)}`;
    },
  };
}
