import { IconHistory } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useAction } from '../../api.ts';
import type { Output } from '../../api.ts';
import { rulesOptions, useReach } from '../../shell/session.ts';
import { CodeBlock } from '../../ui/CodeBlock.tsx';
import { DataTable } from '../../ui/DataTable.tsx';
import type { Column } from '../../ui/DataTable.tsx';
import { FilterChips } from '../../ui/FilterChips.tsx';
import { formatExact } from '../../ui/format.ts';
import { Section } from '../../ui/Page.tsx';
import { usePages } from '../../ui/pages.ts';
import { RelativeTime } from '../../ui/RelativeTime.tsx';
import { SidePanel } from '../../ui/SidePanel.tsx';
import { EmptyState, ErrorState } from '../../ui/states.tsx';
import { useParam, useQueryParams } from '../../ui/url-state.ts';
import { Diff } from './Diff.tsx';
import classes from './settings.module.css';

type Entry = Output<'access.audit'>['entries'][number];

const columns: Column<Entry>[] = [
  { id: 'at', title: 'When', width: 130, fixed: true, cell: (entry) => <RelativeTime at={entry.at} /> },
  { id: 'who', title: 'Who', width: 160, wide: true, cell: (entry) => entry.actorName },
  { id: 'what', title: 'What', cell: (entry) => entry.summary ?? <span className="code">{entry.action}</span> },
  { id: 'action', title: 'Action', width: 190, wide: true, cell: (entry) => <span className="code">{entry.action}</span> },
  {
    id: 'subject',
    title: 'Of',
    width: 120,
    wide: true,
    hidden: true,
    cell: (entry) => <span className="code">{entry.subject ?? ''}</span>,
  },
  { id: 'origin', title: 'From', width: 90, wide: true, cell: (entry) => entry.origin },
];

/** Who did what, when, from where; before and after. Each filter is in the address. */
export function Body() {
  const params = useQueryParams();
  const reach = useReach();
  const [open, setOpen] = useParam('entry');
  const rules = useQuery(rulesOptions).data ?? {};
  const people = useAction('access.people', {}, { enabled: reach('access.people') });
  const modules = [...new Set(Object.keys(rules).map((action) => action.split('.')[0] ?? ''))].sort();
  const entries = usePages('access.audit', askOf(params), (page) => page.entries);
  const shown = entries.rows?.find((entry) => entry.id === open);
  return (
    <Section title="Audit trail" about="Every change, kept for good: who, when, from where, before and after.">
      <div style={{ marginBottom: 12 }}>
        <FilterChips
          search={{ name: 'text', label: 'Find in the audit trail' }}
          filters={[
            {
              name: 'actor',
              label: 'Who',
              options: (people.data?.people ?? []).map((person) => ({ value: person.id, label: person.name })),
            },
            {
              name: 'action',
              label: 'Action',
              options: [
                ...modules.map((name) => ({ value: name, label: `${name}: all` })),
                ...Object.keys(rules)
                  .sort()
                  .map((name) => ({ value: name, label: name })),
              ],
            },
            { name: 'subject', label: 'Of', placeholder: 'mem_1a' },
            { name: 'from', label: 'From', type: 'date' },
            { name: 'to', label: 'Before', type: 'date' },
          ]}
        />
      </div>
      {entries.error !== null && entries.rows === undefined ? (
        <ErrorState error={entries.error} onRetry={entries.retry} />
      ) : (
        <DataTable
          name="Audit trail"
          columns={columns}
          rows={entries.rows}
          keyOf={(entry) => entry.id}
          onOpen={(entry) => setOpen(entry.id, { push: true })}
          more={entries.more}
          empty={
            <EmptyState icon={IconHistory} title="Nothing fits">
              Take a filter away to see more.
            </EmptyState>
          }
        />
      )}
      <SidePanel opened={shown !== undefined} onClose={() => setOpen(undefined)} title={shown?.summary ?? shown?.action ?? ''} size={640}>
        {shown !== undefined && <EntryDetail entry={shown} />}
      </SidePanel>
    </Section>
  );
}

/** Days of the address are the viewer's. */
function askOf(params: Record<string, string>) {
  const { text, actor, action, subject, from, to } = params;
  const moment = (day: string) => new Date(`${day}T00:00:00`).toISOString();
  return {
    limit: 100,
    ...(text === undefined ? {} : { text }),
    ...(actor === undefined ? {} : { actorId: actor }),
    ...(action === undefined ? {} : { action }),
    ...(subject === undefined ? {} : { subject }),
    ...(isDay(from) ? { from: moment(from) } : {}),
    ...(isDay(to) ? { to: moment(to) } : {}),
  };
}

function isDay(text: string | undefined): text is string {
  return text !== undefined && /^\d{4}-\d\d-\d\d$/.test(text);
}

function EntryDetail({ entry }: { entry: Entry }) {
  const facts: [string, string | null][] = [
    ['When', formatExact(new Date(entry.at))],
    ['Who', `${entry.actorName} (${entry.actorType})`],
    ['Action', entry.action],
    ['From', entry.origin],
    ['Of', entry.subject],
    ['Request', entry.requestId],
  ];
  const changed = entry.before !== null || entry.after !== null;
  return (
    <>
      <dl className={classes.facts}>
        {facts
          .filter(([, value]) => value !== null)
          .map(([name, value]) => (
            <FactLine key={name} name={name} value={value ?? ''} />
          ))}
      </dl>
      {changed && (
        <Section title="Before and after">
          <Diff before={entry.before} after={entry.after} />
        </Section>
      )}
      {entry.input != null && Object.keys(entry.input).length > 0 && (
        <Section title="What was asked">
          <CodeBlock label="What was asked">{JSON.stringify(entry.input, undefined, 2)}</CodeBlock>
        </Section>
      )}
    </>
  );
}

function FactLine({ name, value }: { name: string; value: string }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </>
  );
}
