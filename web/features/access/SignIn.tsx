import { Button, Checkbox, PasswordInput, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { Navigate, useRouter } from '@tanstack/react-router';
import { useState } from 'react';
import type { FormEvent } from 'react';
import { paths } from '../../paths.ts';
import { useSession } from '../../shell/session.ts';
import { Link } from '../../ui/Link.tsx';
import { useQueryParams } from '../../ui/url-state.ts';
import { Notice } from '../../ui/Notice.tsx';
import { Outside } from './Outside.tsx';
import classes from './Outside.module.css';
import { enter, safeNext, signIn, signInByProvider, verifySecondFactor } from './sign-in.ts';

/** Sign in by password (with the second factor where one is on) or by single sign-on. */
export function Page() {
  const session = useSession();
  const params = useQueryParams();
  const router = useRouter();
  const next = safeNext(params['next']);
  const [step, setStep] = useState<'password' | 'two-factor'>('password');
  const arrive = async () => {
    await enter();
    router.history.push(next);
  };
  if (session.setUpNeeded) return <Navigate to="/set-up" />;
  if (session.actor.role !== null && step === 'password') return <Navigate to={next} />;
  if (step === 'two-factor') return <SecondFactor onDone={arrive} onBack={() => setStep('password')} />;
  const { oidc, mail } = session.signIn;
  return (
    <Outside
      title="Sign in"
      below={mail ? <Link to={paths.forgotPassword()}>Forgot your password?</Link> : 'Forgot your password? An administrator can help.'}
    >
      <div className={classes.form}>
        {params['error'] !== undefined && (
          <Notice>{params['error_description'] ?? 'Single sign-on did not work. Try again, or ask an administrator.'}</Notice>
        )}
        {oidc !== null && (
          <>
            <ProviderButton name={oidc} next={next} />
            <div className={classes.or}>or</div>
          </>
        )}
        <PasswordForm onStep={(done) => (done === 'done' ? void arrive() : setStep('two-factor'))} />
      </div>
    </Outside>
  );
}

function ProviderButton({ name, next }: { name: string; next: string }) {
  const go = useMutation({ mutationFn: () => signInByProvider(next) });
  return (
    <>
      <Button variant="default" onClick={() => go.mutate()} loading={go.isPending}>
        {name}
      </Button>
      {go.error !== null && <Notice>{go.error.message}</Notice>}
    </>
  );
}

function PasswordForm({ onStep }: { onStep: (step: 'done' | 'two-factor') => void }) {
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const attempt = useMutation({ mutationFn: () => signIn(email.trim(), password), onSuccess: onStep });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    attempt.mutate();
  };
  return (
    <form className={classes.form} onSubmit={submit}>
      {attempt.error !== null && <Notice>{attempt.error.message}</Notice>}
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
      <PasswordInput
        label="Password"
        autoComplete="current-password"
        required
        withAsterisk={false}
        value={password}
        onChange={(event) => setPassword(event.currentTarget.value)}
      />
      <Button type="submit" loading={attempt.isPending}>
        Sign in
      </Button>
    </form>
  );
}

function SecondFactor({ onDone, onBack }: { onDone: () => Promise<void>; onBack: () => void }) {
  const [code, setCode] = useState('');
  const [trust, setTrust] = useState(false);
  const attempt = useMutation({ mutationFn: () => verifySecondFactor(code, trust), onSuccess: onDone });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    attempt.mutate();
  };
  return (
    <Outside title="Second factor" about="Type the six digits that your authenticator app shows, or one of your backup codes.">
      <form className={classes.form} onSubmit={submit}>
        {attempt.error !== null && <Notice>{attempt.error.message}</Notice>}
        <TextInput
          label="Code"
          autoComplete="one-time-code"
          inputMode="text"
          required
          withAsterisk={false}
          autoFocus
          value={code}
          onChange={(event) => setCode(event.currentTarget.value)}
        />
        <Checkbox
          label="Do not ask again on this computer for 30 days"
          checked={trust}
          onChange={(event) => setTrust(event.currentTarget.checked)}
        />
        <Button type="submit" loading={attempt.isPending}>
          Continue
        </Button>
        <Button variant="subtle" color="gray" onClick={onBack}>
          Back
        </Button>
      </form>
    </Outside>
  );
}
