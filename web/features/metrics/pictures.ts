import { call } from '../../api.ts';
import type { Input } from '../../api.ts';

/** A report as the server draws it, handed to the browser as a file. */
export async function savePicture(input: Input<'metrics.picture'>): Promise<void> {
  const file = await call('metrics.picture', input);
  const content =
    file.mediaType === 'image/png' ? Uint8Array.from(atob(file.content), (letter) => letter.codePointAt(0) ?? 0) : file.content;
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([content], { type: file.mediaType }));
  link.download = file.name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
