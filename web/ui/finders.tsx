import { useAction } from '../api.ts';
import type { RemoteChoices } from './FilterChips.tsx';
import { Initials } from './Initials.tsx';

/** People by the words of their names, handles and addresses. */
export const findMembers: RemoteChoices = {
  useFind(text) {
    const found = useAction('members.list', { search: text, limit: 8, count: false, bots: 'with' }, { keep: true });
    return found.data?.members.map((member) => ({
      value: member.id,
      label: member.name,
      icon: <Initials name={member.name} src={member.avatarUrl} size={20} />,
    }));
  },
  useName(value) {
    return useAction('members.get', { id: value }).data?.name;
  },
};

export const findOrganizations: RemoteChoices = {
  useFind(text) {
    const found = useAction('organizations.list', { search: text, limit: 8 }, { keep: true });
    return found.data?.organizations.map((organization) => ({ value: organization.id, label: organization.name }));
  },
  useName(value) {
    return useAction('organizations.get', { id: value }).data?.name;
  },
};
