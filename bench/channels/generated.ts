import { connectors } from '../../src/connectors/registry.ts';
import type { Connector, Derived, Json, Page, Stream } from '../../src/connectors/contract.ts';
import { readPages, testIo } from '../../src/connectors/kit/testing.ts';
import { offlineSources } from '../../src/connectors/testing.ts';
import { createRandom } from '../random.ts';
import { dress } from './dress.ts';
import type { Fields } from './dress.ts';
import { distanceOf, factsOf, personOf, threadOf } from './facts.ts';
import type { BenchThread, Crowd } from './facts.ts';
import { recipes } from './recipes.ts';
import type { SourceRecipe, StreamRecipe } from './recipes.ts';

/** Parts of the year that are read one after another. */
export const tenths = 10;

/** A connector that is the real one but for where its pages come from, with how it is connected. */
export interface Generated {
  connector: Connector<never>;
  settings: Record<string, unknown>;
}

export interface World {
  generated: Generated[];
  /** Raw items in all. */
  items: number;
  /** The parts of the year, counted from 1, that there are so far. */
  upTo: number;
  /** Processor seconds spent on making items. */
  making: number;
}

interface Template {
  item: Fields;
  opens: boolean;
  bot: boolean;
}

/** A stream's items, made one by one from what its offline source gives: the same at every call. */
interface Plan {
  seed: number;
  place: number;
  recipe: StreamRecipe;
  crowd: Crowd;
  openers: Template[];
  others: Template[];
  odd: Template[];
  count: number;
  /** Activities of one item, on the average. */
  gives: number;
  within: Plan;
}

/** Where some items of a stream open threads and others belong to them, so many open one. */
const opening = 0.2;
/** One in so many items is of a rare sort: somebody who left, a bot, what says nothing. */
const oddOneIn = 40;
/** Each source knows so many bots: nobody is one in one place of it and a person in another. */
const bots = 5;
const botsFrom = 5_000_000;

/** So many activities by so many people over all connectors, none of them read from its system. */
export async function makeWorld(activities: number, people: number): Promise<World> {
  const world: World = { generated: [], items: 0, upTo: 0, making: 0 };
  const all = connectors as readonly unknown[] as readonly Connector[];
  const sum = Object.values(recipes).reduce((total, recipe) => total + recipe.activities, 0);
  let from = people;
  for (const [index, [name, recipe]] of Object.entries(recipes).entries()) {
    const connector = all.find((one) => one.name === name);
    if (connector === undefined) throw new Error(`There is no connector ${name}.`);
    const size = Math.max(20, Math.round(people * recipe.people));
    const crowd: Crowd = { from: recipe.known === true ? 0 : from, size };
    if (recipe.known !== true) from += size;
    const { plans, settings } = await planStreams(connector, recipe, crowd, (index + 1) * 1_000_003);
    countItems(plans, (activities * recipe.activities) / sum);
    for (const plan of plans.values()) world.items += plan.count;
    const streams = connector.streams.map((stream) => ({
      ...stream,
      pages: pagesOf(world, planOf(plans, stream.name), stream, recipe.page),
    }));
    // Its settings are its own; the runner hands them to nobody else.
    world.generated.push({ connector: { ...connector, streams } as unknown as Connector<never>, settings });
  }
  return world;
}

async function planStreams(
  connector: Connector,
  { streams }: SourceRecipe,
  crowd: Crowd,
  seed: number,
): Promise<{ plans: Map<string, Plan>; settings: Record<string, unknown> }> {
  const plans = new Map<string, Plan>();
  let settings: Record<string, unknown> = {};
  for (const [place, stream] of connector.streams.entries()) {
    const recipe = streams[stream.name];
    if (recipe === undefined) throw new Error(`recipes.ts says nothing of ${connector.name} ${stream.name}.`);
    const { openers, others, odd, connected } = await templatesOf(connector, stream);
    settings = connected;
    const plan = { seed: seed + place * 7919, place, recipe, crowd, openers, others, odd, count: 0, gives: 0 } as Plan;
    plan.within = plan;
    plans.set(stream.name, plan);
  }
  for (const plan of plans.values()) if (plan.recipe.within !== undefined) plan.within = planOf(plans, plan.recipe.within);
  const parsed = connector.settings.parse(settings);
  for (const stream of connector.streams) {
    const plan = planOf(plans, stream.name);
    // Long enough to have something of everything.
    for (const one of plans.values()) one.count = 1000;
    let given = 0;
    for (let n = 500; n < 700; n++) given += deriveOf(stream, itemAt(plan, n), parsed).activities.length;
    plan.gives = given / 200;
  }
  return { plans, settings };
}

/** As many items of each stream as make that many activities together. */
function countItems(plans: ReadonlyMap<string, Plan>, activities: number): void {
  let left = activities;
  let shares = 0;
  for (const plan of plans.values()) {
    if (plan.recipe.people === true) {
      plan.count = Math.round(plan.recipe.share * plan.crowd.size);
      left -= plan.count * plan.gives;
    } else shares += plan.recipe.share * plan.gives;
  }
  for (const plan of plans.values())
    if (plan.recipe.people !== true)
      plan.count = plan.recipe.share === 0 ? 0 : Math.max(tenths, Math.round((Math.max(0, left) * plan.recipe.share) / shares));
}

