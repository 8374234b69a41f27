/** Server entry. Reads the environment, listens, says where. */
import { createApp } from './app';

const { NODE_ENV, LOG_LEVEL, RATE_LIMIT_MAX, PORT, HOST } = process.env;

const app = createApp({
  logLevel: LOG_LEVEL ?? (NODE_ENV === 'production' ? 'info' : undefined),
  rateLimitMax: Number(RATE_LIMIT_MAX ?? 100),
});

try {
  const address = await app.listen({ port: Number(PORT ?? 3000), host: HOST ?? '0.0.0.0' });
  console.log(`Margin Notes is open at ${address}`);
} catch (error) {
  console.error(error);
  process.exit(1);
}
