import { Button, Group, Text, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useState } from 'react';
import { useAction } from '../../api.ts';
import { Dialog } from '../../ui/Dialog.tsx';
import type { Card, Profile } from './filter.ts';
import { MemberName } from './MemberName.tsx';
import { MergeDialog } from './MergeDialog.tsx';
import classes from './members.module.css';

/** Finds whom to merge this person with, then shows what they become. */
export function MergeWith({ profile, onClose, onBecame }: { profile: Profile; onClose: () => void; onBecame: (id: string) => void }) {
  const [text, setText] = useState('');
  const [searched] = useDebouncedValue(text.trim(), 120);
  const [other, setOther] = useState<Card>();
  const found = useAction(
    'members.list',
    { search: searched === '' ? profile.name : searched, bots: 'with', limit: 9, count: false },
    { keep: true },
  );
  const hits = (found.data?.members ?? []).filter((member) => member.id !== profile.id).slice(0, 8);
  if (other !== undefined) {
    const { id, name, bot, team, activities } = profile;
    const own = {
      id,
      name,
      bot,
      team,
      activities,
      avatarUrl: profile.fields.avatarUrl.value,
      handles: profile.identities.map((identity) => identity.value),
    };
    return <MergeDialog members={[own, other]} onClose={onClose} onMerged={onBecame} />;
  }
  return (
    <Dialog opened onClose={onClose} title={`Merge ${profile.name} with…`} size={520}>
      <TextInput
        data-autofocus
        type="search"
        label="Who else is this person?"
        placeholder="Name, handle or address"
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        mb="sm"
      />
      <div className={classes.hits}>
        {hits.map((member) => (
          <div key={member.id} className={classes.hit}>
            <MemberName member={member} />
            <Button size="compact-sm" variant="default" onClick={() => setOther(member)}>
              Choose
            </Button>
          </div>
        ))}
        {hits.length === 0 && found.isSuccess && (
          <Text size="sm" c="dimmed">
            Nobody else by that name.
          </Text>
        )}
      </div>
      <Group justify="flex-end" mt="md">
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
      </Group>
    </Dialog>
  );
}
