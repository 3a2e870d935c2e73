import { Button, Select, TextInput, UnstyledButton } from '@mantine/core';
import { IconArrowLeft, IconPlugConnected } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import type { FormEvent } from 'react';
import { complaintsOf, useAction, useCommand } from '../../api.ts';
import type { Output } from '../../api.ts';
import { paths } from '../../paths.ts';
import { useMay } from '../../shell/session.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { FilterChips } from '../../ui/FilterChips.tsx';
import { Link } from '../../ui/Link.tsx';
import { Page as PageFrame } from '../../ui/Page.tsx';
import { PlatformIcon } from '../../ui/PlatformIcon.tsx';
import { EmptyState, ErrorState, SkeletonBlock } from '../../ui/states.tsx';
import { useQueryParams } from '../../ui/url-state.ts';
import { CheckLines } from './CheckLines.tsx';
import { schedules } from '../../ui/source-state.ts';
import { Notice } from '../../ui/Notice.tsx';
import { fieldsOf, startValues } from '../../ui/schema.ts';
import { SchemaForm } from '../../ui/SchemaForm.tsx';
import classes from './sources.module.css';

type Connector = Output<'sources.connectors'>['connectors'][number];

/** Connect a source: choose the system, fill its form, test, add. Leads straight to the live progress. */
export function Page() {
  const params = useQueryParams();
  const connectors = useAction('sources.connectors', {});
  const above = <Link to={paths.sources()}>Sources</Link>;
  if (connectors.isPending) {
    return (
      <PageFrame title="Connect a source" above={above} width="read">
        <SkeletonBlock height={260} />
      </PageFrame>
    );
  }
  if (connectors.isError) {
    return (
      <PageFrame title="Connect a source" above={above} width="read">
        <ErrorState error={connectors.error} onRetry={() => void connectors.refetch()} />
      </PageFrame>
    );
  }
  const all = connectors.data.connectors;
  const chosen = all.find((connector) => connector.name === params['connector']);
  if (chosen !== undefined) return <ConnectorForm key={chosen.name} connector={chosen} />;
  const words = (params['q'] ?? '').toLowerCase();
  const hits = all.filter((connector) => `${connector.title} ${connector.name} ${connector.summary}`.toLowerCase().includes(words));
  return (
    <PageFrame
      title="Connect a source"
      about="Choose the system. What a source reads stays on this server."
      above={above}
      width="read"
      below={all.length > 6 ? <FilterChips search={{ name: 'q', label: 'Find a system' }} /> : undefined}
    >
      {hits.length === 0 ? (
        <EmptyState icon={IconPlugConnected} title="No system by that name" />
      ) : (
        <div className={classes.choices}>
          {hits.map((connector) => (
            <UnstyledButton
              key={connector.name}
              component={Link}
              {...{ to: paths.addSource(connector.name), look: 'plain' as const }}
              className={classes.choice}
            >
              <PlatformIcon platform={connector.name} size={26} named />
              <strong>{connector.title}</strong>
              <small>{connector.summary}</small>
            </UnstyledButton>
          ))}
        </div>
      )}
    </PageFrame>
  );
}

function ConnectorForm({ connector }: { connector: Connector }) {
  const navigate = useNavigate();
  const fields = fieldsOf(connector.settings);
  const [settings, setSettings] = useState(() => startValues(fields));
  const [more, setMore] = useState({ name: '', since: '', everyMinutes: String(connector.everyMinutes) });
  const mayAdd = useMay('sources.add');
  const test = useCommand('sources.test');
  const add = useCommand('sources.add', { onDone: ({ id }) => void navigate({ to: '/sources/$source', params: { source: id } }) });
  const complaints = { ...complaintsOf(test.error), ...complaintsOf(add.error) };
  const errors = Object.fromEntries(Object.entries(complaints).map(([path, message]) => [path.replace(/^settings\./, ''), message]));
  const failed = add.error ?? test.error;
  const general =
    failed !== null && Object.keys(errors).every((name) => !fields.some((field) => field.name === name)) ? failed.message : undefined;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    add.mutate({
      connector: connector.name,
      settings,
      everyMinutes: Number(more.everyMinutes),
      ...(more.name.trim() === '' ? {} : { name: more.name.trim() }),
      ...(more.since === '' ? {} : { since: more.since }),
    });
  };
  return (
    <PageFrame
      title={`Connect ${connector.title}`}
      heading={
        <>
          <PlatformIcon platform={connector.name} size={22} named /> Connect {connector.title}
        </>
      }
      about={connector.summary}
      above={
        <Link to={paths.addSource()}>
          <IconArrowLeft size={13} aria-hidden style={{ verticalAlign: '-2px' }} /> All systems
        </Link>
      }
      width="read"
    >
      <form className={classes.form} onSubmit={submit}>
        <div className={classes.card}>
          <SchemaForm
            fields={fields}
            values={settings}
            errors={errors}
            onChange={(name, value) => {
              setSettings({ ...settings, [name]: value });
              test.reset();
            }}
          />
        </div>
        <div className={classes.card}>
          <div className={classes.form}>
            <TextInput
              label="Name (optional)"
              description="Otherwise it is named after what it reads."
              value={more.name}
              error={errors['name']}
              onChange={(event) => setMore({ ...more, name: event.currentTarget.value })}
            />
            <div className={classes.pair}>
              <TextInput
                label="Only from this day on (optional)"
                type="date"
                value={more.since}
                error={errors['since']}
                onChange={(event) => setMore({ ...more, since: event.currentTarget.value })}
              />
              <Select
                label="Read it"
                data={schedules(connector.everyMinutes)}
                allowDeselect={false}
                value={more.everyMinutes}
                onChange={(value) => setMore({ ...more, everyMinutes: value ?? String(connector.everyMinutes) })}
              />
            </div>
          </div>
        </div>
        {general !== undefined && <Notice>{general}</Notice>}
        {test.data !== undefined && <CheckLines key={test.submittedAt} lines={test.data.lines} />}
        <div className={classes.buttons}>
          <ActionButton type="submit" why={mayAdd.why} loading={add.isPending}>
            Connect and read
          </ActionButton>
          <Button variant="default" loading={test.isPending} onClick={() => test.mutate({ connector: connector.name, settings })}>
            Test
          </Button>
        </div>
      </form>
    </PageFrame>
  );
}
