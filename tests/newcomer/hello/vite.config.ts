import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';

export default defineConfig({
  plugins: [svelte()],
  build: { outDir: 'dist/client', manifest: true, rollupOptions: { input: 'src/client/index.ts' } },
  // One file for the server: what it imports is in it, but for what ssr-host has itself.
  ssr: { noExternal: true, external: ['fastify', '@fastify/static', 'isomorphic-dompurify', 'ioredis'] },
});
