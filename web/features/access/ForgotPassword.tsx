import { Button, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { FormEvent } from 'react';
import { post } from '../../api.ts';
import { paths } from '../../paths.ts';
import { Link } from '../../ui/Link.tsx';
import { Notice } from '../../ui/Notice.tsx';
import { Outside } from './Outside.tsx';
import classes from './Outside.module.css';

/** Asks for a mail with a link. The answer never says whether the address is known. */
export function Page() {
  const [email, setEmail] = useState('');
  const ask = useMutation({
    mutationFn: () => post('/api/auth/request-password-reset', { email: email.trim(), redirectTo: '/reset-password' }),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    ask.mutate();
  };
  const below = <Link to={paths.signIn()}>Back to sign-in</Link>;
  if (ask.isSuccess) {
    return (
      <Outside title="Look into your mail" below={below}>
        If {email} has an account here, a link to choose a new password is on its way. It holds for one hour.
      </Outside>
    );
  }
  return (
    <Outside title="Choose a new password" about="We send you a link." below={below}>
      <form className={classes.form} onSubmit={submit}>
        {ask.error !== null && <Notice>{ask.error.message}</Notice>}
        <TextInput
          label="E-mail"
          type="email"
          autoComplete="username"
          required
          withAsterisk={false}
          autoFocus
          value={email}
          onChange={(event) => setEmail(event.currentTarget.value)}
        />
        <Button type="submit" loading={ask.isPending}>
          Send the link
        </Button>
      </form>
    </Outside>
  );
}
