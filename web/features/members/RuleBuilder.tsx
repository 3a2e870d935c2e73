import { ActionIcon, Button, Menu, SegmentedControl } from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import { useAction } from '../../api.ts';
import { conditionFields } from './condition-fields.ts';
import { ConditionLine } from './ConditionLine.tsx';
import { isGroup, newGroup, newLine } from './rules.ts';
import type { Condition, GroupNode, Node } from './rules.ts';
import classes from './rules.module.css';

const joins = [
  { value: 'all', label: 'All of these' },
  { value: 'any', label: 'Any of these' },
  { value: 'none', label: 'None of these' },
];
const deepest = 4;

/** Conditions in groups, each group with how its lines hold together. Everything is reached by Tab, and removed by its own button. */
export function RuleBuilder({
  group,
  onChange,
  onRemove,
  depth = 0,
}: {
  group: GroupNode;
  onChange: (group: GroupNode) => void;
  onRemove?: () => void;
  depth?: number;
}) {
  const replace = (place: number, node: Node | undefined) =>
    onChange({ ...group, items: group.items.flatMap((one, at) => (at === place ? (node ?? []) : [one])) });
  return (
    <fieldset className={classes.group} data-depth={depth}>
      <legend className={classes.hidden}>{joins.find((one) => one.value === group.join)?.label}</legend>
      <div className={classes.groupHead}>
        <SegmentedControl
          size="xs"
          data={joins}
          value={group.join}
          aria-label="How the conditions hold together"
          onChange={(join) => onChange({ ...group, join: join as GroupNode['join'] })}
        />
        {onRemove !== undefined && (
          <ActionIcon size={26} aria-label="Remove the group" onClick={onRemove}>
            <IconX size={14} aria-hidden />
          </ActionIcon>
        )}
      </div>
      {group.items.length === 0 && <p className={classes.nothing}>Nothing is asked yet: everybody fits.</p>}
      {group.items.map((node, place) =>
        isGroup(node) ? (
          <RuleBuilder
            key={node.key}
            group={node}
            depth={depth + 1}
            onChange={(next) => replace(place, next)}
            onRemove={() => replace(place, undefined)}
          />
        ) : (
          <ConditionLine key={node.key} line={node} onChange={(next) => replace(place, next)} onRemove={() => replace(place, undefined)} />
        ),
      )}
      <div className={classes.adds}>
        <AddCondition onAdd={(condition) => onChange({ ...group, items: [...group.items, newLine(condition)] })} />
        {depth < deepest && (
          <Button
            variant="subtle"
            color="gray"
            size="compact-sm"
            leftSection={<IconPlus size={14} aria-hidden />}
            onClick={() => onChange({ ...group, items: [...group.items, newGroup(group.join === 'any' ? 'all' : 'any')] })}
          >
            Group
          </Button>
        )}
      </div>
    </fieldset>
  );
}

function AddCondition({ onAdd }: { onAdd: (condition: Condition) => void }) {
  const offered = useAction('segments.fields', {});
  return (
    <Menu position="bottom-start" width={250}>
      <Menu.Target>
        <Button variant="default" size="compact-sm" leftSection={<IconPlus size={14} aria-hidden />}>
          Condition
        </Button>
      </Menu.Target>
      <Menu.Dropdown className={classes.menu}>
        {conditionFields.map(({ group, fields }) => (
          <div key={group}>
            <Menu.Label>{group}</Menu.Label>
            {fields.map(({ label, fresh }) => (
              <Menu.Item key={label} onClick={() => onAdd(structuredClone(fresh))}>
                {label}
              </Menu.Item>
            ))}
            {group === 'What they do' &&
              offered.data?.offered
                .filter((field) => field.options.length > 0)
                .map((field) => (
                  <Menu.Item
                    key={field.name}
                    onClick={() => onAdd({ field: 'offered', name: field.name, value: [], window: { type: 'last', days: 90 } })}
                  >
                    {field.title}…
                  </Menu.Item>
                ))}
          </div>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
