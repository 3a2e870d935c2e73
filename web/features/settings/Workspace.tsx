import { Button, ColorInput, FileButton, Select, TagsInput, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { FormEvent } from 'react';
import { complaintsOf, useAction, useCommand } from '../../api.ts';
import type { Output } from '../../api.ts';
import { useMay } from '../../shell/session.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { Section } from '../../ui/Page.tsx';
import { ErrorState, SkeletonBlock } from '../../ui/states.tsx';
import { timeZones } from '../../ui/time-zones.ts';
import { toast, toastError } from '../../ui/toasts.tsx';
import { Notice } from '../../ui/Notice.tsx';
import classes from './settings.module.css';

type Workspace = Output<'access.workspace'>;

const months = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'];

export function Body() {
  const workspace = useAction('access.workspace', {});
  if (workspace.isPending) return <SkeletonBlock height={420} />;
  if (workspace.isError) return <ErrorState error={workspace.error} onRetry={() => void workspace.refetch()} />;
  return (
    <>
      <Section title="Workspace" about="How this instance is called, and how it counts days and people.">
        <WorkspaceForm workspace={workspace.data} />
      </Section>
      <Section title="Logo" about="Shown at sign-in and on public pages.">
        <Logo logo={workspace.data.logo} />
      </Section>
    </>
  );
}

function WorkspaceForm({ workspace }: { workspace: Workspace }) {
  const [form, setForm] = useState(workspace);
  const may = useMay('access.update-workspace');
  const save = useCommand('access.update-workspace', { refresh: ['metrics', 'members'], onDone: () => toast('Saved.') });
  const complaints = complaintsOf(save.error);
  const domainComplaint = Object.entries(complaints).find(([path]) => path.startsWith('ourDomains'))?.[1];
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate({
      name: form.name,
      timeZone: form.timeZone,
      fiscalYearStartMonth: form.fiscalYearStartMonth,
      accent: form.accent,
      ourDomains: form.ourDomains,
    });
  };
  return (
    <form className={classes.form} onSubmit={submit}>
      {save.error !== null && Object.keys(complaints).length === 0 && <Notice>{save.error.message}</Notice>}
      <TextInput
        label="Name"
        required
        withAsterisk={false}
        value={form.name}
        error={complaints['name']}
        onChange={(event) => setForm({ ...form, name: event.currentTarget.value })}
      />
      <Select
        label="Time zone"
        description="Days, weeks and months in reports begin here."
        data={timeZones()}
        searchable
        allowDeselect={false}
        value={form.timeZone}
        error={complaints['timeZone']}
        onChange={(timeZone) => setForm({ ...form, timeZone: timeZone ?? form.timeZone })}
      />
      <Select
        label="The fiscal year begins in"
        data={months.map((label, index) => ({ label, value: String(index + 1) }))}
        allowDeselect={false}
        value={String(form.fiscalYearStartMonth)}
        onChange={(month) => setForm({ ...form, fiscalYearStartMonth: Number(month ?? 1) })}
      />
      <TagsInput
        label="Our own domains"
        description="Whoever writes from these is a team member; everybody else is the wider community."
        placeholder="example.com"
        splitChars={[',', ' ', ';']}
        acceptValueOnBlur
        value={form.ourDomains}
        error={domainComplaint}
        onChange={(ourDomains) => setForm({ ...form, ourDomains })}
      />
      <ColorInput
        label="Accent of public pages (optional)"
        format="hex"
        value={form.accent ?? ''}
        error={complaints['accent']}
        placeholder="#e4572e"
        eyeDropperButtonProps={{ 'aria-label': 'Pick a colour from the screen' }}
        onChange={(accent) => setForm({ ...form, accent: accent === '' ? null : accent })}
      />
      <div className={classes.buttons}>
        <ActionButton type="submit" why={may.why} loading={save.isPending}>
          Save
        </ActionButton>
      </div>
    </form>
  );
}

function Logo({ logo }: { logo: string | null }) {
  const may = useMay('access.set-logo');
  const set = useCommand('access.set-logo', {
    onDone: (_, input) => toast(input.content === null ? 'The logo is removed.' : 'The logo is changed.'),
    onFail: toastError,
  });
  const upload = async (file: File | null) => {
    if (file !== null) set.mutate({ name: file.name, content: await inBase64(file) });
  };
  return (
    <div className={classes.logo}>
      {logo === null ? <Text c="dimmed">None yet.</Text> : <img src={logo} alt="Logo of the workspace" />}
      <FileButton accept="image/png,image/jpeg,image/gif,image/webp" onChange={(file) => void upload(file)}>
        {(props) => (
          <ActionButton variant="default" why={may.why} loading={set.isPending} {...props}>
            Choose a picture…
          </ActionButton>
        )}
      </FileButton>
      {logo !== null && may.allowed && (
        <Button variant="subtle" color="gray" onClick={() => set.mutate({ content: null })}>
          Remove
        </Button>
      )}
    </div>
  );
}

async function inBase64(file: File): Promise<string> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}
