import { z } from 'zod';
import { defineAction } from '../../platform/action.ts';
import { reportCalled, reportInput, showReport } from './actions.ts';

export const exportReport = defineAction({
  name: 'metrics.export',
  kind: 'query',
  access: 'light_agent',
  summary: 'Gives a report as CSV (UTF-8), one line a row, with the ids of members and organizations beside their names.',
  input: reportInput,
  output: z.object({ name: z.string().describe('A name for the file.'), mediaType: z.literal('text/csv'), content: z.string() }),
  async run(context, input) {
    const { report, window, columns, rows } = await showReport(context, reportCalled(input.report), input);
    const identified = columns.filter((column) => rows.some((row) => row.ids[column.key] !== undefined)).map((column) => column.key);
    const lines = [
      [...columns.map((column) => column.title), ...identified.map((key) => `${key} id`)],
      ...rows.map((row) => [...columns.map((column) => row.cells[column.key]), ...identified.map((key) => row.ids[key])]),
    ];
    return {
      name: `${report.id}-${window.from}-${window.to}.csv`,
      mediaType: 'text/csv' as const,
      content: lines.map((line) => `${line.map(writeCell).join(',')}\r\n`).join(''),
    };
  },
});

/** RFC 4180. A text that a spreadsheet would run as a formula (names come from outside) gets a quote in front. */
function writeCell(value: string | number | null | undefined): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'number') return String(value);
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
