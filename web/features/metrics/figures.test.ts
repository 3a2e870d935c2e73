import { describe, expect, test } from 'vitest';
import { other } from '../../ui/colours.ts';
import { drawn, durationTicks, formatFigure, seriesOf } from './figures.ts';
import type { Column, Row } from './figures.ts';
import { gridOf } from './grid.ts';
import { heatOf } from './heat.ts';
import { pointsOf } from './points.ts';
import type { Answer } from './question.ts';
import { shapeOf } from './shape.ts';

function answerOf(chart: Answer['report']['chart'], columns: Column[], rows: Row[]): Answer {
  const none = { people: 0, activities: 0 };
  return {
    report: {
      id: 'test',
      title: 'Test',
      question: '',
      definition: '',
      source: { title: 'Rapport' },
      kinds: 'activities',
      personal: false,
      options: [],
      chart,
    },
    window: { from: '2026-01-01', to: '2026-03-31' },
    previous: { from: '2025-10-01', to: '2025-12-31' },
    granularity: 'month',
    span: { from: '2020-01-01', to: '2026-03-31' },
    headline: [],
    columns,
    rows,
    notes: [],
    excluded: { bots: none, team: none, widerCommunity: none, suspectedBots: 0 },
  };
}

const period: Column = { key: 'period', title: 'Period', type: 'period' };
const count = (key: string, about?: Column['about']): Column => ({
  key,
  title: key,
  type: 'count',
  ...(about === undefined ? {} : { about }),
});
const row = (key: string, cells: Row['cells']): Row => ({ key, cells: { period: key, ...cells }, ids: {} });

describe('durations', () => {
  test('are as fine as they can be felt, and never run over', () => {
    const words = [0.4, 59.6, 75, 599.7, 1411, 7300, 86_399, 93_600, 31 * 86_400 + 5000].map((seconds) =>
      formatFigure(seconds, 'duration'),
    );
    expect(words).toEqual(['under a second', '1 min', '1 min 15 s', '10 min', '24 min', '2 h 2 min', '1 d', '1 d 2 h', '31 d']);
  });

  test('stand at an axis in round steps of a clock', () => {
    expect(durationTicks(52 * 60)).toEqual([0, 900, 1800, 2700, 3600]);
    expect(durationTicks(6 * 86_400)).toEqual([0, 172_800, 345_600, 518_400]);
    expect(durationTicks(0)).toEqual([0, 60]);
  });
});

describe('what a chart draws', () => {
  test('is what it names, else what is about sources or kinds, else every count but the total', () => {
    const source = { type: 'source' as const, id: 'src_1' };
    expect(drawn(answerOf({ type: 'line', x: 'period', y: ['b'] }, [period, count('a'), count('b')], [])).map(({ key }) => key)).toEqual([
      'b',
    ]);
    expect(
      drawn(answerOf({ type: 'stacked', x: 'period' }, [period, count('a', source), count('other'), count('total')], [])).map(
        ({ key }) => key,
      ),
    ).toEqual(['a', 'other']);
    expect(drawn(answerOf({ type: 'stacked', x: 'period' }, [period, count('a'), count('total')], [])).map(({ key }) => key)).toEqual([
      'a',
    ]);
  });

  test('keeps the colour of a source wherever it stands, and gives no colour twice', () => {
    const of = (id: string) => count(id, { type: 'source', id });
    const alone = seriesOf([of('src_3')])[0]?.colour;
    const all = seriesOf([of('src_1'), of('src_3'), of('src_9'), count('other')]);
    expect(all[1]?.colour).toBe(alone);
    expect(all[3]?.colour).toBe(other);
    expect(new Set(all.map(({ colour }) => colour)).size).toBe(4);
    expect(
      seriesOf(Array.from({ length: 10 }, (_, i) => count(`c${i}`)))
        .slice(8)
        .every(({ colour }) => colour === other),
    ).toBe(true);
  });

  test('is a row of bars where there is no time and no table', () => {
    expect(shapeOf(answerOf({ type: 'share', x: 'who' }, [{ key: 'who', title: '', type: 'organization' }], []))).toBe('ranking');
    expect(shapeOf(answerOf({ type: 'share', x: 'period' }, [period], []))).toBe('stacked');
    expect(shapeOf(answerOf({ type: 'funnel', x: 'stage' }, [], []))).toBe('ranking');
  });
});

test('the window before is laid beside this one at its end', () => {
  const chart = { type: 'line' as const, x: 'period', y: ['a'] };
  const now = answerOf(chart, [period, count('a')], [row('2026-01', { a: 1 }), row('2026-02', { a: 2 })]);
  const before = answerOf(chart, [period, count('a')], [row('2025-10', { a: 7 }), row('2025-11', { a: 8 }), row('2025-12', { a: 9 })]);
  expect(pointsOf(now, before).map((point) => point.before?.values['a'])).toEqual([8, 9]);
  expect(pointsOf(before, now).map((point) => point.before?.values['a'])).toEqual([undefined, 1, 2]);
});

test('cohorts are shares of their size; the period they came in is not coloured, and what is not there yet stays empty', () => {
  const columns = [period, count('size'), { ...count('p0'), title: 'First', of: 'size' }, { ...count('p1'), title: '+1', of: 'size' }];
  const grid = gridOf(
    answerOf({ type: 'cohorts', x: 'period' }, columns, [
      row('2026-01', { size: 4, p0: 4, p1: 1 }),
      row('2026-02', { size: 2, p0: 2, p1: null }),
    ]),
  );
  expect(grid.rows.map(({ size, cells }) => [size, ...cells])).toEqual([
    [4, { value: 4, share: 1, heat: null }, { value: 1, share: 0.25, heat: 1 }],
    [2, { value: 2, share: 1, heat: null }, { value: null, share: null, heat: 0 }],
  ]);
});

test('words stand out on every shade', () => {
  const luminance = (colour: string) => {
    const [r = 0, g = 0, b = 0] = [1, 3, 5]
      .map((at) => Number.parseInt(colour.slice(at, at + 2), 16) / 255)
      .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrasts = (['light', 'dark'] as const).flatMap((scheme) =>
    Array.from({ length: 101 }, (_, share) => {
      const { ground, text } = heatOf(share / 100, scheme);
      const [low = 0, high = 0] = [luminance(ground), luminance(text)].sort((a, b) => a - b);
      return (high + 0.05) / (low + 0.05);
    }),
  );
  expect(Math.min(...contrasts)).toBeGreaterThanOrEqual(4.5);
});

test('figures are written plainly', () => {
  expect([
    formatFigure(1234, 'count'),
    formatFigure(0.5, 'count'),
    formatFigure(0.034, 'share'),
    formatFigure(0.34, 'share'),
    formatFigure(0, 'share'),
    formatFigure(null, 'count'),
  ]).toEqual(['1,234', '0.5', '3.4%', '34%', '0%', '–']);
});
