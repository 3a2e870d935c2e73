import { Button, Checkbox, CloseButton, Menu, Popover, ScrollArea, TextInput, UnstyledButton } from '@mantine/core';
import { useDebouncedCallback, useDebouncedValue } from '@mantine/hooks';
import { IconPlus, IconSearch } from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';
import type { ComponentType, ReactNode } from 'react';
import classes from './FilterChips.module.css';
import { useQueryParams, useSetQuery } from './url-state.ts';

export interface FilterOption {
  value: string;
  label: string;
  icon?: ReactNode;
}

/** One filter of a page; `name` is its parameter in the address, several values with commas between. */
export interface Filter {
  name: string;
  label: string;
  /** Choices; more than one may hold when `several`. Without choices: free text. */
  options?: readonly FilterOption[];
  several?: boolean;
  /** For text: what to type. */
  placeholder?: string;
  type?: 'text' | 'date';
  /** Choices that the server finds as one types: people, organizations. */
  remote?: RemoteChoices;
}

export interface FoundProps {
  text: string;
  /** Draws what was found for the text; undefined while it is looked for. */
  children: (options: readonly FilterOption[] | undefined) => ReactNode;
}

/** What is found for some words, and what a chosen value is called. */
export interface RemoteChoices {
  Found: ComponentType<FoundProps>;
  Name: ComponentType<{ value: string }>;
}

/** `?kind=post,reply` → ['post', 'reply']. */
export function valuesOf(text: string | undefined): string[] {
  return text === undefined || text === '' ? [] : text.split(',');
}

/**
 * The row of filters, which is the address: the search, a chip for each filter that is set, and one button for more.
 * `/` focuses the search.
 */
export function FilterChips({
  search,
  filters = [],
  right,
}: {
  search?: { name: string; label: string };
  filters?: readonly Filter[];
  right?: ReactNode;
}) {
  const params = useQueryParams();
  const setQuery = useSetQuery();
  const [opened, setOpened] = useState<string>();
  const shown = filters.filter((filter) => params[filter.name] !== undefined || opened === filter.name);
  const hidden = filters.filter((filter) => !shown.includes(filter));
  const anySet = filters.some((filter) => params[filter.name] !== undefined) || (search !== undefined && params[search.name] !== undefined);
  return (
    <div className={classes.row} role="search">
      {search !== undefined && <SearchField name={search.name} label={search.label} />}
      {shown.map((filter) => (
        <Chip
          key={filter.name}
          filter={filter}
          value={params[filter.name]}
          opened={opened === filter.name}
          onOpened={(now) => setOpened(now ? filter.name : undefined)}
        />
      ))}
      {hidden.length > 0 && (
        <Menu position="bottom-start">
          <Menu.Target>
            <Button variant="subtle" color="gray" size="compact-sm" leftSection={<IconPlus size={14} aria-hidden />}>
              Filter
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            {hidden.map((filter) => (
              <Menu.Item key={filter.name} onClick={() => setTimeout(() => setOpened(filter.name))}>
                {filter.label}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      )}
      {anySet && (
        <Button
          variant="subtle"
          color="gray"
          size="compact-sm"
          onClick={() =>
            setQuery(
              Object.fromEntries(
                [...filters.map((filter) => filter.name), ...(search === undefined ? [] : [search.name])].map((name) => [name, undefined]),
              ),
            )
          }
        >
          Clear
        </Button>
      )}
      {right !== undefined && <div className={classes.right}>{right}</div>}
    </div>
  );
}

function SearchField({ name, label }: { name: string; label: string }) {
  const value = useQueryParams()[name] ?? '';
  const setQuery = useSetQuery();
  const [text, setText] = useState(value);
  const sent = useRef(value);
  const send = useDebouncedCallback((next: string) => {
    sent.current = next;
    setQuery({ [name]: next });
  }, 160);
  // Somebody else changed the address: Back, a link, "Clear".
  useEffect(() => {
    if (value !== sent.current) {
      sent.current = value;
      setText(value);
    }
  }, [value]);
  return (
    <TextInput
      data-filter
      className={classes.search}
      size="xs"
      type="search"
      aria-label={label}
      placeholder={label}
      leftSection={<IconSearch size={15} stroke={1.7} aria-hidden />}
      value={text}
      onChange={(event) => {
        setText(event.currentTarget.value);
        send(event.currentTarget.value);
      }}
      onKeyDown={(event) => {
        if (event.key === 'Escape') event.currentTarget.blur();
      }}
    />
  );
}

function Chip({
  filter,
  value,
  opened,
  onOpened,
}: {
  filter: Filter;
  value: string | undefined;
  opened: boolean;
  onOpened: (opened: boolean) => void;
}) {
  const setQuery = useSetQuery();
  const values = valuesOf(value);
  const words =
    filter.options === undefined
      ? value
      : values.map((one) => filter.options?.find((option) => option.value === one)?.label ?? one).join(', ');
  return (
    <Popover opened={opened} onChange={onOpened} position="bottom-start" trapFocus returnFocus>
      <span className={classes.chip} data-set={value !== undefined}>
        <Popover.Target>
          <UnstyledButton className={classes.value} onClick={() => onOpened(!opened)}>
            <span className={classes.label}>{filter.label}</span>{' '}
            {filter.remote !== undefined && value !== undefined ? <RemoteName remote={filter.remote} value={value} /> : (words ?? '…')}
          </UnstyledButton>
        </Popover.Target>
        <CloseButton
          size={24}
          iconSize={12}
          aria-label={`Remove the filter ${filter.label}`}
          onClick={() => {
            onOpened(false);
            setQuery({ [filter.name]: undefined });
          }}
        />
      </span>
      <Popover.Dropdown p={6} aria-label={filter.label}>
        {filter.remote !== undefined ? (
          <Found filter={filter} remote={filter.remote} onDone={() => onOpened(false)} />
        ) : filter.options === undefined ? (
          <TextChoice filter={filter} value={value ?? ''} onDone={() => onOpened(false)} />
        ) : (
          <Choices filter={filter} options={filter.options} values={values} onDone={() => onOpened(false)} />
        )}
      </Popover.Dropdown>
    </Popover>
  );
}

function TextChoice({ filter, value, onDone }: { filter: Filter; value: string; onDone: () => void }) {
  const setQuery = useSetQuery();
  const [text, setText] = useState(value);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        setQuery({ [filter.name]: text.trim() });
        onDone();
      }}
    >
      <TextInput
        size="xs"
        type={filter.type ?? 'text'}
        data-autofocus
        aria-label={filter.label}
        placeholder={filter.placeholder ?? ''}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        onBlur={() => setQuery({ [filter.name]: text.trim() })}
      />
    </form>
  );
}

