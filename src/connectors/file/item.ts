import { hash } from 'node:crypto';
import type { Json } from '../contract.ts';
import type { RowKind } from './columns.ts';
import type { FileSettings } from './settings.ts';

export type RowItem = { [key: string]: Json };

const numbers = new Set(['value', 'annualRecurringRevenue']);
const kindAliases: Record<string, string> = {
  pull_request: 'merge_request_opened',
  pr: 'merge_request_opened',
  merge_request: 'merge_request_opened',
  mr: 'merge_request_opened',
  like: 'reaction',
  solution: 'accepted_answer',
  topic: 'post',
  blog: 'post',
  article: 'post',
  signup: 'sign_up',
  attended: 'attendance',
};

/** Takes one value of a row for a field. Empty values are no values. */
export function setField(item: RowItem, field: string, value: unknown): void {
  if (value === null || value === undefined) return;
  if (field.startsWith('accounts.')) {
    const text = asText(value).trim();
    if (text !== '') item['accounts'] = { ...(item['accounts'] as RowItem | undefined), [field.slice(9)]: text };
  } else if (typeof value === 'number' && (field === 'at' || numbers.has(field))) item[field] = value;
  else {
    const text = asText(value).trim();
    if (text === '') return;
    if (numbers.has(field)) item[field] = readNumber(text);
    else if (field === 'kind') item[field] = readKind(text);
    else if (field === 'platform' || field === 'type') item[field] = text.toLowerCase();
    else item[field] = text;
  }
}

/** Adds what a row does not say itself: its sort, the platform of its account, and an id made from its text. */
export function completeItem(item: RowItem, kind: RowKind, raw: string, settings: FileSettings): RowItem {
  item['row'] = kind;
  // The same row is the same item wherever it stands in the file, and however often.
  item['id'] ??= `#${hash('sha1', raw, 'base64url')}`;
  if (item['account'] !== undefined && item['platform'] === undefined && settings.platform !== undefined)
    item['platform'] = settings.platform;
  if (item['account'] !== undefined && item['host'] === undefined && settings.host !== undefined) item['host'] = settings.host;
  return item;
}

function asText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.map(asText).join(', ');
  return JSON.stringify(value);
}

/** What is not a number stays a text, so that validation names it. */
function readNumber(text: string): number | string {
  const plain = text.replace(/(?<=\d),(?=\d{3}(?:\D|$))/g, '').replace(/^[$€£]\s*/, '');
  return plain !== '' && Number.isFinite(Number(plain)) ? Number(plain) : text;
}

function readKind(text: string): string {
  const plain = text.toLowerCase().replace(/[\s-]+/g, '_');
  return Object.hasOwn(kindAliases, plain) ? (kindAliases[plain] ?? plain) : plain;
}
