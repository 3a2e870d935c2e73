import { z } from 'zod';
import { defineAction } from '../../../platform/action.ts';
import { conflict, invalidInput, notFound } from '../../../platform/errors.ts';
import { idInput, showId } from '../../../platform/ids.ts';
import { readWorkspace } from '../../access/index.ts';
import { dayIn } from '../calendar.ts';
import { windowTitle } from '../windows.ts';
import { askInput, askOf, cardInput, cardsInput, filtersInput } from './cards.ts';
import { linkOf, linkOutput, refusePersonal } from './links.ts';
import { holdDashboard, insertDashboard, mayChange, readDashboard, selectDashboards, fromRow } from './store.ts';
import { findTemplate, templates } from './templates.ts';

const titleInput = z.string().trim().min(1, 'is empty').max(120);
const aboutInput = z.string().trim().max(400);
const idOutput = z.object({ id: z.string() });

export const listDashboards = defineAction({
  name: 'dashboards.list',
  kind: 'query',
  access: 'light_agent',
  summary: 'Lists the saved dashboards: the shared ones and your own.',
  input: z.object({}),
  output: z.object({
    dashboards: z.array(
      z.object({
        id: z.string(),
        title: z.string(),
        about: z.string(),
        shared: z.boolean(),
        mine: z.boolean(),
        owner: z.string().nullable(),
        cards: z.number(),
        public: z.boolean().describe('There is a public link to it.'),
        schedules: z.number(),
        updatedAt: z.date(),
      }),
    ),
    templates: z
      .array(z.object({ id: z.string(), title: z.string(), about: z.string() }))
      .describe('What dashboards.create can begin with.'),
  }),
  async run(context) {
    const rows = await selectDashboards(context)
      .where('deleted_at', 'is', null)
      .select((e) => [
        e.selectFrom('user_account as u').select('u.name').whereRef('u.id', '=', 'dashboard.owner_id').as('owner'),
        e
          .exists(
            e
              .selectFrom('dashboard_link as l')
              .select('l.id')
              .whereRef('l.dashboard_id', '=', 'dashboard.id')
              .where('l.revoked_at', 'is', null),
          )
          .as('public'),
        e
          .selectFrom('report_schedule as s')
          .select((s) => s.fn.countAll<number>().as('n'))
          .whereRef('s.dashboard_id', '=', 'dashboard.id')
          .as('schedules'),
      ])
      .orderBy('title')
      .orderBy('id')
      .limit(1000)
      .execute();
    return {
      dashboards: rows.map((row) => {
        const one = fromRow(row);
        return {
          id: showId('dashboard', one.id),
          title: one.title,
          about: one.about,
          shared: one.shared,
          mine: isMine(one.ownerId, context.actor),
          owner: row.owner,
          cards: one.cards.length,
          public: Boolean(row.public),
          schedules: row.schedules ?? 0,
          updatedAt: one.updatedAt,
        };
      }),
      templates: templates().map(({ id, title, about }) => ({ id, title, about })),
    };
  },
});

function isMine(ownerId: string | null, actor: object): boolean {
  return ownerId !== null && 'id' in actor && actor.id === ownerId;
}

export const getDashboard = defineAction({
  name: 'dashboards.get',
  kind: 'query',
  access: 'light_agent',
  summary: 'Shows a dashboard: its cards in order, each with what metrics.report takes to answer it.',
  input: z.object({ id: idInput('dashboard'), filters: filtersInput.optional().describe("In place of the dashboard's own.") }),
  output: z.object({
    id: z.string(),
    title: z.string(),
    about: z.string(),
    shared: z.boolean(),
    mine: z.boolean(),
    mayChange: z.boolean(),
    version: z.number(),
    updatedAt: z.date(),
    filters: askInput,
    cards: z.array(cardInput),
    asks: z
      .record(z.string(), z.looseObject({ report: z.string() }))
      .describe('By card: the input of metrics.report, metrics.export and metrics.picture.'),
    window: z.string().nullable().describe('The window that cards inherit, in words.'),
    link: linkOutput.nullable(),
  }),
  async run(context, input) {
    const found = await readDashboard(context, input.id);
    const filters = input.filters ?? found.filters;
    const { timeZone, fiscalYearStartMonth } = await readWorkspace(context.db);
    const today = dayIn(timeZone, context.clock.now());
    return {
      id: showId('dashboard', found.id),
      title: found.title,
      about: found.about,
      shared: found.shared,
      mine: isMine(found.ownerId, context.actor),
      mayChange: mayChange(context, found),
      version: found.version,
      updatedAt: found.updatedAt,
      filters: found.filters,
      cards: found.cards,
      asks: Object.fromEntries(
        found.cards.flatMap((card) => (card.type === 'report' ? [[card.id, { ...askOf(card, filters), report: card.report }]] : [])),
      ),
      window: filters.period === undefined ? null : windowTitle(filters.period, today, fiscalYearStartMonth),
      link: await linkOf(context, found.id),
    };
  },
});

