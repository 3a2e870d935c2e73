import { ActionIcon, Button, CopyButton, Group, Menu, Modal, Stack, Text, TextInput, Tooltip } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { modals } from '@mantine/modals';
import { IconDots, IconMail, IconUserPlus, IconX } from '@tabler/icons-react';
import { useState } from 'react';
import type { FormEvent } from 'react';
import type { Role } from '../../../src/platform/access.ts';
import { complaintsOf, useAction, useCommand } from '../../api.ts';
import type { Output } from '../../api.ts';
import { roleNames, useMay, useReach, useSession } from '../../shell/session.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { DataTable } from '../../ui/DataTable.tsx';
import type { Column } from '../../ui/DataTable.tsx';
import { Initials } from '../../ui/Initials.tsx';
import { Section } from '../../ui/Page.tsx';
import { RelativeTime } from '../../ui/RelativeTime.tsx';
import { EmptyState, ErrorState } from '../../ui/states.tsx';
import { Status } from '../../ui/Status.tsx';
import { toast, toastError } from '../../ui/toasts.tsx';
import { Notice } from '../../ui/Notice.tsx';
import { RoleSelect } from './RoleSelect.tsx';
import classes from './settings.module.css';

type Person = Output<'access.people'>['people'][number];
type Invitation = Output<'access.invitations'>['invitations'][number];

export function Body() {
  const people = useAction('access.people', {});
  const mayInvite = useMay('access.invite');
  const reach = useReach();
  const [inviting, invitingIs] = useDisclosure(false);
  if (people.isError) return <ErrorState error={people.error} onRetry={() => void people.refetch()} />;
  return (
    <>
      <Section
        title="People"
        about="Who may sign in, and what they may do."
        actions={
          <ActionButton why={mayInvite.why} leftSection={<IconUserPlus size={16} aria-hidden />} onClick={invitingIs.open}>
            Invite
          </ActionButton>
        }
      >
        <DataTable
          name="People"
          columns={columns}
          rows={people.data?.people}
          keyOf={(person) => person.id}
          actions={personActions}
          empty={null}
        />
      </Section>
      {reach('access.invitations') && <Invitations />}
      <InviteDialog opened={inviting} onClose={invitingIs.close} />
    </>
  );
}

const columns: Column<Person>[] = [
  {
    id: 'name',
    title: 'Name',
    fixed: true,
    cell: (person) => (
      <span className={classes.name}>
        <Initials name={person.name} size={24} /> {person.name}
      </span>
    ),
  },
  { id: 'email', title: 'E-mail', wide: true, cell: (person) => person.email },
  { id: 'role', title: 'Role', width: 150, cell: (person) => <PersonRole person={person} /> },
  {
    id: 'factor',
    title: 'Second factor',
    width: 120,
    wide: true,
    cell: (person) => (person.twoFactor ? <Status mood="good">On</Status> : <Status mood="quiet">Off</Status>),
  },
  {
    id: 'seen',
    title: 'Last seen',
    width: 140,
    wide: true,
    cell: (person) => (person.disabledAt === null ? <RelativeTime at={person.lastSeenAt} /> : <Status mood="attention">Disabled</Status>),
  },
];

function PersonRole({ person }: { person: Person }) {
  const may = useMay('access.set-role');
  const change = useCommand('access.set-role', {
    onDone: (_, input) =>
      toast(`${person.name} is ${roleNames[input.role]} now.`, { undo: () => change.mutate({ userId: person.id, role: person.role }) }),
    onFail: toastError,
  });
  if (!may.allowed || person.disabledAt !== null) return roleNames[person.role];
  return (
    <RoleSelect label={`Role of ${person.name}`} bare value={person.role} onChange={(role) => change.mutate({ userId: person.id, role })} />
  );
}

function personActions(person: Person) {
  return <PersonActions person={person} />;
}