function Choices({
  filter,
  options,
  values,
  onDone,
}: {
  filter: Filter;
  options: readonly FilterOption[];
  values: string[];
  onDone: () => void;
}) {
  const setQuery = useSetQuery();
  const [text, setText] = useState('');
  const hits = options.filter((option) => option.label.toLowerCase().includes(text.toLowerCase()));
  const choose = (value: string) => {
    if (filter.several !== true) {
      setQuery({ [filter.name]: value });
      onDone();
      return;
    }
    setQuery({ [filter.name]: (values.includes(value) ? values.filter((one) => one !== value) : [...values, value]).join(',') });
  };
  return (
    <>
      {options.length > 8 && (
        <TextInput
          size="xs"
          mb={6}
          data-autofocus
          aria-label={`Find in ${filter.label}`}
          placeholder="Find…"
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
      )}
      <ScrollArea.Autosize mah={280} type="auto">
        <div role="group" aria-label={filter.label} className={classes.choices}>
          {hits.map((option) =>
            filter.several === true ? (
              <Checkbox
                key={option.value}
                size="xs"
                className={classes.choice}
                label={<OptionLabel option={option} />}
                checked={values.includes(option.value)}
                onChange={() => choose(option.value)}
              />
            ) : (
              <UnstyledButton
                key={option.value}
                className={classes.choice}
                data-on={values.includes(option.value)}
                onClick={() => choose(option.value)}
              >
                <OptionLabel option={option} />
              </UnstyledButton>
            ),
          )}
          {hits.length === 0 && <div className={classes.nothing}>Nothing by that name</div>}
        </div>
      </ScrollArea.Autosize>
    </>
  );
}

function RemoteName({ remote, value }: { remote: RemoteChoices; value: string }) {
  return (
    <bdi>
      <remote.Name value={value} />
    </bdi>
  );
}

function Found({ filter, remote, onDone }: { filter: Filter; remote: RemoteChoices; onDone: () => void }) {
  const setQuery = useSetQuery();
  const [text, setText] = useState('');
  const [searched] = useDebouncedValue(text.trim(), 120);
  const choose = (value: string) => {
    setQuery({ [filter.name]: value });
    onDone();
  };
  return (
    <remote.Found text={searched}>
      {(hits) => (
        <div className={classes.found}>
          <TextInput
            size="xs"
            mb={6}
            data-autofocus
            aria-label={`Find in ${filter.label}`}
            placeholder="Type a name…"
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
            onKeyDown={(event) => {
              const first = hits?.[0];
              if (event.key === 'Enter' && first !== undefined) choose(first.value);
            }}
          />
          <div role="group" aria-label={filter.label} className={classes.choices}>
            {hits?.map((option) => (
              <UnstyledButton key={option.value} className={classes.choice} onClick={() => choose(option.value)}>
                <OptionLabel option={option} />
              </UnstyledButton>
            ))}
            {hits?.length === 0 && <div className={classes.nothing}>Nothing by that name</div>}
          </div>
        </div>
      )}
    </remote.Found>
  );
}

function OptionLabel({ option }: { option: FilterOption }) {
  return (
    <span className={classes.option}>
      {option.icon}
      <span className={classes.words}>{option.label}</span>
    </span>
  );
}
