import { ActionIcon, Button, Group, Menu, Stack, TextInput, Autocomplete } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconDots, IconPlus } from '@tabler/icons-react';
import { useState } from 'react';
import type { FormEvent } from 'react';
import { complaintsOf, useAction, useCommand } from '../../api.ts';
import { paths } from '../../paths.ts';
import { useMay } from '../../shell/session.ts';
import { Dialog } from '../../ui/Dialog.tsx';
import { Link } from '../../ui/Link.tsx';
import { useNow } from '../../ui/RelativeTime.tsx';
import { toast, toastError } from '../../ui/toasts.tsx';
import { dayOf } from '../../ui/activities/days.ts';
import { fromTo } from './dates.ts';
import type { Profile } from './filter.ts';
import classes from './members.module.css';

type Affiliation = Profile['affiliations'][number];

const origins: Record<Affiliation['origin'], string> = {
  domain: 'by e-mail address',
  profile: 'said by a profile',
  import: 'said by an import',
  hand: 'said by the team',
};

/** Where a person works and worked, when, and who says so. */
export function Affiliations({ profile }: { profile: Profile }) {
  const [editing, setEditing] = useState<Affiliation | 'new'>();
  const mayAdd = useMay('affiliations.add');
  const today = dayOf(useNow());
  return (
    <section className={classes.part}>
      <h2 className={classes.partTitle}>
        Organizations
        {mayAdd.allowed && (
          <ActionIcon size={24} aria-label="Add where they work" title="Add where they work" onClick={() => setEditing('new')}>
            <IconPlus size={15} aria-hidden />
          </ActionIcon>
        )}
      </h2>
      {profile.affiliations.length === 0 ? (
        <p className={classes.quiet}>Nobody knows where they work.</p>
      ) : (
        <ul className={classes.identities}>
          {profile.affiliations.map((affiliation) => {
            const past = affiliation.to !== null && affiliation.to < today;
            return (
              <li key={affiliation.id} data-past={past}>
                <div className={classes.identityTop}>
                  <span className={classes.affiliation}>
                    <Link to={paths.organization(affiliation.organization.id)} dir="auto">
                      {affiliation.organization.name}
                    </Link>
                    {affiliation.role !== null && <bdi className={classes.quiet}>{affiliation.role}</bdi>}
                  </span>
                  <RowMenu affiliation={affiliation} past={past} onEdit={() => setEditing(affiliation)} />
                </div>
                <div className={classes.why}>
                  {fromTo(affiliation.from, affiliation.to)} · {origins[affiliation.origin]}
                </div>
              </li>
            );
          })}
        </ul>
      )}
      {editing !== undefined && (
        <AffiliationDialog
          member={profile.id}
          affiliation={editing === 'new' ? undefined : editing}
          onClose={() => setEditing(undefined)}
        />
      )}
    </section>
  );
}

function RowMenu({ affiliation, past, onEdit }: { affiliation: Affiliation; past: boolean; onEdit: () => void }) {
  const may = useMay('affiliations.update');
  const refresh = { refresh: ['members', 'organizations'], onFail: toastError };
  const reopen = useCommand('affiliations.update', refresh);
  const end = useCommand('affiliations.update', {
    ...refresh,
    onDone: () =>
      toast(`Left ${affiliation.organization.name} today.`, { undo: () => reopen.mutate({ id: affiliation.id, to: affiliation.to }) }),
  });
  const remove = useCommand('affiliations.remove', { ...refresh, onDone: () => toast('Removed.') });
  const derived = affiliation.origin === 'domain';
  if (!may.allowed) return null;
  return (
    <Menu zIndex={320}>
      <Menu.Target>
        <ActionIcon size={24} aria-label={`Change ${affiliation.organization.name}`}>
          <IconDots size={15} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown maw={280}>
        {derived && (
          <Menu.Label>This follows from an e-mail address. Add one by hand, which comes first, to say something else.</Menu.Label>
        )}
        <Menu.Item disabled={derived} onClick={onEdit}>
          Change dates or role…
        </Menu.Item>
        <Menu.Item disabled={derived || past} onClick={() => end.mutate({ id: affiliation.id, to: dayOf(new Date()) })}>
          They left today
        </Menu.Item>
        <Menu.Item disabled={derived} color="red" onClick={() => remove.mutate({ id: affiliation.id })}>
          Remove
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

function AffiliationDialog({
  member,
  affiliation,
  onClose,
}: {
  member: string;
  affiliation: Affiliation | undefined;
  onClose: () => void;
}) {
  const [organization, setOrganization] = useState(affiliation?.organization.name ?? '');
  const [role, setRole] = useState(affiliation?.role ?? '');
  const [from, setFrom] = useState(affiliation?.from ?? '');
  const [to, setTo] = useState(affiliation?.to ?? '');
  const [searched] = useDebouncedValue(organization.trim(), 120);
  const found = useAction(
    'organizations.list',
    { search: searched, limit: 8 },
    { enabled: affiliation === undefined && searched !== '', keep: true },
  );
  const options = {
    refresh: ['members', 'organizations'],
    onDone: onClose,
    onFail: (error: Error) => Object.keys(complaintsOf(error)).length === 0 && toastError(error),
  };
  const add = useCommand('affiliations.add', options);
  const update = useCommand('affiliations.update', options);
  const complaints = { ...complaintsOf(add.error), ...complaintsOf(update.error) };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const dates = { from: from === '' ? null : from, to: to === '' ? null : to, role: role.trim() === '' ? null : role.trim() };
    if (affiliation !== undefined) update.mutate({ id: affiliation.id, ...dates });
    else {
      const known = found.data?.organizations.find((one) => one.name.toLowerCase() === organization.trim().toLowerCase());
      add.mutate({ member, ...(known === undefined ? { organizationName: organization.trim() } : { organization: known.id }), ...dates });
    }
  };
  return (
    <Dialog opened onClose={onClose} title={affiliation === undefined ? 'Where do they work?' : affiliation.organization.name}>
      <form onSubmit={submit}>
        <Stack gap="md">
          {affiliation === undefined && (
            <Autocomplete
              data-autofocus
              label="Organization"
              description="Made if there is none of that name."
              required
              withAsterisk={false}
              comboboxProps={{ zIndex: 340 }}
              data={[...new Set((found.data?.organizations ?? []).map((one) => one.name))]}
              filter={({ options: all }) => all}
              value={organization}
              onChange={setOrganization}
              error={complaints['organization'] ?? complaints['organizationName']}
            />
          )}
          <TextInput label="Role" value={role} onChange={(event) => setRole(event.currentTarget.value)} error={complaints['role']} />
          <Group grow align="flex-start">
            <TextInput
              type="date"
              label="From"
              value={from}
              onChange={(event) => setFrom(event.currentTarget.value)}
              error={complaints['from']}
            />
            <TextInput
              type="date"
              label="Until"
              description="Empty: still there"
              inputWrapperOrder={['label', 'input', 'description', 'error']}
              value={to}
              onChange={(event) => setTo(event.currentTarget.value)}
              error={complaints['to']}
            />
          </Group>
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button
              type="submit"
              loading={add.isPending || update.isPending}
              disabled={affiliation === undefined && organization.trim() === ''}
            >
              {affiliation === undefined ? 'Add' : 'Save'}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
