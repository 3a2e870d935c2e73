import { ActionIcon } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { useAction } from '../../api.ts';
import { Choice } from './Choice.tsx';
import { labelOf } from './condition-fields.ts';
import { ConsentControls, DidControls, NumberControls, TextControls } from './ConditionControls.tsx';
import type { ControlProps, Of } from './ConditionControls.tsx';
import { ListControls } from './ConditionLists.tsx';
import type { Condition, LineNode } from './rules.ts';
import { WindowField } from './WindowField.tsx';
import classes from './rules.module.css';

/** One condition as a line: what it asks, and whether the opposite is meant. */
export function ConditionLine({ line, onChange, onRemove }: { line: LineNode; onChange: (line: LineNode) => void; onRemove: () => void }) {
  const offered = useAction('segments.fields', {});
  const { condition } = line;
  const label = labelOf(condition, (name) => offered.data?.offered.find((one) => one.name === name)?.title ?? name);
  return (
    <div className={classes.line} role="group" aria-label={label}>
      <Choice
        label={`${label}: holds or not`}
        width={106}
        data={[
          { value: 'yes', label: 'must' },
          { value: 'no', label: 'must not' },
        ]}
        value={line.not ? 'no' : 'yes'}
        onChange={(value) => onChange({ ...line, not: value === 'no' })}
      />
      <span className={classes.label}>{label}</span>
      <div className={classes.controls}>
        <Controls condition={condition} onChange={(next) => onChange({ ...line, condition: next })} />
      </div>
      <ActionIcon size={26} aria-label={`Remove the condition ${label}`} onClick={onRemove}>
        <IconX size={14} aria-hidden />
      </ActionIcon>
    </div>
  );
}

function Controls({ condition, onChange }: ControlProps<Condition>) {
  switch (condition.field) {
    case 'name':
    case 'handle':
    case 'bio':
    case 'location':
    case 'organizationName':
      return <TextControls condition={condition} onChange={onChange} />;
    case 'activities':
    case 'identities':
    case 'engagement':
      return <NumberControls condition={condition} onChange={onChange} />;
    case 'firstSeen':
    case 'lastSeen':
      return <WindowField window={condition.window} onChange={(window) => onChange({ ...condition, window })} />;
    case 'did':
    case 'firstDid':
      return <DidControls condition={condition} onChange={onChange} />;
    case 'tag':
    case 'platform':
    case 'level':
    case 'emailDomain':
    case 'organization':
    case 'offered':
      return <ListControls condition={condition} onChange={onChange} />;
    case 'known':
      return (
        <Choice
          label="What is known"
          data={[
            { value: 'organization', label: 'an organization' },
            { value: 'email', label: 'an e-mail address' },
            { value: 'location', label: 'a location' },
            { value: 'bio', label: 'an about text' },
          ]}
          value={condition.value}
          onChange={(value) => onChange({ field: 'known', value: value as Of<'known'>['value'] })}
        />
      );
    case 'bot':
      return (
        <Choice
          label="Human or bot"
          data={[
            { value: 'human', label: 'taken for a human' },
            { value: 'suspected', label: 'may be a bot' },
            { value: 'bot', label: 'a confirmed bot' },
          ]}
          value={condition.value}
          onChange={(value) => onChange({ field: 'bot', value: value as Of<'bot'>['value'] })}
        />
      );
    case 'team':
      return (
        <Choice
          label="Team or wider community"
          data={[
            { value: 'team', label: 'team member' },
            { value: 'wider', label: 'wider community' },
          ]}
          value={condition.value ? 'team' : 'wider'}
          onChange={(value) => onChange({ field: 'team', value: value === 'team' })}
        />
      );
    case 'consent':
      return <ConsentControls condition={condition} onChange={onChange} />;
  }
}
