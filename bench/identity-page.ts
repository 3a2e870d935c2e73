import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { projectRoot } from '../src/platform/config.ts';
import type { IdentityFigures, Point } from './identity.ts';

/** Writes the measured curve into the docs: a page with the table, and the curve as a drawing. */
export function writeIdentityPage(figures: IdentityFigures, machine: string, day: string): string[] {
  const page = path.join(projectRoot, 'docs/benchmarks-identity.md');
  const drawing = path.join(projectRoot, 'docs/benchmarks-identity.svg');
  writeFileSync(page, pageOf(figures, machine, day));
  writeFileSync(drawing, drawingOf(figures.curve));
  return [page, drawing];
}

const number = (value: number) => value.toLocaleString('en');
const share = (value: number) => `${(value * 100).toFixed(1)} %`;

function pageOf({ identities, people, pairs, automatic, curve, reasons, seconds }: IdentityFigures, machine: string, day: string): string {
  const last = curve.at(-1);
  const lines = [
    '# Who is one person: how often it is right',
    '',
    '`npx rapport bench identity --docs` makes a labelled set, lets the real resolver and the real search for suggestions loose on it, and writes this page. Nothing of how the set is made is known to the program: it lies in `bench/identity-data.ts` and `bench/identity-names.ts`.',
    '',
    'The set holds accents, orders of names, two scripts, typos, initials, namesakes (about one person in ten), several addresses of one person, usernames that are taken by somebody else elsewhere, role addresses with verified accounts behind them, renamed accounts, noreply addresses of forges, bots named like people, profiles that link to accounts. A reviewer is taken to accept what is right and to refuse what is wrong.',
    '',
    `| | |\n|---|---|\n| identities; people behind them; pairs of identities that are one person | ${number(identities)}; ${number(people)}; ${number(pairs)} |`,
    `| joined automatically, on proof: pairs; right | ${number(automatic.together)}; ${number(automatic.right)} (precision ${(automatic.right / Math.max(1, automatic.together)).toFixed(3)}) |`,
    `| with all suggestions: how many are right; pairs found | ${share(last?.precision ?? 0)} of ${number(last?.suggestions ?? 0)}; ${share(last?.recall ?? 0)} |`,
    `| time: resolving and storing; searching | ${seconds.resolving} s; ${seconds.suggesting} s |`,
    '',
    `${day}, ${machine}.`,
    '',
    '## By score',
    '',
    '![Precision and recall by the score from which suggestions are looked at](benchmarks-identity.svg)',
    '',
    '| looked at from score | suggestions | of these right | pairs found, with the automatic ones |',
    '|---|---|---|---|',
    ...curve.map(
      (point) => `| ${point.score.toFixed(2)} | ${number(point.suggestions)} | ${share(point.precision)} | ${share(point.recall)} |`,
    ),
    '',
    '## By what speaks for it',
    '',
    '| reasons | right | wrong |',
    '|---|---|---|',
    ...reasons.slice(0, 20).map((one) => `| ${one.reasons.replaceAll('_', ' ')} | ${number(one.right)} | ${number(one.wrong)} |`),
    '',
    'What is not found is mostly not to be found: an account with a made-up name and no other word beside it, or one of several James Smiths.',
    '',
  ];
  return lines.join('\n');
}

const [width, height, left, bottom, top, right] = [640, 300, 48, 40, 16, 110];

/** Two lines over the score. Drawn for light and dark pages. */
function drawingOf(curve: readonly Point[]): string {
  const scores = curve.map((point) => point.score);
  const [low, high] = [Math.min(...scores), Math.max(...scores)];
  const x = (score: number) => left + ((high - score) / Math.max(0.01, high - low)) * (width - left - right);
  const y = (value: number) => top + (1 - (value - 0.5) / 0.5) * (height - top - bottom);
  const line = (pick: (point: Point) => number, colour: string, name: string) => {
    const points = curve.map((point) => `${x(point.score).toFixed(1)},${y(Math.max(0.5, pick(point))).toFixed(1)}`).join(' ');
    const end = curve.at(-1);
    const label =
      end === undefined
        ? ''
        : `<text x="${width - right + 8}" y="${(y(pick(end)) + (name === 'recall' ? 14 : -4)).toFixed(1)}" fill="${colour}">${name} ${share(pick(end))}</text>`;
    return `<polyline fill="none" stroke="${colour}" stroke-width="2" points="${points}"/>${label}`;
  };
  const grid = [0.5, 0.6, 0.7, 0.8, 0.9, 1]
    .map(
      (value) =>
        `<line x1="${left}" x2="${width - right}" y1="${y(value)}" y2="${y(value)}" stroke="#8a8178" stroke-opacity="0.25"/><text x="${left - 8}" y="${y(value) + 4}" text-anchor="end" fill="#8a8178">${value * 100} %</text>`,
    )
    .join('');
  const ticks = curve
    .filter((_, place) => place % 2 === 0)
    .map(
      (point) =>
        `<text x="${x(point.score).toFixed(1)}" y="${height - bottom + 18}" text-anchor="middle" fill="#8a8178">${point.score.toFixed(2)}</text>`,
    )
    .join('');
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif" font-size="12" role="img" aria-label="Precision and recall by score">${grid}${ticks}<text x="${(width - right + left) / 2}" y="${height - 6}" text-anchor="middle" fill="#8a8178">suggestions looked at from this score on</text>${line((point) => point.precision, '#2f7d8c', 'precision')}${line((point) => point.recall, '#d0592f', 'recall')}</svg>\n`;
}
