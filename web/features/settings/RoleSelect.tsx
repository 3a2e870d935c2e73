import { Select } from '@mantine/core';
import type { Role } from '../../../src/platform/access.ts';
import { roleNames } from '../../shell/session.ts';

const about: Record<Role, string> = {
  light_agent: 'reads, leaves notes, answers when asked',
  agent: 'works with members, tickets and sources',
  manager: 'sets up sources, sees the audit trail',
  administrator: 'may do everything',
};

const roles = Object.keys(about) as Role[];

/** Each role with what it may do. */
export function RoleSelect({
  label,
  value,
  bare = false,
  upTo,
  onChange,
}: {
  label: string;
  value: Role;
  bare?: boolean;
  upTo?: Role | null;
  onChange: (role: Role) => void;
}) {
  const offered = upTo == null ? roles : roles.slice(0, roles.indexOf(upTo) + 1);
  return (
    <Select
      {...(bare ? { 'aria-label': label, variant: 'unstyled', size: 'xs' } : { label, description: about[value] })}
      data={offered.map((role) => ({ value: role, label: roleNames[role] }))}
      allowDeselect={false}
      value={value}
      comboboxProps={{ width: 300, position: 'bottom-start' }}
      renderOption={({ option }) => (
        <span>
          {option.label}
          <br />
          <small style={{ color: 'var(--quiet)' }}>{about[option.value]}</small>
        </span>
      )}
      onChange={(role) => role !== null && role !== value && onChange(role)}
    />
  );
}
