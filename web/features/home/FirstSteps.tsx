import { Text, TextInput, Title } from '@mantine/core';
import { IconBrandGit, IconMasksTheater, IconPlugConnected } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import type { FormEvent } from 'react';
import { useCommand } from '../../api.ts';
import { paths } from '../../paths.ts';
import { useMay } from '../../shell/session.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { LinkButton } from '../../ui/LinkButton.tsx';
import classes from './home.module.css';

/** What fills an empty instance. */
export function FirstSteps() {
  const mayAdd = useMay('sources.add');
  return (
    <div className={classes.steps}>
      <ImportRepository />
      <div className={classes.step}>
        <IconPlugConnected size={24} stroke={1.5} aria-hidden />
        <Title order={2}>Connect a source</Title>
        <p>A forum, a forge, a chat, a mailing list: each is read on its own schedule, and people who are the same become one.</p>
        {mayAdd.allowed ? (
          <LinkButton variant="default" to={paths.addSource()}>
            Choose a system
          </LinkButton>
        ) : (
          <ActionButton variant="default" why={mayAdd.why}>
            Choose a system
          </ActionButton>
        )}
      </div>
      <LoadDemo />
    </div>
  );
}

/** A made-up community, to look around in before anything is connected. */
function LoadDemo() {
  const navigate = useNavigate();
  const may = useMay('demo.load');
  const load = useCommand('demo.load', { onDone: () => void navigate({ to: '/sources' }) });
  return (
    <div className={classes.step}>
      <IconMasksTheater size={24} stroke={1.5} aria-hidden />
      <Title order={2}>Load the demo</Title>
      <p>
        Some 2,000 made-up people over two years, plainly labelled, to look around in. One click under Sources removes it without a trace.
      </p>
      <ActionButton variant="default" why={may.why} loading={load.isPending} onClick={() => load.mutate({})}>
        Load the demo
      </ActionButton>
      {load.error !== null && (
        <Text size="sm" c="var(--risk)" role="alert">
          {load.error.message}
        </Text>
      )}
    </div>
  );
}

/** A path or an address, and straight on to the live progress. */
function ImportRepository() {
  const navigate = useNavigate();
  const mayAdd = useMay('sources.add');
  const [place, setPlace] = useState('');
  const add = useCommand('sources.add', { onDone: ({ id }) => void navigate({ to: '/sources/$source', params: { source: id } }) });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (place.trim() !== '') add.mutate({ connector: 'git', settings: { repository: place.trim() } });
  };
  return (
    <div className={classes.step}>
      <IconBrandGit size={24} stroke={1.5} aria-hidden />
      <Title order={2}>Import a repository</Title>
      <p>See the people behind a git repository: authors, reviewers, co-authors. No token, no set-up.</p>
      <form onSubmit={submit}>
        <TextInput
          aria-label="Path or URL of the repository"
          placeholder="https://… or /path/on/the/server"
          spellCheck={false}
          autoComplete="off"
          required
          value={place}
          error={add.error?.message}
          disabled={!mayAdd.allowed}
          onChange={(event) => setPlace(event.currentTarget.value)}
        />
        <ActionButton type="submit" why={mayAdd.why} loading={add.isPending}>
          Import
        </ActionButton>
      </form>
      {!mayAdd.allowed && (
        <Text size="sm" c="dimmed">
          {mayAdd.why}
        </Text>
      )}
    </div>
  );
}
