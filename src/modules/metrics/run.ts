import { segmentMembers } from '../members/index.ts';
import type { Context } from '../../platform/context.ts';
import type { Database } from '../../platform/db.ts';
import { noteLetGo } from '../../platform/memory.ts';
import { monthOf } from './calendar.ts';
import type { Day } from './calendar.ts';
import { membersSize, spanOf } from './census.ts';
import type { Census } from './census.ts';
import { dropFirsts } from './counting.ts';
import { activeKinds, contributionKinds, kindNumbers } from './contribution-kinds.ts';
import { dropFolds, prepareFolds } from './folds.ts';
import { openHours } from './hours.ts';
import { censusVersion, openCensus } from './load.ts';
import { idleTime } from './snapshot.ts';
import { setOf } from './member-set.ts';
import { resolveParameters, windowBefore } from './parameters.ts';
import type { Parameters, Question } from './parameters.ts';
import type { Answer, Ask, CountedReport, Headline, ReadReport, Report } from './report.ts';
import { dropTotals } from './totals.ts';

/** A report's figures for a window, with its headline for the window before. */
export interface Result {
  answer: Answer;
  before: Headline[];
  window: { from: number; to: number };
  previous: { from: number; to: number };
  /** First and last day that anything happened on, in the whole record; undefined when it is empty. */
  span: { from: number; to: number } | undefined;
}

const answers = new WeakMap<Database, Map<string, Result>>();
const mostKept = 300;

/**
 * Runs a report, or gives the answer that was computed for the same census, parameters and what else the report reads. The
 * window before is computed only where a headline is to be compared.
 */
export async function runReport(context: Context, report: Report, parameters: Parameters): Promise<{ result: Result; question: Question }> {
  const question = await resolveParameters(context, report, parameters);
  const { ask } = question;
  // Who is in a segment changes without the census: nothing is kept for those.
  const keeps = parameters.segment === undefined;
  // Before anything is read: an answer may be newer than what it is kept under, never older.
  const read = keeps && 'read' in report ? await report.version(context, ask) : '';
  const keyOf = (version: number) => JSON.stringify([version, report.id, read, { ...ask, hours: undefined }]);
  if (keeps) {
    const version = await censusVersion(context.database);
    const known = keptAnswers(context.database, version).get(keyOf(version));
    if (known !== undefined) return { result: known, question };
  }
  const census = await openFor(context, report, parameters, ask);
  const key = keyOf(census.version);
  const result = 'read' in report ? await readResult(context, census, report, ask) : compute(census, report, ask);
  prepare(census, question.today);
  restLater(census);
  // While it was read, the census may have gone on.
  if (keeps && keyOf(census.version) === key) {
    const kept = keptAnswers(context.database, census.version);
    if (kept.size >= mostKept) kept.delete(kept.keys().next().value ?? '');
    kept.set(key, result);
  }
  return { result, question };
}

/** The question, and the census as of now to put it to. Use the census before the next `await`. */
export async function openQuestion(
  context: Context,
  report: Report,
  parameters: Parameters,
): Promise<{ census: Census; question: Question }> {
  const question = await resolveParameters(context, report, parameters);
  return { census: await openFor(context, report, parameters, question.ask), question };
}

/** The census for a question, with the members and hours that it needs. */
async function openFor(context: Context, report: Report, parameters: Parameters, ask: Ask): Promise<Census> {
  const segment = parameters.segment === undefined ? undefined : await segmentMembers(context, parameters.segment);
  let census: Census;
  if ('needsHours' in report && report.needsHours) {
    const { from } = windowBefore(ask.selection.from, ask.selection.to);
    ({ census, hours: ask.hours } = await openHours(context.database, { ...ask.selection, from }));
  } else census = await openCensus(context.database);
  if (segment !== undefined) ask.selection.members = setOf(membersSize(census), segment);
  return census;
}

const prepared = new WeakMap<Census, number>();
const active = kindNumbers(activeKinds);
const contributions = kindNumbers(contributionKinds);
/** What home and the reports look at unless asked otherwise; growth takes contributions and the rest apart. */
const usual = [contributions, active.filter((kind) => !contributions.includes(kind)), active].map((kinds) => ({
  sources: undefined,
  kinds,
}));

/** Two years back, in the background, once for each state of the census. */
function prepare(census: Census, today: Day): void {
  if (prepared.get(census) === census.version) return;
  prepared.set(census, census.version);
  void prepareFolds(census, usual, monthOf(today) - 1, 24);
}

const resting = new WeakMap<Census, NodeJS.Timeout>();

/** Some minutes after the last question only what cannot be made again quickly stays in memory. */
function restLater(census: Census): void {
  clearTimeout(resting.get(census));
  const timer = setTimeout(() => {
    dropFolds(census);
    dropFirsts(census);
    dropTotals(census);
    prepared.delete(census);
    noteLetGo();
  }, idleTime);
  resting.set(census, timer.unref());
}

function compute(census: Census, report: CountedReport, ask: Ask): Result {
  const { from, to } = ask.selection;
  const previous = windowBefore(from, to);
  const answer = report.run(census, ask);
  const before = answer.headline.length === 0 ? [] : report.run(census, askOf(ask, previous)).headline;
  return { answer, before, window: { from, to }, previous, span: spanOf(census) };
}

async function readResult(context: Context, census: Census, report: ReadReport, ask: Ask): Promise<Result> {
  const { from, to } = ask.selection;
  const previous = windowBefore(from, to);
  // Beforehand: a census may change between two awaits.
  const span = spanOf(census);
  const answer = await report.read(context, ask, census);
  const before = answer.headline.length === 0 ? [] : (await report.read(context, askOf(ask, previous), census)).headline;
  return { answer, before, window: { from, to }, previous, span };
}

/** The same question of another window, in as few periods as there can be: only its headline is wanted. */
function askOf(ask: Ask, window: { from: number; to: number }): Ask {
  return { ...ask, selection: { ...ask.selection, ...window }, granularity: 'year' };
}

/** Answers go with their census version: the first of a new one clears the old. */
function keptAnswers(database: Database, version: number): Map<string, Result> {
  const kept = answers.get(database) ?? new Map<string, Result>();
  const [first] = kept.keys();
  if (first !== undefined && !first.startsWith(`[${version},`)) kept.clear();
  answers.set(database, kept);
  return kept;
}
