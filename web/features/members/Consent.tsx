import { Button, Group, SegmentedControl, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useAction, useCommand } from '../../api.ts';
import type { Output } from '../../api.ts';
import { useMay } from '../../shell/session.ts';
import { RelativeTime } from '../../ui/RelativeTime.tsx';
import { Status } from '../../ui/Status.tsx';
import { toastError } from '../../ui/toasts.tsx';
import type { Profile } from './filter.ts';
import classes from './members.module.css';

type Consents = Output<'members.consents'>;
type One = Consents['consents'][number];
type State = NonNullable<One['state']>;

const words: Record<State, ['good' | 'attention' | 'quiet', string]> = {
  given: ['good', 'Given'],
  refused: ['attention', 'Refused'],
  withdrawn: ['attention', 'Withdrawn'],
};

/** What the person agreed to, with where and when they said so. */
export function Consent({ profile }: { profile: Profile }) {
  const consents = useAction('members.consents', { id: profile.id });
  const [changing, setChanging] = useState<string>();
  const may = useMay('members.set-consent');
  if (consents.data === undefined || (consents.data.consents.length === 0 && consents.data.history.length === 0)) return null;
  return (
    <section className={classes.part}>
      <h2 className={classes.partTitle}>Consent</h2>
      <ul className={classes.identities}>
        {consents.data.consents.map((one) => (
          <li key={one.purpose.id}>
            <div className={classes.identityTop}>
              <span title={one.purpose.description}>{one.purpose.name}</span>
              <span className={classes.grow} />
              {one.state === null ? <span className={classes.quiet}>Never asked</span> : <Said state={one.state} />}
              {may.allowed && changing !== one.purpose.id && (
                <Button
                  variant="subtle"
                  color="gray"
                  size="compact-xs"
                  aria-label={`Change the consent to ${one.purpose.name}`}
                  onClick={() => setChanging(one.purpose.id)}
                >
                  Change
                </Button>
              )}
            </div>
            {one.at !== null && (
              <div className={classes.why}>
                <bdi>{one.source}</bdi>, <RelativeTime at={one.at} />
              </div>
            )}
            {changing === one.purpose.id && <Change profile={profile} one={one} onClose={() => setChanging(undefined)} />}
          </li>
        ))}
      </ul>
      {consents.data.history.length > 1 && <History history={consents.data.history} />}
    </section>
  );
}

function Said({ state }: { state: State }) {
  const [mood, word] = words[state];
  return <Status mood={mood}>{word}</Status>;
}

function Change({ profile, one, onClose }: { profile: Profile; one: One; onClose: () => void }) {
  const [state, setState] = useState<State>(one.state === 'given' ? 'withdrawn' : 'given');
  const [source, setSource] = useState('');
  const [day, setDay] = useState('');
  const save = useCommand('members.set-consent', { refresh: ['segments'], onDone: onClose, onFail: toastError });
  return (
    <form
      className={classes.edit}
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate({ id: profile.id, purpose: one.purpose.id, state, source, ...(day === '' ? {} : { at: day }) });
      }}
    >
      <SegmentedControl
        size="xs"
        aria-label="What they said"
        value={state}
        onChange={(value) => setState(value as State)}
        data={[
          { value: 'given', label: 'Given' },
          { value: 'refused', label: 'Refused' },
          { value: 'withdrawn', label: 'Withdrawn' },
        ]}
      />
      <Group gap={8} wrap="nowrap">
        <TextInput
          size="xs"
          required
          withAsterisk={false}
          aria-label="Where they said so"
          placeholder="Where: a form, a mail, …"
          className={classes.grow}
          value={source}
          onChange={(event) => setSource(event.currentTarget.value)}
        />
        <TextInput
          size="xs"
          type="date"
          aria-label="When, if not today"
          value={day}
          onChange={(event) => setDay(event.currentTarget.value)}
        />
      </Group>
      <Group gap={8}>
        <Button type="submit" size="compact-xs" loading={save.isPending}>
          Save
        </Button>
        <Button variant="default" size="compact-xs" onClick={onClose}>
          Cancel
        </Button>
      </Group>
    </form>
  );
}

function History({ history }: { history: Consents['history'] }) {
  return (
    <details>
      <summary className={classes.quiet}>How it came to that</summary>
      <ul className={classes.plainList}>
        {history.map((one, place) => (
          // oxlint-disable-next-line react/no-array-index-key -- lines of a history, which only grows at its head
          <li key={place} className={classes.why}>
            {one.purpose} {words[one.state][1].toLowerCase()} (<bdi>{one.source}</bdi>, <RelativeTime at={one.at} />
            ), noted by <bdi>{one.notedBy}</bdi>
          </li>
        ))}
      </ul>
    </details>
  );
}
