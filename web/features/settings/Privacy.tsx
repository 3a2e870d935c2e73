import { Button, Checkbox, NumberInput, Text, TextInput } from '@mantine/core';
import { IconEraser, IconPlus, IconRestore, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { useAction, useCommand } from '../../api.ts';
import type { Output } from '../../api.ts';
import { paths } from '../../paths.ts';
import { useMay } from '../../shell/session.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { DataTable } from '../../ui/DataTable.tsx';
import type { Column } from '../../ui/DataTable.tsx';
import { count, formatNumber } from '../../ui/format.ts';
import { Link } from '../../ui/Link.tsx';
import { Section } from '../../ui/Page.tsx';
import { usePages } from '../../ui/pages.ts';
import { RelativeTime } from '../../ui/RelativeTime.tsx';
import { EmptyState, ErrorState, SkeletonBlock } from '../../ui/states.tsx';
import { Status } from '../../ui/Status.tsx';
import type { Mood } from '../../ui/Status.tsx';
import { toast, toastError } from '../../ui/toasts.tsx';
import { ConsentFile } from './ConsentFile.tsx';
import classes from './settings.module.css';

type Erasure = Output<'members.erasures'>['erasures'][number];

const states: Record<Erasure['state'], [Mood, string]> = {
  hiding: ['busy', 'Being hidden'],
  hidden: ['attention', 'Hidden'],
  restoring: ['busy', 'Coming back'],
  restored: ['quiet', 'Brought back'],
  purging: ['busy', 'Being purged'],
  purged: ['good', 'Purged'],
};

const columns: Column<Erasure>[] = [
  { id: 'member', title: 'Who', width: 92, fixed: true, cell: (one) => <code>{one.member}</code> },
  {
    id: 'state',
    title: 'State',
    width: 118,
    cell: (one) => <Status mood={states[one.state][0]}>{states[one.state][1]}</Status>,
  },
  { id: 'asked', title: 'Erased', width: 130, wide: true, cell: (one) => <RelativeTime at={one.askedAt} /> },
  { id: 'by', title: 'By', wide: true, cell: (one) => <bdi>{one.askedBy}</bdi> },
  { id: 'activities', title: 'Activities', width: 100, align: 'right', wide: true, cell: (one) => formatNumber(one.activities) },
  {
    id: 'until',
    title: 'Restore until',
    width: 104,
    wide: true,
    cell: (one) => (isOpen(one) ? one.restoreUntil.slice(0, 10) : <span style={{ color: 'var(--quiet)' }}>–</span>),
  },
];

function isOpen(one: Erasure): boolean {
  return one.state === 'hidden' || one.state === 'hiding';
}

/** Who was erased, whom imports leave out, what people are asked for, and how long data is kept. */
export function Body() {
  return (
    <>
      <Erased />
      <Suppressed />
      <Purposes />
      <Section
        title="How long data is kept"
        about={
          <>
            Each source has its own rule for raw records and for activities, on the tab Settings of{' '}
            <Link to={paths.sources()}>the source</Link>. Nothing is dropped by age until somebody sets that.
          </>
        }
      >
        {null}
      </Section>
    </>
  );
}

const refresh = ['activities', 'metrics', 'segments', 'organizations'];

function Erased() {
  const erasures = usePages('members.erasures', { limit: 50 }, (page) => page.erasures);
  const mayRestore = useMay('members.restore');
  const mayPurge = useMay('members.purge');
  const restore = useCommand('members.restore', { refresh, onDone: () => toast('Brought back.'), onFail: toastError });
  const purge = useCommand('members.purge', { onDone: () => toast('It is being purged.'), onFail: toastError });
  if (erasures.error !== null && erasures.rows === undefined) return <ErrorState error={erasures.error} onRetry={erasures.retry} />;
  const actionsOf = (one: Erasure) =>
    erasureActions(one, {
      ...(mayRestore.allowed ? { restore: () => restore.mutate({ erasure: one.id }) } : {}),
      ...(mayPurge.allowed ? { purge: () => purge.mutate({ erasure: one.id }) } : {}),
    });
  return (
    <Section
      title="Erased people"
      about="Hidden everywhere at once, purged when the time to bring them back is over. No name is kept here; the id is the one in old links."
    >
      <Window />
      <DataTable
        name="Erased people"
        columns={columns}
        rows={erasures.rows}
        keyOf={(one) => one.id}
        more={erasures.more}
        actions={actionsOf}
        empty={
          <EmptyState icon={IconEraser} title="Nobody was erased">
            A person is erased from the menu of their profile.
          </EmptyState>
        }
      />
    </Section>
  );
}

function erasureActions(one: Erasure, { restore, purge }: { restore?: () => void; purge?: () => void }) {
  if (!isOpen(one)) return null;
  return (
    <>
      {restore !== undefined && (
        <Button size="compact-xs" variant="default" leftSection={<IconRestore size={14} aria-hidden />} onClick={restore}>
          Bring back
        </Button>
      )}
      {purge !== undefined && (
        <Button size="compact-xs" variant="default" c="red" leftSection={<IconTrash size={14} aria-hidden />} onClick={purge}>
          Purge now
        </Button>
      )}
    </>
  );
}

function Window() {
  const rules = useAction('members.privacy', {});
  const [days, setDays] = useState<number>();
  const may = useMay('members.update-privacy');
  const save = useCommand('members.update-privacy', {
    onDone: () => toast('Saved. It holds for who is erased from now on.'),
    onFail: toastError,
  });
  if (rules.data === undefined) return <SkeletonBlock height={60} />;
  const shown = days ?? rules.data.restoreDays;
  return (
    <form
      className={classes.row}
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate({ restoreDays: shown });
      }}
    >
      <NumberInput
        label="Days in which an erased person can be brought back"
        min={0}
        max={365}
        allowDecimal={false}
        value={shown}
        onChange={(value) => setDays(typeof value === 'number' ? value : undefined)}
        disabled={!may.allowed}
      />
      <ActionButton type="submit" variant="default" why={may.why} loading={save.isPending}>
        Save
      </ActionButton>
    </form>
  );
}

