import path from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const web = path.join(import.meta.dirname, 'web');

/** The web app: `npm run build:web` writes dist/web, which the server serves. `vite` alone needs a server on port 4600. */
export default defineConfig({
  root: web,
  publicDir: path.join(web, 'public'),
  plugins: [react()],
  build: {
    outDir: path.join(import.meta.dirname, 'dist/web'),
    emptyOutDir: true,
    target: 'es2023',
    // The content security policy refuses data: fonts and scripts.
    assetsInlineLimit: 0,
    reportCompressedSize: true,
    chunkSizeWarningLimit: 700,
  },
  server: { port: 5173, proxy: { '/api': 'http://127.0.0.1:4600', '/files': 'http://127.0.0.1:4600' } },
});
