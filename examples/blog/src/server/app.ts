/** The Fastify app: pages, the JSON API the browser navigates with, the client bundle and a health check. */
import fastifyStatic from '@fastify/static';
import { defaultSecurityHeaders, fastifyRateLimit, fastifySecurityHeaders } from '@composable-svelte/core/ssr';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { Page } from '../app/content';
import { toTag, type Destination } from '../app/routes';
import { assetsDir, readClientAssets } from './assets';
import { contentPageLoader } from './pages';
import { renderPage } from './render';

export interface AppOptions {
  /** Pino level; no logger at all when undefined. */
  logLevel?: string;
  /** Requests per minute and client. */
  rateLimitMax: number;
}

type ById = { Params: { id: string }; Querystring: { order?: string } };

const YEAR_MS = 365 * 24 * 60 * 60 * 1000;

/** Builds the app without listening. */
export function createApp({ logLevel, rateLimitMax }: AppOptions): FastifyInstance {
  const app = fastify({ logger: logLevel ? { level: logLevel } : false });

  // Both take the instance itself: their hooks are then at the root and cover every route below, and the 404s.
  fastifySecurityHeaders(app, {
    ...defaultSecurityHeaders,
    contentSecurityPolicy:
      "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data: https:",
  });
  fastifyRateLimit(app, {
    max: rateLimitMax,
    windowMs: 60_000,
    message: 'Too many requests. Please try again later.',
  });

  // Names in there carry a hash of their content.
  app.register(fastifyStatic, { root: assetsDir, prefix: '/assets/', immutable: true, maxAge: YEAR_MS });

  app.get('/health', async () => ({ status: 'ok', timestamp: new Date().toISOString() }));
  addPages(app);
  addAPI(app);

  app.setErrorHandler((error, request, reply) => {
    const status = error.statusCode ?? 500;
    if (status < 500) return reply.send(error);
    request.log.error(error);
    return reply.status(500).send({ error: 'Internal Server Error', message: error.message });
  });
  return app;
}

function addPages(app: FastifyInstance): void {
  const assets = readClientAssets();
  const sendPage = async (request: FastifyRequest, reply: FastifyReply) => {
    const { status, html } = await renderPage(request.url, request.headers['accept-language'] ?? '', assets);
    return reply.status(status).type('text/html').send(html);
  };

  app.get('/', sendPage);
  app.get('/posts/:id', sendPage);
  app.get('/posts/:id/comments', sendPage);

  app.setNotFoundHandler((request, reply) => {
    const isPage = /^(GET|HEAD)$/.test(request.method) && !/^\/(api|assets)\//.test(request.url);
    return isPage ? sendPage(request, reply) : sendNotFound(request, reply);
  });
}

function addAPI(app: FastifyInstance): void {
  const sendData = async (destination: Destination, request: FastifyRequest, reply: FastifyReply) => {
    const page: Page = await contentPageLoader.load(destination);
    return page.type === 'notFound' ? sendNotFound(request, reply) : page;
  };

  app.get<{ Querystring: { tag?: string } }>('/api/posts', (request, reply) =>
    sendData({ type: 'list', state: { tag: toTag(request.query.tag) } }, request, reply),
  );
  app.get<ById>('/api/posts/:id', (request, reply) =>
    sendData({ type: 'post', state: { id: request.params.id } }, request, reply),
  );
  app.get<ById>('/api/posts/:id/comments', (request, reply) => {
    const order = request.query.order === 'newest' ? 'newest' : 'oldest';
    return sendData({ type: 'comments', state: { id: request.params.id, order } }, request, reply);
  });
}

function sendNotFound(request: FastifyRequest, reply: FastifyReply) {
  return reply.status(404).send({ error: 'Not Found', message: `Nothing at ${request.url}` });
}
