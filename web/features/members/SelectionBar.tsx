import { ActionIcon, Button, TagsInput, Group, Stack } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconArrowMerge, IconTag, IconX } from '@tabler/icons-react';
import { useState } from 'react';
import type { FormEvent } from 'react';
import { useAction, useCommand } from '../../api.ts';
import { useMay } from '../../shell/session.ts';
import { Dialog } from '../../ui/Dialog.tsx';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { count } from '../../ui/format.ts';
import { useKey } from '../../ui/keys.ts';
import { toast, toastError } from '../../ui/toasts.tsx';
import type { Card } from './filter.ts';
import { MergeDialog } from './MergeDialog.tsx';
import classes from './members.module.css';

/** What can be done with the marked members; stands at the foot of the window while any are. */
export function SelectionBar({ selected, onClear }: { selected: ReadonlyMap<string, Card>; onClear: () => void }) {
  const [tagging, taggingIs] = useDisclosure(false);
  const [merging, mergingIs] = useDisclosure(false);
  const mayTag = useMay('members.tag');
  const mayMerge = useMay('members.merge');
  const some = selected.size > 0;
  useKey('t', 'Tag the marked members', taggingIs.open, { enabled: some && mayTag.allowed });
  useKey('m', 'Merge the marked members', mergingIs.open, { enabled: selected.size > 1 && mayMerge.allowed });
  useKey('escape', 'Unmark all', onClear, { enabled: some });
  const whyNot = mayMerge.why ?? (selected.size < 2 ? 'Mark two or more members that are one person.' : undefined);
  return (
    <>
      {some && (
        <div className={classes.bar} role="region" aria-label="Marked members">
          <span aria-live="polite">{count(selected.size, 'member')} marked</span>
          <ActionButton
            size="xs"
            variant="default"
            why={mayTag.why}
            leftSection={<IconTag size={15} aria-hidden />}
            onClick={taggingIs.open}
          >
            Tag
          </ActionButton>
          <ActionButton
            size="xs"
            variant="default"
            why={whyNot}
            leftSection={<IconArrowMerge size={15} aria-hidden />}
            onClick={mergingIs.open}
          >
            Merge
          </ActionButton>
          <ActionIcon size={28} aria-label="Unmark all" onClick={onClear}>
            <IconX size={16} aria-hidden />
          </ActionIcon>
        </div>
      )}
      <TagDialog opened={tagging} onClose={taggingIs.close} members={[...selected.keys()]} />
      {merging && <MergeDialog members={[...selected.values()]} onClose={mergingIs.close} onMerged={onClear} />}
    </>
  );
}

function TagDialog({ opened, onClose, members }: { opened: boolean; onClose: () => void; members: string[] }) {
  const [tags, setTags] = useState<string[]>([]);
  const known = useAction('members.tags', {}, { enabled: opened });
  const untag = useCommand('members.untag', { onDone: () => toast('Taken off again.'), onFail: toastError });
  const tag = useCommand('members.tag', {
    onDone: (_, input) => {
      toast(`Tagged ${count(members.length, 'member')}.`, { undo: () => untag.mutate(input) });
      setTags([]);
      onClose();
    },
    onFail: toastError,
  });
  const take = useCommand('members.untag', {
    onDone: ({ changed }) => {
      toast(`Taken off ${count(changed, 'time')}.`);
      setTags([]);
      onClose();
    },
    onFail: toastError,
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (tags.length > 0) tag.mutate({ members, tags });
  };
  return (
    <Dialog opened={opened} onClose={onClose} title={`Tag ${count(members.length, 'member')}`}>
      <form onSubmit={submit}>
        <Stack gap="md">
          <TagsInput
            data-autofocus
            label="Tags"
            description="Choose, or type a new one and press Enter."
            data={(known.data?.tags ?? []).map((one) => one.tag)}
            value={tags}
            onChange={setTags}
            maxTags={20}
            acceptValueOnBlur
          />
          <Group justify="flex-end">
            <Button variant="default" disabled={tags.length === 0} loading={take.isPending} onClick={() => take.mutate({ members, tags })}>
              Take them off
            </Button>
            <Button type="submit" loading={tag.isPending} disabled={tags.length === 0}>
              Tag
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
