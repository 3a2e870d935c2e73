/** Hands a text, or bytes, to the browser as a file. */
export function download(name: string, mediaType: string, content: string | Uint8Array<ArrayBuffer>): void {
  const type = typeof content === 'string' ? `${mediaType};charset=utf-8` : mediaType;
  const address = URL.createObjectURL(new Blob([content], { type }));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  // Not at once: some browsers read it a moment later.
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
