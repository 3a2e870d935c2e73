import { ActionIcon, Button, Group, Menu, Stack, Textarea, TextInput, Tooltip, VisuallyHidden } from '@mantine/core';
import {
  IconAdjustments,
  IconArrowDown,
  IconArrowUp,
  IconChevronDown,
  IconGripVertical,
  IconLetterT,
  IconPlus,
  IconTrash,
} from '@tabler/icons-react';
import { useRef, useState } from 'react';
import type { DragEvent, KeyboardEvent, ReactNode } from 'react';
import { useAction } from '../../api.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { Page as PageFrame } from '../../ui/Page.tsx';
import { toast } from '../../ui/toasts.tsx';
import { useSetQuery } from '../../ui/url-state.ts';
import { AskFields } from './AskFields.tsx';
import { freshId } from './asks.ts';
import type { Card, Dashboard, ReportCard } from './asks.ts';
import { DashboardCard } from './DashboardCard.tsx';
import { useDraft } from './draft.ts';
import type { Definition } from './question.ts';
import { ReportChoices } from './ReportChoices.tsx';
import classes from './dashboard.module.css';

const widths = [
  { value: 'third', label: 'A third' },
  { value: 'half', label: 'Half' },
  { value: 'full', label: 'Full width' },
];
const views = [
  { value: 'chart', label: 'Chart' },
  { value: 'figures', label: 'Figures' },
  { value: 'table', label: 'Table' },
];

/** A dashboard being composed: every change is saved as it is made. */
export function Composer({ dashboard, above }: { dashboard: Dashboard; above: ReactNode }) {
  const setQuery = useSetQuery();
  const { draft, change, state, settle } = useDraft(dashboard);
  const definitions = useAction('metrics.reports', {}).data?.reports;
  const [adding, setAdding] = useState(false);
  const [said, setSaid] = useState('');
  const { cards } = draft;
  const add = (card: Card) => change({ cards: [...cards, card] });
  const replace = (card: Card) => change({ cards: cards.map((one) => (one.id === card.id ? card : one)) });
  const remove = (card: Card) => {
    const place = cards.indexOf(card);
    change({ cards: cards.filter((one) => one.id !== card.id) });
    toast('Taken off.', { undo: () => change((now) => ({ cards: now.cards.toSpliced(place, 0, card) })) });
  };
  const move = (from: number, to: number) => {
    const card = cards[from];
    if (card === undefined || to < 0 || to >= cards.length || from === to) return;
    change({ cards: cards.toSpliced(from, 1).toSpliced(to, 0, card) });
    setSaid(`Moved to place ${to + 1} of ${cards.length}.`);
  };
  return (
    <PageFrame
      title={draft.title}
      heading={<bdi>{draft.title === '' ? 'Untitled' : draft.title}</bdi>}
      above={above}
      actions={
        <>
          <span className={classes.saved} role="status">
            {state === 'saving' ? 'Saving…' : state === 'failed' ? 'Not saved' : 'All saved'}
          </span>
          <Button onClick={() => void settle().then(() => setQuery({ edit: undefined }))}>Done</Button>
        </>
      }
      below={
        <Stack gap={10}>
          <Group gap={10} align="flex-end">
            <TextInput
              label="Title"
              size="xs"
              w={280}
              maxLength={120}
              value={draft.title}
              onChange={(event) => change({ title: event.currentTarget.value })}
            />
            <TextInput
              label="What it is for"
              size="xs"
              style={{ flex: 1, minWidth: 220 }}
              maxLength={400}
              value={draft.about}
              onChange={(event) => change({ about: event.currentTarget.value })}
            />
          </Group>
          <AskFields
            ask={draft.filters}
            onChange={(filters) => change({ filters })}
            unset={{ period: 'Last 12 months', other: '' }}
            look="row"
          />
        </Stack>
      }
    >
      <VisuallyHidden role="status">{said}</VisuallyHidden>
      <Cards cards={cards} dashboard={dashboard} definitions={definitions} onMove={move} onReplace={replace} onRemove={remove}>
        <div className={classes.adding}>
          <Button variant="default" leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setAdding(true)}>
            Add a report
          </Button>
          <Button
            variant="default"
            leftSection={<IconLetterT size={16} aria-hidden />}
            onClick={() => add({ id: freshId(cards), type: 'text', width: 'full', text: 'What these figures say' })}
          >
            Add a text
          </Button>
        </div>
      </Cards>
      <Dialog opened={adding} onClose={() => setAdding(false)} title="Add a report" size="lg">
        <ReportChoices
          definitions={definitions ?? []}
          onChoose={(report) => {
            add({ id: freshId(cards), type: 'report', report, width: 'half', view: 'chart', ask: {} });
            setAdding(false);
          }}
        />
      </Dialog>
    </PageFrame>
  );
}

