import { Button, Select, Stepper, TagsInput, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { Navigate, useRouter } from '@tanstack/react-router';
import { useState } from 'react';
import type { FormEvent } from 'react';
import { call, complaintsOf } from '../../api.ts';
import { useSession } from '../../shell/session.ts';
import { ownTimeZone, timeZones } from '../../ui/time-zones.ts';
import { Notice } from '../../ui/Notice.tsx';
import { Outside } from './Outside.tsx';
import classes from './Outside.module.css';
import { PasswordFields } from './PasswordFields.tsx';
import { enter, signIn, tokenInAddress } from './sign-in.ts';
import { strengthOf } from './password.ts';

const months = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'];

/** The first visit: the administrator, then the workspace. The one-time link that the start printed opens it. */
export function Page() {
  const session = useSession();
  const router = useRouter();
  const token = tokenInAddress();
  const [step, setStep] = useState(0);
  const [person, setPerson] = useState({ name: '', email: '', password: '', again: '' });
  const [workspace, setWorkspace] = useState({ name: '', timeZone: ownTimeZone(), fiscalYearStartMonth: '1', ourDomains: [] as string[] });
  const finish = useMutation({
    async mutationFn() {
      await call('access.set-up', {
        token,
        name: person.name,
        email: person.email,
        password: person.password,
        workspace: { name: workspace.name, timeZone: workspace.timeZone, ourDomains: workspace.ourDomains },
      });
      await signIn(person.email, person.password);
      if (workspace.fiscalYearStartMonth !== '1')
        await call('access.update-workspace', { fiscalYearStartMonth: Number(workspace.fiscalYearStartMonth) });
      await enter();
    },
    onSuccess: () => router.history.push('/welcome'),
    onError(error) {
      if (Object.keys(complaintsOf(error)).some((path) => !path.startsWith('workspace'))) setStep(0);
    },
  });
  if (!session.setUpNeeded && !finish.isPending && !finish.isSuccess) return <Navigate to="/" />;
  if (token === '') {
    return (
      <Outside title="This instance is new">
        Open the one-time link that the server printed when it started: only whoever can read its output may become the administrator.{' '}
        <code>rapport doctor</code> prints it again.
      </Outside>
    );
  }
  const complaints = complaintsOf(finish.error);
  const general = finish.error !== null && Object.keys(complaints).length === 0 ? finish.error.message : undefined;
  const { minLength, maxLength } = session.signIn.password;

  const toWorkspace = (event: FormEvent) => {
    event.preventDefault();
    if (strengthOf(person.password, minLength, []).score < 2 || person.password !== person.again) return;
    if (workspace.ourDomains.length === 0) setWorkspace({ ...workspace, ourDomains: companyDomain(person.email) });
    setStep(1);
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    finish.mutate();
  };

  return (
    <Outside wide title="Set up Rapport" about="Two short steps. Everything can be changed later, except that you were first.">
      <Stepper active={step} size="xs" mb="lg" iconSize={26} onStepClick={(wanted) => wanted < step && setStep(wanted)}>
        <Stepper.Step label="You" aria-label="Step 1: you" />
        <Stepper.Step label="Your workspace" aria-label="Step 2: your workspace" allowStepSelect={false} />
      </Stepper>
      {general !== undefined && (
        <div style={{ marginBottom: 16 }}>
          <Notice>{general}</Notice>
        </div>
      )}
      {step === 0 ? (
        <form className={classes.form} onSubmit={toWorkspace}>
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
          <TextInput
            label="E-mail"
            description="You sign in with it."
            type="email"
            autoComplete="username"
            required
            withAsterisk={false}
            value={person.email}
            error={complaints['email']}
            onChange={(event) => setPerson({ ...person, email: event.currentTarget.value })}
          />
          <PasswordFields
            password={person.password}
            again={person.again}
            minLength={minLength}
            maxLength={maxLength}
            own={[person.name, person.email]}
            errors={{ password: complaints['password'] }}
            onPassword={(password) => setPerson({ ...person, password })}
            onAgain={(again) => setPerson({ ...person, again })}
          />
          <Button type="submit">Continue</Button>
        </form>
      ) : (
        <form className={classes.form} onSubmit={submit}>
          <TextInput
            label="Name of the workspace"
            placeholder="Example Community"
            required
            withAsterisk={false}
            autoFocus
            value={workspace.name}
            error={complaints['workspace.name']}
            onChange={(event) => setWorkspace({ ...workspace, name: event.currentTarget.value })}
          />
          <Select
            label="Time zone"
            description="Days, weeks and months in reports begin here."
            data={timeZones()}
            searchable
            allowDeselect={false}
            value={workspace.timeZone}
            error={complaints['workspace.timeZone']}
            onChange={(timeZone) => setWorkspace({ ...workspace, timeZone: timeZone ?? 'UTC' })}
          />
          <Select
            label="The fiscal year begins in"
            data={months.map((label, index) => ({ label, value: String(index + 1) }))}
            allowDeselect={false}
            value={workspace.fiscalYearStartMonth}
            onChange={(month) => setWorkspace({ ...workspace, fiscalYearStartMonth: month ?? '1' })}
          />
          <TagsInput
            label="Our own domains"
            description="Whoever writes from these is a team member; everybody else is the wider community."
            placeholder="example.com"
            splitChars={[',', ' ', ';']}
            value={workspace.ourDomains}
            error={Object.entries(complaints).find(([path]) => path.startsWith('workspace.ourDomains'))?.[1]}
            onChange={(ourDomains) => setWorkspace({ ...workspace, ourDomains })}
            acceptValueOnBlur
          />
          <Button type="submit" loading={finish.isPending}>
            Create the workspace
          </Button>
          <Button variant="subtle" color="gray" onClick={() => setStep(0)}>
            Back
          </Button>
        </form>
      )}
    </Outside>
  );
}

const freeMail = /^(gmail|googlemail|outlook|hotmail|live|yahoo|icloud|me|proton|protonmail|gmx|web|mail|aol|fastmail|posteo|qq|163)\./i;

/** The domain of a company address is most likely ours; a free-mail one is not. */
function companyDomain(email: string): string[] {
  const domain = email.split('@')[1]?.toLowerCase() ?? '';
  return domain.includes('.') && !freeMail.test(domain) ? [domain] : [];
}
