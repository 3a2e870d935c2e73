import { Button, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { useState } from 'react';
import type { FormEvent } from 'react';
import { call, complaintsOf, useAction } from '../../api.ts';
import { roleNames, useSession } from '../../shell/session.ts';
import { ErrorState, SkeletonBlock } from '../../ui/states.tsx';
import { Notice } from '../../ui/Notice.tsx';
import { Outside } from './Outside.tsx';
import classes from './Outside.module.css';
import { PasswordFields } from './PasswordFields.tsx';
import { enter, signIn, tokenInAddress } from './sign-in.ts';

/** Accept an invitation. */
export function Page() {
  const [token] = useState(tokenInAddress);
  const { signIn: rules } = useSession();
  const router = useRouter();
  const invitation = useAction('access.find-invitation', { token }, { enabled: token !== '' });
  const [person, setPerson] = useState({ name: '', password: '', again: '' });
  const join = useMutation({
    async mutationFn(email: string) {
      await call('access.accept-invitation', { token, name: person.name, password: person.password });
      await signIn(email, person.password);
      await enter();
    },
    onSuccess: () => router.history.push('/'),
  });
  if (token === '') return <Outside title="Invitation">Open the whole link of your invitation: this one misses its end.</Outside>;
  if (invitation.isPending)
    return (
      <Outside title="Invitation">
        <SkeletonBlock height={300} />
      </Outside>
    );
  if (invitation.isError)
    return (
      <Outside title="Invitation">
        <ErrorState error={invitation.error} />
      </Outside>
    );
  const { email, role, workspace } = invitation.data;
  const complaints = complaintsOf(join.error);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (person.password === person.again) join.mutate(email);
  };
  return (
    <Outside title={`Join ${workspace}`} about={`You are invited as ${email}, with the role ${roleNames[role]}.`}>
      <form className={classes.form} onSubmit={submit}>
        {join.error !== null && Object.keys(complaints).length === 0 && <Notice>{join.error.message}</Notice>}
        <input type="email" name="username" autoComplete="username" value={email} readOnly hidden />
        <TextInput
          label="Your name"
          autoComplete="name"
          required
          withAsterisk={false}
          autoFocus
          value={person.name}
          error={complaints['name']}
          onChange={(event) => setPerson({ ...person, name: event.currentTarget.value })}
        />
        <PasswordFields
          password={person.password}
          again={person.again}
          minLength={rules.password.minLength}
          maxLength={rules.password.maxLength}
          own={[person.name, email, workspace]}
          errors={{ password: complaints['password'] }}
          onPassword={(password) => setPerson({ ...person, password })}
          onAgain={(again) => setPerson({ ...person, again })}
        />
        <Button type="submit" loading={join.isPending}>
          Join
        </Button>
      </form>
    </Outside>
  );
}