interface CardsProps {
  cards: readonly Card[];
  dashboard: Dashboard;
  definitions: readonly Definition[] | undefined;
  onMove: (from: number, to: number) => void;
  onReplace: (card: Card) => void;
  onRemove: (card: Card) => void;
  children: ReactNode;
}

/** Moved by dragging the handle, by the arrow keys on it, or by the buttons beside. */
function Cards({ cards, dashboard, definitions, onMove, onReplace, onRemove, children }: CardsProps) {
  const [dragged, setDragged] = useState<number>();
  const [over, setOver] = useState<number>();
  const grid = useRef<HTMLDivElement>(null);
  const end = () => {
    setDragged(undefined);
    setOver(undefined);
  };
  const onDragOver = (event: DragEvent, index: number) => {
    if (dragged === undefined) return;
    event.preventDefault();
    if (over !== index) setOver(index);
  };
  const onDrop = (event: DragEvent, index: number) => {
    event.preventDefault();
    if (dragged !== undefined) onMove(dragged, index);
    end();
  };
  const step = (from: number, to: number) => {
    onMove(from, to);
    // The focus goes along with the card.
    requestAnimationFrame(() => grid.current?.querySelectorAll<HTMLElement>('[data-handle]')[to]?.focus());
  };
  return (
    <div ref={grid} className={classes.grid}>
      {cards.map((card, index) => (
        <section
          key={card.id}
          className={classes.card}
          data-width={card.width}
          data-type="report"
          data-editing
          data-over={over === index && dragged !== index}
          data-dragged={dragged === index}
          onDragOver={(event) => onDragOver(event, index)}
          onDrop={(event) => onDrop(event, index)}
        >
          <Tools
            card={card}
            name={
              card.type === 'text' ? 'the text' : (card.title ?? definitions?.find((one) => one.id === card.report)?.title ?? card.report)
            }
            definition={card.type === 'report' ? definitions?.find((one) => one.id === card.report) : undefined}
            first={index === 0}
            last={index === cards.length - 1}
            onStep={(by) => step(index, index + by)}
            onDragStart={(event) => {
              event.dataTransfer.effectAllowed = 'move';
              event.dataTransfer.setData('text/plain', card.id);
              setDragged(index);
            }}
            onDragEnd={end}
            onReplace={onReplace}
            onRemove={() => onRemove(card)}
          />
          {card.type === 'text' ? (
            <Textarea
              aria-label="Text"
              autosize
              minRows={2}
              maxLength={4000}
              value={card.text}
              onChange={(event) => onReplace({ ...card, text: event.currentTarget.value })}
            />
          ) : (
            <DashboardCard card={card} ask={dashboard.asks[card.id]} definition={definitions?.find((one) => one.id === card.report)} />
          )}
        </section>
      ))}
      {children}
    </div>
  );
}

interface ToolsProps {
  card: Card;
  name: string;
  definition: Definition | undefined;
  first: boolean;
  last: boolean;
  onStep: (by: 1 | -1) => void;
  onDragStart: (event: DragEvent) => void;
  onDragEnd: () => void;
  onReplace: (card: Card) => void;
  onRemove: () => void;
}

