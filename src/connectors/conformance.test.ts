import { existsSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { Connector, ConnectorIo, Derived, Json, Page, Person, Stream } from './contract.ts';
import { activityKinds } from './contract.ts';
import type { OfflineSource } from './kit/testing.ts';
import { readPages, testIo } from './kit/testing.ts';
import { connectors } from './registry.ts';
import { offlineSources } from './testing.ts';

// What every connector must hold, whatever it reads. Those of the registry differ in their settings, which only they look into.
const all = connectors as readonly unknown[] as readonly Connector[];

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function open(connector: Connector, signal?: AbortSignal): Promise<{ io: ConnectorIo; source: OfflineSource }> {
  const openOffline = offlineSources[connector.name];
  if (openOffline === undefined) throw new Error(`testing.ts opens no source for ${connector.name}.`);
  const source = await openOffline();
  closing.push(() => source.close());
  const made = await testIo(connector, source.settings, signal === undefined ? {} : { signal });
  closing.push(() => made.close());
  return { io: made.io, source };
}

/** A stream's derive and id take what its own schema gives. */
const deriveOf = (stream: Stream, record: unknown, io: ConnectorIo): Derived => stream.derive(record as never, io.settings);
const idOf = (stream: Stream, item: Json): string => stream.externalId(stream.record.parse(item) as never);
const itemsOf = (pages: Page[]): Json[] => pages.flatMap((page) => page.items);

test('names are unique, and are those of the folders', () => {
  expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
  expect(all.filter(({ name }) => !existsSync(path.join(import.meta.dirname, name, 'index.ts')))).toEqual([]);
});

describe.each(all.map((connector) => [connector.name, connector] as const))('%s', (name, connector) => {
  test('is described: a form can be drawn, a page says how to set it up', () => {
    const schema = z.toJSONSchema(connector.settings, { io: 'input', unrepresentable: 'any' });
    const bare = Object.entries(schema.properties ?? {}).filter(
      ([, field]) => typeof field !== 'object' || field.title === undefined || field.description === undefined,
    );
    expect(bare.map(([field]) => field)).toEqual([]);
    expect(connector.summary).toMatch(/\.$/);
    expect(existsSync(path.join(import.meta.dirname, name, 'README.md'))).toBe(true);
    expect(new Set(connector.streams.map((stream) => stream.name)).size).toBe(connector.streams.length);
  });

  test('says how its webhook is set up, signs it with a secret setting, and refuses what is not signed', () => {
    const { webhook, settings } = connector;
    if (webhook === undefined) return;
    const field: z.ZodType | undefined = (settings.shape as Record<string, z.ZodType>)[webhook.secret];
    expect(field?.meta()).toMatchObject({ secret: true });
    expect(field?.safeParse(undefined).success).toBe(true);
    expect(webhook.setUp.join(' ')).toContain('{address}');
    const forged = { headers: {}, body: Buffer.from('{}'), receivedAt: new Date() };
    for (const secret of ['', 'a secret', 'ab'.repeat(32)]) {
      expect(() => webhook.verify(forged, { [webhook.secret]: secret } as never)).toThrow(/sign|clock|secret|token|key/i);
    }
  });

  test('describes what it does over there: a form can be drawn, a name is said once', () => {
    const deliveries = connector.deliveries ?? [];
    expect(new Set(deliveries.map((delivery) => delivery.name)).size).toBe(deliveries.length);
    for (const delivery of deliveries) {
      expect(delivery.summary).toMatch(/\.$/);
      const schema = z.toJSONSchema(delivery.input, { io: 'input', unrepresentable: 'any' });
      const bare = Object.entries(schema.properties ?? {}).filter(([, field]) => typeof field !== 'object' || field.title === undefined);
      expect(bare.map(([field]) => `${delivery.name}.${field}`)).toEqual([]);
    }
  });

  test('says that a source which works does', async () => {
    const { io, source } = await open(connector);
    const lines = await connector.check(io);
    expect(lines.length).toBeGreaterThan(0);
    expect(lines.filter((line) => !line.ok)).toEqual([]);
    expect(connector.nameOf(connector.settings.parse(source.settings)).length).toBeGreaterThan(0);
  });

  describe.each(connector.streams.map((stream) => [stream.name, stream] as const))('%s', (_, stream) => {
    test('gives items that its schema reads, each under one id of a bounded length', async () => {
      const { io } = await open(connector);
      const items = itemsOf(await readPages(stream, io));
      expect(items.length).toBeGreaterThan(0);
      const ids = items.map((item) => idOf(stream, item));
      expect(new Set(ids).size).toBe(ids.length);
      expect(ids.filter((id) => id === '' || id.length > 400)).toEqual([]);
      expect(items.filter((item) => JSON.stringify(JSON.parse(JSON.stringify(item))) !== JSON.stringify(item))).toEqual([]);
    });

    test('derives purely: the same answer twice, nothing changed, nothing hostile let through', async () => {
      const { io } = await open(connector);
      for (const item of itemsOf(await readPages(stream, io))) {
        const record = frozen(stream.record.parse(item));
        const derived = deriveOf(stream, record, io);
        expect(deriveOf(stream, structuredClone(record), io)).toEqual(derived);
        expectSound(derived);
      }
    });

    test('reads the same twice, and nothing after its end', async () => {
      const { io } = await open(connector);
      const first = await readPages(stream, io);
      expect(itemsOf(await readPages(stream, io))).toEqual(itemsOf(first));
      expect(itemsOf(await readPages(stream, io, first.at(-1)?.cursor))).toEqual([]);
    });

    test('goes on after any page without losing or inventing items', async () => {
      const { io } = await open(connector);
      const pages = await readPages(stream, io);
      for (const [index, page] of pages.entries()) {
        const rest = itemsOf(await readPages(stream, io, structuredClone(page.cursor)));
        const expected = itemsOf(pages.slice(index + 1));
        expect(
          stream.order === 'oldest-first'
            ? rest
            : rest.filter((item) => expected.some((other) => idOf(stream, other) === idOf(stream, item))),
        ).toEqual(expected);
      }
    });

    test('refuses garbage by its schema, and never fails to derive what that lets through', async () => {
      const { io } = await open(connector);
      const [item] = itemsOf(await readPages(stream, io));
      const garbage: Json[] = [null, 1, '', 'text', [], {}, [[]], { id: null }, { id: {}, sha: [] }];
      expect(garbage.filter((each) => stream.record.safeParse(each).success)).toEqual([]);
      for (const broken of garbage.concat(spoiled(item ?? null))) {
        const parsed = stream.record.safeParse(broken);
        if (parsed.success) expectSound(deriveOf(stream, parsed.data, io));
      }
    });

    test('obeys an abort, before and in the middle', async () => {
      const stop = new Error('paused by a test');
      const aborted = new AbortController();
      const { io } = await open(connector, aborted.signal);
      await connector.check(io);
      const pages = stream.pages(io, undefined)[Symbol.asyncIterator]();
      const asked = pages.next();
      aborted.abort(stop);
      await expect(asked.then(() => pages.next()).then((next) => (next.done === true ? Promise.reject(stop) : next))).rejects.toBe(stop);
      await expect(readPages(stream, io)).rejects.toBe(stop);
    });
  });
});

function expectSound(derived: Derived): void {
  expect(derived.activities.length).toBeLessThanOrEqual(1024);
  for (const activity of derived.activities) {
    expect(activityKinds).toContain(activity.kind);
    expect(Number.isFinite(activity.at)).toBe(true);
    expect(activity.url ?? 'https://').toMatch(/^https?:\/\//);
    expectClean(activity.title, activity.text);
  }
  const people: Person[] = [...derived.activities.map(({ person }) => person), ...(derived.people ?? [])];
  for (const person of people) {
    expect(person.value).not.toBe('');
    expect(person.value.length).toBeLessThanOrEqual(600);
    expectClean(person.value, person.name);
  }
  for (const link of derived.links ?? []) {
    expect(link.reason).not.toBe('');
    expectClean(link.reason, link.a.value, link.b.value);
  }
}

/** No control characters but line ends and tabs, no direction overrides. */
function expectClean(...texts: (string | undefined)[]): void {
  // oxlint-disable-next-line no-control-regex -- the very characters that must not come through
  for (const text of texts) expect(text ?? '').not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
}

/** The item with each of its fields, however deep, replaced by what does not belong there. */
function spoiled(item: Json): Json[] {
  const wrong: Json[] = [null, -1, 1e308, 'x'.repeat(3000), 'a\u0000\u202eb', [], {}];
  if (typeof item !== 'object' || item === null) return wrong;
  if (Array.isArray(item)) return item.flatMap((value, index) => [...wrong, ...spoiled(value)].map((bad) => item.with(index, bad)));
  return Object.entries(item).flatMap(([key, value]) => [...wrong, ...spoiled(value)].map((bad) => ({ ...item, [key]: bad })));
}

function frozen<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null) {
    Object.freeze(value);
    Object.values(value).forEach(frozen);
  }
  return value;
}
