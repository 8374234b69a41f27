/** Server entry: one page of user comments, each passed through `sanitizeHTML` on every request, and a health check. */
import { renderComponent } from '@composable-svelte/core/ssr';
import fastify from 'fastify';
import Comments from './Comments.svelte';
import { comments } from './comments';

const { LOG_LEVEL, PORT, HOST } = process.env;

const app = fastify({ logger: LOG_LEVEL ? { level: LOG_LEVEL } : false });

app.get('/health', async () => ({ status: 'ok', timestamp: new Date().toISOString() }));

app.get('/', async (_request, reply) => {
  const { head, body } = renderComponent(Comments, { comments });
  return reply.type('text/html').send(`<!DOCTYPE html>
<html lang="en">
<head>
  <meta charset="UTF-8">
  <meta name="viewport" content="width=device-width, initial-scale=1.0">
  ${head}
</head>
<body>
  ${body}
</body>
</html>`);
});

const address = await app.listen({ port: Number(PORT ?? 3000), host: HOST ?? '0.0.0.0' });
console.log(`Guest book is open at ${address}`);
