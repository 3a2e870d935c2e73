import { Kbd, Modal } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconSearch } from '@tabler/icons-react';
import { Fragment, useRef, useState } from 'react';
import type { KeyboardEvent } from 'react';
import { keyCaps } from '../ui/keys.ts';
import { useCommands } from './commands.tsx';
import type { Command } from './commands.tsx';
import { useFound } from './found.tsx';
import classes from './Palette.module.css';

/** Go, do, find a person: a combobox over everything. The best hit is always chosen, so that Enter is enough. */
export function Palette({ opened, onClose, onHelp }: { opened: boolean; onClose: () => void; onHelp: () => void }) {
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      withCloseButton={false}
      centered={false}
      yOffset="12dvh"
      size={580}
      padding={0}
      attributes={{ content: { 'aria-label': 'Find or do' } }}
      overlayProps={{ backgroundOpacity: 0.28 }}
      transitionProps={{ duration: 80 }}
    >
      <Finder onClose={onClose} onHelp={onHelp} />
    </Modal>
  );
}

function Finder({ onClose, onHelp }: { onClose: () => void; onHelp: () => void }) {
  const [query, setQuery] = useState('');
  const [words] = useDebouncedValue(query.trim(), 100);
  const [chosen, setChosen] = useState(0);
  const list = useRef<HTMLDivElement>(null);
  const { found, looking } = useFound(words);
  const typed = query.trim().toLowerCase().split(/\s+/).filter(Boolean);
  const commands = useCommands(onHelp).filter((command) =>
    typed.every((word) => `${command.label} ${command.also ?? ''}`.toLowerCase().includes(word)),
  );
  const hits = [...commands, ...found];
  const at = Math.min(chosen, hits.length - 1);
  const waiting = looking || words !== query.trim();

  const run = (command: Command | undefined) => {
    if (command === undefined) return;
    onClose();
    command.run();
  };
  const step = (by: number) => {
    setChosen((at + by + hits.length) % Math.max(1, hits.length));
    requestAnimationFrame(() => list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' }));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    const acts: Record<string, () => void> = {
      ArrowDown: () => step(1),
      ArrowUp: () => step(-1),
      Enter: () => run(hits[at]),
    };
    const act = acts[event.key];
    if (act === undefined) return;
    event.preventDefault();
    act();
  };

  return (
    <>
      <div className={classes.field}>
        <IconSearch size={18} stroke={1.7} aria-hidden />
        <input
          data-autofocus
          role="combobox"
          aria-expanded
          aria-controls="palette-list"
          aria-activedescendant={hits[at] === undefined ? undefined : `palette-${at}`}
          aria-autocomplete="list"
          aria-label="Go to, do, or find a person"
          placeholder="Go to, do, or find a person"
          spellCheck={false}
          autoComplete="off"
          value={query}
          onChange={(event) => {
            setQuery(event.currentTarget.value);
            setChosen(0);
          }}
          onKeyDown={onKeyDown}
        />
      </div>
      <div ref={list} id="palette-list" role="listbox" aria-label="Hits" className={classes.list}>
        {hits.map((command, index) => (
          <Fragment key={`${command.group} ${command.id}`}>
            {hits[index - 1]?.group !== command.group && (
              <div className={classes.heading} role="presentation">
                {command.group}
              </div>
            )}
            {/* oxlint-disable-next-line jsx-a11y/click-events-have-key-events -- the field keeps the focus and the keys; it points here by aria-activedescendant */}
            <div
              id={`palette-${index}`}
              role="option"
              tabIndex={-1}
              aria-selected={index === at}
              className={classes.option}
              onMouseMove={() => setChosen(index)}
              onMouseDown={(event) => event.preventDefault()}
              onClick={() => run(command)}
            >
              {command.icon}
              <span dir="auto" className={classes.label}>
                {command.label}
              </span>
              {command.keys !== undefined && (
                <span className={classes.keys}>
                  {keyCaps(command.keys).map((cap, place) => (
                    <Kbd key={place} size="xs">
                      {cap}
                    </Kbd>
                  ))}
                </span>
              )}
            </div>
          </Fragment>
        ))}
      </div>
      <div className={classes.foot} role="status">
        {hits.length === 0 ? (waiting ? 'Looking…' : 'Nothing by that name.') : '↑ ↓ to choose, Enter to go, Esc to close'}
      </div>
    </>
  );
}
