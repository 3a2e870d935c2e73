import { sql } from 'kysely';
import { z } from 'zod';
import { defineAction } from '../../../platform/action.ts';
import { recordAudit } from '../../../platform/audit.ts';
import type { Context } from '../../../platform/context.ts';
import { idInput, showId } from '../../../platform/ids.ts';
import { readCursor, writeCursor } from '../../../platform/page.ts';
import { conditionsOf, filterOfSegment } from '../filter.ts';
import { readProfile } from '../get.ts';
import { given } from '../provided.ts';
import { rootOf } from '../store.ts';
import { readConsentChanges, readConsents } from './consent.ts';

const activitiesAPage = 500;
const mostEntries = 10_000;

export const exportData = defineAction({
  name: 'members.export-data',
  kind: 'query',
  access: 'manager',
  summary:
    'Gives everything that is held about a person, in pieces that make one JSON document when they are put together in their order. GET /exports/members/<id>.json streams it whole.',
  input: z.object({ id: idInput('member'), cursor: z.string().max(400).optional().describe('`next` of the piece before.') }),
  output: z.object({ fileName: z.string(), content: z.string(), next: z.string().nullable() }),
  async run(context, input) {
    const root = await rootOf(context.db, input.id);
    const cursor = readCursor(input.cursor, 2);
    const identities = (await context.db.selectFrom('identity').select('id').where('member_id', '=', root).execute()).map((row) => row.id);
    const rows = await given().history.read(
      context.database.pool,
      identities,
      [Number(cursor?.[0] ?? 0), Number(cursor?.[1] ?? 0)],
      activitiesAPage + 1,
    );
    const shown = rows.slice(0, activitiesAPage);
    const last = rows.length > activitiesAPage ? shown.at(-1) : undefined;
    const lines = shown.map((row) => JSON.stringify(row.line)).join(',\n');
    const pieces = cursor === undefined ? [`${await head(context, root)}\n`, lines] : [',\n', lines];
    if (last === undefined) pieces.push('\n]}\n');
    const id = showId('member', root);
    if (cursor === undefined)
      await recordAudit(context, context.db, {
        actor: context.actor,
        origin: context.origin,
        action: 'members.export-data',
        requestId: context.requestId,
        subject: id,
        summary: 'Exported everything that is held about the person',
      });
    return { fileName: `${id}.json`, content: pieces.join(''), next: last === undefined ? null : writeCursor(last.key) };
  },
});

/** Everything but the activities, whose array it opens. */
async function head(context: Context, root: number): Promise<string> {
  const profile = await readProfile(context, root, root);
  const members = (await context.db.selectFrom('member').select('id').where('root_id', '=', root).execute()).map((row) =>
    showId('member', row.id),
  );
  const named = [...members, ...profile.identities.map((identity) => identity.id)];
  const purposes = new Map(
    (await context.db.selectFrom('consent_purpose').select(['id', 'name']).execute()).map((row) => [row.id, row.name]),
  );
  const sources = new Map(
    (await context.db.selectFrom('source').select(['id', 'name']).execute()).map((row) => [showId('source', row.id), row.name]),
  );
  const entries = await context.db
    .selectFrom('audit_entry')
    .select(['at', 'actor_name', 'origin', 'action', 'summary', 'input', 'before', 'after'])
    .where('subject', 'in', named)
    .orderBy('id')
    .limit(mostEntries)
    .execute();
  const document = {
    exportedAt: context.clock.now(),
    profile: { ...profile, identities: profile.identities.map((one) => ({ ...one, source: sources.get(one.source ?? '') ?? one.source })) },
    consent: (await readConsents(context.db, root)).map(({ purpose_id: purpose, ...row }) => ({ purpose: purposes.get(purpose), ...row })),
    consentHistory: await readConsentChanges(context.db, root),
    segments: await segmentsOf(context, root),
    lookedAtBy: entries.filter((entry) => entry.action === 'members.get').map(({ at, actor_name: by, origin }) => ({ at, by, origin })),
    auditEntries: entries.filter((entry) => entry.action !== 'members.get').map(({ actor_name: by, ...entry }) => ({ ...entry, by })),
  };
  return `${JSON.stringify(document).slice(0, -1)},"activities":[`;
}

async function segmentsOf(context: Context, root: number): Promise<string[]> {
  const names: string[] = [];
  for (const row of await context.db.selectFrom('segment').select(['name', 'filter', 'ready']).orderBy('id').limit(500).execute()) {
    let query = context.db
      .selectFrom('member_card')
      .select(sql`1`.as('one'))
      .where('member_card.member_id', '=', root);
    for (const condition of await conditionsOf(context, [filterOfSegment(row)])) query = query.where(condition);
    if ((await query.executeTakeFirst()) !== undefined) names.push(row.name);
  }
  return names;
}
