import { ActionIcon, Autocomplete, Popover, UnstyledButton } from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import { useState } from 'react';
import { useAction, useCommand } from '../../api.ts';
import { paths } from '../../paths.ts';
import { useMay } from '../../shell/session.ts';
import { Link } from '../../ui/Link.tsx';
import { toast, toastError } from '../../ui/toasts.tsx';
import type { Profile } from './filter.ts';
import classes from './members.module.css';

/** The tags of a person; one press takes one off, with undo. */
export function TagsEditor({ profile }: { profile: Profile }) {
  const [opened, setOpened] = useState(false);
  const [text, setText] = useState('');
  const may = useMay('members.tag');
  const known = useAction('members.tags', {}, { enabled: opened });
  const tag = useCommand('members.tag', { onFail: toastError });
  const untag = useCommand('members.untag', {
    onDone: (_, input) => toast(`Took off ${input.tags.join(', ')}.`, { undo: () => tag.mutate(input) }),
    onFail: toastError,
  });
  const add = (value: string) => {
    if (value.trim() !== '') tag.mutate({ members: [profile.id], tags: [value.trim()] });
    setText('');
    setOpened(false);
  };
  return (
    <div className={classes.tagRow}>
      {profile.tags.map((one) => (
        <span key={one} className={classes.tagEdit}>
          <Link to={paths.members({ tags: one })} look="plain" dir="auto">
            {one}
          </Link>
          {may.allowed && (
            <UnstyledButton
              aria-label={`Take off the tag ${one}`}
              className={classes.tagOff}
              onClick={() => untag.mutate({ members: [profile.id], tags: [one] })}
            >
              <IconX size={12} aria-hidden />
            </UnstyledButton>
          )}
        </span>
      ))}
      {may.allowed && (
        <Popover opened={opened} onChange={setOpened} position="bottom-start" trapFocus returnFocus zIndex={310}>
          <Popover.Target>
            {profile.tags.length === 0 ? (
              <UnstyledButton className={classes.missing} onClick={() => setOpened(!opened)}>
                Add a tag
              </UnstyledButton>
            ) : (
              <ActionIcon size={24} aria-label="Add a tag" onClick={() => setOpened(!opened)}>
                <IconPlus size={14} aria-hidden />
              </ActionIcon>
            )}
          </Popover.Target>
          <Popover.Dropdown p={6} aria-label="Add a tag">
            <Autocomplete
              size="xs"
              data-autofocus
              aria-label="Tag"
              placeholder="Tag, then Enter"
              comboboxProps={{ zIndex: 330, withinPortal: false }}
              data={(known.data?.tags ?? []).map((one) => one.tag).filter((one) => !profile.tags.includes(one))}
              value={text}
              onChange={setText}
              onOptionSubmit={add}
              onKeyDown={(event) => {
                if (event.key === 'Enter' && event.currentTarget.getAttribute('aria-activedescendant') === null) {
                  event.preventDefault();
                  add(text);
                }
              }}
            />
          </Popover.Dropdown>
        </Popover>
      )}
    </div>
  );
}