export const createDashboard = defineAction({
  name: 'dashboards.create',
  kind: 'command',
  access: 'agent',
  summary: 'Makes a dashboard: empty, from a template, or with the cards that are given.',
  input: z.object({
    template: z.string().max(60).optional().describe('Id of a template, from dashboards.list.'),
    title: titleInput.optional(),
    about: aboutInput.optional(),
    filters: filtersInput.optional(),
    cards: cardsInput.optional(),
    shared: z.boolean().default(false).describe('Everybody in the workspace may see it.'),
  }),
  output: idOutput,
  async run(context, input) {
    const template = input.template === undefined ? undefined : findTemplate(input.template);
    if (input.template !== undefined && template === undefined) throw notFound('template', input.template);
    const title = input.title ?? template?.title;
    if (title === undefined) throw invalidInput('dashboards.title', 'Give the dashboard a title, or choose a template.');
    const values = {
      title,
      about: input.about ?? template?.about ?? '',
      filters: input.filters ?? template?.filters ?? {},
      cards: input.cards ?? template?.cards ?? [],
      shared: input.shared,
    };
    const id = showId('dashboard', await insertDashboard(context, values));
    context.audit({ subject: id, summary: `Made the dashboard ${title}`, after: values });
    return { id };
  },
});

export const updateDashboard = defineAction({
  name: 'dashboards.update',
  kind: 'command',
  access: 'agent',
  summary: 'Changes a dashboard: its title, its filters, its cards and their order, or whether it is shared.',
  input: z.object({
    id: idInput('dashboard'),
    version: z.number().int().optional().describe('The one that was read: refused when somebody changed it since.'),
    title: titleInput.optional(),
    about: aboutInput.optional(),
    filters: filtersInput.optional(),
    cards: cardsInput.optional(),
    shared: z.boolean().optional(),
  }),
  output: z.object({ id: z.string(), version: z.number() }),
  async run(context, input) {
    const before = await holdDashboard(context, input.id);
    if (input.version !== undefined && input.version !== before.version)
      throw conflict('dashboards.changed', 'Somebody else changed this dashboard in the meantime. Load it again, then make your change.');
    const after = {
      title: input.title ?? before.title,
      about: input.about ?? before.about,
      filters: input.filters ?? before.filters,
      cards: input.cards ?? before.cards,
      shared: input.shared ?? before.shared,
    };
    if ((await linkOf(context, before.id)) !== null) refusePersonal(after.cards);
    const version = before.version + 1;
    await context.db
      .updateTable('dashboard')
      .set({
        ...after,
        filters: JSON.stringify(after.filters),
        cards: JSON.stringify(after.cards),
        version,
        updated_at: context.clock.now(),
      })
      .where('id', '=', before.id)
      .execute();
    const { title, about, filters, cards, shared } = before;
    const id = showId('dashboard', before.id);
    context.audit({
      subject: id,
      summary: `Changed the dashboard ${after.title}`,
      before: { title, about, filters, cards, shared },
      after,
    });
    return { id, version };
  },
});

export const duplicateDashboard = defineAction({
  name: 'dashboards.duplicate',
  kind: 'command',
  access: 'agent',
  summary: 'Makes a copy of a dashboard that is yours alone, to change as you like.',
  input: z.object({ id: idInput('dashboard'), title: titleInput.optional() }),
  output: idOutput,
  async run(context, input) {
    const from = await readDashboard(context, input.id);
    const title = input.title ?? `Copy of ${from.title}`.slice(0, 120);
    const id = showId('dashboard', await insertDashboard(context, { ...from, title, shared: false }));
    context.audit({ subject: id, summary: `Copied the dashboard ${from.title} as ${title}` });
    return { id };
  },
});

export const deleteDashboard = defineAction({
  name: 'dashboards.delete',
  kind: 'command',
  access: 'agent',
  summary:
    'Deletes a dashboard. Its public link stops at once and nothing is sent any more; dashboards.restore brings all back within thirty days.',
  input: z.object({ id: idInput('dashboard') }),
  output: idOutput,
  async run(context, input) {
    const found = await holdDashboard(context, input.id);
    await context.db.updateTable('dashboard').set({ deleted_at: context.clock.now() }).where('id', '=', found.id).execute();
    const id = showId('dashboard', found.id);
    context.audit({ subject: id, summary: `Deleted the dashboard ${found.title}` });
    return { id };
  },
});

export const restoreDashboard = defineAction({
  name: 'dashboards.restore',
  kind: 'command',
  access: 'agent',
  summary: 'Brings a deleted dashboard back, with its link and its schedules.',
  input: z.object({ id: idInput('dashboard') }),
  output: idOutput,
  async run(context, input) {
    const found = await holdDashboard(context, input.id, 'deleted');
    await context.db.updateTable('dashboard').set({ deleted_at: null }).where('id', '=', found.id).execute();
    const id = showId('dashboard', found.id);
    context.audit({ subject: id, summary: `Brought back the dashboard ${found.title}` });
    return { id };
  },
});
