import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createPrivacyTest } from '../modules/members/privacy/privacy.testing.ts';
import type { Item, PrivacyTest } from '../modules/members/privacy/privacy.testing.ts';
import { indexNewWords, readNewTexts, recountDays } from '../modules/activities/index.ts';
import { goOnErasing, refreshStaleCards } from '../modules/members/index.ts';
import { keepToRetention, rederiveSource } from '../modules/sources/index.ts';
import { distribute } from './distribute.ts';
import { distribution } from './distribution.ts';

let test_: PrivacyTest;
beforeAll(async () => {
  test_ = await createPrivacyTest();
});
afterAll(() => test_.close());

const spread: Record<string, string> = distribution.spread;
const everywhere: readonly string[] = distribution.everywhere;
const local: Record<string, string> = distribution.local;

test('every table is spread, everywhere, or on the coordinator for a reason', async () => {
  const tables = await test_.rows<{ name: string }>(
    `select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE' order by 1`,
  );
  const planned = [...Object.keys(spread), ...everywhere, ...Object.keys(local)];
  expect(planned.toSorted((a, b) => (a < b ? -1 : 1))).toEqual(tables.map((row) => row.name));
  const types = await test_.rows<{ type: string }>(
    `select distinct format_type(a.atttypid, a.atttypmod) as type from unnest($1::text[], $2::text[]) t (name, col)
     join pg_attribute a on a.attrelid = t.name::regclass and a.attname = t.col and a.attnotnull`,
    [Object.keys(spread), Object.values(spread)],
  );
  expect(types, 'tables lie beside each other when their columns are of one type').toEqual([{ type: 'integer' }]);
});

test('every unique key and foreign key of a spread table holds its column, and no spread table carries a trigger', async () => {
  const keys = await test_.rows<{ table: string; name: string; columns: string[] }>(
    `select c.relname as table, i.relname as name, array_agg(a.attname::text) as columns
     from pg_index x join pg_class c on c.oid = x.indrelid join pg_class i on i.oid = x.indexrelid
     join pg_attribute a on a.attrelid = c.oid and a.attnum = any (x.indkey)
     where c.relname = any ($1) and c.relnamespace = 'public'::regnamespace and x.indisunique group by 1, 2`,
    [Object.keys(spread)],
  );
  expect(new Set(keys.map((key) => key.table)), 'each has a key').toEqual(new Set(Object.keys(spread)));
  for (const { table, name, columns } of keys) expect(columns, `${table} ${name}`).toContain(spread[table]);

  const references = await test_.rows<{ from: string; to: string; columns: string[] }>(
    `select f.relname as from, t.relname as to, array_agg(a.attname::text) as columns
     from pg_constraint k join pg_class f on f.oid = k.conrelid join pg_class t on t.oid = k.confrelid
     join pg_attribute a on a.attrelid = f.oid and a.attnum = any (k.conkey)
     where k.contype = 'f' and k.connamespace = 'public'::regnamespace group by k.oid, 1, 2`,
  );
  for (const { from, to, columns } of references) {
    const what = `${from} (${columns.join(', ')}) to ${to}`;
    if (from in spread) {
      expect(columns, what).toContain(spread[from]);
      expect(to in spread || everywhere.includes(to), what).toBe(true);
    } else expect(to in spread, `${what}: nothing on the coordinator may refer to what is spread`).toBe(false);
    if (everywhere.includes(from)) expect(everywhere, what).toContain(to);
  }

  const triggers = await test_.rows<{ name: string }>(
    `select distinct c.relname as name from pg_trigger t join pg_class c on c.oid = t.tgrelid where not t.tgisinternal`,
  );
  for (const { name } of triggers) expect(Object.keys(local), name).toContain(name);
});

test('the statements that apply the plan name each table once', async () => {
  const statements = await distribute(test_.program.database.pool, true);
  expect(statements[everywhere.length]).toBe(`select create_distributed_table('record', 'source_id')`);
  for (const name of [...everywhere, ...Object.keys(spread)])
    expect(
      statements.filter((statement) => statement.includes(`('${name}'`)),
      name,
    ).toHaveLength(1);
  await expect(distribute(test_.program.database.pool, false)).rejects.toThrow(/not a Citus cluster/);
});

interface Statement {
  text: string;
  values: unknown[];
}