function Suppressed() {
  const list = useAction('members.suppression', {});
  const [value, setValue] = useState('');
  const [platform, setPlatform] = useState('email');
  const [host, setHost] = useState('');
  const [whole, setWhole] = useState(true);
  const mayLift = useMay('members.lift-suppression');
  const maySuppress = useMay('members.suppress');
  const done = () => setValue('');
  const lift = useCommand('members.lift-suppression', {
    onDone: ({ lifted }) => {
      toast(`${count(lifted, 'entry', 'entries')} lifted. The next import takes this person in again.`);
      done();
    },
    onFail: toastError,
  });
  const add = useCommand('members.suppress', {
    onDone: () => {
      toast('On the list. Imports leave it out.');
      done();
    },
    onFail: toastError,
  });
  const input = { platform, value, ...(host === '' ? {} : { host }) };
  return (
    <Section
      title="Suppression list"
      about={
        list.data === undefined
          ? 'Whom imports leave out.'
          : `${count(list.data.entries, 'entry', 'entries')}, ${formatNumber(list.data.byHand)} of them by hand. It holds keyed hashes only: nobody can read whom, only ask by entering an address or account.`
      }
    >
      <form
        className={classes.form}
        onSubmit={(event) => {
          event.preventDefault();
          add.mutate(input);
        }}
      >
        <div className={classes.row}>
          <TextInput
            label="Platform"
            value={platform}
            onChange={(event) => setPlatform(event.currentTarget.value)}
            placeholder="email, github, discourse"
          />
          <TextInput
            label="Host, if many run it"
            value={host}
            onChange={(event) => setHost(event.currentTarget.value)}
            placeholder="forum.example.org"
          />
        </div>
        <TextInput
          label="Address or account"
          value={value}
          onChange={(event) => setValue(event.currentTarget.value)}
          placeholder="ada@example.org"
        />
        <Checkbox
          label="When lifting: everything that was erased together with it"
          checked={whole}
          onChange={(event) => setWhole(event.currentTarget.checked)}
        />
        <div className={classes.buttons}>
          <ActionButton type="submit" variant="default" why={maySuppress.why} disabled={value === ''} loading={add.isPending}>
            Suppress
          </ActionButton>
          <ActionButton
            variant="default"
            why={mayLift.why}
            disabled={value === ''}
            loading={lift.isPending}
            onClick={() => lift.mutate({ ...input, whole })}
          >
            Lift
          </ActionButton>
        </div>
      </form>
    </Section>
  );
}

interface Purpose {
  id?: string;
  name: string;
  description: string;
  given?: number;
}

function Purposes() {
  const purposes = useAction('members.consent-purposes', {});
  const [edited, setEdited] = useState<Purpose[]>();
  const may = useMay('members.update-consent-purposes');
  const save = useCommand('members.update-consent-purposes', {
    onDone: () => {
      setEdited(undefined);
      toast('Saved.');
    },
    onFail: toastError,
  });
  if (purposes.data === undefined) return <SkeletonBlock height={160} />;
  const shown: Purpose[] = edited ?? purposes.data.purposes;
  const change = (place: number, more: Partial<Purpose>) =>
    setEdited(shown.map((one, index) => (index === place ? { ...one, ...more } : one)));
  return (
    <Section title="Consent" about="What people are asked for. What they said stands on their profile, with where and when.">
      <form
        className={classes.form}
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate({ purposes: shown.map(({ id, name, description }) => ({ name, description, ...(id === undefined ? {} : { id }) })) });
        }}
      >
        {shown.map((one, place) => (
          <div key={one.id ?? `new ${place}`} className={classes.purpose}>
            <TextInput
              aria-label={`Purpose ${place + 1}`}
              placeholder="Purpose"
              value={one.name}
              required
              onChange={(event) => change(place, { name: event.currentTarget.value })}
            />
            <TextInput
              aria-label={`What purpose ${place + 1} means`}
              placeholder="What it means, for whoever asks"
              value={one.description}
              onChange={(event) => change(place, { description: event.currentTarget.value })}
            />
            <Text size="sm" c="dimmed" className={classes.given}>
              {one.given === undefined ? '' : `${formatNumber(one.given)} given`}
            </Text>
            <Button
              variant="subtle"
              color="gray"
              px={8}
              aria-label={`Remove ${one.name}`}
              onClick={() => setEdited(shown.filter((_, index) => index !== place))}
            >
              <IconTrash size={16} aria-hidden />
            </Button>
          </div>
        ))}
        <div className={classes.buttons}>
          <Button
            variant="default"
            leftSection={<IconPlus size={16} aria-hidden />}
            onClick={() => setEdited([...shown, { name: '', description: '' }])}
          >
            Add a purpose
          </Button>
          <ConsentFile purposes={purposes.data.purposes} />
          {edited !== undefined && (
            <ActionButton type="submit" why={may.why} loading={save.isPending}>
              Save
            </ActionButton>
          )}
        </div>
      </form>
    </Section>
  );
}
