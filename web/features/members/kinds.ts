import type { Output } from '../../api.ts';

export type OrganizationRow = Output<'organizations.list'>['organizations'][number];
export type OrganizationDetail = Output<'organizations.get'>;
export type OrganizationKind = OrganizationRow['kind'];

export const organizationKinds: { value: OrganizationKind; label: string }[] = [
  { value: 'company', label: 'Company' },
  { value: 'university', label: 'University' },
  { value: 'project', label: 'Project' },
  { value: 'ours', label: 'Ours' },
];

export function organizationKindName(kind: string): string {
  return organizationKinds.find((one) => one.value === kind)?.label ?? kind;
}
