import { ActionIcon, Button, Checkbox, CopyButton, Group, Modal, Select, Stack, Text, TextInput, Tooltip } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { modals } from '@mantine/modals';
import { IconKey, IconPlus, IconTrash } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { FormEvent, ReactNode } from 'react';
import type { Role } from '../../../src/platform/access.ts';
import { complaintsOf, useAction, useCommand } from '../../api.ts';
import type { Output } from '../../api.ts';
import { paths } from '../../paths.ts';
import { roleNames, rulesOptions, useMay, useSession } from '../../shell/session.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { DataTable } from '../../ui/DataTable.tsx';
import type { Column } from '../../ui/DataTable.tsx';
import { Link } from '../../ui/Link.tsx';
import { Section } from '../../ui/Page.tsx';
import { RelativeTime } from '../../ui/RelativeTime.tsx';
import { EmptyState, ErrorState } from '../../ui/states.tsx';
import { Status } from '../../ui/Status.tsx';
import { toast, toastError } from '../../ui/toasts.tsx';
import { Notice } from '../../ui/Notice.tsx';
import { RoleSelect } from './RoleSelect.tsx';
import classes from './settings.module.css';

type Key = Output<'access.keys'>['keys'][number];

const columns: Column<Key>[] = [
  { id: 'name', title: 'Name', fixed: true, cell: (key) => key.name },
  { id: 'prefix', title: 'Begins with', width: 150, wide: true, cell: (key) => <span className="code">{key.prefix}…</span> },
  { id: 'scopes', title: 'May', cell: (key) => `${key.scopes.join(', ')} as ${roleNames[key.role]}` },
  { id: 'owner', title: 'Owner', width: 150, wide: true, cell: (key) => key.owner?.name ?? 'the command line' },
  { id: 'used', title: 'Last used', width: 130, wide: true, cell: (key) => <RelativeTime at={key.lastUsedAt} /> },
  {
    id: 'expires',
    title: 'Expires',
    width: 130,
    wide: true,
    cell: (key) => (key.expired ? <Status mood="attention">Expired</Status> : <RelativeTime at={key.expiresAt} />),
  },
];

export function Body() {
  const keys = useAction('access.keys', {});
  const mayCreate = useMay('access.create-key');
  const [making, makingIs] = useDisclosure(false);
  const make = (
    <ActionButton why={mayCreate.why} leftSection={<IconPlus size={16} aria-hidden />} onClick={makingIs.open}>
      Make a key
    </ActionButton>
  );
  if (keys.isError) return <ErrorState error={keys.error} onRetry={() => void keys.refetch()} />;
  return (
    <Section
      title="API keys"
      about={
        <>
          What a button does, a program can do too. The <Link to={paths.apiReference()}>API reference</Link> lists every action.
        </>
      }
      actions={keys.data?.keys.length === 0 ? undefined : make}
    >
      <DataTable
        name="API keys"
        columns={columns}
        rows={keys.data?.keys}
        keyOf={(key) => key.id}
        actions={keyActions}
        empty={
          <EmptyState icon={IconKey} title="No API key yet" action={make}>
            A key lets a program act here, within the scopes and the role that you give it.
          </EmptyState>
        }
      />
      <KeyDialog opened={making} onClose={makingIs.close} />
    </Section>
  );
}

function keyActions(key: Key) {
  return <RevokeButton apiKey={key} />;
}

function RevokeButton({ apiKey }: { apiKey: Key }) {
  const revoke = useCommand('access.revoke-key', { onDone: () => toast('The key is revoked: it stopped working.'), onFail: toastError });
  const askRevoke = () =>
    modals.openConfirmModal({
      title: `Revoke the key ${apiKey.name}?`,
      children: <Text size="sm">Programs that use it are refused from now on. It cannot be brought back.</Text>,
      labels: { confirm: 'Revoke', cancel: 'Cancel' },
      confirmProps: { color: 'red' },
      onConfirm: () => revoke.mutate({ keyId: apiKey.id }),
    });
  return (
    <Tooltip label="Revoke">
      <ActionIcon size={26} aria-label={`Revoke ${apiKey.name}`} onClick={askRevoke}>
        <IconTrash size={16} aria-hidden />
      </ActionIcon>
    </Tooltip>
  );
}