function PersonActions({ person }: { person: Person }) {
  const { actor } = useSession();
  const reach = useReach();
  const enable = useCommand('access.enable-user', { onDone: () => toast(`${person.name} can sign in again.`), onFail: toastError });
  const disable = useCommand('access.disable-user', {
    onDone: () => toast(`${person.name} is shut out.`, { undo: () => enable.mutate({ userId: person.id }) }),
    onFail: toastError,
  });
  const reset = useCommand('access.reset-two-factor', {
    onDone: () => toast(`The second factor of ${person.name} is off.`),
    onFail: toastError,
  });
  if (!reach('access.disable-user') || person.id === actor.id) return null;
  const askReset = () =>
    modals.openConfirmModal({
      title: `Turn off the second factor of ${person.name}?`,
      children: <Text size="sm">Do this only when they lost it together with all backup codes. Their sessions end.</Text>,
      labels: { confirm: 'Turn it off', cancel: 'Cancel' },
      confirmProps: { color: 'red' },
      onConfirm: () => reset.mutate({ userId: person.id }),
    });
  return (
    <Menu>
      <Menu.Target>
        <ActionIcon size={26} aria-label={`More for ${person.name}`}>
          <IconDots size={16} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {person.twoFactor && <Menu.Item onClick={askReset}>Turn off the second factor…</Menu.Item>}
        {person.disabledAt === null ? (
          <Menu.Item color="red" onClick={() => disable.mutate({ userId: person.id })}>
            Disable the account
          </Menu.Item>
        ) : (
          <Menu.Item onClick={() => enable.mutate({ userId: person.id })}>Enable the account</Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}

const invitationColumns: Column<Invitation>[] = [
  { id: 'email', title: 'E-mail', fixed: true, cell: (invitation) => invitation.email },
  { id: 'role', title: 'Role', width: 150, cell: (invitation) => roleNames[invitation.role] },
  { id: 'by', title: 'Invited by', width: 180, wide: true, cell: (invitation) => invitation.invitedBy ?? '' },
  {
    id: 'expires',
    title: 'Expires',
    width: 150,
    wide: true,
    cell: (invitation) => (invitation.expired ? <Status mood="attention">Expired</Status> : <RelativeTime at={invitation.expiresAt} />),
  },
];

function Invitations() {
  const invitations = useAction('access.invitations', {});
  return (
    <Section title="Open invitations">
      <DataTable
        name="Open invitations"
        columns={invitationColumns}
        rows={invitations.data?.invitations}
        keyOf={(invitation) => invitation.id}
        actions={invitationActions}
        empty={
          <EmptyState icon={IconMail} title="No open invitation">
            Whoever you invite gets a link that holds for seven days.
          </EmptyState>
        }
      />
    </Section>
  );
}

function invitationActions(invitation: Invitation) {
  return <RevokeInvitation invitation={invitation} />;
}

function RevokeInvitation({ invitation }: { invitation: Invitation }) {
  const revoke = useCommand('access.revoke-invitation', {
    onDone: () => toast('The invitation is taken back: its link stops working.'),
    onFail: toastError,
  });
  return (
    <Tooltip label="Take it back">
      <ActionIcon
        size={26}
        aria-label={`Take back the invitation of ${invitation.email}`}
        onClick={() => revoke.mutate({ invitationId: invitation.id })}
      >
        <IconX size={16} aria-hidden />
      </ActionIcon>
    </Tooltip>
  );
}

function InviteDialog({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { signIn } = useSession();
  const [email, setEmail] = useState('');
  const [role, setRole] = useState<Role>('agent');
  const invite = useCommand('access.invite');
  const complaints = complaintsOf(invite.error);
  const close = () => {
    onClose();
    invite.reset();
    setEmail('');
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    invite.mutate({ email, role });
  };
  return (
    <Modal opened={opened} onClose={close} title="Invite a person">
      {invite.data === undefined ? (
        <form onSubmit={submit}>
          <Stack gap="md">
            {invite.error !== null && Object.keys(complaints).length === 0 && <Notice>{invite.error.message}</Notice>}
            <TextInput
              label="E-mail"
              type="email"
              required
              withAsterisk={false}
              data-autofocus
              value={email}
              error={complaints['email']}
              onChange={(event) => setEmail(event.currentTarget.value)}
            />
            <RoleSelect label="Role" value={role} onChange={setRole} />
            <Group justify="flex-end">
              <Button variant="default" onClick={close}>
                Cancel
              </Button>
              <Button type="submit" loading={invite.isPending}>
                Invite
              </Button>
            </Group>
          </Stack>
        </form>
      ) : (
        <Stack gap="sm">
          <Text size="sm">
            {signIn.mail ? `A mail is on its way to ${email}.` : 'No mail server is set, so hand over this link yourself.'} The link holds
            for seven days and is shown only now.
          </Text>
          <SecretLine value={invite.data.link} />
          <Group justify="flex-end">
            <Button onClick={close}>Done</Button>
          </Group>
        </Stack>
      )}
    </Modal>
  );
}

function SecretLine({ value }: { value: string }) {
  return (
    <div className={classes.key}>
      <code>{value}</code>
      <CopyButton value={value}>
        {({ copied, copy }) => (
          <Button variant="default" onClick={copy}>
            {copied ? 'Copied' : 'Copy'}
          </Button>
        )}
      </CopyButton>
    </div>
  );
}
