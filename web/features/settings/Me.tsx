import { Button, PasswordInput, SegmentedControl, TextInput, useMantineColorScheme } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { FormEvent } from 'react';
import { complaintsOf, post, useCommand } from '../../api.ts';
import { useSession } from '../../shell/session.ts';
import { Section } from '../../ui/Page.tsx';
import { toast } from '../../ui/toasts.tsx';
import { Notice } from '../../ui/Notice.tsx';
import { SecondFactor } from './SecondFactor.tsx';
import classes from './settings.module.css';

export function Body() {
  return (
    <>
      <Section title="My name">
        <NameForm />
      </Section>
      <Section title="Appearance" about="On this computer.">
        <Appearance />
      </Section>
      <Section title="Second factor" about="A code from an authenticator app, beside your password.">
        <SecondFactor />
      </Section>
      <Section title="Password" about="All your other sessions end when you change it.">
        <PasswordForm />
      </Section>
    </>
  );
}

function NameForm() {
  const { actor } = useSession();
  const [name, setName] = useState(actor.name);
  const save = useCommand('access.update-profile', { onDone: () => toast('Saved.') });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate({ name });
  };
  return (
    <form className={classes.form} onSubmit={submit}>
      <TextInput
        label="Name"
        description={`You sign in as ${actor.email ?? ''}.`}
        required
        withAsterisk={false}
        autoComplete="name"
        value={name}
        error={complaintsOf(save.error)['name'] ?? save.error?.message}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <div className={classes.buttons}>
        <Button type="submit" loading={save.isPending}>
          Save
        </Button>
      </div>
    </form>
  );
}

function Appearance() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <SegmentedControl
      aria-label="Appearance"
      data={[
        { value: 'light', label: 'Light' },
        { value: 'dark', label: 'Dark' },
        { value: 'auto', label: 'As the system' },
      ]}
      value={colorScheme}
      onChange={(value) => setColorScheme(value === 'dark' || value === 'light' ? value : 'auto')}
    />
  );
}

function PasswordForm() {
  const { signIn } = useSession();
  const [form, setForm] = useState({ current: '', next: '', again: '' });
  const change = useMutation({
    mutationFn: () =>
      post('/api/auth/change-password', { currentPassword: form.current, newPassword: form.next, revokeOtherSessions: true }),
    onSuccess() {
      toast('Your password is changed.');
      setForm({ current: '', next: '', again: '' });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (form.next === form.again) change.mutate();
  };
  const { minLength, maxLength } = signIn.password;
  return (
    <form className={classes.form} onSubmit={submit}>
      {change.error !== null && <Notice>{change.error.message}</Notice>}
      <PasswordInput
        label="Password now"
        autoComplete="current-password"
        required
        withAsterisk={false}
        value={form.current}
        onChange={(event) => setForm({ ...form, current: event.currentTarget.value })}
      />
      <PasswordInput
        label="New password"
        description={`At least ${minLength} characters. A few unrelated words are easy to remember.`}
        autoComplete="new-password"
        minLength={minLength}
        maxLength={maxLength}
        required
        withAsterisk={false}
        value={form.next}
        onChange={(event) => setForm({ ...form, next: event.currentTarget.value })}
      />
      <PasswordInput
        label="New password, once more"
        autoComplete="new-password"
        required
        withAsterisk={false}
        value={form.again}
        error={form.again !== '' && form.again !== form.next ? 'The two differ.' : undefined}
        onChange={(event) => setForm({ ...form, again: event.currentTarget.value })}
      />
      <div className={classes.buttons}>
        <Button type="submit" variant="default" loading={change.isPending}>
          Change the password
        </Button>
      </div>
    </form>
  );
}
