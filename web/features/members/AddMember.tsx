import { Button, Group, Stack, TagsInput, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { FormEvent } from 'react';
import { complaintsOf, useCommand } from '../../api.ts';
import { Dialog } from '../../ui/Dialog.tsx';
import { useOpenPerson } from '../../ui/person.tsx';
import { toast, toastError } from '../../ui/toasts.tsx';

const empty = { name: '', emails: [] as string[], github: '', gitlab: '', organization: '', tags: [] as string[] };

/** Adds somebody by hand, with the addresses that are known. */
export function AddMember({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const [values, setValues] = useState(empty);
  const openPerson = useOpenPerson();
  const create = useCommand('members.create', {
    refresh: ['organizations'],
    onDone: ({ id }) => {
      toast(`Added ${values.name.trim()}.`);
      setValues(empty);
      onClose();
      openPerson(id);
    },
    onFail: (error) => Object.keys(complaintsOf(error)).length === 0 && toastError(error),
  });
  const complaints = complaintsOf(create.error);
  const set = (change: Partial<typeof empty>) => setValues({ ...values, ...change });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const accounts = (['github', 'gitlab'] as const).flatMap((platform) =>
      values[platform].trim() === ''
        ? []
        : [{ platform, value: values[platform].trim().replace(/^@/, ''), ...(platform === 'gitlab' ? { host: 'gitlab.com' } : {}) }],
    );
    create.mutate({
      name: values.name,
      emails: values.emails,
      accounts,
      tags: values.tags,
      ...(values.organization.trim() === '' ? {} : { organization: values.organization.trim() }),
    });
  };
  const emailError = Object.entries(complaints).find(([path]) => path.startsWith('emails'))?.[1];
  return (
    <Dialog opened={opened} onClose={onClose} title="Add a member">
      <form onSubmit={submit}>
        <Stack gap="md">
          <TextInput
            data-autofocus
            label="Name"
            required
            withAsterisk={false}
            value={values.name}
            error={complaints['name']}
            onChange={(event) => set({ name: event.currentTarget.value })}
          />
          <TagsInput
            label="E-mail addresses"
            description="Enter after each. What they do from there shows up with them."
            value={values.emails}
            error={emailError}
            onChange={(emails) => set({ emails })}
            acceptValueOnBlur
          />
          <Group grow>
            <TextInput
              label="GitHub"
              placeholder="handle"
              value={values.github}
              onChange={(event) => set({ github: event.currentTarget.value })}
            />
            <TextInput
              label="GitLab.com"
              placeholder="handle"
              value={values.gitlab}
              onChange={(event) => set({ gitlab: event.currentTarget.value })}
            />
          </Group>
          <TextInput
            label="Organization"
            value={values.organization}
            onChange={(event) => set({ organization: event.currentTarget.value })}
          />
          <TagsInput label="Tags" value={values.tags} onChange={(tags) => set({ tags })} acceptValueOnBlur />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={create.isPending}>
              Add
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
