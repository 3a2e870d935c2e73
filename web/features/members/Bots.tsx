import { Button, SegmentedControl } from '@mantine/core';
import { IconRobot } from '@tabler/icons-react';
import { useCommand } from '../../api.ts';
import type { Output } from '../../api.ts';
import { useMay } from '../../shell/session.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { DataTable } from '../../ui/DataTable.tsx';
import type { Column } from '../../ui/DataTable.tsx';
import { formatNumber } from '../../ui/format.ts';
import { usePages } from '../../ui/pages.ts';
import { useOpenPerson } from '../../ui/person.tsx';
import { RelativeTime } from '../../ui/RelativeTime.tsx';
import { EmptyState, ErrorState } from '../../ui/states.tsx';
import { toast, toastError } from '../../ui/toasts.tsx';
import { useParam } from '../../ui/url-state.ts';
import { MemberName } from './MemberName.tsx';
import classes from './members.module.css';

type Suspect = Output<'members.bots'>['bots'][number];

const columns: Column<Suspect>[] = [
  { id: 'name', title: 'Name', fixed: true, cell: ({ member }) => <MemberName member={member} /> },
  { id: 'why', title: 'Why', cell: ({ reason }) => <span title={reason ?? undefined}>{reason ?? ''}</span>, wide: true },
  { id: 'activities', title: 'Activities', width: 100, align: 'right', wide: true, cell: ({ member }) => formatNumber(member.activities) },
  { id: 'last', title: 'Last seen', width: 120, wide: true, cell: ({ member }) => <RelativeTime at={member.lastAt} none="–" /> },
  {
    id: 'decide',
    title: 'Decide',
    fixed: true,
    width: 150,
    align: 'right',
    cell: ({ member }) => <Decide id={member.id} name={member.name} bot={member.bot} />,
  },
];

/** Says what somebody is, with undo. */
function useDecide() {
  const settle = { refresh: ['metrics', 'activities'], onFail: toastError };
  const humanAgain = useCommand('members.mark-human', settle);
  const botAgain = useCommand('members.confirm-bot', settle);
  const bot = useCommand('members.confirm-bot', {
    ...settle,
    onDone: (_, { id }) => toast('A bot: left out of every number about people.', { undo: () => humanAgain.mutate({ id }) }),
  });
  const human = useCommand('members.mark-human', {
    ...settle,
    onDone: (_, { id }) => toast('A human, and stays one.', { undo: () => botAgain.mutate({ id }) }),
  });
  return { bot: (id: string) => bot.mutate({ id }), human: (id: string) => human.mutate({ id }) };
}

function Decide({ id, name, bot }: { id: string; name: string; bot: string }) {
  const may = useMay('members.confirm-bot');
  const decide = useDecide();
  return (
    <span className={classes.icons}>
      {bot !== 'bot' && (
        <ActionButton size="compact-xs" variant="default" why={may.why} aria-label={`Bot: ${name}`} onClick={() => decide.bot(id)}>
          Bot
        </ActionButton>
      )}
      <ActionButton size="compact-xs" variant="default" why={may.why} aria-label={`Human: ${name}`} onClick={() => decide.human(id)}>
        Human
      </ActionButton>
    </span>
  );
}

/** Who looks like a bot waits here for a person to say so; b and h decide. Confirmed bots can be put right. */
export function Bots() {
  const [shown, setShown] = useParam('show', 'suspected');
  const state = shown === 'bot' ? 'bot' : 'suspected';
  const openPerson = useOpenPerson();
  const may = useMay('members.confirm-bot');
  const bots = usePages('members.bots', { state, limit: 100 }, (page) => page.bots);
  const decide = useDecide();
  const switcher = (
    <SegmentedControl
      size="xs"
      mb="sm"
      aria-label="Which"
      value={state}
      onChange={(next) => setShown(next)}
      data={[
        { value: 'suspected', label: 'To confirm' },
        { value: 'bot', label: 'Confirmed' },
      ]}
    />
  );
  if (bots.error !== null && bots.rows === undefined) return <ErrorState error={bots.error} onRetry={bots.retry} />;
  return (
    <>
      {switcher}
      <DataTable
        name="Bots"
        columns={columns}
        rows={bots.rows}
        keyOf={({ member }) => member.id}
        onOpen={({ member }) => openPerson(member.id)}
        more={bots.more}
        keys={
          may.allowed
            ? {
                b: { label: 'This is a bot', run: ({ member }) => state === 'suspected' && decide.bot(member.id) },
                h: { label: 'This is a human', run: ({ member }) => decide.human(member.id) },
              }
            : {}
        }
        empty={
          <EmptyState
            icon={IconRobot}
            title={state === 'suspected' ? 'Nobody to confirm' : 'No bot is confirmed'}
            action={
              state === 'suspected' ? (
                <Button variant="default" onClick={() => setShown('bot')}>
                  Show confirmed bots
                </Button>
              ) : undefined
            }
          >
            {state === 'suspected'
              ? 'Accounts whose names look like automation wait here. Until somebody decides they count as people.'
              : 'Confirmed bots are left out of every number about people.'}
          </EmptyState>
        }
      />
    </>
  );
}