/** Every statement that the database is asked while `work` runs. */
async function statementsOf(work: () => Promise<unknown>): Promise<Statement[]> {
  const found = new Map<string, Statement>();
  // Its overloads are many; here only the arguments are looked at.
  const client = pg.Client.prototype as unknown as { query: (...args: unknown[]) => unknown };
  const query = client.query;
  client.query = function record(this: unknown, ...args: unknown[]) {
    const [first, second] = args as [string | { text?: string; values?: unknown[] }, unknown];
    const text = typeof first === 'string' ? first : (first.text ?? '');
    const values = Array.isArray(second) ? second : typeof first === 'object' && Array.isArray(first.values) ? first.values : [];
    if (!found.has(text)) found.set(text, { text, values });
    return query.apply(this, args);
  };
  try {
    await work();
  } finally {
    client.query = query;
  }
  return [...found.values()];
}

interface Plan {
  'Node Type': string;
  'Relation Name'?: string;
  Alias?: string;
  Plans?: Plan[];
  [more: string]: unknown;
}

/**
 * Which spread tables a statement reads without saying of which source: those a cluster would have to ask every node for. As
 * PostgreSQL plans it: each scan has a condition on the column that it is spread by, or is joined on it to one that has.
 */
async function askedEverywhere({ text, values }: Statement): Promise<string[]> {
  const sql = text.trim();
  if (!Object.keys(spread).some((name) => new RegExp(`\\b${name}\\b`).test(sql))) return [];
  if (/^copy /i.test(sql)) return /\(\s*"?source_id/.test(sql) ? [] : [sql];
  if (!/^(select|with|insert|update|delete)\b/i.test(sql)) return [];
  const { rows } = await test_.program.database.pool.query<{ 'QUERY PLAN': { Plan: Plan }[] }>(
    `explain (format json, verbose) ${sql}`,
    values,
  );
  const scans = new Map<string, string>();
  const conditions: string[] = [];
  const visit = (plan: Plan): void => {
    const name = plan['Relation Name'];
    const alias = plan.Alias ?? '';
    if (name !== undefined && name in spread && plan['Node Type'] !== 'ModifyTable') scans.set(alias, name);
    for (const [key, value] of Object.entries(plan)) if (/Cond$|Filter$/.test(key) && typeof value === 'string') conditions.push(value);
    for (const child of plan.Plans ?? []) visit(child);
  };
  for (const { Plan: plan } of rows[0]?.['QUERY PLAN'] ?? []) visit(plan);
  const anchored = anchoredIn(conditions, new Set(scans.keys()));
  return [...scans].filter(([alias]) => !anchored.has(alias)).map(([, name]) => name);
}

/** Tables whose source a condition names by a value, a list or a column of a small table, and those joined to them on theirs. */
function anchoredIn(conditions: readonly string[], spreadAliases: ReadonlySet<string>): Set<string> {
  const anchored = new Set<string>();
  const pairs: [string, string][] = [];
  const side = String.raw`\(?("?[\w$]+"?)\.source_id\)?`;
  for (const condition of conditions) {
    for (const found of condition.matchAll(new RegExp(`${side} = (?:${side})?`, 'g'))) {
      const [, left = '', right] = found;
      if (right !== undefined && spreadAliases.has(right)) pairs.push([left, right]);
      else anchored.add(left);
    }
    for (const found of condition.matchAll(new RegExp(`= ${side}`, 'g'))) {
      const before = condition.slice(0, found.index);
      if (!/\.source_id\)? $/.test(before)) anchored.add(found[1] ?? '');
    }
  }
  for (let grown = true; grown;) {
    grown = false;
    for (const [a, b] of pairs)
      if (anchored.has(a) !== anchored.has(b)) {
        anchored.add(a).add(b);
        grown = true;
      }
  }
  return anchored;
}

/** Text, with what was asked of every node. */
async function everywhereIn(work: () => Promise<unknown>): Promise<string[]> {
  const found: string[] = [];
  for (const statement of await statementsOf(work)) {
    const tables = await askedEverywhere(statement);
    if (tables.length > 0) found.push(`${tables.join(', ')}: ${statement.text.replaceAll(/\s+/g, ' ').trim()}`);
  }
  return found;
}

