import { Button, Group, Select, Stack, TextInput } from '@mantine/core';
import { IconMail } from '@tabler/icons-react';
import { useState } from 'react';
import { useAction, useCommand } from '../../api.ts';
import type { Output } from '../../api.ts';
import { paths } from '../../paths.ts';
import { useMay } from '../../shell/session.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { DataTable } from '../../ui/DataTable.tsx';
import type { Column } from '../../ui/DataTable.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { count, formatNumber } from '../../ui/format.ts';
import { Link } from '../../ui/Link.tsx';
import { EmptyState, ErrorState } from '../../ui/states.tsx';
import { toast, toastError } from '../../ui/toasts.tsx';
import { useParam } from '../../ui/url-state.ts';
import { organizationKinds } from './kinds.ts';
import type { OrganizationKind } from './kinds.ts';

type Domain = Output<'organizations.unclaimed-domains'>['domains'][number];

const columns: Column<Domain>[] = [
  { id: 'domain', title: 'Domain', fixed: true, cell: (row) => <span className="code">{row.domain}</span> },
  { id: 'example', title: 'For example', wide: true, cell: (row) => <bdi>{row.example}</bdi> },
  {
    id: 'people',
    title: 'People',
    width: 90,
    align: 'right',
    cell: (row) => (
      <Link to={paths.members({ q: row.domain })} look="plain">
        {formatNumber(row.people)}
      </Link>
    ),
  },
  { id: 'activities', title: 'Activities', width: 110, align: 'right', wide: true, cell: (row) => formatNumber(row.activities) },
  { id: 'claim', title: 'Claim', fixed: true, width: 100, align: 'right', cell: (row) => <ClaimButton domain={row.domain} /> },
];

/** E-mail domains that several people use and nobody has claimed: one press makes an organization of one. */
export function UnclaimedDomains() {
  const domains = useAction('organizations.unclaimed-domains', { limit: 200 });
  const [claimed, setClaimed] = useParam('claim');
  const may = useMay('organizations.claim-domain');
  if (domains.isError && domains.data === undefined) return <ErrorState error={domains.error} onRetry={() => void domains.refetch()} />;
  const claiming = may.allowed ? domains.data?.domains.find((one) => one.domain === claimed) : undefined;
  return (
    <>
      <DataTable
        name="Unclaimed domains"
        columns={columns}
        rows={domains.data?.domains}
        keyOf={(row) => row.domain}
        onOpen={(row) => setClaimed(row.domain)}
        empty={
          <EmptyState icon={IconMail} title="No domain left to claim">
            Domains that two or more people use, and that no organization has, are listed here. Free-mail and forge addresses are left out.
          </EmptyState>
        }
      />
      {claiming !== undefined && <ClaimDialog domain={claiming} onClose={() => setClaimed(undefined)} />}
    </>
  );
}

function ClaimButton({ domain }: { domain: string }) {
  const [, setClaimed] = useParam('claim');
  const may = useMay('organizations.claim-domain');
  return (
    <ActionButton size="compact-xs" variant="default" why={may.why} aria-label={`Claim ${domain}`} onClick={() => setClaimed(domain)}>
      Claim
    </ActionButton>
  );
}

function ClaimDialog({ domain, onClose }: { domain: Domain; onClose: () => void }) {
  const [name, setName] = useState(() => guess(domain.domain));
  const [kind, setKind] = useState<OrganizationKind>('company');
  const remove = useCommand('organizations.remove-domain', { refresh: ['members'], onFail: toastError });
  const claim = useCommand('organizations.claim-domain', {
    refresh: ['members'],
    onDone: ({ id }) => {
      toast(`${domain.domain} is ${name.trim()}: ${count(domain.people, 'person', 'people')} follow.`, {
        undo: () => remove.mutate({ id, domain: domain.domain }),
      });
      onClose();
    },
    onFail: toastError,
  });
  return (
    <Dialog opened onClose={onClose} title={`Whose domain is ${domain.domain}?`}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          claim.mutate({ domain: domain.domain, name: name.trim(), kind });
        }}
      >
        <Stack gap="md">
          <TextInput
            data-autofocus
            label="Organization"
            description="One of that name gets the domain; else it is made."
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <Select
            label="Kind"
            data={organizationKinds}
            allowDeselect={false}
            value={kind}
            onChange={(value) => setKind(value ?? 'company')}
            comboboxProps={{ zIndex: 340 }}
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={claim.isPending} disabled={name.trim() === ''}>
              Claim
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}

/** `acme-labs.co.uk` → `Acme Labs`, to be corrected. */
function guess(domain: string): string {
  const labels = domain.split('.');
  const country = labels.length > 2 && /^(?:ac|co|com|edu|gov|net|org)$/.test(labels.at(-2) ?? '');
  return (labels.at(country ? -3 : -2) ?? domain)
    .split('-')
    .map((part) => part.charAt(0).toUpperCase() + part.slice(1))
    .join(' ');
}
