import { Button, FileButton, Group, Text, Textarea } from '@mantine/core';
import { IconFileUpload } from '@tabler/icons-react';

export interface CsvFile {
  name: string;
  content: string;
}

/** A CSV file, chosen or pasted. */
export function CsvInput({
  label,
  placeholder,
  file,
  onChange,
}: {
  label: string;
  placeholder: string;
  file: CsvFile;
  onChange: (file: CsvFile) => void;
}) {
  return (
    <>
      <Group gap={8}>
        <FileButton
          accept=".csv,text/csv,text/plain"
          onChange={(chosen) => void chosen?.text().then((content) => onChange({ name: chosen.name, content }))}
        >
          {(props) => (
            <Button {...props} variant="default" leftSection={<IconFileUpload size={16} aria-hidden />}>
              Choose a file
            </Button>
          )}
        </FileButton>
        <Text span size="sm" c="dimmed">
          or paste it here
        </Text>
      </Group>
      <Textarea
        aria-label={label}
        classNames={{ input: 'code' }}
        autosize
        minRows={5}
        maxRows={14}
        placeholder={placeholder}
        value={file.content}
        onChange={(event) => onChange({ ...file, content: event.currentTarget.value })}
      />
    </>
  );
}