test('the check sees what would ask every node', async () => {
  const pair = 'select from activity a join activity_search w on w.source_id = a.source_id and w.activity_id = a.id';
  expect(await askedEverywhere({ text: 'select from activity where id = $1', values: [1] })).toEqual(['activity']);
  expect((await askedEverywhere({ text: pair, values: [] })).toSorted((a, b) => (a < b ? -1 : 1))).toEqual(['activity', 'activity_search']);
  expect(await askedEverywhere({ text: `${pair} where a.source_id = any ($1::int[])`, values: [[1, 2]] })).toEqual([]);
  expect(await askedEverywhere({ text: 'delete from record where id = $1', values: [1] })).toEqual(['record']);
  expect(await askedEverywhere({ text: 'delete from record where source_id = $2 and id = $1', values: [1, 2] })).toEqual([]);
});

const items: Item[] = Array.from({ length: 40 }, (_, n) => ({
  id: `d${n}`,
  who: { login: `who${n % 5}` },
  at: Date.UTC(2024, 0, 1) + n * 3_600_000,
  text: `The words number ${n} of a text`,
  ...(n % 4 === 0 ? { closedBy: 'who1' } : {}),
}));

test('whatever writes what a source gives stays on the node of that source', async () => {
  let source: Awaited<ReturnType<PrivacyTest['read']>> | undefined;
  const importing = await everywhereIn(async () => {
    source = await test_.read(items);
    await source.again(items.map((item) => ({ ...item, text: `${item.text ?? ''}, corrected` })));
    await rederiveSource(test_.program, source.id);
    await indexNewWords(test_.program);
    await readNewTexts(test_.program);
    await refreshStaleCards(test_.program);
  });
  // What somebody did in all is counted over all their sources, when something of it was taken back: by the index of the identity.
  expect(importing.filter((statement) => !statement.includes('left join activity a on a.identity_id = i.id group by i.id'))).toEqual([]);
});

test('pages and reports ask one node, every node for its few newest, or roll-ups', async () => {
  await test_.call('topics.save', { name: 'Words', keywords: ['words'] });
  await readNewTexts(test_.program);
  const source = `src_${Number((await test_.rows<{ id: number }>('select id from source limit 1'))[0]?.id).toString(36)}`;
  const [thread] = await test_.rows<{ id: number }>('select id from thread limit 1');
  const ada = await test_.personCalled('who1');
  const ask = (name: string, input: unknown) => everywhereIn(() => test_.call(name, input));

  expect(await ask('activities.timeline', { sources: [source] }), 'a source').toEqual([]);
  // Each node gives its newest, by an index in that order, and as many as the page shows.
  for (const [what, input] of Object.entries({ all: {}, member: { member: ada }, text: { text: 'words' } })) {
    const found = await ask('activities.timeline', input);
    for (const statement of found) expect(statement, what).toMatch(/order by (a|w)\.at desc, (a|w)\.(id|activity_id) desc limit/);
  }
  // Of a thread the source is looked up first; its room of activities is that of the thread.
  for (const statement of await ask('activities.thread', { id: `thr_${Number(thread?.id).toString(36)}` }))
    expect(statement).toMatch(/thread_id/);

  // Reports count from roll-ups: nothing that is spread is read at all.
  const { reports } = await test_.call<{ reports: { id: string }[] }>('metrics.reports');
  const touched: string[] = [];
  for (const { id } of reports) {
    const statements = await statementsOf(() => test_.call('metrics.report', { report: id, from: '2024-01-01', to: '2024-03-01' }));
    if (statements.some(({ text }) => /\b(activity|record|activity_search|activity_reading|activity_topic)\b/.test(text))) touched.push(id);
  }
  // Lines of commits are summed over the commits themselves, because no roll-up knows whose they are: every node sums its own.
  expect(touched).toEqual(['commits']);
  const lists = await statementsOf(async () => {
    await test_.call('members.list', { search: 'who' });
    await test_.call('metrics.home', {});
  });
  expect(lists.filter(({ text }) => /\b(record|activity_search)\b|from activity\b/.test(text)).map(({ text }) => text)).toEqual([]);
});

test('what asks every node and is not bounded runs behind the scenes, and is on this list', async () => {
  const found = await everywhereIn(async () => {
    await recountDays(test_.program);
    await keepToRetention(test_.program, new AbortController().signal);
    await test_.call('members.erase', { id: await test_.personCalled('who2') });
    await goOnErasing(test_.program, new AbortController().signal);
  });
  const allowed = [
    'from activity group by source_id order by source_id',
    'from activity where identity_id = any',
    'left join activity a on a.identity_id = i.id group by i.id',
  ];
  expect(found.filter((statement) => !allowed.some((part) => statement.includes(part)))).toEqual([]);
});
