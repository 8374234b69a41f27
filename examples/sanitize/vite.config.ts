/** One self-contained server bundle; only what the host provides stays a bare import. There is no client build. */
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';

export default defineConfig({
  plugins: [svelte()],
  build: {
    target: 'es2022',
    sourcemap: true,
    copyPublicDir: false,
    rollupOptions: { output: { entryFileNames: 'index.js' } },
  },
  ssr: { noExternal: true, external: ['fastify', 'isomorphic-dompurify'] },
});