function planOf(plans: ReadonlyMap<string, Plan>, stream: string): Plan {
  const plan = plans.get(stream);
  if (plan === undefined) throw new Error(`There is no stream ${stream}.`);
  return plan;
}

/** What the offline source gives, sorted into what is usual and what is rare. */
async function templatesOf(
  connector: Connector,
  stream: Stream,
): Promise<Pick<Plan, 'openers' | 'others' | 'odd'> & { connected: Record<string, unknown> }> {
  const source = await offlineSources[connector.name]?.();
  if (source === undefined) throw new Error(`testing.ts opens no source for ${connector.name}.`);
  const { io, close } = await testIo(connector, source.settings);
  try {
    const items = (await readPages(stream, io)).flatMap((page) => page.items) as Fields[];
    const derived = items.map((item) => deriveOf(stream, item, io.settings));
    const speaks = derived.some(({ activities }) => activities.length > 0);
    const hasIds = derived.some(({ activities }) => activities[0]?.person.platformUserId !== undefined);
    const usual: Template[] = [];
    const odd: Template[] = [];
    for (const [i, item] of items.entries()) {
      const activities = derived[i]?.activities ?? [];
      const person = activities[0]?.person;
      const rare = speaks && (person === undefined || person.bot === true || (hasIds && person.platformUserId === undefined));
      const bot = (person ?? derived[i]?.people?.[0])?.bot === true;
      (rare ? odd : usual).push({ item, opens: activities.some(({ thread }) => thread?.opens === true), bot });
    }
    const common = usual.length === 0 ? odd : usual;
    return {
      openers: common.filter(({ opens }) => opens),
      others: common.filter(({ opens }) => !opens),
      odd,
      connected: source.settings,
    };
  } finally {
    await close();
    await source.close();
  }
}

/** A stream's derive takes what its own schema gives. */
function deriveOf(stream: Stream, item: Json, settings: unknown): Derived {
  return stream.derive(stream.record.parse(item) as never, settings);
}

function templateAt({ seed, openers, others, odd }: Plan, n: number): Template {
  const random = createRandom(seed + n * 41 + 6);
  if (odd.length > 0 && random.below(oddOneIn) === 0) return random.pick(odd);
  return random.pick(others.length === 0 || (openers.length > 0 && random.next() < opening) ? openers : others);
}

/** The thread that the item at `n` of `plan` opens or belongs to. */
function threadAt(plan: Plan, n: number, template: Template): BenchThread {
  const { within, recipe, seed, count } = plan;
  if (within === plan && template.opens) return threadOf(within.seed, n, within.count, within.crowd);
  const here = within === plan ? n : Math.floor((n * within.count) / Math.max(1, count));
  let place = recipe.describes === true ? here : Math.max(0, here - 1 - distanceOf(seed, n));
  const last = Math.max(0, place - 60);
  // Items that answer lie between those that open.
  if (within.openers.length > 0) while (place > last && !templateAt(within, place).opens) place -= 1;
  else place = within === plan ? n : place;
  return threadOf(within.seed, place, within.count, within.crowd);
}

function itemAt(plan: Plan, n: number): Fields {
  const template = templateAt(plan, n);
  const { seed, count, crowd, recipe, place } = plan;
  const facts = factsOf(seed, n, count, crowd, threadAt(plan, n, template), 1_000_000 + place * 100_000_000 + n * 4);
  if (recipe.people === true) facts.who = personOf(crowd.from + (n % crowd.size));
  if (template.bot) facts.who = personOf(botsFrom + crowd.from + (n % bots));
  return dress(template.item, recipe.dress(facts, template.item));
}

/** Where a reading stands: so many items of that tenth of the year are read. */
interface Cursor {
  tenth: number;
  read: number;
}

function pagesOf(world: World, plan: Plan, stream: Stream, size: number): Stream['pages'] {
  return async function* pages(io, cursor): AsyncIterable<Page> {
    // The cursor is this function's own.
    let { tenth, read } = (cursor ?? { tenth: 0, read: 0 }) as unknown as Cursor;
    for (; tenth < world.upTo; tenth += 1, read = 0) {
      const from = Math.floor((plan.count * tenth) / tenths);
      const to = Math.floor((plan.count * (tenth + 1)) / tenths);
      while (read < to - from) {
        io.signal.throwIfAborted();
        const items = makePage(world, plan, stream, { from, to, read, size });
        read += items.length;
        yield { items, cursor: { tenth, read } };
      }
    }
    await Promise.resolve();
  };
}

function makePage(
  world: World,
  plan: Plan,
  { order }: Stream,
  { from, to, read, size }: { from: number; to: number; read: number; size: number },
): Json[] {
  const before = process.threadCpuUsage();
  const items: Json[] = [];
  for (let i = read; i < Math.min(to - from, read + size); i++) items.push(itemAt(plan, order === 'newest-first' ? to - 1 - i : from + i));
  const { user, system } = process.threadCpuUsage(before);
  world.making += (user + system) / 1e6;
  return items;
}
