import { Button, Group, Radio, Skeleton, Stack, Text, TextInput } from '@mantine/core';
import { useQueries } from '@tanstack/react-query';
import { useState } from 'react';
import { actionOptions, useCommand } from '../../api.ts';
import { Dialog } from '../../ui/Dialog.tsx';
import { forgetTimelines } from '../../ui/activities/timeline.ts';
import { count, formatNumber } from '../../ui/format.ts';
import { toast, toastError } from '../../ui/toasts.tsx';
import type { Card, Profile } from './filter.ts';
import { IdentityLine } from './IdentityLine.tsx';
import { MemberName } from './MemberName.tsx';
import classes from './members.module.css';

const mostShown = 8;

type Mergeable = Pick<Card, 'id' | 'name' | 'avatarUrl' | 'handles' | 'bot' | 'team' | 'activities'>;

/** Says who they become before they are merged, and that it can be undone exactly. */
export function MergeDialog({
  members,
  onClose,
  onMerged,
}: {
  members: readonly Mergeable[];
  onClose: () => void;
  onMerged: (id: string) => void;
}) {
  const [into, setInto] = useState(() => members.toSorted((a, b) => b.activities - a.activities)[0]?.id ?? '');
  const [reason, setReason] = useState('');
  const profiles = useQueries({ queries: members.slice(0, mostShown).map((member) => actionOptions('members.get', { id: member.id })) });
  const unmerge = useCommand('members.unmerge');
  const merge = useCommand('members.merge', {
    onDone: ({ id, merges }) => {
      forgetTimelines();
      toast(`Merged ${count(members.length, 'member')}.`, {
        undo: () => {
          void Promise.all(merges.toReversed().map((id) => unmerge.mutateAsync({ merge: id }))).then(
            () => toast('Taken apart again.'),
            (error: Error) => toastError(error),
          );
        },
      });
      onMerged(id);
      onClose();
    },
    onFail: toastError,
  });
  const read = profiles.flatMap((profile) => profile.data ?? []);
  const waiting = profiles.some((profile) => profile.isPending);
  return (
    <Dialog opened onClose={onClose} title={`Merge ${count(members.length, 'member')} into one?`} size={620}>
      <Stack gap="md">
        <Radio.Group label="Whose name and fields come first" value={into} onChange={setInto}>
          <Stack gap={6} mt={8}>
            {members.map((member) => (
              <Radio
                key={member.id}
                value={member.id}
                styles={{ body: { alignItems: 'center' }, labelWrapper: { minWidth: 0 } }}
                label={
                  <span className={classes.candidate}>
                    <MemberName member={member} />
                    <Text span size="xs" c="dimmed" className={classes.nowrap}>
                      {formatNumber(member.activities)} activities
                    </Text>
                  </span>
                }
              />
            ))}
          </Stack>
        </Radio.Group>
        <div className={classes.preview}>
          <Text size="xs" fw={600} c="dimmed">
            What they become
          </Text>
          {waiting ? (
            <Skeleton height={120} mt={8} radius="sm" />
          ) : (
            <Preview profiles={read} into={into} more={members.length - read.length} />
          )}
        </div>
        <TextInput
          label="Why"
          placeholder="Told us so, same website, …"
          description="Kept with the merge, for whoever looks at it later."
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
          maxLength={500}
        />
        <Text size="sm" c="dimmed">
          Nothing is lost: each can be taken out again, exactly, at any time.
        </Text>
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button
            data-autofocus
            loading={merge.isPending}
            onClick={() => merge.mutate({ members: members.map((member) => member.id), into, reason })}
          >
            Merge
          </Button>
        </Group>
      </Stack>
    </Dialog>
  );
}

function Preview({ profiles, into, more }: { profiles: readonly Profile[]; into: string; more: number }) {
  const ordered = profiles.toSorted((a, b) => Number(b.id === into) - Number(a.id === into));
  // As the server shows a person: what somebody fixed first, then the survivor's, then the others'.
  const value = (field: keyof Profile['fields']) =>
    ordered.find((profile) => profile.fields[field].locked)?.fields[field].value ??
    ordered.find((profile) => profile.fields[field].value !== null)?.fields[field].value ??
    null;
  const identities = ordered.flatMap((profile) => profile.identities);
  const organizations = [...new Set(ordered.flatMap((profile) => profile.affiliations.map((one) => one.organization.name)))];
  const tags = [...new Set(ordered.flatMap((profile) => profile.tags))];
  return (
    <div>
      <div className={classes.becomes} dir="auto">
        {value('name') ?? ordered[0]?.name}
      </div>
      <Text size="sm" c="dimmed">
        {[
          value('location'),
          organizations.join(', '),
          tags.length > 0 ? `tags ${tags.join(', ')}` : '',
          `${formatNumber(ordered.reduce((sum, one) => sum + one.activities, 0))} activities`,
        ]
          .filter(Boolean)
          .join(' · ')}
      </Text>
      <ul className={classes.plainList}>
        {identities.slice(0, 12).map((identity) => (
          <li key={identity.id}>
            <IdentityLine identity={identity} />
          </li>
        ))}
      </ul>
      {identities.length > 12 && (
        <Text size="sm" c="dimmed">
          and {identities.length - 12} more identities
        </Text>
      )}
      {more > 0 && (
        <Text size="sm" c="dimmed">
          and those of {count(more, 'further member')}
        </Text>
      )}
    </div>
  );
}
