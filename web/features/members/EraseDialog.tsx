import { Button, Checkbox, Group, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { useAction, useCommand } from '../../api.ts';
import { forgetTimelines } from '../../ui/activities/timeline.ts';
import { Dialog } from '../../ui/Dialog.tsx';
import { count } from '../../ui/format.ts';
import { toast, toastError } from '../../ui/toasts.tsx';
import type { Profile } from './filter.ts';

/** Says what goes, what stays, and until when it can be taken back. */
export function EraseDialog({ profile, onClose, onErased }: { profile: Profile; onClose: () => void; onErased: () => void }) {
  const [now, setNow] = useState(false);
  const rules = useAction('members.privacy', {});
  const refresh = ['activities', 'metrics', 'segments', 'organizations'];
  const restore = useCommand('members.restore', { refresh, onDone: () => toast(`${profile.name} is back.`), onFail: toastError });
  const erase = useCommand('members.erase', {
    refresh,
    onDone: (erasure) => {
      forgetTimelines();
      toast('Erased: hidden everywhere, and left out of imports.', now ? {} : { undo: () => restore.mutate({ erasure: erasure.id }) });
      onErased();
    },
    onFail: toastError,
  });
  const days = rules.data?.restoreDays ?? 30;
  const forGood = now || days === 0;
  return (
    <Dialog opened onClose={onClose} title={`Erase ${profile.name}?`} size={520}>
      <Stack gap="md">
        <Text size="sm">
          The profile with {count(profile.identities.length, 'account or address', 'accounts and addresses')}, notes, tags and consent, and{' '}
          {count(profile.activities, 'activity', 'activities')} with all their words vanish at once: from lists, search, conversations and
          every number. Imports leave this person out from then on.
        </Text>
        <Text size="sm">
          {forGood
            ? 'Raw records are deleted right after it. This cannot be undone.'
            : `For ${count(days, 'day')} it can be brought back whole, under Settings, Privacy. Then raw records are deleted, too.`}
        </Text>
        <Text size="sm" c="dimmed">
          What others wrote about this person, backups made before, and the systems that Rapport reads stay as they are.
        </Text>
        <Checkbox
          label="Delete for good right away"
          checked={now}
          disabled={days === 0}
          onChange={(event) => setNow(event.currentTarget.checked)}
        />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button color="red" loading={erase.isPending} onClick={() => erase.mutate({ id: profile.id, now })}>
            {forGood ? 'Erase for good' : 'Erase'}
          </Button>
        </Group>
      </Stack>
    </Dialog>
  );
}