function Tools({ card, name, definition, first, last, onStep, onDragStart, onDragEnd, onReplace, onRemove }: ToolsProps) {
  const [asking, setAsking] = useState(false);
  const onKeyDown = (event: KeyboardEvent) => {
    const by = { ArrowUp: -1, ArrowLeft: -1, ArrowDown: 1, ArrowRight: 1 }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    if (by === -1 ? !first : !last) onStep(by === -1 ? -1 : 1);
  };
  return (
    <div className={classes.tools}>
      <Tooltip label="Drag, or move with the arrow keys">
        <ActionIcon
          data-handle
          size={26}
          className={classes.handle}
          draggable
          onDragStart={onDragStart}
          onDragEnd={onDragEnd}
          onKeyDown={onKeyDown}
          aria-label={`Move ${name}`}
        >
          <IconGripVertical size={16} aria-hidden />
        </ActionIcon>
      </Tooltip>
      <ActionIcon size={26} disabled={first} onClick={() => onStep(-1)} aria-label={`Move ${name} up`}>
        <IconArrowUp size={15} aria-hidden />
      </ActionIcon>
      <ActionIcon size={26} disabled={last} onClick={() => onStep(1)} aria-label={`Move ${name} down`}>
        <IconArrowDown size={15} aria-hidden />
      </ActionIcon>
      <Pick label={`Width of ${name}`} options={widths} value={card.width} onChange={(width) => onReplace({ ...card, width })} />
      {card.type === 'report' && (
        <Pick label={`What to show of ${name}`} options={views} value={card.view} onChange={(view) => onReplace({ ...card, view })} />
      )}
      <span className={classes.space} />
      {card.type === 'report' && (
        <Button
          size="compact-xs"
          variant="subtle"
          color="gray"
          leftSection={<IconAdjustments size={14} aria-hidden />}
          onClick={() => setAsking(true)}
        >
          Filters{Object.keys(card.ask).length > 0 ? ` (${Object.keys(card.ask).length})` : ''}
        </Button>
      )}
      <ActionIcon size={26} onClick={onRemove} aria-label={`Take ${name} off`}>
        <IconTrash size={15} aria-hidden />
      </ActionIcon>
      {card.type === 'report' && (
        <Dialog opened={asking} onClose={() => setAsking(false)} title={name}>
          <CardForm card={card} definition={definition} onReplace={onReplace} onDone={() => setAsking(false)} />
        </Dialog>
      )}
    </div>
  );
}

function Pick<V extends string>({
  label,
  options,
  value,
  onChange,
}: {
  label: string;
  options: { value: string; label: string }[];
  value: V;
  onChange: (value: V) => void;
}) {
  const shown = options.find((option) => option.value === value)?.label;
  return (
    <Menu>
      <Menu.Target>
        <Button
          size="compact-xs"
          variant="subtle"
          color="gray"
          rightSection={<IconChevronDown size={12} aria-hidden />}
          aria-label={`${shown}: ${label}`}
        >
          {shown}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {options.map((option) => (
          <Menu.Item key={option.value} onClick={() => onChange(option.value as V)}>
            {option.label}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

function CardForm({
  card,
  definition,
  onReplace,
  onDone,
}: {
  card: ReportCard;
  definition: Definition | undefined;
  onReplace: (card: Card) => void;
  onDone: () => void;
}) {
  return (
    <Stack>
      <TextInput
        label="Title"
        placeholder={definition?.title}
        maxLength={120}
        value={card.title ?? ''}
        onChange={(event) => {
          const { title: _old, ...rest } = card;
          const title = event.currentTarget.value;
          onReplace(title === '' ? rest : { ...rest, title });
        }}
      />
      <AskFields
        ask={card.ask}
        onChange={(ask) => onReplace({ ...card, ask })}
        unset={{ period: 'As the dashboard', other: 'As the dashboard' }}
        look="form"
        definition={definition}
      />
      <Group justify="flex-end">
        <ActionButton onClick={onDone}>Done</ActionButton>
      </Group>
    </Stack>
  );
}
