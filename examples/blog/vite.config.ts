/**
 * One config, three builds (see the scripts in package.json):
 *
 * - client: `dist/client`, with a manifest from which the server learns the hashed names;
 * - server: `dist/server/index.js`, self-contained: it runs in a container without `node_modules`,
 *   on a host that provides the packages in `providedByHost`;
 * - server with `--mode external`: `dist-external/server/index.js`, the ordinary Vite output, whose bare imports
 *   are resolved from `node_modules` when it starts.
 */
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';

/** Left as bare imports in the self-contained build. */
const providedByHost = ['fastify', '@fastify/static', 'isomorphic-dompurify', 'ioredis'];

export default defineConfig(({ mode, isSsrBuild }) => ({
  plugins: [svelte()],
  build: {
    target: 'es2022',
    manifest: !isSsrBuild,
    sourcemap: isSsrBuild,
    copyPublicDir: false,
    rollupOptions: isSsrBuild
      ? {}
      : {
          input: 'src/client/index.ts',
          treeshake: {
            // `@composable-svelte/core` does not declare `sideEffects`, so its main entry would bring every UI
            // component and DOMPurify to the browser. Nothing this app imports from it relies on a side effect.
            moduleSideEffects: (id) => !/node_modules\/(@composable-svelte\/core|isomorphic-dompurify|dompurify)\//.test(id),
          },
        },
  },
  ssr: mode === 'external' ? {} : { noExternal: true, external: providedByHost },
}));
