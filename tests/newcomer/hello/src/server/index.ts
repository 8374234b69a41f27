import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fastifyStatic from '@fastify/static';
import { createStore } from '@composable-svelte/core';
import { renderToHTML } from '@composable-svelte/core/ssr';
import fastify from 'fastify';
import App from '../App.svelte';
import { reducer, type Action, type State } from '../counter';

const client = fileURLToPath(new URL('../client', import.meta.url));
const { file, css = [] } = JSON.parse(readFileSync(`${client}/.vite/manifest.json`, 'utf8'))['src/client/index.ts'];
const head = css.map((path: string) => `<link rel="stylesheet" href="/${path}">`).join('');

const app = fastify();
app.register(fastifyStatic, { root: `${client}/assets`, prefix: '/assets/' });
app.get('/health', async () => ({ status: 'ok' }));
app.get('/', async (request, reply) => {
  const store = createStore<State, Action, object>({ initialState: { count: 0 }, reducer, dependencies: {} });
  return reply.type('text/html').send(renderToHTML(App, { store }, { title: 'Hello', head, clientScript: `/${file}` }));
});

const address = await app.listen({ port: Number(process.env.PORT ?? 3000), host: process.env.HOST ?? '0.0.0.0' });
console.log(`Hello at ${address}`);
