import { parse } from 'csv-parse/sync';
import { invalidInput, messageOf } from '../../platform/errors.ts';

/**
 * The lines of a CSV file that somebody brings, as cells; with commas, semicolons or tabs, as spreadsheets write them. Empty
 * lines stay, so that places are line numbers. Errors: `code`, when it is no such file.
 */
export function readCsvRows(content: string, code: string): string[][] {
  try {
    return parse(content, { relax_column_count: true, bom: true, delimiter: [',', ';', '\t'], skip_empty_lines: false });
  } catch (error) {
    throw invalidInput(code, `This is not a CSV file: ${messageOf(error)}`);
  }
}
