import { Select } from '@mantine/core';

interface Props {
  label: string;
  data: { value: string; label: string }[];
  /** Empty while nothing is chosen. */
  value: string;
  onChange: (value: string) => void;
  width?: number;
  placeholder?: string;
}

/** One of a few words within a condition. */
export function Choice({ label, data, value, onChange, width = 170, placeholder }: Props) {
  return (
    <Select
      size="xs"
      w={width}
      aria-label={label}
      allowDeselect={false}
      placeholder={placeholder}
      data={data}
      value={value === '' ? null : value}
      onChange={(next) => next !== null && onChange(next)}
    />
  );
}