const spans = [
  { value: '30', label: 'in 30 days' },
  { value: '90', label: 'in 90 days' },
  { value: '365', label: 'in a year' },
  { value: 'never', label: 'never' },
];

function KeyDialog({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { actor } = useSession();
  const [name, setName] = useState('');
  const [role, setRole] = useState<Role>(actor.role ?? 'light_agent');
  const [scopes, setScopes] = useState<string[]>(['read']);
  const [days, setDays] = useState('90');
  const create = useCommand('access.create-key');
  const complaints = complaintsOf(create.error);
  const close = () => {
    onClose();
    create.reset();
    setName('');
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    create.mutate({
      name,
      role,
      scopes,
      expiresAt: days === 'never' ? null : new Date(Date.now() + Number(days) * 86_400_000).toISOString(),
    });
  };
  return (
    <Modal opened={opened} onClose={close} title={create.data === undefined ? 'Make an API key' : 'Your new key'}>
      {create.data === undefined ? (
        <form onSubmit={submit}>
          <Stack gap="md">
            {create.error !== null && Object.keys(complaints).length === 0 && <Notice>{create.error.message}</Notice>}
            <TextInput
              label="What it is for"
              required
              withAsterisk={false}
              data-autofocus
              value={name}
              error={complaints['name']}
              onChange={(event) => setName(event.currentTarget.value)}
            />
            <Scopes scopes={scopes} onChange={setScopes} />
            <RoleSelect label="Role" value={role} upTo={actor.role} onChange={setRole} />
            <Select label="It expires" data={spans} value={days} allowDeselect={false} onChange={(value) => setDays(value ?? '90')} />
            <Group justify="flex-end">
              <Button variant="default" onClick={close}>
                Cancel
              </Button>
              <ActionButton type="submit" why={scopes.length === 0 ? 'Choose at least one scope.' : undefined} loading={create.isPending}>
                Make the key
              </ActionButton>
            </Group>
          </Stack>
        </form>
      ) : (
        <Stack gap="sm">
          <Text size="sm">Copy it now: it is shown only once, and kept as a hash.</Text>
          <div className={classes.key}>
            <code>{create.data.key}</code>
            <CopyButton value={create.data.key}>
              {({ copied, copy }) => <Button onClick={copy}>{copied ? 'Copied' : 'Copy'}</Button>}
            </CopyButton>
          </div>
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              Done
            </Button>
          </Group>
        </Stack>
      )}
    </Modal>
  );
}

/** Everything, or module by module. */
function Scopes({ scopes, onChange }: { scopes: string[]; onChange: (scopes: string[]) => void }) {
  const rules = useQuery(rulesOptions).data ?? {};
  const modules = [...new Set(Object.keys(rules).map((action) => action.split('.')[0] ?? ''))].sort();
  const toggle = (scope: string) =>
    onChange(
      scopes.includes(scope)
        ? scopes.filter((one) => one !== scope)
        : [...scopes.filter((one) => scope.includes(':') || !one.endsWith(`:${scope}`)), scope],
    );
  const box = (scope: string, label: string) => {
    const general = scope.split(':')[1];
    const covered = general !== undefined && scopes.includes(general);
    return (
      <Checkbox
        size="xs"
        aria-label={label}
        checked={covered || scopes.includes(scope)}
        disabled={covered}
        onChange={() => toggle(scope)}
      />
    );
  };
  return (
    <div role="group" aria-label="Scopes">
      <Text fw={500} size="sm" mb={6}>
        What it may do
      </Text>
      <div className={classes.scopes}>
        <span />
        <span>read</span>
        <span>write</span>
        <strong>Everything</strong>
        {box('read', 'Read everything')}
        {box('write', 'Write everything')}
        {modules.map((name) => (
          <ScopeRow key={name} name={name} read={box(`${name}:read`, `Read ${name}`)} write={box(`${name}:write`, `Write ${name}`)} />
        ))}
      </div>
    </div>
  );
}

function ScopeRow({ name, read, write }: { name: string; read: ReactNode; write: ReactNode }) {
  return (
    <>
      <span>{name}</span>
      {read}
      {write}
    </>
  );
}
