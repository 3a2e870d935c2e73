import { NumberInput, PasswordInput, Select, Switch, TagsInput, Textarea, TextInput } from '@mantine/core';
import classes from './SchemaForm.module.css';
import type { Field, Property } from './schema.ts';

interface Props {
  fields: readonly Field[];
  values: Record<string, unknown>;
  /** By the field's name. */
  errors: Record<string, string>;
  /** Secrets that the server keeps: left empty they stay. */
  kept?: readonly string[];
  onChange: (name: string, value: unknown) => void;
}

/** A form drawn from a JSON Schema. What few people need is folded away, and opens when it is wrong. */
export function SchemaForm({ fields, values, errors, kept = [], onChange }: Props) {
  const draw = (field: Field) => (
    <SchemaField
      key={field.name}
      field={field}
      value={values[field.name]}
      error={errors[field.name]}
      kept={kept.includes(field.name)}
      onChange={(value) => onChange(field.name, value)}
    />
  );
  const advanced = fields.filter((field) => field.property.advanced === true);
  return (
    <div className={classes.fields}>
      {fields.filter((field) => field.property.advanced !== true).map(draw)}
      {advanced.length > 0 && (
        <details className={classes.advanced} open={advanced.some((field) => errors[field.name] !== undefined) || undefined}>
          <summary>Advanced</summary>
          <div className={classes.fields}>{advanced.map(draw)}</div>
        </details>
      )}
    </div>
  );
}

function SchemaField({
  field,
  value,
  error,
  kept,
  onChange,
}: {
  field: Field;
  value: unknown;
  error: string | undefined;
  kept: boolean;
  onChange: (value: unknown) => void;
}) {
  const { property, required, label } = field;
  const shared = {
    label: required ? label : `${label} (optional)`,
    description: property.description,
    error,
    required: required && !kept,
    withAsterisk: false,
    placeholder: kept ? 'Set; leave empty to keep it' : (property.placeholder ?? exampleOf(property)),
    inputWrapperOrder: ['label', 'input', 'description', 'error'] as ('label' | 'input' | 'description' | 'error')[],
  };
  const text = typeof value === 'string' || typeof value === 'number' ? String(value) : '';
  switch (field.kind) {
    case 'switch':
      return (
        <Switch
          label={label}
          description={property.description}
          error={error}
          checked={value === true}
          onChange={(event) => onChange(event.currentTarget.checked)}
        />
      );
    case 'number':
      return (
        <NumberInput
          {...shared}
          value={text === '' ? '' : Number(text)}
          {...(property.minimum === undefined ? {} : { min: property.minimum })}
          {...(property.maximum === undefined ? {} : { max: property.maximum })}
          onChange={(next) => onChange(next === '' ? undefined : Number(next))}
        />
      );
    case 'choice':
      return <Select {...shared} data={field.choices} value={text === '' ? null : text} allowDeselect={!required} onChange={onChange} />;
    case 'list':
      return (
        <TagsInput
          {...shared}
          value={Array.isArray(value) ? value.map(String) : []}
          splitChars={[',', '\n']}
          acceptValueOnBlur
          onChange={onChange}
        />
      );
    case 'secret':
      return <PasswordInput {...shared} autoComplete="off" value={text} onChange={(event) => onChange(event.currentTarget.value)} />;
    case 'lines':
      return (
        <Textarea {...shared} autosize minRows={3} maxRows={12} value={text} onChange={(event) => onChange(event.currentTarget.value)} />
      );
    default:
      return (
        <TextInput
          {...shared}
          spellCheck={false}
          autoComplete="off"
          value={text}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      );
  }
}

function exampleOf(property: Property): string {
  const example = property.examples?.[0];
  return typeof example === 'string' ? example : example === undefined ? '' : JSON.stringify(example);
}
