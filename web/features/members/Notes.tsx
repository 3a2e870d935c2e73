import { ActionIcon, Button, Group, Menu } from '@mantine/core';
import { IconDots } from '@tabler/icons-react';
import { useState } from 'react';
import { useCommand } from '../../api.ts';
import { useMay, useSession } from '../../shell/session.ts';
import { keyCaps } from '../../ui/keys.ts';
import { RelativeTime } from '../../ui/RelativeTime.tsx';
import { toast, toastError } from '../../ui/toasts.tsx';
import type { Profile } from './filter.ts';
import { MentionField, NoteText, toMarked, toPlain, useUsers } from './mentions.tsx';
import classes from './members.module.css';

type Note = Profile['notes'][number];

/** What the team keeps in mind about a person. */
export function Notes({ profile }: { profile: Profile }) {
  const [text, setText] = useState('');
  const may = useMay('members.add-note');
  const add = useCommand('members.add-note', { onDone: () => setText(''), onFail: toastError });
  const users = useUsers();
  const send = () => text.trim() !== '' && add.mutate({ member: profile.id, body: toMarked(text, users) });
  return (
    <section className={classes.part}>
      <h2 className={classes.partTitle}>Notes</h2>
      {may.allowed && (
        <form
          className={classes.edit}
          onSubmit={(event) => {
            event.preventDefault();
            send();
          }}
        >
          <MentionField
            size="xs"
            autosize
            minRows={1}
            maxRows={10}
            aria-label="A new note"
            placeholder="Leave a note for the team; @ mentions somebody"
            value={text}
            onValue={setText}
            onKeyDown={(event) => {
              if (event.key === 'Enter' && (event.metaKey || event.ctrlKey)) send();
            }}
          />
          {text !== '' && (
            <Group gap={8}>
              <Button type="submit" size="compact-xs" loading={add.isPending}>
                Save note
              </Button>
              <span className={classes.quiet}>{keyCaps('mod+enter').join(' ')}</span>
            </Group>
          )}
        </form>
      )}
      {!may.allowed && profile.notes.length === 0 && <p className={classes.quiet}>None.</p>}
      <ul className={classes.identities}>
        {profile.notes.map((note) => (
          <NoteItem key={note.id} note={note} member={profile.id} />
        ))}
      </ul>
    </section>
  );
}

function NoteItem({ note, member }: { note: Note; member: string }) {
  const [editing, setEditing] = useState<string>();
  const users = useUsers();
  const { actor } = useSession();
  const mayChange = note.mine || actor.role === 'manager' || actor.role === 'administrator';
  const again = useCommand('members.add-note', { onFail: toastError });
  const remove = useCommand('members.delete-note', {
    onDone: () => toast('Note deleted.', { undo: () => again.mutate({ member, body: note.body }) }),
    onFail: toastError,
  });
  const save = useCommand('members.edit-note', { onDone: () => setEditing(undefined), onFail: toastError });
  return (
    <li>
      <div className={classes.identityTop}>
        <span className={classes.why}>
          <bdi className={classes.strong}>{note.author}</bdi> <RelativeTime at={note.createdAt} />
          {note.editedAt !== null && ', changed since'}
        </span>
        {mayChange && (
          <Menu zIndex={320}>
            <Menu.Target>
              <ActionIcon size={24} aria-label="Change the note">
                <IconDots size={15} aria-hidden />
              </ActionIcon>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item onClick={() => setEditing(toPlain(note.body))}>Edit</Menu.Item>
              <Menu.Item color="red" onClick={() => remove.mutate({ note: note.id })}>
                Delete
              </Menu.Item>
            </Menu.Dropdown>
          </Menu>
        )}
      </div>
      {editing === undefined ? (
        <div className={classes.noteBody} dir="auto">
          <NoteText text={note.body} />
        </div>
      ) : (
        <form
          className={classes.edit}
          onSubmit={(event) => {
            event.preventDefault();
            save.mutate({ note: note.id, body: toMarked(editing, users) });
          }}
        >
          <MentionField size="xs" autosize minRows={2} maxRows={10} aria-label="The note" autoFocus value={editing} onValue={setEditing} />
          <Group gap={6}>
            <Button type="submit" size="compact-xs" loading={save.isPending}>
              Save
            </Button>
            <Button variant="default" size="compact-xs" onClick={() => setEditing(undefined)}>
              Cancel
            </Button>
          </Group>
        </form>
      )}
    </li>
  );
}
