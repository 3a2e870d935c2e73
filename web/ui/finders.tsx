import { useAction } from '../api.ts';
import type { FoundProps, RemoteChoices } from './FilterChips.tsx';
import { Initials } from './Initials.tsx';

function FoundMembers({ text, children }: FoundProps) {
  const found = useAction('members.list', { search: text, limit: 8, count: false, bots: 'with' }, { keep: true });
  return children(
    found.data?.members.map((member) => ({
      value: member.id,
      label: member.name,
      icon: <Initials name={member.name} src={member.avatarUrl} size={20} />,
    })),
  );
}

function MemberNamed({ value }: { value: string }) {
  // Not their profile: that would count as having looked at them.
  const found = useAction('members.list', { member: value, limit: 1, count: false, bots: 'with' });
  return found.data === undefined ? '…' : (found.data.members[0]?.name ?? value);
}

/** People by the words of their names, handles and addresses. */
export const findMembers: RemoteChoices = { Found: FoundMembers, Name: MemberNamed };

function FoundOrganizations({ text, children }: FoundProps) {
  const found = useAction('organizations.list', { search: text, limit: 8 }, { keep: true });
  return children(found.data?.organizations.map((organization) => ({ value: organization.id, label: organization.name })));
}

function OrganizationNamed({ value }: { value: string }) {
  return useAction('organizations.get', { id: value }).data?.name ?? '…';
}

export const findOrganizations: RemoteChoices = { Found: FoundOrganizations, Name: OrganizationNamed };
