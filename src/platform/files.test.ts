import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestProgram } from '../../test/program.ts';
import { filePath, maxFileBytes, readFile, removeFile, sniffPicture, storePicture } from './files.ts';

let test: Awaited<ReturnType<typeof createTestProgram>>;

beforeAll(async () => {
  test = await createTestProgram();
});
afterAll(() => test.close());

const png = Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), Buffer.from('the rest')]);

it.each([
  ['PNG', png, 'image/png'],
  ['JPEG', Buffer.from('ffd8ffe000104a464946', 'hex'), 'image/jpeg'],
  ['GIF', Buffer.from('GIF89a..'), 'image/gif'],
  ['WebP', Buffer.from('RIFF1234WEBPVP8 '), 'image/webp'],
  ['a page', Buffer.from('<!doctype html><script>1</script>'), undefined],
  ['SVG', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'), undefined],
  ['a sound in the same box as WebP', Buffer.from('RIFF1234WAVEfmt '), undefined],
  ['nothing', Buffer.alloc(0), undefined],
])('knows %s by its first bytes', (_what, bytes, mediaType) => {
  expect(sniffPicture(bytes)).toBe(mediaType);
});

it('keeps a picture byte for byte', async () => {
  const context = { db: test.program.database.db, clock: test.program.clock };
  const id = await storePicture(context, '../../logo "x".html', png, 'usr_1');
  expect(filePath(id)).toMatch(/^\/files\/fil_[0-9a-z]+$/);
  const file = await readFile(test.program, id);
  expect(file).toMatchObject({ name: '.._.._logo _x_.html', mediaType: 'image/png' });
  expect(file?.bytes.equals(png)).toBe(true);
  await removeFile(context.db, id);
  expect(await readFile(test.program, id)).toBeUndefined();
});

it('refuses what is empty, too large, or no picture whatever its name says', async () => {
  const context = { db: test.program.database.db, clock: test.program.clock };
  await expect(storePicture(context, 'a.png', Buffer.alloc(0))).rejects.toMatchObject({ code: 'file.empty' });
  await expect(storePicture(context, 'a.png', Buffer.concat([png, Buffer.alloc(maxFileBytes)]))).rejects.toMatchObject({
    code: 'file.too_large',
  });
  await expect(storePicture(context, 'a.png', Buffer.from('<script>'))).rejects.toMatchObject({ code: 'file.not_a_picture' });
});
