import { ActionIcon, Button, Group, Menu, Textarea, TextInput, Tooltip, UnstyledButton } from '@mantine/core';
import { IconLock, IconPencil } from '@tabler/icons-react';
import { useState } from 'react';
import type { FormEvent, KeyboardEvent } from 'react';
import { complaintsOf, useCommand } from '../../api.ts';
import { useMay } from '../../shell/session.ts';
import { forgetTimelines } from '../../ui/activities/timeline.ts';
import { formatExact } from '../../ui/format.ts';
import { OutsideLink } from '../../ui/Link.tsx';
import { toast, toastError } from '../../ui/toasts.tsx';
import type { Profile } from './filter.ts';
import { useSourceNames } from './sources.ts';
import classes from './members.module.css';

type FieldName = keyof Profile['fields'];
type FieldValue = Profile['fields'][FieldName];

const titles: Record<FieldName, string> = { name: 'Name', location: 'Location', website: 'Website', bio: 'About', avatarUrl: 'Picture' };
const order: readonly FieldName[] = ['name', 'location', 'website', 'bio', 'avatarUrl'];

/** What is known of a person, where it came from, and what somebody fixed; each can be changed in its place. */
export function Fields({ profile }: { profile: Profile }) {
  const [editing, setEditing] = useState<FieldName>();
  return (
    <dl className={classes.fields}>
      {order.map((name) => (
        <div key={name}>
          <dt>{titles[name]}</dt>
          <dd>
            {editing === name ? (
              <Edit profile={profile} name={name} onDone={() => setEditing(undefined)} />
            ) : (
              <Show profile={profile} name={name} onEdit={() => setEditing(name)} />
            )}
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Show({ profile, name, onEdit }: { profile: Profile; name: FieldName; onEdit: () => void }) {
  const field = profile.fields[name];
  const mayEdit = useMay('members.update');
  const where = useProvenance(field);
  const { value } = field;
  return (
    <span className={classes.field}>
      {value === null ? (
        mayEdit.allowed ? (
          <UnstyledButton className={classes.missing} onClick={onEdit}>
            Add
          </UnstyledButton>
        ) : (
          <span className={classes.quiet}>not known</span>
        )
      ) : (
        <Tooltip label={where} disabled={where === ''}>
          <span className={classes.fieldValue} dir="auto" tabIndex={where === '' ? undefined : 0}>
            {name === 'website' || name === 'avatarUrl' ? (
              <OutsideLink href={value}>{value.replace(/^https?:\/\//, '')}</OutsideLink>
            ) : (
              value
            )}
          </span>
        </Tooltip>
      )}
      {field.locked && <Lock profile={profile} name={name} field={field} />}
      {value !== null && mayEdit.allowed && (
        <ActionIcon size={24} className={classes.pencil} aria-label={`Change ${titles[name].toLowerCase()}`} onClick={onEdit}>
          <IconPencil size={14} aria-hidden />
        </ActionIcon>
      )}
    </span>
  );
}

function useProvenance(field: FieldValue): string {
  const nameOf = useSourceNames();
  const at = field.at === null ? '' : `, ${formatExact(new Date(field.at))}`;
  if (field.locked) {
    const imported = field.imported === null ? '' : ` Imports say: ${field.imported}`;
    return `Fixed by ${field.by ?? 'somebody'}${at}. Imports leave it alone.${imported}`;
  }
  const source = nameOf(field.source);
  return source === undefined ? '' : `From ${source}${at}`;
}

/** Shows that a person fixed the value; pressing offers to let imports write it again. */
function Lock({ profile, name, field }: { profile: Profile; name: FieldName; field: FieldValue }) {
  const mayUnlock = useMay('members.unlock-field');
  const unlock = useCommand('members.unlock-field', {
    onDone: ({ value }) =>
      toast(
        value === null ? `${titles[name]} is empty until an import says something.` : `${titles[name]} follows imports again: ${value}`,
      ),
    onFail: toastError,
  });
  return (
    <Menu position="bottom-start" width={280} zIndex={320}>
      <Menu.Target>
        <ActionIcon
          size={24}
          aria-label={`${titles[name]} is locked against imports`}
          title={`Locked against imports${field.by === null ? '' : ` by ${field.by}`}`}
        >
          <IconLock size={14} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          Fixed by {field.by ?? 'somebody'}. {field.imported === null ? '' : `Imports say: ${field.imported}`}
        </Menu.Label>
        <Menu.Item disabled={!mayUnlock.allowed} onClick={() => unlock.mutate({ id: profile.id, field: name })}>
          Let imports write it again
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

function Edit({ profile, name, onDone }: { profile: Profile; name: FieldName; onDone: () => void }) {
  const [text, setText] = useState(profile.fields[name].value ?? (name === 'name' ? profile.name : ''));
  const update = useCommand('members.update', {
    onDone: () => {
      if (name === 'name') forgetTimelines();
      onDone();
    },
    onFail: (error) => complaintsOf(error)[name] === undefined && toastError(error),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    update.mutate({ id: profile.id, [name]: text.trim() === '' && name !== 'name' ? null : text.trim() });
  };
  const error = complaintsOf(update.error)[name];
  const shared = {
    size: 'xs' as const,
    autoFocus: true,
    'aria-label': titles[name],
    value: text,
    error: error === undefined ? undefined : `${titles[name]} ${error}`,
    onKeyDown: (event: KeyboardEvent) => {
      if (event.key !== 'Escape') return;
      // Closes the field, not the panel around it.
      event.stopPropagation();
      onDone();
    },
    'data-mantine-stop-propagation': 'true',
  };
  return (
    <form onSubmit={submit} className={classes.edit}>
      {name === 'bio' ? (
        <Textarea {...shared} autosize minRows={2} maxRows={8} onChange={(event) => setText(event.currentTarget.value)} />
      ) : (
        <TextInput
          {...shared}
          placeholder={name === 'website' || name === 'avatarUrl' ? 'https://…' : ''}
          onChange={(event) => setText(event.currentTarget.value)}
        />
      )}
      <Group gap={6}>
        <Button type="submit" size="compact-xs" loading={update.isPending}>
          Save and lock
        </Button>
        <Button variant="default" size="compact-xs" onClick={onDone}>
          Cancel
        </Button>
      </Group>
    </form>
  );
}
