import { Button, Group, NumberInput, Select, Stack, TagsInput, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useState } from 'react';
import type { FormEvent } from 'react';
import { complaintsOf, useAction, useCommand } from '../../api.ts';
import { Dialog } from '../../ui/Dialog.tsx';
import { toast, toastError } from '../../ui/toasts.tsx';
import { organizationKinds } from './kinds.ts';
import type { OrganizationDetail } from './kinds.ts';

/** Adds an organization, or changes one. */
export function OrganizationDialog({
  organization,
  onClose,
  onDone,
}: {
  organization?: OrganizationDetail;
  onClose: () => void;
  onDone?: (id: string) => void;
}) {
  const [values, setValues] = useState({
    name: organization?.name ?? '',
    kind: organization?.kind ?? 'company',
    url: organization?.url ?? '',
    parent: organization?.parent?.id ?? null,
    domains: [] as string[],
    aliases: organization?.aliases ?? [],
    customerId: organization?.customerId ?? '',
    annualRecurringRevenue: organization?.annualRecurringRevenue ?? '',
  });
  const set = (change: Partial<typeof values>) => setValues({ ...values, ...change });
  const options = {
    refresh: ['members', 'metrics'],
    onDone: ({ id }: { id: string }) => {
      toast(organization === undefined ? `Added ${values.name.trim()}.` : 'Saved.');
      onClose();
      onDone?.(id);
    },
    onFail: (error: Error) => Object.keys(complaintsOf(error)).length === 0 && toastError(error),
  };
  const create = useCommand('organizations.create', options);
  const update = useCommand('organizations.update', options);
  const complaints = { ...complaintsOf(create.error), ...complaintsOf(update.error) };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const details = {
      name: values.name,
      kind: values.kind,
      url: values.url.trim() === '' ? null : values.url.trim(),
      parent: values.parent,
      customerId: values.customerId.trim() === '' ? null : values.customerId.trim(),
      annualRecurringRevenue: values.annualRecurringRevenue === '' ? null : values.annualRecurringRevenue,
    };
    if (organization === undefined) create.mutate({ ...details, domains: values.domains });
    else update.mutate({ ...details, id: organization.id, aliases: values.aliases });
  };
  return (
    <Dialog opened onClose={onClose} title={organization === undefined ? 'Add an organization' : `Change ${organization.name}`} size={560}>
      <form onSubmit={submit}>
        <Stack gap="md">
          <Group grow align="flex-start">
            <TextInput
              data-autofocus
              label="Name"
              required
              withAsterisk={false}
              value={values.name}
              error={complaints['name']}
              onChange={(event) => set({ name: event.currentTarget.value })}
            />
            <Select
              label="Kind"
              data={organizationKinds}
              allowDeselect={false}
              value={values.kind}
              comboboxProps={{ zIndex: 340 }}
              onChange={(value) => set({ kind: value ?? 'company' })}
            />
          </Group>
          {organization === undefined ? (
            <TagsInput
              label="E-mail domains"
              description="People with addresses there belong to it. Enter after each."
              placeholder="acme.com"
              value={values.domains}
              error={Object.entries(complaints).find(([path]) => path.startsWith('domains'))?.[1]}
              onChange={(domains) => set({ domains })}
              acceptValueOnBlur
            />
          ) : (
            <TagsInput
              label="Also called"
              description="Other names that imports and profiles use."
              value={values.aliases}
              onChange={(aliases) => set({ aliases })}
              acceptValueOnBlur
            />
          )}
          <Group grow align="flex-start">
            <TextInput
              label="Website"
              placeholder="https://…"
              value={values.url}
              error={complaints['url']}
              onChange={(event) => set({ url: event.currentTarget.value })}
            />
            <ParentSelect
              own={organization?.id}
              value={values.parent}
              name={organization?.parent?.name}
              onChange={(parent) => set({ parent })}
            />
          </Group>
          <Group grow align="flex-start">
            <TextInput
              label="Customer id"
              value={values.customerId}
              error={complaints['customerId']}
              onChange={(event) => set({ customerId: event.currentTarget.value })}
            />
            <NumberInput
              label="Annual recurring revenue"
              min={0}
              thousandSeparator=","
              hideControls
              value={values.annualRecurringRevenue}
              error={complaints['annualRecurringRevenue']}
              onChange={(value) => set({ annualRecurringRevenue: typeof value === 'number' ? value : '' })}
            />
          </Group>
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={create.isPending || update.isPending}>
              {organization === undefined ? 'Add' : 'Save'}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}

function ParentSelect({
  own,
  value,
  name,
  onChange,
}: {
  own: string | undefined;
  value: string | null;
  name: string | undefined;
  onChange: (value: string | null) => void;
}) {
  const [text, setText] = useState('');
  const [searched] = useDebouncedValue(text.trim(), 120);
  const found = useAction('organizations.list', { search: searched, limit: 20, sort: 'name' }, { keep: true });
  const options = (found.data?.organizations ?? []).filter((one) => one.id !== own).map((one) => ({ value: one.id, label: one.name }));
  const data =
    value !== null && name !== undefined && !options.some((one) => one.value === value) ? [{ value, label: name }, ...options] : options;
  return (
    <Select
      label="Part of"
      placeholder="Nothing above it"
      searchable
      clearable
      clearButtonProps={{ 'aria-label': 'Part of nothing' }}
      data={data}
      value={value}
      onChange={onChange}
      searchValue={text}
      onSearchChange={setText}
      comboboxProps={{ zIndex: 340 }}
      nothingFoundMessage="Nothing by that name"
    />
  );
}
