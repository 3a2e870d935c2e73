import type { Context } from '../../platform/context.ts';
import { readId } from '../../platform/ids.ts';
import type { IdKind } from '../../platform/ids.ts';
import { activityKinds } from '../../connectors/contract.ts';
import { kindTitle } from './contribution-kinds.ts';
import type { StoredAsk } from './dashboards/cards.ts';

/** What a question is narrowed to, in words: for pictures, mails and headings. */
export async function filterWords(context: Context, ask: StoredAsk): Promise<string[]> {
  const { population, sources, kinds, segment, organization } = ask;
  const words: string[] = [];
  if (population === 'wider_community') words.push('Wider community');
  if (population === 'team') words.push('Team members');
  if (sources !== undefined && sources.length > 0) words.push(`Sources: ${(await namesOf(context, 'source', sources)).join(', ')}`);
  if (kinds !== undefined && kinds.length > 0)
    words.push(
      `Kinds: ${activityKinds
        .filter((kind) => kinds.includes(kind))
        .map(kindTitle)
        .join(', ')}`,
    );
  if (segment !== undefined) words.push(`Segment: ${(await namesOf(context, 'segment', [segment])).join('')}`);
  if (organization !== undefined) words.push(`Organization: ${(await namesOf(context, 'organization', [organization])).join('')}`);
  return words;
}

async function namesOf(
  context: Context,
  table: IdKind & ('source' | 'segment' | 'organization'),
  ids: readonly string[],
): Promise<string[]> {
  const numbers = ids.map((id) => readId(table, id));
  const rows = await context.db.selectFrom(table).select(['id', 'name']).where('id', 'in', numbers).execute();
  return numbers.map((id) => rows.find((row) => row.id === id)?.name ?? 'removed');
}
