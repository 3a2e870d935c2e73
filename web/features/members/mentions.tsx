import { Textarea } from '@mantine/core';
import type { TextareaProps } from '@mantine/core';
import { useRef, useState } from 'react';
import type { KeyboardEvent, ReactNode } from 'react';
import { useAction } from '../../api.ts';
import classes from './rules.module.css';

const pattern = /@\[([^\]\n]{1,200})\]\(([\w-]{1,100})\)/g;

/** A note with those it mentions as chips. */
export function NoteText({ text }: { text: string }) {
  const parts: ReactNode[] = [];
  let at = 0;
  for (const found of text.matchAll(pattern)) {
    parts.push(text.slice(at, found.index));
    parts.push(
      <span key={found.index} className={classes.mention}>
        @{found[1]}
      </span>,
    );
    at = found.index + found[0].length;
  }
  parts.push(text.slice(at));
  return <>{parts}</>;
}

/** As people write it: `@Ada Lovelace` in place of the mark with the id. */
export function toPlain(text: string): string {
  return text.replace(pattern, '@$1');
}

/** The marks put back for users whose names stand in the text. */
export function toMarked(text: string, users: readonly { id: string; name: string }[]): string {
  let marked = text;
  // The longest name first: `@Ada Lovelace` is not `@Ada` with a word behind.
  for (const user of users.toSorted((a, b) => b.name.length - a.name.length))
    marked = marked.replaceAll(new RegExp(`@${escape(user.name)}(?![\\p{L}\\p{N}\\]])`, 'gu'), `@[${user.name}](${user.id})`);
  return marked;
}

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

export function useUsers(): readonly { id: string; name: string }[] {
  return useAction('access.directory', {}).data?.users ?? [];
}

/** A field in which `@` offers the names of users: arrows choose, Enter or Tab takes. */
export function MentionField({
  value,
  onValue,
  onKeyDown,
  ...rest
}: Omit<TextareaProps, 'value' | 'onChange'> & { value: string; onValue: (text: string) => void }) {
  const users = useUsers();
  const field = useRef<HTMLTextAreaElement>(null);
  const [typed, setTyped] = useState<{ from: number; word: string }>();
  const [chosen, setChosen] = useState(0);
  const hits = typed === undefined ? [] : users.filter((user) => user.name.toLowerCase().includes(typed.word.toLowerCase())).slice(0, 6);
  const look = (text: string, caret: number) => {
    const found = /(?:^|\s)@([\p{L}\p{N}._-]{0,40})$/u.exec(text.slice(0, caret));
    setTyped(found === null ? undefined : { from: caret - (found[1] ?? '').length, word: found[1] ?? '' });
    setChosen(0);
  };
  const take = (name: string) => {
    if (typed === undefined) return;
    const end = typed.from + typed.word.length;
    const next = `${value.slice(0, typed.from)}${name} ${value.slice(end)}`;
    onValue(next);
    setTyped(undefined);
    const caret = typed.from + name.length + 1;
    requestAnimationFrame(() => field.current?.setSelectionRange(caret, caret));
    field.current?.focus();
  };
  const onKey = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    const hit = hits[chosen];
    if (hit !== undefined) {
      if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
        event.preventDefault();
        setChosen((chosen + (event.key === 'ArrowDown' ? 1 : hits.length - 1)) % hits.length);
        return;
      }
      if ((event.key === 'Enter' && !event.metaKey && !event.ctrlKey) || event.key === 'Tab') {
        event.preventDefault();
        take(hit.name);
        return;
      }
      if (event.key === 'Escape') {
        event.stopPropagation();
        setTyped(undefined);
        return;
      }
    }
    onKeyDown?.(event);
  };
  return (
    <div className={classes.mentionField}>
      <Textarea
        {...rest}
        ref={field}
        value={value}
        onKeyDown={onKey}
        onChange={(event) => {
          onValue(event.currentTarget.value);
          look(event.currentTarget.value, event.currentTarget.selectionStart);
        }}
        onBlur={() => setTimeout(() => setTyped(undefined), 150)}
      />
      {hits.length > 0 && (
        <div className={classes.hits} role="listbox" aria-label="Mention somebody">
          {hits.map((user, place) => (
            <div
              key={user.id}
              role="option"
              tabIndex={-1}
              aria-selected={place === chosen}
              data-on={place === chosen}
              onMouseDown={() => take(user.name)}
            >
              {user.name}
            </div>
          ))}
        </div>
      )}
    </div>
  );
}
