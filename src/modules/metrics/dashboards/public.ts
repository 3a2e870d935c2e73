import { z } from 'zod';
import { createContext } from '../../../platform/action.ts';
import type { Context, Program } from '../../../platform/context.ts';
import { AppError } from '../../../platform/errors.ts';
import { readWorkspace } from '../../access/index.ts';
import { dayIn, showDay } from '../calendar.ts';
import { findReport } from '../definitions.ts';
import { distinctMembers } from '../counting.ts';
import { sizeOf } from '../member-set.ts';
import { parameters } from '../parameters.ts';
import type { Report } from '../report.ts';
import { openQuestion } from '../run.ts';
import { windowTitle } from '../windows.ts';
import { answerAsk } from './answer.ts';
import type { Answered } from './answer.ts';
import { askOf } from './cards.ts';
import type { Card, StoredAsk } from './cards.ts';
import { findLink } from './links.ts';
import { drawPage } from './page.ts';
import { fromRow } from './store.ts';
import { fewest, forEverybody } from './suppress.ts';

/** A card as everybody may see it: its figures, or a sentence why there are none. */
export type PublicCard =
  | { type: 'text'; text: string; width: Card['width'] }
  | ({ type: 'report'; title: string; width: Card['width']; view: 'chart' | 'figures' | 'table' } & (
      | { answer: Answered }
      | { instead: string }
    ));

export interface PublicDashboard {
  title: string;
  about: string;
  /** The window that cards inherit, in words. */
  window: string | undefined;
  cards: PublicCard[];
  workspace: { name: string; accent: string | null; logo: string | null };
  /** `2026-02-28`, in the zone of the workspace. */
  day: string;
  indexed: boolean;
}

const freshFor = 60_000;
const mostKept = 50;

/** Pages by dashboard and link, each drawn at most once a minute however many ask. */
const kept = new WeakMap<Program['database'], Map<string, { at: number; page: Promise<string> }>>();

/**
 * The page of a public link, as HTML; undefined for a token that opens nothing (any more). The link is looked up each
 * time, so that revoking works at once; what it shows may be a minute old.
 */
export async function publicPage(program: Program, token: string): Promise<{ html: string; indexed: boolean } | undefined> {
  const now = program.clock.now();
  const link = await findLink(program.database.db, token, now);
  if (link === undefined) return undefined;
  let mine = kept.get(program.database);
  if (mine === undefined) kept.set(program.database, (mine = new Map()));
  const key = `${link.dashboardId}:${link.indexed}`;
  const known = mine.get(key);
  if (known !== undefined && now.getTime() - known.at < freshFor && now.getTime() >= known.at)
    return { html: await known.page, indexed: link.indexed };
  const page = readPublic(program, link.dashboardId, link.indexed).then((dashboard) => drawPage(dashboard));
  mine.delete(key);
  if (mine.size >= mostKept) mine.delete(mine.keys().next().value ?? '');
  mine.set(key, { at: now.getTime(), page });
  // A failure is no page to keep.
  page.catch(() => mine.delete(key));
  return { html: await page, indexed: link.indexed };
}

async function readPublic(program: Program, dashboardId: number, indexed: boolean): Promise<PublicDashboard> {
  const context = createContext(program, { actor: { type: 'anonymous' }, origin: 'web' }, undefined);
  const row = await context.db.selectFrom('dashboard').selectAll().where('id', '=', dashboardId).executeTakeFirstOrThrow();
  const { title, about, filters, cards } = fromRow(row);
  const workspace = await readWorkspace(context.db);
  const today = dayIn(workspace.timeZone, context.clock.now());
  const shown: PublicCard[] = [];
  // One after the other: a page that everybody may ask for must not take all connections.
  for (const card of cards) shown.push(await showCard(context, card, filters));
  return {
    title,
    about,
    window: filters.period === undefined ? undefined : windowTitle(filters.period, today, workspace.fiscalYearStartMonth),
    cards: shown,
    workspace,
    day: showDay(today),
    indexed,
  };
}

async function showCard(context: Context, card: Card, filters: StoredAsk): Promise<PublicCard> {
  if (card.type === 'text') return { type: 'text', text: card.text, width: card.width };
  const report = findReport(card.report);
  const frame = { type: 'report', title: card.title ?? report?.title ?? '', width: card.width, view: card.view } as const;
  if (report === undefined) return { ...frame, instead: 'This report is no longer there.' };
  if (report.personal === true) return { ...frame, instead: 'This report is about single people, and is not shown here.' };
  const ask = askOf(card, filters);
  try {
    if (await isAboutFew(context, report, ask)) return { ...frame, instead: `Fewer than ${fewest} people: not shown.` };
    const { shown, before } = await answerAsk(context, report, ask);
    const clean = forEverybody(shown);
    if (clean === undefined) return { ...frame, instead: 'This report is about single people, and is not shown here.' };
    return { ...frame, answer: { shown: clean, before: before === undefined ? undefined : forEverybody(before) } };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    // A segment or a source that the card asks for may be gone.
    return { ...frame, instead: 'This cannot be shown at the moment.' };
  }
}

/** Whether so few people are behind all of it that even its sums would be about them. */
async function isAboutFew(context: Context, report: Report, ask: StoredAsk): Promise<boolean> {
  const { census, question } = await openQuestion(context, report, z.object(parameters).parse(ask));
  const size = sizeOf(distinctMembers(census, question.ask.selection).members);
  return size > 0 && size < fewest;
}
