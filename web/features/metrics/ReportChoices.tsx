import { TextInput, UnstyledButton } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { Fragment, useState } from 'react';
import { groupsOf } from './groups.ts';
import type { Definition } from './question.ts';
import classes from './dashboard.module.css';

/** All reports by their groups, to choose one of. */
export function ReportChoices({ definitions, onChoose }: { definitions: readonly Definition[]; onChoose: (report: string) => void }) {
  const [words, setWords] = useState('');
  const found = definitions.filter((one) => `${one.title} ${one.question}`.toLowerCase().includes(words.toLowerCase().trim()));
  return (
    <>
      <TextInput
        data-autofocus
        aria-label="Find a report"
        placeholder="Find a report"
        leftSection={<IconSearch size={16} aria-hidden />}
        value={words}
        onChange={(event) => setWords(event.currentTarget.value)}
      />
      <div className={classes.choices}>
        {groupsOf(found).map((group) => (
          <Fragment key={group.title}>
            <h3>{group.title}</h3>
            {group.reports.map((report) => (
              <UnstyledButton key={report.id} className={classes.choice} onClick={() => onChoose(report.id)}>
                {report.title}
                <small>
                  {report.question}
                  {report.personal && ' Names people: not for public pages.'}
                </small>
              </UnstyledButton>
            ))}
          </Fragment>
        ))}
        {found.length === 0 && <p>No report by these words.</p>}
      </div>
    </>
  );
}
