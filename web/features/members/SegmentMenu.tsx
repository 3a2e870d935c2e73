import { Button, Checkbox, Group, Menu, Stack, Text, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconBookmark, IconBookmarkPlus, IconCheck, IconListDetails, IconPencil } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import type { FormEvent } from 'react';
import { useAction, useCommand } from '../../api.ts';
import type { Input } from '../../api.ts';
import { paths } from '../../paths.ts';
import { useMay } from '../../shell/session.ts';
import { Dialog } from '../../ui/Dialog.tsx';
import { splitAddress } from '../../ui/Link.tsx';
import { toast, toastError } from '../../ui/toasts.tsx';
import { describeFilter, paramsOf } from './filter.ts';
import type { Segment } from './filter.ts';

type StoredFilter = Input<'segments.create'>['filter'];

/** Saved filters: choose one, keep the present one under a name, or bring a saved one up to date. */
export function SegmentMenu({ filter, segment }: { filter: Record<string, unknown>; segment: string | undefined }) {
  const navigate = useNavigate();
  const segments = useAction('segments.list', {});
  const maySave = useMay('segments.create');
  const [saving, savingIs] = useDisclosure(false);
  const all = segments.data?.segments ?? [];
  const chosen = all.find((one) => one.id === segment);
  const go = (address: string) => {
    const { pathname, search } = splitAddress(address);
    void navigate({ to: pathname, search: search });
  };
  const narrowed = Object.keys(filter).length > 0;
  return (
    <>
      <Menu width={300}>
        <Menu.Target>
          <Button variant="default" size="compact-sm" leftSection={<IconBookmark size={14} aria-hidden />}>
            Segments
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {all.length > 0 && <Menu.Label>Live: whoever fits is in it</Menu.Label>}
          {all.slice(0, 12).map((one) => (
            <Menu.Item
              key={one.id}
              rightSection={one.id === segment ? <IconCheck size={14} aria-label="shown" /> : undefined}
              onClick={() => go(paths.members({ segment: one.id }))}
            >
              <bdi>{one.name}</bdi>
            </Menu.Item>
          ))}
          {all.length > 0 && <Menu.Divider />}
          <Menu.Item
            leftSection={<IconBookmarkPlus size={16} aria-hidden />}
            disabled={!maySave.allowed || !narrowed}
            onClick={savingIs.open}
          >
            {narrowed ? 'Save these filters as a segment…' : 'Set filters to save them as a segment'}
          </Menu.Item>
          <Menu.Item leftSection={<IconPencil size={16} aria-hidden />} onClick={() => go(paths.newSegment(paramsOf(filter)))}>
            {narrowed ? 'Build on these filters…' : 'Build a new one…'}
          </Menu.Item>
          {chosen !== undefined && (
            <Menu.Item leftSection={<IconPencil size={16} aria-hidden />} onClick={() => go(paths.segment(chosen.id))}>
              Open “{chosen.name}”
            </Menu.Item>
          )}
          <Menu.Item leftSection={<IconListDetails size={16} aria-hidden />} onClick={() => go(paths.segments())}>
            All segments
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <SaveSegment
        key={String(saving)}
        opened={saving}
        onClose={savingIs.close}
        filter={{ ...chosen?.filter, ...filter }}
        all={all}
        onSaved={(id) => go(paths.members({ segment: id }))}
      />
    </>
  );
}

function SaveSegment({
  opened,
  onClose,
  filter,
  all,
  onSaved,
}: {
  opened: boolean;
  onClose: () => void;
  filter: Record<string, unknown>;
  all: readonly Segment[];
  onSaved: (id: string) => void;
}) {
  const [name, setName] = useState('');
  const [shared, setShared] = useState(true);
  const done = ({ id }: { id: string }) => {
    toast(`Saved as “${name.trim()}”.`);
    onClose();
    onSaved(id);
  };
  const create = useCommand('segments.create', { onDone: done, onFail: toastError });
  const update = useCommand('segments.update', { onDone: done, onFail: toastError });
  const known = all.find((one) => !one.ready && one.name.toLowerCase() === name.trim().toLowerCase());
  const submit = (event: FormEvent) => {
    event.preventDefault();
    // The server checks it: what the address holds may be anything.
    const stored = filter as StoredFilter;
    if (known === undefined) create.mutate({ name: name.trim(), filter: stored, shared });
    else update.mutate({ id: known.id, filter: stored, shared });
  };
  return (
    <Dialog opened={opened} onClose={onClose} title="Save as a segment">
      <form onSubmit={submit}>
        <Stack gap="md">
          <Text size="sm" c="dimmed">
            {describeFilter(filter)}
          </Text>
          <TextInput
            data-autofocus
            label="Name"
            required
            withAsterisk={false}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            description={
              known === undefined ? 'A segment is live: whoever fits is in it.' : 'A segment of this name exists: its filter is replaced.'
            }
          />
          <Checkbox
            label="Everybody in the team can use it"
            checked={shared}
            onChange={(event) => setShared(event.currentTarget.checked)}
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={create.isPending || update.isPending} disabled={name.trim() === ''}>
              {known === undefined ? 'Save' : 'Replace'}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
